/**
 * Limits → k6's thresholds, stage by stage, with the guards that keep k6 from passing a limit that nothing was measured
 * for, and the sub-metrics that the summary reads. Pure.
 */
import { plannedRounds, ROUNDS_BEGUN } from '../measures/rounds.ts';
import { leastVisits, leastWork } from '../measures/work.ts';
import { classesByValue, classesOf, HANDSHAKE_STATUSES } from '../words/failures.ts';
import {
  AGGREGATES,
  applies,
  binds,
  forStage,
  inStage,
  LEAST_HELD,
  LEVELS,
  MOST_HELD,
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
} from '../plans/load.ts';
import { plannedArrivals } from '../plans/rate.ts';
import {
  headlineOf,
  metricsOf,
  openCounts,
  operationOf,
  type Kind,
  type PhaseWords,
  type Vocabulary,
} from '../vocabulary/vocabulary.ts';

/** One of k6's thresholds; with `abortOnFail` the run ends when it is crossed after `delayAbortEval`. */
type Threshold = string | { threshold: string; abortOnFail: true; delayAbortEval: string };

/** k6's `options.thresholds`. */
export type Thresholds = Record<string, Threshold[]>;

/** A sub-metric, or another metric, that the summary reads; `must`: what has to hold, or the run can't be trusted. */
export type SubMetric = readonly [key: string, kind: Kind, must?: string];

/** What the thresholds depend on besides the limits of the binding level. */
export interface Judgement {
  vocabulary: Vocabulary;
  /** What parts read besides; default nothing. */
  observed?: readonly SubMetric[];
  plan: Plan;
  requiredSessions: number | null;
  generatorLagLimitMs: number;
  /** The run ends at the end of the first stage that breaks a binding limit. */
  stopsAtBreak: boolean;
  /** Further attempts; default none. */
  retries?: number;
}

/**
 * The thresholds of a run: every limit on every stage, twice guarded (samples, generator), the sub-metrics that
 * the summary needs (`count>=0`, `max>=0` and `rate>=0` always hold), and what binds every script.
 */
export function thresholdsOf(limits: readonly Limit[], judgement: Judgement): Thresholds {
  const { vocabulary, plan, requiredSessions, retries = 0 } = judgement;
  const thresholds = new ThresholdList();
  for (const key of observed(vocabulary, plan)) thresholds.observe(key);
  for (const key of judgement.observed ?? []) thresholds.observe(key);
  for (const key of retries > 0 ? observedRetries(vocabulary) : []) thresholds.observe(key);
  for (const stage of plan.stages)
    if (binds(stage, requiredSessions)) bindStage(thresholds, limits, stage, judgement);
    else for (const limit of limits) observeLimit(thresholds, limit, stage, plan);
  for (const guard of guards(limits, false)) thresholds.add(guard, 'count>0');
  for (const metric of mustBeZero(vocabulary, plan)) thresholds.add(metric, 'count==0');
  thresholds.add('generator_lag', lagLimit(judgement));
  const { began } = operationOf(vocabulary, vocabulary.visit);
  for (const expression of visitCounts(plan)) thresholds.add(began.metric, expression);
  const least = leastBegun(limits, judgement);
  if (least !== undefined) thresholds.add(headlineOf(vocabulary).began.metric, `count>=${least}`);
  return thresholds.list;
}

function visitCounts(plan: Plan): string[] {
  if (plan.isRate) return arrivalCounts(plan);
  const planned = plannedSessions(plan);
  return planned === null ? [] : [`count==${planned}`];
}

function leastBegun(
  limits: readonly Limit[],
  { vocabulary, plan, requiredSessions }: Judgement,
): number | undefined {
  const binding = plan.stages.filter((stage) => binds(stage, requiredSessions));
  const judged = limits.filter((limit) => binding.some((stage) => applies(limit, stage, plan)));
  return leastWork(plan, leastVisits(plan), vocabulary, judged);
}

function bindStage(
  thresholds: ThresholdList,
  limits: readonly Limit[],
  stage: Stage,
  judgement: Judgement,
): void {
  const { vocabulary, plan, stopsAtBreak } = judgement;
  const judged = limits.filter((limit) => applies(limit, stage, plan));
  for (const limit of judged) {
    const { metric, expression } = forStage(limit, stage);
    if (stopsAtBreak) thresholds.addStop(inStage(metric, stage), expression, stage.end);
    else thresholds.add(inStage(metric, stage), expression);
  }
  for (const guard of guards(judged, true)) thresholds.add(inStage(guard, stage), 'count>0');
  thresholds.add(inStage('generator_lag', stage), lagLimit(judgement));
  if (plan.end === null || plan.isRate) return;
  for (const expression of heldTimes(plan, stage)) thresholds.add(inStage('hold_vu_time', stage), expression);
  if (plan.apart)
    thresholds.add(inStage(headlineOf(vocabulary).began.metric, stage), `count>=${stage.level}`);
  const rounds = plannedRounds(stage, plan, vocabulary);
  if (rounds !== undefined) thresholds.add(inStage(ROUNDS_BEGUN, stage), `count>=${rounds}`);
}

