/**
 * `stats.csv`, `stats_history.csv` and `failures.csv` with the columns of Locust's files of these names
 * (https://docs.locust.io/en/stable/retrieving-stats.html), for tools that read those. Times are milliseconds.
 *
 * Unlike Locust's, times are those of what succeeded: `requestRows.ts` says what a row is. Sizes are not measured: 0. Pure.
 */
import { headlineOf, operationOf, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { vocabularyOf, type Evidence, type Remains } from '../derive/evidence.ts';
import { csvText, type Cell } from './csvText.ts';
import type { Distribution } from '../derive/k6Data.ts';
import { mixedPercentile } from '../derive/mixture.ts';
import {
  averageOf,
  isOfRest,
  requestRows,
  REST,
  rowOperations,
  withRest,
  withTotal,
  type RequestName,
  type RequestRow,
} from './requestRows.ts';
import { parseTimeline, perSecond, type TimelinePoint } from '../derive/timeline.ts';

/** The percentiles that Locust keeps of a row. */
export const LOCUST_PERCENTILES = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100];
const PERCENTILE_NAMES = LOCUST_PERCENTILES.map((percent) => `${percent}%`);
const NOT_KNOWN = 'N/A';

const STATS_HEAD = [
  'Type',
  'Name',
  'Request Count',
  'Failure Count',
  'Median Response Time',
  'Average Response Time',
  'Min Response Time',
  'Max Response Time',
  'Average Content Size',
  'Requests/s',
  'Failures/s',
  ...PERCENTILE_NAMES,
];

const HISTORY_HEAD = [
  'Timestamp',
  'User Count',
  'Type',
  'Name',
  'Requests/s',
  'Failures/s',
  ...PERCENTILE_NAMES,
  'Total Request Count',
  'Total Failure Count',
  'Total Median Response Time',
  'Total Average Response Time',
  'Total Min Response Time',
  'Total Max Response Time',
  'Total Average Content Size',
];

/** `stats.csv`: a row per kind of request, and all of them. */
export function renderStats({ summary }: Evidence): string {
  const seconds = summary.durationMs / 1000;
  return csvText([STATS_HEAD, ...withTotal(requestRows(summary)).map((entry) => statsRow(entry, seconds))]);
}

function statsRow({ type, name, requests, failures, times }: RequestRow, seconds: number): Cell[] {
  return [
    type,
    name,
    requests,
    failures,
    ...timesOf(times),
    meanRate(requests, seconds),
    meanRate(failures, seconds),
    ...LOCUST_PERCENTILES.map((percent) => wholeOr(mixedPercentile(times, percent))),
  ];
}

