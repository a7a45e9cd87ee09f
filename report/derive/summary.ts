/** The summary of a run: our own documented shape, made from k6's data and the plan. Pure. */
import { classesOf, HANDSHAKE_STATUSES, type Phase } from '../../lib/words/failures.ts';
import {
  applies,
  binds,
  forStage,
  inStage,
  keeps,
  ownUnit,
  type Level,
  type Limit,
  type Limits,
} from '../../lib/words/limits.ts';
import { metricsOf, type Operation, type Unit, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { Fanout } from '../../lib/measures/fanout.ts';
import type { LoadName, Plan, Stage } from '../../lib/plans/load.ts';
import { dueAt, plannedArrivals } from '../../lib/plans/rate.ts';
import { explain } from './explain.ts';
import { hasSamples, K6Metrics, type Distribution, type K6Data, type Share } from './k6Data.ts';
import { ledgerOf, type LedgerLine } from './ledger.ts';
import type { Measure } from './measures.ts';
import { summarizeParts } from '../parts/parts.ts';
import type { BreakdownSummary } from '../parts/breakdown.ts';
import type { DeliveriesSummary } from '../parts/deliveries.ts';
import type { Storm } from '../parts/reconnections.ts';
import type { MemorySummary } from '../parts/memory.ts';
import type { RecoverySummary } from '../parts/recovery.ts';
import type { ThroughputSummary } from '../parts/throughput.ts';
import type { LoopsSummary } from '../parts/loops.ts';
import type { UploadsSummary } from '../parts/uploads.ts';

/** Raised when a field changes its meaning or goes away; new fields do not raise it. */
export const SUMMARY_VERSION = 2;

/** What is known of a run before it starts. */
export interface TestInfo {
  script: string;
  /** What the script's system says of itself. */
  vocabulary: Vocabulary;
  /** The kind of load that the script chose, by which its plan can be made again from the settings. */
  load?: LoadName;
  /** Settings without secrets, as the run used them. */
  settings: Record<string, unknown>;
  /** Names of those that shape the load beside the plan. Absent in runs of an earlier version. */
  shapingSettings?: string[];
  /** Where one message goes to many. */
  fanout?: Fanout;
  plan: Plan;
  level: Level;
  limits: Limit[];
  /** The limits of all levels: those that do not bind grade the run. */
  levels?: Limits;
  requiredSessions: number | null;
  generatorLagLimitMs: number;
  /** The run ends by itself at the end of the first stage that breaks a binding limit. */
  stopsAtBreak: boolean;
  /** k6 was told not to judge, so that its exit code says nothing. */
  unjudged?: true;
}

/** One limit, judged. `margin`: how far the value stays from the bound, as a share of the bound; below 0 when broken. */
export interface LimitResult {
  metric: string;
  expression: string;
  aggregate: string;
  operator: Limit['operator'];
  bound: number;
  unit: Unit;
  /** null: no samples. */
  value: number | null;
  /** null: no samples. */
  kept: boolean | null;
  margin: number | null;
}

/** `unfinished`: the run ended within the stage. */
type StageState = 'held' | 'broke' | 'not measured' | 'unfinished' | 'not reached';

/** What became of the operations of one kind: began = good + bad + stopped + open. */
export interface OperationSummary {
  began: number;
  good: number;
  bad: number;
  /** Ended in health by the plan; only of operations that the plan can end. */
  stopped?: number;
  /** Neither when k6 ended; left out where nobody counts what began only at its end. */
  open?: number;
  success: Share;
  /** How long good ones took. */
  latency?: Distribution;
  /** Under way at the same time, on average over the run: total time ÷ duration (Little). */
  concurrent?: number;
}

/** Of the operations that began in the judged part of a stage; what k6 does not keep apart for stages is left out. */
export type StageOperation = Partial<Pick<OperationSummary, 'began' | 'good' | 'success' | 'latency'>>;

/** One stage of the plan. What began in its judged part belongs to it, however long it takes. */
export interface StageSummary {
  number: number;
  /** What it is for, where the plan has words for it. */
  name?: string;
  /** Planned. */
  level: number;
  /** Whether its limits decide the run. */
  binding: boolean;
  /** They never do: the stage is there for something else. */
  informs?: true;
  state: StageState;
  /** Length of the judged part, in milliseconds; null in a plan without an end. */
  judgedMs: number | null;
  /**
   * How much of the level was there, on average in the judged part, as a share of the plan; null for plans without a
   * fixed end and when the run stopped by itself.
   */
  held: number | null;
  /** The same for VUs that worked or waited for a restart: below 0.99 the generator is to blame. */
  vusHeld: number | null;
  operations: Record<string, StageOperation>;
  /** By metric: those of the vocabulary that are kept apart for stages and belong to no operation. */
  measures: Record<string, Measure>;
  limits: LimitResult[];
}

/** One class of failures in one phase. */
export interface FailureSummary {
  phase: Phase;
  reason: string;
  /** HTTP status of a refused handshake, as k6 counted it. */
  status?: number;
  title: string;
  why: string;
  count: number;
  /** Visits in which it happened at least once. */
  sessions: number;
  /** `sessions` is the most that it can be: nobody knows which statuses the handshakes of one session had. */
  atMost?: true;
}

/** `summary.json`. Times are milliseconds, shares are between 0 and 1. */
export interface RunSummary extends TestInfo {
  version: typeof SUMMARY_VERSION;
  durationMs: number;
  /** The run ended before its plan did. */
  cutShort: boolean;
  stages: StageSummary[];
  operations: Record<string, OperationSummary>;
  /** By metric: those of the vocabulary and of the house that belong to no operation, and were recorded. */
  measures: Record<string, Measure>;
  retries: {
    /** Attempts of an operation beyond the first. */
    attempted: number;
    /** The same by phase; phases without are left out. */
    phases: Record<Phase, number>;
    /** What worked after the first attempt. */
    succeeded: number;
    /** Not made: budget empty, `Retry-After` above the cap, plan over. */
    suppressed: number;
    /** Waits before retries, together. */
    waitMs: number;
  };
  failures: FailureSummary[];
  /** Of a plan with an outage. */
  recovery?: RecoverySummary;
  /** Of systems that count what they make by the minute. */
  throughput?: ThroughputSummary;
  /** Of systems that tell operations apart by a tag. */
  breakdown?: BreakdownSummary;
  /** By stage, where connections are dropped. */
  reconnections?: Storm[];
  /** Where many clients get one message. */
  deliveries?: DeliveriesSummary;
  /** Of systems that read the memory of their target. */
  memory?: MemorySummary;
  /** Where files are uploaded. */
  uploads?: UploadsSummary;
  /** Of systems whose event loops are watched. */
  loops?: LoopsSummary;
  ledger: LedgerLine[];
  generator: {
    /** How long last chunks waited before they were handled. */
    lag: Distribution;
    scriptErrors: number;
    droppedIterations: number;
    /** Visits of a plan of arrivals that started over 250 ms after their time. */
    lateArrivals: number;
    /** The call that should have started the outage failed. */
    outageFailed: boolean;
  };
  /** Every metric of k6 and of ours over the whole run, without sub-metrics. */
  metrics: Record<string, Record<string, number>>;
  /** The sub-metrics that have samples, as k6 counted them: what stages, limits and failures above are made of. */
  subMetrics: Record<string, Record<string, number>>;
}

/** All samples of a Trend together. */
function totalOf(metrics: K6Metrics, name: string): number {
  const { count = 0, avg = 0 } = metrics.distribution(name);
  return count * avg;
}

/** Makes the summary. */
export function summaryOf(test: TestInfo, data: K6Data): RunSummary {
  const metrics = new K6Metrics(data);
  const durationMs = data.state.testRunDurationMs;
  const { plan, vocabulary } = test;
  const operations = operationsOf(vocabulary, metrics, durationMs);
  const { open = 0 } = operations[vocabulary.visit] ?? {};
  const cutShort = open > 0 || durationMs < leastDuration(plan);
  const failures = failuresOf(metrics, vocabulary);
  const summary = {
    version: SUMMARY_VERSION,
    ...test,
    durationMs,
    cutShort,
    stages: plan.stages.map((stage) => stageSummary(test, metrics, stage, cutShort ? durationMs : Infinity)),
    operations,
    measures: measuresOf(vocabulary, metrics),
    retries: retriesOf(metrics, vocabulary),
    failures,
    generator: generatorOf(metrics, plan),
    metrics: wholeRun(data),
    subMetrics: partsOfRun(data),
  } as const;
  return {
    ...summary,
    ...summarizeParts(metrics, test, durationMs),
    ledger: ledgerOf(metrics, summary),
  };
}

/** When a run has ended by itself: k6 ends before a plan of rates does, as soon as nobody is to arrive any more. */
function leastDuration(plan: Plan): number {
  return plan.isRate ? dueAt(plan, plannedArrivals(plan) - 2) : (plan.end ?? 0);
}

function operationsOf(
  vocabulary: Vocabulary,
  metrics: K6Metrics,
  durationMs: number,
): RunSummary['operations'] {
  const entries = Object.entries(vocabulary.operations);
  return Object.fromEntries(
    entries.map(([name, words]) => [name, operationSummary(words, metrics, durationMs)]),
  );
}

function operationSummary(words: Operation, metrics: K6Metrics, durationMs: number): OperationSummary {
  const { began, good, bad, stopped, open, success, latency, badTime } = words;
  const busy =
    latency === undefined || badTime === undefined
      ? null
      : totalOf(metrics, latency) + metrics.count(badTime);
  return {
    began: metrics.count(began.metric),
    good: metrics.count(good.metric),
    bad: metrics.count(bad.metric),
    ...(stopped === undefined ? {} : { stopped: metrics.count(stopped.metric) }),
    ...(open === undefined ? {} : { open: metrics.count(open.metric) }),
    success: metrics.share(success),
    ...(latency === undefined ? {} : { latency: metrics.distribution(latency) }),
    ...(busy === null ? {} : { concurrent: durationMs > 0 ? busy / durationMs : 0 }),
  };
}

/** The metrics that are part of an operation's books. */
function metricsOfOperations({ operations }: Vocabulary): Set<string> {
  return new Set(
    Object.values(operations).flatMap(({ began, good, bad, stopped, open, success, latency, badTime }) => [
      ...[began, good, bad, stopped, open].flatMap((count) => (count === undefined ? [] : [count.metric])),
      ...[success, latency, badTime].flatMap((name) => name ?? []),
    ]),
  );
}

function measuresOf(vocabulary: Vocabulary, metrics: K6Metrics): RunSummary['measures'] {
  const ofOperations = metricsOfOperations(vocabulary);
  const names = Object.entries(metricsOf(vocabulary)).filter(
    ([name, { of, ofK6 }]) =>
      ofK6 !== true &&
      !ofOperations.has(name) &&
      (of === undefined ? metrics.has(name) : metrics.hasSamples(name)),
  );
  return Object.fromEntries(names.map(([name, { kind }]) => [name, metrics.measure(name, kind)]));
}

function stageOperations(
  vocabulary: Vocabulary,
  metrics: K6Metrics,
  stage: Stage,
): StageSummary['operations'] {
  const known = metricsOf(vocabulary);
  const inside = (metric: string | undefined) =>
    metric !== undefined && known[metric]?.stages ? inStage(metric, stage) : undefined;
  const entries = Object.entries(vocabulary.operations).map(([name, { began, good, success, latency }]) => {
    const [start, end, share, time] = [began.metric, good.metric, success, latency].map(inside);
    const operation: StageOperation = {
      ...(start === undefined ? {} : { began: metrics.count(start) }),
      ...(end === undefined ? {} : { good: metrics.count(end) }),
      ...(share === undefined ? {} : { success: metrics.share(share) }),
      ...(time === undefined ? {} : { latency: metrics.distribution(time) }),
    };
    return [name, operation] as const;
  });
  return Object.fromEntries(entries);
}

function stageMeasures(vocabulary: Vocabulary, metrics: K6Metrics, stage: Stage): StageSummary['measures'] {
  const ofOperations = metricsOfOperations(vocabulary);
  const kept = Object.entries(metricsOf(vocabulary)).filter(
    ([name, { stages }]) => stages === true && !ofOperations.has(name),
  );
  return Object.fromEntries(
    kept.map(([name, { kind }]) => [name, metrics.measure(inStage(name, stage), kind)]),
  );
}

function stageSummary(test: TestInfo, metrics: K6Metrics, stage: Stage, endedAt: number): StageSummary {
  const { plan, vocabulary } = test;
  const judgedMs = stage.end - stage.hold;
  // Visits tell how long they were at their level when they end, which those of a run that stops itself don't.
  const unknown = plan.end === null || plan.isRate === true || (test.stopsAtBreak && endedAt < plan.end);
  const share = (metric: string) =>
    unknown ? null : metrics.count(inStage(metric, stage)) / (judgedMs * stage.level);
  const limits = test.limits
    .filter((limit) => applies(limit, stage, plan))
    .map((limit) => judge(metrics, stage, limit));
  return {
    number: stage.number,
    ...(stage.name === undefined ? {} : { name: stage.name }),
    ...(stage.informs === undefined ? {} : { informs: stage.informs }),
    level: stage.level,
    binding: binds(stage, test.requiredSessions),
    state: stateOf(test, stage, limits, endedAt),
    judgedMs: plan.end === null ? null : judgedMs,
    held: share(vocabulary.held.metric),
    vusHeld: share('hold_vu_time'),
    operations: stageOperations(vocabulary, metrics, stage),
    measures: stageMeasures(vocabulary, metrics, stage),
    limits,
  };
}

function judge(metrics: K6Metrics, stage: Stage, limit: Limit): LimitResult {
  const judged = forStage(limit, stage);
  const measured = metrics.aggregate(inStage(judged.metric, stage), judged.aggregate);
  const result = limitResult(limit, measured === null ? null : ownUnit(limit, stage, measured));
  return measured === null ? result : { ...result, kept: keeps(judged, measured) };
}

/** A limit with a value in its own unit. */
export function limitResult(limit: Limit, value: number | null): LimitResult {
  const { metric, expression, aggregate, operator, bound, unit } = limit;
  const judged = { metric, expression, aggregate, operator, bound, unit };
  if (value === null) return { ...judged, value, kept: null, margin: null };
  const distance = operator.startsWith('>') ? value - bound : bound - value;
  const margin = bound === 0 ? null : distance / Math.abs(bound);
  return { ...judged, value, kept: keeps(limit, value), margin };
}

function stateOf(
  { plan, limits }: TestInfo,
  stage: Stage,
  results: LimitResult[],
  endedAt: number,
): StageState {
  if (stage.start >= endedAt) return 'not reached';
  if (results.some((result) => result.kept === false)) return 'broke';
  if (stage.end > endedAt && plan.end !== null) return 'unfinished';
  const everywhere = new Set(
    limits.flatMap(({ metric, needs }) => (needs === 'every stage' ? [metric] : [])),
  );
  return results.some(({ kept, metric }) => kept === null && everywhere.has(metric))
    ? 'not measured'
    : 'held';
}

function retriesOf(metrics: K6Metrics, { phases }: Vocabulary): RunSummary['retries'] {
  const counts = Object.keys(phases).map(
    (phase) => [phase, metrics.count(`retries{phase:${phase}}`)] as const,
  );
  return {
    attempted: metrics.count('retries'),
    phases: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    succeeded: metrics.count('retries_succeeded'),
    suppressed: metrics.count('retries_suppressed'),
    waitMs: totalOf(metrics, 'retry_wait'),
  };
}

function generatorOf(metrics: K6Metrics, { outage }: Plan): RunSummary['generator'] {
  return {
    lag: metrics.distribution('generator_lag'),
    scriptErrors: metrics.count('script_errors'),
    droppedIterations: outage === undefined ? metrics.count('dropped_iterations') : 0,
    lateArrivals: metrics.count('arrivals_late'),
    outageFailed: metrics.count('outage_failed') > 0,
  };
}

function failuresOf(metrics: K6Metrics, vocabulary: Vocabulary): FailureSummary[] {
  const rows = classesOf(vocabulary).flatMap(({ phase, reason, key }): FailureSummary[] => {
    const count = metrics.count(key);
    if (count === 0) return [];
    // Where k6 does not keep the visits apart, the class can happen only once in each.
    const sessions = metrics.count(`sessions_affected{phase:${phase},reason:${reason}}`) || count;
    if (reason === 'handshake_refused') return refusedHandshakes(metrics, phase, count, sessions);
    return [{ phase, reason, ...explain(reason, undefined, vocabulary.reasons), count, sessions }];
  });
  return rows.sort((a, b) => b.count - a.count);
}

/**
 * k6 tells scripts only "bad handshake", but tags its own `ws_sessions` with the status. A refusal that came after its
 * session had given up is counted there too; then nobody knows which statuses the others had.
 */
function refusedHandshakes(
  metrics: K6Metrics,
  phase: Phase,
  total: number,
  sessions: number,
): FailureSummary[] {
  const statuses = HANDSHAKE_STATUSES.map((status) => ({
    status,
    count: metrics.count(`ws_sessions{status:${status}}`),
  }));
  const rest = total - statuses.reduce((sum, { count }) => sum + count, 0);
  const known = rest < 0 ? [{ count: total }] : [...statuses, { count: rest }];
  const rows = known.filter(({ count }) => count > 0);
  const shared = rows.length > 1 && sessions < total ? { atMost: true as const } : {};
  return rows.map((row) => {
    const explanation = explain('handshake_refused', 'status' in row ? row.status : undefined);
    const kind = { phase, reason: 'handshake_refused', ...explanation };
    return { ...kind, ...row, sessions: Math.min(row.count, sessions), ...shared };
  });
}

function wholeRun(data: K6Data): RunSummary['metrics'] {
  const entries = Object.entries(data.metrics).filter(([name]) => !name.includes('{'));
  return Object.fromEntries(entries.map(([name, metric]) => [name, metric?.values ?? {}]));
}

function partsOfRun(data: K6Data): RunSummary['subMetrics'] {
  const entries = Object.entries(data.metrics).filter(([name]) => /\{(?!expected_response:)/.test(name));
  const values = entries.map(([name, metric]) => [name, metric?.values ?? {}] as const);
  return Object.fromEntries(values.filter(([, of]) => hasSamples(of)));
}
