/**
 * What must be true of every run of chat sessions, whatever the back end did: a run that breaks one of these was
 * counted or recorded wrongly. Pure.
 *
 * Not checked, because these runs have no such thing: reconnects (a session has one socket), deliveries to several
 * users, uploads, checks of k6; and, because nobody but the back end could know them: unique nonces, injected faults.
 */
import { PHASES } from '../../lib/words/failures.ts';
import type { RunSummary } from '../derive/summary.ts';

type Values = Record<string, number>;

/** k6's own values of a run, by metric and, for those with tags, by sub-metric. */
export class RawFigures {
  readonly whole: Readonly<Record<string, Values>>;
  readonly parts: Readonly<Record<string, Values>>;

  constructor({ metrics, subMetrics }: Pick<RunSummary, 'metrics' | 'subMetrics'>) {
    this.whole = metrics;
    this.parts = subMetrics;
  }

  /** Total of a Counter, or the number of samples of a Trend. */
  count(name: string): number {
    return (this.whole[name] ?? this.parts[name])?.['count'] ?? 0;
  }

  passes(name: string): number {
    return (this.whole[name] ?? this.parts[name])?.['passes'] ?? 0;
  }

  fails(name: string): number {
    return (this.whole[name] ?? this.parts[name])?.['fails'] ?? 0;
  }

  /** The sub-metrics of `metric` that have this tag. */
  partsOf(metric: string, tag: string): [name: string, values: Values][] {
    return Object.entries(this.parts).filter(([name]) => name.startsWith(`${metric}{${tag}:`));
  }

  /** Sum of the counts of those sub-metrics. */
  sumOf(metric: string, tag: string): number {
    return this.partsOf(metric, tag).reduce((sum, [, { count = 0 }]) => sum + count, 0);
  }
}

/** A list of broken rules, as sentences. */
export class Rules {
  readonly broken: string[] = [];
  private readonly cut: number;

  /** `cut`: VUs that k6 interrupted, each perhaps between two counts of the same event. */
  constructor(cut = 0) {
    this.cut = cut;
  }

  /** Two counts of the same things. */
  same(what: string, count: number, otherWhat: string, other: number): void {
    this.near(what, count, otherWhat, other, this.cut);
  }

  equal(what: string, value: number, otherWhat: string, other: number): void {
    if (value !== other) this.broken.push(`${what} ${value} ≠ ${otherWhat} ${other}`);
  }

  atMost(what: string, value: number, mostWhat: string, most: number): void {
    if (!(value <= most)) this.broken.push(`${what} ${value} > ${mostWhat} ${most}`);
  }

  /** `other` may be off by as many as `slack`. */
  near(what: string, value: number, otherWhat: string, other: number, slack: number): void {
    if (!(Math.abs(value - other) <= slack))
      this.broken.push(`${what} ${value} ≠ ${otherWhat} ${other}${slack > 0 ? ` (± ${slack})` : ''}`);
  }

  holds(condition: boolean, sentence: string): void {
    if (!condition) this.broken.push(sentence);
  }
}

/** Every session and every question ends in exactly one bucket (trust: 1, 3, 7). */
export function bucketRules(figures: RawFigures, rules: Rules): void {
  const count = (name: string) => figures.count(name);
  const ended = count('sessions_completed') + count('sessions_failed');
  const closed = ended + count('sessions_stopped');
  rules.same('sessions_started', count('sessions_started'), 'buckets', closed + count('sessions_open'));
  rules.same('sessions_ended', count('sessions_ended'), 'completed + failed', ended);
  rules.same(
    'session_success',
    figures.passes('session_success'),
    'sessions_completed',
    count('sessions_completed'),
  );
  rules.same(
    'failed session_success',
    figures.fails('session_success'),
    'sessions_failed',
    count('sessions_failed'),
  );
  rules.same(
    'questions_sent',
    count('questions_sent'),
    'buckets',
    count('questions_answered') + count('questions_failed') + count('questions_open'),
  );
  rules.same('answer_success', figures.passes('answer_success'), 'answered', count('questions_answered'));
  rules.same('failed answer_success', figures.fails('answer_success'), 'failed', count('questions_failed'));
  rules.atMost('answers_late', count('answers_late'), 'questions_failed', count('questions_failed'));
}

