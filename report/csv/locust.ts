/**
 * `stats.csv`, `stats_history.csv` and `failures.csv` with the columns of Locust's files of these names
 * (https://docs.locust.io/en/stable/retrieving-stats.html), for tools that read those. Times are milliseconds.
 *
 * An answer is a request of type WS; so is the opening of a socket; all REST calls together are one of type HTTP.
 * Unlike Locust's, times are those of what succeeded, for a failure has no latency; REST calls have theirs as k6
 * measures them, failed ones included. Sizes are not measured: 0. Pure.
 */
import type { Evidence, Remains } from '../derive/evidence.ts';
import { csvText, type Cell } from './csvText.ts';
import type { Distribution } from '../derive/k6Data.ts';
import { mixedPercentile } from '../derive/mixture.ts';
import type { FailureSummary } from '../derive/summary.ts';
import { parseTimeline, type TimelinePoint } from '../derive/timeline.ts';

const PERCENTILES = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100];
const PERCENTILE_NAMES = PERCENTILES.map((percent) => `${percent}%`);
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

/** One kind of request, or all. `times` has a part per metric. */
interface Entry {
  type: string;
  name: string;
  requests: number;
  failures: number;
  times: Distribution[];
}

const ANSWER = { type: 'WS', name: 'answer' };
const CONNECT = { type: 'WS', name: 'connect' };
const REST = { type: 'HTTP', name: 'REST calls' };

/** `stats.csv`: a row per kind of request, and all of them. */
export function renderStats({ summary }: Evidence): string {
  const seconds = summary.durationMs / 1000;
  return csvText([STATS_HEAD, ...withTotal(entriesOf(summary)).map((entry) => statsRow(entry, seconds))]);
}

function entriesOf({ questions, sockets, metrics, failures }: Evidence['summary']): Entry[] {
  const times = (name: string) => [metrics[name] ?? {}];
  const restFailures = failures.filter(isOfRest).reduce((sum, { count }) => sum + count, 0);
  const entries = [
    {
      ...REST,
      requests: countOf(metrics['http_reqs']),
      failures: restFailures,
      times: times('http_req_duration'),
    },
    { ...ANSWER, requests: questions.sent, failures: questions.failed, times: times('answer_latency') },
    {
      ...CONNECT,
      requests: sockets.attempted,
      failures: sockets.failed,
      times: times('socket_connect_duration'),
    },
  ];
  return entries.filter(({ requests }) => requests > 0);
}

function isOfRest({ phase }: Pick<FailureSummary, 'phase'>): boolean {
  return phase === 'token' || phase === 'session' || phase === 'cleanup';
}

const countOf = (values: Record<string, number> | undefined): number => values?.['count'] ?? 0;

/** Locust's last row. */
function withTotal(entries: readonly Entry[]): Entry[] {
  const total = (part: 'requests' | 'failures') => entries.reduce((sum, entry) => sum + entry[part], 0);
  const all = { requests: total('requests'), failures: total('failures') };
  return [...entries, { type: '', name: 'Aggregated', ...all, times: entries.flatMap(({ times }) => times) }];
}

function statsRow({ type, name, requests, failures, times }: Entry, seconds: number): Cell[] {
  return [
    type,
    name,
    requests,
    failures,
    ...timesOf(times),
    perSecond(requests, seconds),
    perSecond(failures, seconds),
    ...PERCENTILES.map((percent) => wholeOr(mixedPercentile(times, percent))),
  ];
}

/** Median, average, least, greatest and size, as both files have them. */
function timesOf(times: readonly Distribution[]): Cell[] {
  return [
    orZero(Math.round(mixedPercentile(times, 50))),
    average(times),
    orZero(round(mixedPercentile(times, 0))),
    orZero(round(mixedPercentile(times, 100))),
    0,
  ];
}

