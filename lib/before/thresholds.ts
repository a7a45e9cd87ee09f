/**
 * Limits → k6's thresholds, stage by stage, with the guards that keep k6 from passing a limit that nothing was measured
 * for, and the sub-metrics that the summary reads. Pure.
 */
import {
  HANDSHAKE_STATUSES,
  PHASES,
  REPEATABLE,
  reasonsOf,
  type Phase,
  type Reason,
} from '../words/failures.ts';
import {
  AGGREGATES,
  applies,
  BINDABLE,
  binds,
  forStage,
  inStage,
  LEAST_HELD,
  LEVELS,
  MOST_HELD,
  type Kind,
  type Limit,
  type Limits,
} from '../words/limits.ts';
import {
  inSecond,
  MAX_PROBE_SECONDS,
  mostHeld,
  plannedSessions,
  type Plan,
  type Stage,
} from '../words/load.ts';

/** One of k6's thresholds; with `abortOnFail` the run ends when it is crossed after `delayAbortEval`. */
type Threshold = string | { threshold: string; abortOnFail: true; delayAbortEval: string };

/** k6's `options.thresholds`. */
export type Thresholds = Record<string, Threshold[]>;

/** What the thresholds depend on besides the limits of the binding level. */
export interface Judgement {
  plan: Plan;
  requiredSessions: number | null;
  generatorLagLimitMs: number;
  /** The run ends at the end of the first stage that breaks a binding limit. */
  stopsAtBreak: boolean;
  /** Further attempts of an operation; default none. */
  retries?: number;
}

/**
 * The thresholds of a run: every limit on every stage, twice guarded (samples, generator), the sub-metrics that
 * the summary needs (`count>=0`, `max>=0` and `rate>=0` always hold), and what binds every script.
 */
export function thresholdsOf(limits: readonly Limit[], judgement: Judgement): Thresholds {
  const { plan, requiredSessions, retries = 0 } = judgement;
  const thresholds = new ThresholdList();
  for (const key of observed(plan)) thresholds.observe(key);
  for (const key of retries > 0 ? observedRetries() : []) thresholds.observe(key);
  for (const stage of plan.stages)
    if (binds(stage, requiredSessions)) bindStage(thresholds, limits, stage, judgement);
    else for (const limit of limits) observeLimit(thresholds, limit, stage, plan);
  for (const guard of guards(limits, false)) thresholds.add(guard, 'count>0');
  for (const metric of mustBeZero(plan)) thresholds.add(metric, 'count==0');
  thresholds.add('generator_lag', lagLimit(judgement));
  const planned = plannedSessions(plan);
  if (planned !== null) thresholds.add('sessions_started', `count==${planned}`);
  return thresholds.list;
}

function bindStage(
  thresholds: ThresholdList,
  limits: readonly Limit[],
  stage: Stage,
  judgement: Judgement,
): void {
  const { plan, stopsAtBreak } = judgement;
  const judged = limits.filter((limit) => applies(limit, stage, plan));
  for (const limit of judged) {
    const { metric, expression } = forStage(limit, stage);
    if (stopsAtBreak) thresholds.addStop(inStage(metric, stage), expression, stage.end);
    else thresholds.add(inStage(metric, stage), expression);
  }
  for (const guard of guards(judged, true)) thresholds.add(inStage(guard, stage), 'count>0');
  thresholds.add(inStage('generator_lag', stage), lagLimit(judgement));
  if (plan.end === null) return;
  for (const expression of heldTimes(plan, stage)) thresholds.add(inStage('hold_vu_time', stage), expression);
}

function observeLimit(thresholds: ThresholdList, limit: Limit, stage: Stage, plan: Plan): void {
  if (!applies(limit, stage, plan)) return;
  const { metric } = forStage(limit, stage);
  thresholds.observe([inStage(metric, stage), BINDABLE()[metric]?.kind ?? 'counter']);
}

/** Probes may be dropped: when nothing answers any more, there can't be a VU for each. */
function mustBeZero({ arrivals, outage }: Plan): string[] {
  const own = outage === undefined ? ['dropped_iterations'] : ['outage_failed'];
  const late = arrivals === undefined ? [] : ['arrivals_late'];
  return ['script_errors', 'sessions_open', 'questions_open', ...own, ...late, ...exhausted()];
}

/** Milliseconds that the VUs of a stage must have been there: what was planned, by 1 % less or more. */
function heldTimes(plan: Plan, stage: Stage): string[] {
  const length = stage.end - stage.hold;
  const [least, most] = [LEAST_HELD * stage.sessions * length, MOST_HELD * mostHeld(plan, stage) * length];
  return [`count>=${Math.ceil(least)}`, `count<=${Math.floor(most)}`];
}