/** What failed is the sum of its classes; none of our own code threw (trust: 2, 27). */
export function classRules(figures: RawFigures, rules: Rules): void {
  const ofPhase = (phase: string) =>
    figures
      .partsOf('failures', 'phase')
      .filter(([name]) => name.startsWith(`failures{phase:${phase},`))
      .reduce((sum, [, { count = 0 }]) => sum + count, 0);
  const all = PHASES.reduce((sum, phase) => sum + ofPhase(phase), 0);
  rules.same('failures', figures.count('failures'), 'their classes', all);
  rules.same('questions_failed', figures.count('questions_failed'), 'classes of answers', ofPhase('answer'));
  rules.atMost(
    'sessions_affected',
    figures.count('sessions_affected'),
    'failures',
    figures.count('failures'),
  );
  rules.atMost('sessions_failed', figures.count('sessions_failed'), 'failures', figures.count('failures'));
  for (const [name, { count = 0 }] of figures.partsOf('sessions_affected', 'phase')) {
    const failures = name.replace('sessions_affected', 'failures');
    rules.atMost(name, count, failures, figures.count(failures));
  }
}

/** Each step has at most as many as the one before; sockets add up (trust: 4, 5, 8). */
export function funnelRules(figures: RawFigures, rules: Rules, isWhole: boolean): void {
  const count = (name: string) => figures.count(name);
  rules.atMost('sockets_opened', count('sockets_opened'), 'ws_sessions', count('ws_sessions'));
  rules.atMost('sockets_opened', count('sockets_opened'), 'sessions_started', count('sessions_started'));
  rules.atMost('questions_answered', count('questions_answered'), 'questions_sent', count('questions_sent'));
  rules.atMost('retries_succeeded', count('retries_succeeded'), 'retries', count('retries'));
  rules.same('ws_connecting samples', count('ws_connecting'), 'ws_sessions', count('ws_sessions'));
  rules.atMost(
    'ws_sessions by status',
    figures.sumOf('ws_sessions', 'status'),
    'ws_sessions',
    count('ws_sessions'),
  );
  if (count('retries') === 0) {
    rules.same('socket_success', figures.passes('socket_success'), 'opened', count('sockets_opened'));
    rules.same('failed socket_success', figures.fails('socket_success'), 'failed', count('sockets_failed'));
  } else {
    rules.same('retries', count('retries'), 'their phases', figures.sumOf('retries', 'phase'));
  }
  if (!isWhole) return;
  rules.same(
    'ws_sessions',
    count('ws_sessions'),
    'opened + failed',
    count('sockets_opened') + count('sockets_failed'),
  );
}