function average(times: readonly Distribution[]): number {
  const count = times.reduce((sum, part) => sum + countOf(part), 0);
  const total = times.reduce((sum, part) => sum + countOf(part) * (part['avg'] ?? 0), 0);
  return count === 0 ? 0 : round(total / count);
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
const orZero = (value: number): number => (Number.isFinite(value) ? value : 0);
/** Locust's percentiles are whole milliseconds. */
const wholeOr = (value: number): Cell => (Number.isFinite(value) ? Math.round(value) : NOT_KNOWN);
const perSecond = (count: number, seconds: number): number => (seconds > 0 ? round(count / seconds) : 0);

/**
 * `stats_history.csv`: two rows per second, answers and all requests, as of `locust --csv-full-history`; the header alone
 * without a timeline. k6 keeps p50, p90, p95 and p99 of a second; others are N/A.
 */
export function renderHistory({ timeline }: Remains): string {
  const points = timeline === undefined ? [] : parseTimeline(timeline).points;
  return csvText([HISTORY_HEAD, ...points.flatMap(historyRows)]);
}

type Reading = (metric: string, aggregate: string) => number | null;

function historyRows(point: TimelinePoint): Cell[][] {
  const now = answersAndAll((metric, aggregate) => point.period(metric, aggregate));
  const soFar = answersAndAll((metric, aggregate) => point.total(metric, aggregate));
  return now.map((entry, index) => historyRow(point, entry, soFar[index] ?? entry));
}

function answersAndAll(read: Reading): Entry[] {
  return withTotal(entriesAt(read)).filter(({ name }) => name === ANSWER.name || name === 'Aggregated');
}

/** Of a period or since the start. Questions and sockets count when they end, so what waits is no request yet. */
function entriesAt(read: Reading): Entry[] {
  const count = (metric: string) => Math.max(0, read(metric, 'count') ?? 0);
  const answered = count('questions_answered');
  const failed = count('questions_failed');
  const opened = count('sockets_opened');
  const refused = count('sockets_failed');
  const http = count('http_reqs');
  const httpFailed = Math.round((read('http_req_failed', 'rate') ?? 0) * http);
  return [
    { ...REST, requests: http, failures: httpFailed, times: [timesAt(read, 'http_req_duration', http)] },
    {
      ...ANSWER,
      requests: answered + failed,
      failures: failed,
      times: [timesAt(read, 'answer_latency', answered)],
    },
    {
      ...CONNECT,
      requests: opened + refused,
      failures: refused,
      times: [timesAt(read, 'socket_connect_duration', opened)],
    },
  ];
}

const KEPT = ['min', 'avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'];

function timesAt(read: Reading, metric: string, count: number): Distribution {
  const values = KEPT.flatMap((aggregate): [string, number][] => {
    const value = read(metric, aggregate);
    return value === null ? [] : [[aggregate, value]];
  });
  return values.length === 0 ? {} : { count, ...Object.fromEntries(values) };
}

function historyRow(point: TimelinePoint, now: Entry, soFar: Entry): Cell[] {
  const { time, seconds } = point;
  const isKept = (percent: number) => percent === 50 || percent === 100 || KEPT.includes(`p(${percent})`);
  return [
    Math.floor(time / 1000),
    Math.max(0, point.total('sessions_open', 'count') ?? 0),
    now.type,
    now.name,
    perSecond(now.requests, seconds),
    perSecond(now.failures, seconds),
    ...PERCENTILES.map((percent) =>
      isKept(percent) ? wholeOr(mixedPercentile(now.times, percent)) : NOT_KNOWN,
    ),
    soFar.requests,
    soFar.failures,
    ...timesOf(soFar.times),
  ];
}

/** `failures.csv`: a row per class; `Name` is that of `stats.csv`, so that its failures add up to the same. */
export function renderFailures({ summary }: Evidence): string {
  const rows = summary.failures.map(({ phase, reason, status, title, count }): Cell[] => {
    const { type, name } = requestOf(phase);
    const kind = status === undefined ? reason : `${reason} ${status}`;
    return [type, name, `${phase}: ${title} (${kind})`, count];
  });
  return csvText([['Method', 'Name', 'Error', 'Occurrences'], ...rows]);
}

function requestOf(phase: FailureSummary['phase']): { type: string; name: string } {
  if (isOfRest({ phase })) return REST;
  if (phase === 'answer') return ANSWER;
  return phase === 'connect' ? CONNECT : { type: 'WS', name: 'socket' };
}
