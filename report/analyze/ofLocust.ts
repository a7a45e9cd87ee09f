/** The requirements of a test that wrote Locust's files. Pure. */
import { keeps } from '../../lib/words/limits.ts';
import { wordsOfReason } from '../derive/explain.ts';
import { closest, InputError } from '../../lib/words/settings.ts';
import { figureText, limitText, whole } from '../text/words.ts';
import type { Unit } from '../../lib/vocabulary/vocabulary.ts';
import type { Analysis, Checked } from './analysis.ts';
import type { LocustLimit, LocustLimits } from './locustLimits.ts';

/** A row of `…_stats.csv`: one kind of request, or with the name `Aggregated` all of them. */
export interface LocustRow {
  type: string;
  name: string;
  /** By figure: `count`, `failed`, `rate`, `med`, `avg`, `min`, `max`, `p(95)` …; null: not known. */
  figures: Readonly<Record<string, number | null>>;
}

/** A row of `…_stats_history.csv`: a kind of request, or all of them, in one second. */
export interface LocustSecond {
  /** Seconds since 1970. */
  time: number;
  users: number;
  type: string;
  name: string;
  p95: number | null;
}

/** A row of `…_failures.csv`. */
export interface LocustFailure {
  type: string;
  name: string;
  error: string;
  count: number;
}

/** The files of one test. */
export interface LocustFiles {
  title: string;
  rows: readonly LocustRow[];
  history: readonly LocustSecond[];
  failures: readonly LocustFailure[];
}

const ALL = 'Aggregated';

/** Judges every row. Throws an InputError for limits of rows that there are not; `file`: where those limits stand. */
export function analysisOfLocust(files: LocustFiles, limits: LocustLimits, file: string): Analysis {
  refuseOtherRows(files.rows, limits, file);
  const checks = files.rows.flatMap((row) =>
    limitsFor(row, limits).map((limit) => checked(row, limit, files)),
  );
  const broken = checks.filter(({ kept }) => kept === false).length;
  const unknown = checks.filter(({ kept }) => kept === null).length;
  const result = unknown > 0 || checks.length === 0 ? 'INVALID' : broken > 0 ? 'FAIL' : 'PASS';
  return { title: files.title, result, sentence: sentenceOf(files, unknown, checks.length), rows: checks };
}

/** `POST /v1/messages`. */
function rowName({ type, name }: Pick<LocustRow, 'type' | 'name'>): string {
  return type === '' ? name : `${type} ${name}`;
}

function refuseOtherRows(rows: readonly LocustRow[], limits: LocustLimits, file: string): void {
  const known = rows.flatMap((row) => [rowName(row), row.name]);
  const problems = [...limits.keys()]
    .filter((key) => key !== '*' && !known.includes(key))
    .map((key) => {
      const meant = closest(key, known);
      const hint =
        meant === undefined ? `There are ${rows.map(rowName).join(', ')}.` : `Did you mean "${meant}"?`;
      return `${file} has limits for "${key}", which is no row of these files. ${hint}`;
    });
  if (problems.length > 0) throw new InputError(problems);
}

function limitsFor(row: LocustRow, limits: LocustLimits): readonly LocustLimit[] {
  const own = limits.get(rowName(row)) ?? limits.get(row.name);
  if (own !== undefined) return own;
  return row.name === ALL ? [] : (limits.get('*') ?? []);
}

function checked(row: LocustRow, limit: LocustLimit, files: LocustFiles): Checked {
  const value = valueOf(row, limit.figure);
  const unit = unitOf(limit.figure);
  const kept = value === null ? null : keeps(limit, value);
  return {
    name: `${rowName(row)} ${figureName(limit.figure)}`,
    measured: value === null ? 'no requests' : figureText(unit, value),
    limit: `${limit.operator} ${limitText({ unit, bound: limit.bound })}`,
    kept,
    where: '',
    look: kept === false ? lookFor(row, limit, files) : undefined,
  };
}