/** A Trend has a sample for each thing that it measures, messages are those of k6 (trust: 9, 10, 11, 20). */
export function sampleRules(figures: RawFigures, rules: Rules, isWhole: boolean): void {
  const count = (name: string) => figures.count(name);
  const closed = count('sessions_started') - count('sessions_open');
  for (const trend of ['answer_latency', 'first_chunk_latency', 'generator_lag'])
    rules.same(`${trend} samples`, count(trend), 'questions_answered', count('questions_answered'));
  for (const trend of ['socket_connect_duration', 'session_setup_duration'])
    rules.same(`${trend} samples`, count(trend), 'sockets_opened', count('sockets_opened'));
  rules.same('session_duration samples', count('session_duration'), 'sessions that ended', closed);
  rules.same('iteration_duration samples', count('iteration_duration'), 'iterations', count('iterations'));
  rules.atMost(
    'heartbeats_answered',
    count('heartbeats_answered'),
    'heartbeats_sent',
    count('heartbeats_sent'),
  );
  rules.same(
    'heartbeat_latency samples',
    count('heartbeat_latency'),
    'answered',
    count('heartbeats_answered'),
  );
  rules.same(
    'probe_failed_end samples',
    count('probe_failed_end'),
    'their starts',
    count('probe_failed_start'),
  );
  for (const name of Object.keys(figures.whole).filter((metric) => /^http_req_(?!failed)/.test(metric)))
    rules.same(`${name} samples`, count(name), 'http_reqs', count('http_reqs'));
  const judged = figures.passes('http_req_failed') + figures.fails('http_req_failed');
  rules.same('http_req_failed samples', judged, 'http_reqs', count('http_reqs'));
  rules.atMost(
    'messages_sent',
    count('messages_sent') - unwritten(figures),
    'ws_msgs_sent',
    count('ws_msgs_sent'),
  );
  rules.atMost('answer_chunks', count('answer_chunks'), 'messages_received', count('messages_received'));
  if (!isWhole) return;
  rules.same(
    'messages_sent',
    count('messages_sent'),
    'questions_sent and others',
    count('questions_sent') + count('messages_sent{kind:other}'),
  );
  const sockets = count('ws_session_duration');
  rules.near(
    'ws_session_duration samples',
    sockets,
    'opened',
    count('sockets_opened'),
    count('sockets_failed'),
  );
  rules.same('messages_received', count('messages_received'), 'ws_msgs_received', count('ws_msgs_received'));
  rules.atMost('questions_answered', count('questions_answered'), 'answer_chunks', count('answer_chunks'));
}

/**
 * The most messages that may have been handed to a socket that was about to end, so that k6 never wrote and counted
 * them: the questions that failed with their connection, and what else was said.
 */
function unwritten(figures: RawFigures): number {
  const lost = figures
    .partsOf('failures', 'phase')
    .filter(([name]) => LOST_QUESTION.test(name))
    .reduce((sum, [, { count = 0 }]) => sum + count, 0);
  return lost === 0 ? 0 : lost + figures.count('messages_sent{kind:other}');
}

