/**
 * What must be true of every run, whatever the back end did: a run that breaks one of these was counted or recorded
 * wrongly. The system's vocabulary says which operations have books, and what else its counts must hold. Pure.
 *
 * Not checked, because nobody but the back end could know them: unique nonces, injected faults.
 */
import { metricsOf, type Operation, type Rule, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
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

  /**
   * What a side of a rule names: a Counter, the samples of a Trend, or all sub-metrics whose name begins like one that
   * ends with `*}`.
   */
  total(name: string): number {
    if (!name.endsWith('*}')) return this.count(name);
    const alike = Object.entries(this.parts).filter(([part]) => part.startsWith(name.slice(0, -2)));
    return alike.reduce((sum, [, { count = 0 }]) => sum + count, 0);
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

/** What the rules of a run depend on. */
export interface Circumstances {
  vocabulary: Vocabulary;
  /** It ended by itself. */
  isWhole: boolean;
}

/** Everything that begins ends in exactly one bucket (trust: 1, 3, 7). */
export function bucketRules(figures: RawFigures, rules: Rules, { vocabulary, isWhole }: Circumstances): void {
  for (const operation of Object.values(vocabulary.operations)) {
    const { began, good, bad, stopped, open } = operation;
    const buckets = [good, bad, stopped, open].flatMap((bucket) => bucket?.metric ?? []);
    const ended = buckets.reduce((sum, metric) => sum + figures.count(metric), 0);
    if (open !== undefined || isWhole)
      rules.same(began.metric, figures.count(began.metric), 'buckets', ended);
    if (isJudgedOnce(operation, figures)) successRules(figures, rules, operation);
  }
}

/** Whether the Rate has a sample for each that ended: it judges first attempts only. */
function isJudgedOnce({ retriedIn }: Operation, figures: RawFigures): boolean {
  return retriedIn === undefined || figures.count('retries') === 0;
}

function successRules(figures: RawFigures, rules: Rules, { good, bad, success }: Operation): void {
  rules.same(success, figures.passes(success), good.metric, figures.count(good.metric));
  rules.same(`failed ${success}`, figures.fails(success), bad.metric, figures.count(bad.metric));
}

/** What failed is the sum of its classes (trust: 2, 27). */
export function classRules(figures: RawFigures, rules: Rules, { vocabulary }: Circumstances): void {
  const ofPhase = (phase: string) => figures.total(`failures{phase:${phase},*}`);
  const all = Object.keys(vocabulary.phases).reduce((sum, phase) => sum + ofPhase(phase), 0);
  rules.same('failures', figures.count('failures'), 'their classes', all);
  for (const { bad, phase } of Object.values(vocabulary.operations))
    if (phase !== undefined)
      rules.same(bad.metric, figures.count(bad.metric), `classes of ${phase}`, ofPhase(phase));
  rules.atMost(
    'sessions_affected',
    figures.count('sessions_affected'),
    'failures',
    figures.count('failures'),
  );
  for (const [name, { count = 0 }] of figures.partsOf('sessions_affected', 'phase')) {
    const failures = name.replace('sessions_affected', 'failures');
    rules.atMost(name, count, failures, figures.count(failures));
  }
}

/** Each step has at most as many as the one before (trust: 4, 5, 8). */
export function funnelRules(figures: RawFigures, rules: Rules, { vocabulary }: Circumstances): void {
  const count = (name: string) => figures.count(name);
  for (const { began, good } of Object.values(vocabulary.operations))
    rules.atMost(good.metric, count(good.metric), began.metric, count(began.metric));
  rules.atMost('retries_succeeded', count('retries_succeeded'), 'retries', count('retries'));
  rules.same('ws_connecting samples', count('ws_connecting'), 'ws_sessions', count('ws_sessions'));
  rules.atMost(
    'ws_sessions by status',
    figures.sumOf('ws_sessions', 'status'),
    'ws_sessions',
    count('ws_sessions'),
  );
  if (count('retries') > 0)
    rules.same('retries', count('retries'), 'their phases', figures.sumOf('retries', 'phase'));
}

/** A Trend has a sample for each thing that it measures, and what the system says of its counts (trust: 9, 10, 11, 20). */
export function sampleRules(figures: RawFigures, rules: Rules, circumstances: Circumstances): void {
  const { vocabulary, isWhole } = circumstances;
  const count = (name: string) => figures.count(name);
  for (const { good, latency } of Object.values(vocabulary.operations))
    if (latency !== undefined)
      rules.same(`${latency} samples`, count(latency), good.metric, count(good.metric));
  for (const rule of vocabulary.rules) applyRule(figures, rules, rule, circumstances);
  rules.same('iteration_duration samples', count('iteration_duration'), 'iterations', count('iterations'));
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
  if (isWhole)
    rules.near(
      'ws_session_duration samples',
      count('ws_session_duration'),
      'opened',
      figures.count('ws_sessions{status:101}'),
      count('ws_sessions') - figures.count('ws_sessions{status:101}'),
    );
}

/** `inside` puts names into a stage. */
function applyRule(
  figures: RawFigures,
  rules: Rules,
  { left, is, right, only }: Rule,
  { isWhole }: Circumstances,
  inside = (name: string) => name,
): void {
  if (only === 'whole' && !isWhole) return;
  const sum = (names: readonly string[]) =>
    names.reduce((total, name) => total + figures.total(inside(name)), 0);
  const text = (names: readonly string[]) => names.map(inside).join(' + ');
  if (is === '=') rules.same(text(left), sum(left), text(right), sum(right));
  else rules.atMost(text(left), sum(left), text(right), sum(right));
}

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
  circumstances: Circumstances,
): void {
  const { vocabulary } = circumstances;
  for (const number of stages) {
    const inside = (metric: string) => metric.replace(/^\w+$/, `$&{stage:${number}}`);
    for (const operation of Object.values(vocabulary.operations))
      stageOperationRules(figures, rules, operation, inside, circumstances);
    for (const rule of vocabulary.rules.filter((one) => one.stages === true))
      applyRule(figures, rules, rule, circumstances, inside);
  }
}

function stageOperationRules(
  figures: RawFigures,
  rules: Rules,
  operation: Operation,
  inside: (metric: string) => string,
  { vocabulary, isWhole }: Circumstances,
): void {
  const { began, good, success, latency } = operation;
  const metrics = metricsOf(vocabulary);
  const isKept = (metric: string) => metrics[metric]?.stages === true;
  const [passes, fails] = [figures.passes(inside(success)), figures.fails(inside(success))];
  if (isKept(success) && isKept(good.metric))
    rules.same(inside(success), passes, good.word, figures.count(inside(good.metric)));
  const timed = latency === undefined ? undefined : figures.parts[inside(latency)];
  if (latency !== undefined && timed !== undefined && isWhole && isJudgedOnce(operation, figures))
    rules.same(inside(latency), timed['count'] ?? 0, good.word, passes);
  // Outcomes of what the whole visit decides stand in the stage of the outcome.
  if (!isKept(success) || !isKept(began.metric) || !isKept(good.metric)) return;
  const sent = figures.count(inside(began.metric));
  rules.atMost(inside(success), passes + fails, began.word, sent);
  if (isWhole) rules.same(inside(success), passes + fails, began.word, sent);
}

/** k6's own arithmetic in floating point. */
const ROUNDING = 1e-9;

/** No time is negative or longer than the run, percentiles rise, rates are those of their counts (trust: 24). */
export function shapeRules(
  figures: RawFigures,
  rules: Rules,
  durationMs: number,
  vocabulary: Vocabulary,
): void {
  const metrics = metricsOf(vocabulary);
  const known = (name: string) => metrics[name.replace(/\{.*/, '')];
  const isTime = (name: string) => (known(name)?.unit ?? 'ms') === 'ms' && known(name)?.scaled !== true;
  for (const [name, values] of Object.entries({ ...figures.whole, ...figures.parts })) {
    if ('avg' in values) distributionRules(name, values, rules, isTime(name) ? durationMs : undefined);
    else if ('passes' in values || 'fails' in values) shareRules(name, values, rules);
    else if ('value' in values) risingRules(name, values, ['min', 'value', 'max'], rules);
    else counterRules(name, values, rules, { durationMs, least: known(name)?.least ?? 0 });
  }
}

/** `durationMs`: the length of the run, of which values are times. */
function distributionRules(name: string, values: Values, rules: Rules, durationMs: number | undefined): void {
  const { count = 0, max = 0, min = 0 } = values;
  rules.holds(Number.isInteger(count) && count >= 0, `${name} has ${count} samples`);
  if (count === 0) return;
  const percentiles = Object.keys(values).filter((key) => key.startsWith('p('));
  percentiles.sort((a, b) => percentile(a) - percentile(b));
  risingRules(name, values, ['min', ...percentiles, 'max'], rules);
  risingRules(name, values, ['min', 'avg', 'max'], rules);
  if ('p(50)' in values) rules.equal(`${name} med`, values['med'] ?? NaN, 'p(50)', values['p(50)'] ?? NaN);
  if (count === 1) rules.equal(`the one sample of ${name}`, min, 'itself', max);
  if (durationMs === undefined) return;
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

function counterRules(
  name: string,
  { count = 0, rate = 0 }: Values,
  rules: Rules,
  { durationMs, least }: { durationMs: number; least: number },
): void {
  rules.holds(count >= least, `${name} is ${count}`);
  const perSecond = (count * 1000) / durationMs;
  rules.near(`${name} per second`, rate, 'its count', perSecond, ROUNDING * Math.max(1, Math.abs(perSecond)));
}

/** VUs stay within those that were made (trust: 23). */
export function vuRules(figures: RawFigures, rules: Rules): void {
  const [vus, most] = [figures.whole['vus'], figures.whole['vus_max']];
  if (vus === undefined || most === undefined) return;
  rules.atMost('vus', vus['max'] ?? 0, 'vus_max', most['max'] ?? 0);
}