/** What was never asked has no times and no share of failures. */
function valueOf({ figures }: LocustRow, figure: string): number | null {
  const { count = null, failed = null } = figures;
  if (figure === 'count') return count;
  if (count === null || count === 0) return null;
  return figure === 'failures' ? (failed === null ? null : failed / count) : (figures[figure] ?? null);
}

function unitOf(figure: string): Unit {
  if (figure === 'failures') return 'share';
  if (figure === 'rate') return 'per second';
  return figure === 'count' ? 'count' : 'ms';
}

function figureName(figure: string): string {
  const [, percentile] = /^p\((.*)\)$/.exec(figure) ?? [];
  if (percentile !== undefined) return `p${percentile}`;
  return { med: 'median', avg: 'average', rate: 'requests', count: 'requests' }[figure] ?? figure;
}

function lookFor(row: LocustRow, { figure }: LocustLimit, files: LocustFiles): string | undefined {
  if (figure === 'failures') return lookOfErrors(row, files.failures);
  return unitOf(figure) === 'ms' && figure !== 'min' ? lookOfSlowest(row, files.history) : undefined;
}

/** The error that happened most often, and where to look for its class, if it is of one that we know. */
function lookOfErrors(row: LocustRow, failures: readonly LocustFailure[]): string | undefined {
  const own = failures.filter((one) => row.name === ALL || rowName(one) === rowName(row));
  const [most] = [...own].sort((a, b) => b.count - a.count);
  if (most === undefined) return undefined;
  const reason = reasonIn(most.error);
  const place = reason === undefined ? "the target's log at that time" : wordsOfReason(reason).look;
  return `${place}: ${whole(most.count)} × ${most.error}`;
}

/** Texts of Python's clients. */
const ERRORS: readonly [RegExp, string][] = [
  [/refused/i, 'refused'],
  [/reset|aborted/i, 'reset'],
  [/RemoteDisconnected|without response/i, 'no_reply'],
  [/time(d)? ?out/i, 'request_timeout'],
  [/getaddrinfo|name resolution|gaierror/i, 'dns'],
  [/certificate/i, 'tls_certificate'],
  [/too many open files/i, 'generator_files'],
];

function reasonIn(error: string): string | undefined {
  const [, status] = /\b([45]\d\d)\b/.exec(error) ?? [];
  if (status !== undefined) return `http_${status}`;
  return ERRORS.find(([text]) => text.test(error))?.[1];
}

/** The second in which it was slowest; of all requests where Locust kept no history of each. */
function lookOfSlowest(row: LocustRow, history: readonly LocustSecond[]): string | undefined {
  const own = history.filter((one) => rowName(one) === rowName(row));
  const seconds = own.length > 0 ? own : history.filter(({ name }) => name === ALL);
  const [slowest] = [...seconds].sort((a, b) => (b.p95 ?? 0) - (a.p95 ?? 0));
  if (slowest === undefined || slowest.p95 === null) return undefined;
  const time = new Date(slowest.time * 1000).toISOString().slice(11, 19);
  return `what the target did at ${time} UTC, with ${whole(slowest.users)} users: then it was slowest (p95 ${figureText('ms', slowest.p95)})`;
}

function sentenceOf({ rows, history }: LocustFiles, unknown: number, all: number): string {
  if (all === 0) return 'no row has a limit, so nothing was judged';
  if (unknown > 0)
    return `there is nothing to judge ${unknown === 1 ? 'one requirement' : `${unknown} requirements`} by`;
  const requests = rows.find(({ name }) => name === ALL)?.figures['count'] ?? sum(rows);
  const users = Math.max(0, ...history.map((one) => one.users));
  const times = history.map(({ time }) => time);
  const seconds = times.length < 2 ? 0 : Math.max(...times) - Math.min(...times);
  const length = seconds > 0 ? ` in ${whole(seconds)} s` : '';
  return `${whole(requests)} requests${length}${users > 0 ? `, ${whole(users)} users at most` : ''}`;
}

function sum(rows: readonly LocustRow[]): number {
  return rows.reduce((total, { figures }) => total + (figures['count'] ?? 0), 0);
}