const LOST_QUESTION = /^failures\{phase:answer,reason:(closed_|connection_lost|write_failed)/;

/** The stages' figures are part of the run's; what settles is in no stage (trust: 13). */
export function stageRules(figures: RawFigures, rules: Rules): void {
  for (const [metric, whole] of Object.entries(figures.whole)) {
    const parts = figures.partsOf(metric, 'stage').map(([, values]) => values);
    if (parts.length === 0) continue;
    for (const key of ['count', 'passes', 'fails'])
      rules.atMost(`${key} of ${metric} in all stages`, sum(parts, key), 'in the run', whole[key] ?? 0);
    for (const { min = Infinity, max = -Infinity } of parts) {
      rules.atMost(`max of ${metric} in a stage`, max, 'in the run', whole['max'] ?? Infinity);
      rules.atMost(`min of ${metric} in the run`, whole['min'] ?? -Infinity, 'in a stage', min);
    }
  }
}

function sum(parts: readonly Values[], key: string): number {
  return parts.reduce((total, values) => total + (values[key] ?? 0), 0);
}

/** Within each stage, what is counted together is equal. */
export function withinStageRules(
  figures: RawFigures,
  rules: Rules,
  stages: readonly number[],
  isWhole: boolean,
): void {
  for (const number of stages) {
    const name = (metric: string) => `${metric}{stage:${number}}`;
    const count = (metric: string) => figures.count(name(metric));
    const answered = count('questions_answered');
    const [passes, fails] = [figures.passes(name('answer_success')), figures.fails(name('answer_success'))];
    rules.same(name('answer_success'), passes, 'answered', answered);
    for (const trend of ['answer_latency', 'first_chunk_latency', 'generator_lag'])
      rules.same(name(trend), count(trend), 'answered', answered);
    rules.atMost(name('answer_success'), passes + fails, 'sent', count('questions_sent'));
    if (isWhole) rules.same(name('answer_success'), passes + fails, 'sent', count('questions_sent'));
    if (isWhole && figures.count('retries') === 0 && figures.parts[name('socket_connect_duration')])
      rules.same(
        name('socket_connect_duration'),
        count('socket_connect_duration'),
        'opened',
        figures.passes(name('socket_success')),
      );
  }
}

/** Ratios, whose values are no times and may be below 0. */
const NO_TIMES = /_drift(\{|$)/;
/** k6's own arithmetic in floating point. */
const ROUNDING = 1e-9;

/** No time is negative or longer than the run, percentiles rise, rates are those of their counts (trust: 24). */
export function shapeRules(figures: RawFigures, rules: Rules, durationMs: number): void {
  for (const [name, values] of Object.entries({ ...figures.whole, ...figures.parts })) {
    if ('avg' in values) distributionRules(name, values, rules, durationMs);
    else if ('passes' in values || 'fails' in values) shareRules(name, values, rules);
    else if ('value' in values) risingRules(name, values, ['min', 'value', 'max'], rules);
    else counterRules(name, values, rules, durationMs);
  }
}

function distributionRules(name: string, values: Values, rules: Rules, durationMs: number): void {
  const { count = 0, max = 0, min = 0 } = values;
  rules.holds(Number.isInteger(count) && count >= 0, `${name} has ${count} samples`);
  if (count === 0) return;
  const percentiles = Object.keys(values).filter((key) => key.startsWith('p('));
  percentiles.sort((a, b) => percentile(a) - percentile(b));
  risingRules(name, values, ['min', ...percentiles, 'max'], rules);
  risingRules(name, values, ['min', 'avg', 'max'], rules);
  if ('p(50)' in values) rules.equal(`${name} med`, values['med'] ?? NaN, 'p(50)', values['p(50)'] ?? NaN);
  if (count === 1) rules.equal(`the one sample of ${name}`, min, 'itself', max);
  if (NO_TIMES.test(name)) return;
  rules.holds(min >= 0, `${name} has a time below 0: ${min} ms`);
  rules.atMost(`${name} max`, max, 'length of the run', durationMs);
}

function percentile(key: string): number {
  return Number(key.slice(2, -1));
}

function risingRules(name: string, values: Values, keys: readonly string[], rules: Rules): void {
  const known = keys.filter((key) => values[key] !== undefined);
  known.slice(1).forEach((key, index) => {
    const before = known[index] ?? key;
    const [low, high] = [values[before] ?? 0, values[key] ?? 0];
    const slack = ROUNDING * Math.max(Math.abs(low), Math.abs(high));
    rules.holds(low <= high + slack, `${name}: ${before} ${low} > ${key} ${high}`);
  });
}

function shareRules(name: string, { passes = 0, fails = 0, rate = 0 }: Values, rules: Rules): void {
  for (const count of [passes, fails])
    rules.holds(Number.isInteger(count) && count >= 0, `${name} has ${count} samples`);
  if (passes + fails > 0)
    rules.near(`${name} rate`, rate, 'its samples', passes / (passes + fails), ROUNDING);
  else rules.equal(`${name} rate`, rate, 'without samples', 0);
}

function counterRules(name: string, { count = 0, rate = 0 }: Values, rules: Rules, durationMs: number): void {
  rules.holds(count >= 0, `${name} is ${count}`);
  const perSecond = (count * 1000) / durationMs;
  rules.near(`${name} per second`, rate, 'its count', perSecond, ROUNDING * Math.max(1, perSecond));
}

/** VUs stay within those that were made (trust: 23). */
export function vuRules(figures: RawFigures, rules: Rules): void {
  const [vus, most] = [figures.whole['vus'], figures.whole['vus_max']];
  if (vus === undefined || most === undefined) return;
  rules.atMost('vus', vus['max'] ?? 0, 'vus_max', most['max'] ?? 0);
}