function observeLimit(thresholds: ThresholdList, limit: Limit, stage: Stage, plan: Plan): void {
  if (!applies(limit, stage, plan)) return;
  const { metric, kind } = forStage(limit, stage);
  thresholds.observe([inStage(metric, stage), kind]);
}

/** Probes may be dropped: when nothing answers any more, there can't be a VU for each. */
function mustBeZero(vocabulary: Vocabulary, { arrivals, isRate, outage }: Plan): string[] {
  const own = outage === undefined ? ['dropped_iterations'] : ['outage_failed'];
  const late = arrivals === undefined && !isRate ? [] : ['arrivals_late'];
  return ['script_errors', ...openCounts(vocabulary), ...own, ...late, ...exhausted(vocabulary)];
}

function arrivalCounts(plan: Plan): string[] {
  const planned = plannedArrivals(plan);
  return [`count>=${planned - 1}`, `count<=${planned}`];
}

/** Milliseconds that the VUs of a stage must have been there: what was planned, by 1 % less or more. */
function heldTimes(plan: Plan, stage: Stage): string[] {
  const length = stage.end - stage.hold;
  const [least, most] = [LEAST_HELD * stage.level * length, MOST_HELD * mostHeld(plan, stage) * length];
  return [`count>=${Math.ceil(least)}`, `count<=${Math.floor(most)}`];
}

/** Failures that are the load generator's own. */
function exhausted(vocabulary: Vocabulary): string[] {
  return classesOf(vocabulary)
    .filter(({ reason }) => reason.startsWith('generator_'))
    .map(({ key }) => key);
}

function lagLimit({ generatorLagLimitMs }: Judgement): string {
  return `p(99)<${generatorLagLimitMs}`;
}

function guards(limits: readonly Limit[], everyStage: boolean): string[] {
  return limits.flatMap(({ samples, needs }) =>
    samples !== undefined && (needs === 'every stage') === everyStage ? [samples] : [],
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

  /** Makes k6 keep a sub-metric, without judging it where nothing must hold. */
  observe([key, kind, must]: SubMetric): void {
    const always = { trend: 'max>=0', rate: 'rate>=0', counter: 'count>=0', gauge: 'value>=0' }[kind];
    this.add(key, must ?? always);
  }
}

/** Sub-metrics that the summary reads: a row per stage, failures by class, handshakes by status, what rules name. */
function observed(vocabulary: Vocabulary, plan: Plan): SubMetric[] {
  const perStage = Object.entries(metricsOf(vocabulary)).filter(([, { stages }]) => stages === true);
  const stages = plan.stages.flatMap((stage) =>
    perStage.map(([metric, { kind }]): SubMetric => [inStage(metric, stage), kind]),
  );
  const parts = Object.entries(metricsOf(vocabulary)).filter(([, { of }]) => of !== undefined);
  const failures = [...classesOf(vocabulary), ...classesByValue(vocabulary)].map(({ key }) => key);
  const affected = observedVisits(vocabulary, ({ repeats }) => repeats === true);
  const statuses = [101, ...HANDSHAKE_STATUSES].map((status) => `ws_sessions{status:${status}}`);
  const named = vocabulary.rules.flatMap(({ left, right }) => [...left, ...right]);
  const others = named.filter((name) => name.includes('{') && !name.includes('*'));
  return [
    ...stages,
    ...parts.map(([name, { kind }]): SubMetric => [name, kind]),
    ...[...failures, ...affected, ...statuses, ...others].map(counter),
    ...observedProbes(vocabulary, plan),
  ];
}

function counter(key: string): SubMetric {
  return [key, 'counter'];
}

/** Visits by the classes of failures that they met, in the phases that are chosen. */
function observedVisits({ phases }: Vocabulary, isChosen: (phase: PhaseWords) => boolean): string[] {
  const chosen = Object.fromEntries(Object.entries(phases).filter(([, phase]) => isChosen(phase)));
  return classesOf({ phases: chosen }, 'sessions_affected').map(({ key }) => key);
}

/** With retries, every class can happen several times in one visit. */
function observedRetries(vocabulary: Vocabulary): SubMetric[] {
  const retries = Object.keys(vocabulary.phases).map((phase) => `retries{phase:${phase}}`);
  return [...retries, ...observedVisits(vocabulary, () => true)].map(counter);
}

function observedProbes(vocabulary: Vocabulary, { end, outage }: Plan): SubMetric[] {
  if (outage === undefined || end === null) return [];
  const seconds = Math.min(MAX_PROBE_SECONDS, Math.ceil((end - outage.start) / 1000));
  const perSecond = Array.from({ length: seconds }, (_, second): SubMetric => [inSecond(second), 'rate']);
  return [counter(`${headlineOf(vocabulary).bad.metric}{stage:probe}`), ...perSecond];
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