/** Median, average, least, greatest and size, as both files have them. */
function timesOf(times: readonly Distribution[]): Cell[] {
  return [
    orZero(Math.round(mixedPercentile(times, 50))),
    round(averageOf(times)),
    orZero(round(mixedPercentile(times, 0))),
    orZero(round(mixedPercentile(times, 100))),
    0,
  ];
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
const orZero = (value: number): number => (Number.isFinite(value) ? value : 0);
/** Locust's percentiles are whole milliseconds. */
const wholeOr = (value: number): Cell => (Number.isFinite(value) ? Math.round(value) : NOT_KNOWN);
const meanRate = (count: number, seconds: number): number => (seconds > 0 ? round(count / seconds) : 0);

/**
 * `stats_history.csv`: two rows per second, the headline's and all requests, as of `locust --csv-full-history`; the header
 * alone without a timeline, or where nobody knows the system. k6 keeps p50, p90, p95 and p99 of a second; others are N/A.
 */
export function renderHistory(remains: Remains & Partial<Evidence>): string {
  const { timeline } = remains;
  const vocabulary = vocabularyOf(remains);
  if (timeline === undefined || vocabulary === undefined) return csvText([HISTORY_HEAD]);
  const { points } = parseTimeline(timeline);
  return csvText([HISTORY_HEAD, ...points.flatMap((point) => historyRows(point, vocabulary))]);
}

type Reading = (metric: string, aggregate: string) => number | null;

function historyRows(point: TimelinePoint, vocabulary: Vocabulary): Cell[][] {
  const now = headlineAndAll((metric, aggregate) => point.period(metric, aggregate), vocabulary);
  const soFar = headlineAndAll((metric, aggregate) => point.total(metric, aggregate), vocabulary);
  const { open } = operationOf(vocabulary, vocabulary.visit);
  const users = open === undefined ? null : point.total(open.metric, 'count');
  return now.map((entry, index) => historyRow(point, users ?? 0, entry, soFar[index] ?? entry));
}

function headlineAndAll(read: Reading, vocabulary: Vocabulary): RequestRow[] {
  const name = headlineOf(vocabulary).row?.name;
  const entries = withTotal(entriesAt(read, vocabulary));
  return entries.filter((entry, index) => entry.name === name || index === entries.length - 1);
}

/** Of a period or since the start. Operations count when they end, so what waits is no request yet. */
function entriesAt(read: Reading, vocabulary: Vocabulary): RequestRow[] {
  const count = (metric: string) => Math.max(0, read(metric, 'count') ?? 0);
  const http = count('http_reqs');
  const httpFailed = Math.round((read('http_req_failed', 'rate') ?? 0) * http);
  const rest = {
    ...REST,
    requests: http,
    failures: httpFailed,
    times: [timesAt(read, 'http_req_duration', http)],
  };
  const entries = rowOperations(vocabulary).map(({ row, good, bad, latency }) => {
    const [ended, failed] = [count(good.metric), count(bad.metric)];
    const times = latency === undefined ? [] : [timesAt(read, latency, ended)];
    return { ...row, requests: ended + failed, failures: failed, times };
  });
  return withRest(rest, entries);
}

const KEPT = ['min', 'avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'];

function timesAt(read: Reading, metric: string, count: number): Distribution {
  const values = KEPT.flatMap((aggregate): [string, number][] => {
    const value = read(metric, aggregate);
    return value === null ? [] : [[aggregate, value]];
  });
  return values.length === 0 ? {} : { count, ...Object.fromEntries(values) };
}

function historyRow(point: TimelinePoint, users: number, now: RequestRow, soFar: RequestRow): Cell[] {
  const { time, seconds } = point;
  const isKept = (percent: number) => percent === 50 || percent === 100 || KEPT.includes(`p(${percent})`);
  return [
    Math.floor(time / 1000),
    Math.max(0, users),
    now.type,
    now.name,
    round(perSecond(now.requests, seconds)),
    round(perSecond(now.failures, seconds)),
    ...LOCUST_PERCENTILES.map((percent) =>
      isKept(percent) ? wholeOr(mixedPercentile(now.times, percent)) : NOT_KNOWN,
    ),
    soFar.requests,
    soFar.failures,
    ...timesOf(soFar.times),
  ];
}

/** `failures.csv`: a row per class; `Name` is that of `stats.csv`, so that its failures add up to the same. */
export function renderFailures({ summary }: Evidence): string {
  const { failures, vocabulary } = summary;
  const rows = failures.map(({ phase, reason, status, title, count }): Cell[] => {
    const { type, name } = requestOf(phase, vocabulary);
    const kind = status === undefined ? reason : `${reason} ${status}`;
    return [type, name, `${phase}: ${title} (${kind})`, count];
  });
  return csvText([['Method', 'Name', 'Error', 'Occurrences'], ...rows]);
}

/** Whose failures a phase's are; those of none are told under the phase's own name. */
function requestOf(phase: string, vocabulary: Vocabulary): RequestName {
  const own = rowOperations(vocabulary).find((words) => words.phase === phase || words.retriedIn === phase);
  if (own !== undefined) return own.row;
  if (isOfRest(phase, vocabulary)) return REST;
  return { type: headlineOf(vocabulary).row?.type ?? '', name: phase };
}