/** Failures that are the load generator's own. */
function exhausted(): string[] {
  return PHASES.flatMap((phase) =>
    reasonsOf(phase)
      .filter((reason) => reason.startsWith('generator_'))
      .map((reason) => failureMetric(phase, reason)),
  );
}

function failureMetric(phase: Phase, reason: Reason): string {
  return `failures{phase:${phase},reason:${reason}}`;
}

function lagLimit({ generatorLagLimitMs }: Judgement): string {
  return `p(99)<${generatorLagLimitMs}`;
}

function guards(limits: readonly Limit[], everyStage: boolean): string[] {
  const bindable = BINDABLE();
  const metrics = limits.map((limit) => bindable[limit.metric]);
  return metrics.flatMap((metric) =>
    metric?.guard && Boolean(metric.everyStage) === everyStage ? [metric.guard] : [],
  );
}

class ThresholdList {
  readonly list: Thresholds = {};

  add(key: string, expression: string): void {
    const expressions = (this.list[key] ??= []);
    if (!expressions.includes(expression)) expressions.push(expression);
  }

  /** As `add`, and when the limit is crossed after `time` (ms since the start) k6 ends the run. */
  addStop(key: string, expression: string, time: number): void {
    const stop = { threshold: expression, abortOnFail: true, delayAbortEval: `${time}ms` } as const;
    (this.list[key] ??= []).push(stop);
  }

  /** Makes k6 keep a sub-metric without judging it. */
  observe([key, kind]: [key: string, kind: Kind]): void {
    this.list[key] ??= [];
    this.add(key, { trend: 'max>=0', rate: 'rate>=0', counter: 'count>=0', gauge: 'value>=0' }[kind]);
  }
}

/** Sub-metrics that the summary reads: a row per stage, failures by class, handshakes by status. */
function observed(plan: Plan): [string, Kind][] {
  const perStage: [string, Kind][] = [
    ['questions_sent', 'counter'],
    ['questions_answered', 'counter'],
    ['answer_success', 'rate'],
    ['answer_latency', 'trend'],
    ['first_chunk_latency', 'trend'],
    ['session_success', 'rate'],
    ['sessions_started', 'counter'],
    ['session_setup_duration', 'trend'],
    ['socket_success', 'rate'],
    ['hold_session_time', 'counter'],
    ['hold_vu_time', 'counter'],
    ['generator_lag', 'trend'],
  ];
  const stages = plan.stages.flatMap((stage) =>
    perStage.map(([metric, kind]): [string, Kind] => [inStage(metric, stage), kind]),
  );
  const failures = PHASES.flatMap((phase) =>
    reasonsOf(phase).map((reason): [string, Kind] => [failureMetric(phase, reason), 'counter']),
  );
  const affected = REPEATABLE.flatMap(observedSessions);
  const statuses = [101, ...HANDSHAKE_STATUSES].map((status): [string, Kind] => [
    `ws_sessions{status:${status}}`,
    'counter',
  ]);
  const others: [string, Kind] = ['messages_sent{kind:other}', 'counter'];
  return [...stages, ...failures, ...affected, ...statuses, others, ...observedProbes(plan)];
}

function observedSessions(phase: Phase): [string, Kind][] {
  return reasonsOf(phase).map((reason) => [`sessions_affected{phase:${phase},reason:${reason}}`, 'counter']);
}

/** With retries, every class can happen several times in one session. */
function observedRetries(): [string, Kind][] {
  const retries = PHASES.map((phase): [string, Kind] => [`retries{phase:${phase}}`, 'counter']);
  return [...retries, ...PHASES.flatMap(observedSessions)];
}

function observedProbes({ end, outage }: Plan): [string, Kind][] {
  if (outage === undefined || end === null) return [];
  const seconds = Math.min(MAX_PROBE_SECONDS, Math.ceil((end - outage.start) / 1000));
  const perSecond = Array.from({ length: seconds }, (_, second): [string, Kind] => [
    inSecond(second),
    'rate',
  ]);
  return [['questions_failed{stage:probe}', 'counter'], ...perSecond];
}

/**
 * Percentiles of the summary: a grid that draws the distribution and lets several runs be merged (it costs
 * nothing during the run), and whatever the limits name.
 */
export function trendStats(limits: Limits): string[] {
  const grid = [
    1, 2.5, 5, 10, 20, 25, 30, 40, 50, 60, 66, 70, 75, 80, 90, 95, 97.5, 98, 99, 99.5, 99.9, 99.99,
  ];
  const named = LEVELS.flatMap((level) => limits[level].map((limit) => limit.aggregate));
  const trends = named.filter((aggregate) => AGGREGATES.trend.test(aggregate));
  return [
    ...new Set(['count', 'min', 'avg', 'med', 'max', ...grid.map((point) => `p(${point})`), ...trends]),
  ];
}
