/** The summary of a run: our own documented shape, made from k6's data and the plan. Pure. */
import { HANDSHAKE_STATUSES, PHASES, reasonsOf, type Phase } from '../../lib/words/failures.ts';
import {
  applies,
  binds,
  forStage,
  inStage,
  keeps,
  neededInEveryStage,
  ownUnit,
  type Level,
  type Limit,
  type Limits,
} from '../../lib/words/limits.ts';
import type { LoadName, Plan, Stage } from '../../lib/words/load.ts';
import { explain } from './explain.ts';
import { K6Metrics, type Distribution, type K6Data, type Share } from './k6Data.ts';
import { ledgerOf, type LedgerLine } from './ledger.ts';
import { recoveryOf, type RecoverySummary } from '../parts/recovery.ts';

/** Raised when a field changes its meaning or goes away; new fields do not raise it. */
export const SUMMARY_VERSION = 1;

/** What is known of a run before it starts. */
export interface TestInfo {
  script: string;
  /** The kind of load that the script chose. Absent in runs of an earlier version. */
  load?: LoadName;
  /** Settings without secrets, as the run used them. */
  settings: Record<string, unknown>;
  /** Names of those that shape the load beside the plan. Absent in runs of an earlier version. */
  shapingSettings?: string[];
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
  bound: number;
  /** null: no samples. */
  value: number | null;
  /** null: no samples. */
  kept: boolean | null;
  margin: number | null;
}

/** `unfinished`: the run ended within the stage. */
type StageState = 'held' | 'broke' | 'not measured' | 'unfinished' | 'not reached';

/** One stage of the plan. Questions are those sent in its judged part; sessions those of the whole stage. */
export interface StageSummary {
  number: number;
  /** What it is for, where the plan has words for it. */
  name?: string;
  /** Planned. */
  sessions: number;
  /** Whether its limits decide the run. */
  binding: boolean;
  /** They never do: the stage is there for something else. */
  informs?: true;
  state: StageState;
  /**
   * Sessions with an open socket, on average in the judged part, as a share of the plan; null for plans without a fixed
   * end and when the run stopped by itself.
   */
  held: number | null;
  /** The same for VUs that worked or waited for a restart: below 0.99 the generator is to blame. */
  vusHeld: number | null;
  sessionsStarted: number;
  /** From the start of a session to its open socket; of sessions that started in the stage. Absent in earlier versions. */
  sessionSetup?: Distribution;
  questionsSent: number;
  questionsAnswered: number;
  answerSuccess: Share;
  sessionSuccess: Share;
  socketSuccess: Share;
  answerLatency: Distribution;
  firstChunkLatency: Distribution;
  generatorLag: Distribution;
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
  /** Sessions in which it happened at least once. */
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
  sessions: {
    started: number;
    completed: number;
    failed: number;
    /** Healthy, ended by the plan. */
    stopped: number;
    /** Cut by the end of k6. */
    interrupted: number;
    success: Share;
    /** From the start of a session to its open socket. Absent in runs of an earlier version. */
    setup?: Distribution;
  };
  questions: {
    sent: number;
    answered: number;
    failed: number;
    open: number;
    late: number;
    success: Share;
    /** Questions that waited at the same time, on average over the run: total waiting time ÷ duration (Little). */
    averageConcurrent: number;
  };
  sockets: { attempted: number; opened: number; failed: number };
  retries: {
    /** Attempts of an operation beyond the first. */
    attempted: number;
    /** The same by phase; phases without are left out. */
    phases: Partial<Record<Phase, number>>;
    /** Operations that worked after the first attempt. */
    succeeded: number;
    /** Not made: budget empty, `Retry-After` above the cap, plan over. */
    suppressed: number;
    /** Waits before retries, together. */
    waitMs: number;
  };
  messages: { sent: number; received: number; unknown: number };
  failures: FailureSummary[];
  /** Of a plan with an outage. */
  recovery?: RecoverySummary;
  ledger: LedgerLine[];
  generator: {
    /** How long last chunks waited before they were handled. */
    lag: Distribution;
    scriptErrors: number;
    droppedIterations: number;
    /** Sessions of a plan of arrivals that started over 250 ms after their time. */
    lateArrivals: number;
    /** The call that should have started the outage failed. */
    outageFailed: boolean;
  };
  /** Every metric of k6 and of ours over the whole run, without sub-metrics. */
  metrics: Record<string, Record<string, number>>;
  /** The sub-metrics that have samples, as k6 counted them: what stages, limits and failures above are made of. */
  subMetrics: Record<string, Record<string, number>>;
}

/** Milliseconds that all questions together waited for their answers. */
function waitingTime(metrics: K6Metrics): number {
  return totalOf(metrics, 'answer_latency') + metrics.count('failed_question_time');
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
  const interrupted = metrics.count('sessions_open');
  const { outage } = test.plan;
  const cutShort = interrupted > 0 || durationMs < (test.plan.end ?? 0);
  const failures = failuresOf(metrics);
  return {
    version: SUMMARY_VERSION,
    ...test,
    durationMs,
    cutShort,
    stages: test.plan.stages.map((stage) =>
      stageSummary(test, metrics, stage, cutShort ? durationMs : Infinity),
    ),
    sessions: {
      started: metrics.count('sessions_started'),
      completed: metrics.count('sessions_completed'),
      failed: metrics.count('sessions_failed'),
      stopped: metrics.count('sessions_stopped'),
      interrupted,
      success: metrics.share('session_success'),
      setup: metrics.distribution('session_setup_duration'),
    },
    questions: {
      sent: metrics.count('questions_sent'),
      answered: metrics.count('questions_answered'),
      failed: metrics.count('questions_failed'),
      open: metrics.count('questions_open'),
      late: metrics.count('answers_late'),
      success: metrics.share('answer_success'),
      averageConcurrent: durationMs > 0 ? waitingTime(metrics) / durationMs : 0,
    },
    sockets: {
      attempted: metrics.count('ws_sessions'),
      opened: metrics.count('sockets_opened'),
      failed: metrics.count('sockets_failed'),
    },
    retries: {
      attempted: metrics.count('retries'),
      phases: retriesByPhase(metrics),
      succeeded: metrics.count('retries_succeeded'),
      suppressed: metrics.count('retries_suppressed'),
      waitMs: totalOf(metrics, 'retry_wait'),
    },
    messages: {
      sent: metrics.count('messages_sent'),
      received: metrics.count('ws_msgs_received'),
      unknown: metrics.count('messages_unknown'),
    },
    failures,
    ...(outage === undefined ? {} : { recovery: recoveryOf(metrics, test.plan, outage) }),
    ledger: ledgerOf(metrics, test.plan, failures, cutShort),
    generator: {
      lag: metrics.distribution('generator_lag'),
      scriptErrors: metrics.count('script_errors'),
      droppedIterations: outage === undefined ? metrics.count('dropped_iterations') : 0,
      lateArrivals: metrics.count('arrivals_late'),
      outageFailed: metrics.count('outage_failed') > 0,
    },
    metrics: wholeRun(data),
    subMetrics: partsOfRun(data),
  };
}

function stageSummary(test: TestInfo, metrics: K6Metrics, stage: Stage, endedAt: number): StageSummary {
  const judgedMs = stage.end - stage.hold;
  // Sessions tell how long they were open when they end, which those of a run that stops itself don't.
  const unknown = test.plan.end === null || (test.stopsAtBreak && endedAt < test.plan.end);
  const share = (metric: string) =>
    unknown ? null : metrics.count(inStage(metric, stage)) / (judgedMs * stage.sessions);
  const limits = test.limits
    .filter((limit) => applies(limit, stage, test.plan))
    .map((limit) => judge(metrics, stage, limit));
  return {
    number: stage.number,
    ...(stage.name === undefined ? {} : { name: stage.name }),
    ...(stage.informs === undefined ? {} : { informs: stage.informs }),
    sessions: stage.sessions,
    binding: binds(stage, test.requiredSessions),
    state: stateOf(test.plan, stage, limits, endedAt),
    held: share('hold_session_time'),
    vusHeld: share('hold_vu_time'),
    sessionsStarted: metrics.count(inStage('sessions_started', stage)),
    sessionSetup: metrics.distribution(inStage('session_setup_duration', stage)),
    questionsSent: metrics.count(inStage('questions_sent', stage)),
    questionsAnswered: metrics.count(inStage('questions_answered', stage)),
    answerSuccess: metrics.share(inStage('answer_success', stage)),
    sessionSuccess: metrics.share(inStage('session_success', stage)),
    socketSuccess: metrics.share(inStage('socket_success', stage)),
    answerLatency: metrics.distribution(inStage('answer_latency', stage)),
    firstChunkLatency: metrics.distribution(inStage('first_chunk_latency', stage)),
    generatorLag: metrics.distribution(inStage('generator_lag', stage)),
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
  const { metric, expression, bound } = limit;
  if (value === null) return { metric, expression, bound, value, kept: null, margin: null };
  const distance = limit.operator.startsWith('>') ? value - bound : bound - value;
  const margin = bound === 0 ? null : distance / Math.abs(bound);
  return { metric, expression, bound, value, kept: keeps(limit, value), margin };
}

function stateOf(plan: Plan, stage: Stage, limits: LimitResult[], endedAt: number): StageState {
  if (stage.start >= endedAt) return 'not reached';
  if (limits.some((limit) => limit.kept === false)) return 'broke';
  if (stage.end > endedAt && plan.end !== null) return 'unfinished';
  return limits.some((limit) => limit.kept === null && neededInEveryStage(limit.metric))
    ? 'not measured'
    : 'held';
}

function retriesByPhase(metrics: K6Metrics): RunSummary['retries']['phases'] {
  const counts = PHASES.map((phase) => [phase, metrics.count(`retries{phase:${phase}}`)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function failuresOf(metrics: K6Metrics): FailureSummary[] {
  const rows = PHASES.flatMap((phase) =>
    reasonsOf(phase).flatMap((reason): FailureSummary[] => {
      const count = metrics.count(`failures{phase:${phase},reason:${reason}}`);
      if (count === 0) return [];
      // Where k6 does not keep the sessions apart, the class can happen only once in each.
      const sessions = metrics.count(`sessions_affected{phase:${phase},reason:${reason}}`) || count;
      if (reason === 'handshake_refused') return refusedHandshakes(metrics, count, sessions);
      return [{ phase, reason, ...explain(reason), count, sessions }];
    }),
  );
  return rows.sort((a, b) => b.count - a.count);
}

/**
 * k6 tells scripts only "bad handshake", but tags its own `ws_sessions` with the status. A refusal that came after its
 * session had given up is counted there too; then nobody knows which statuses the others had.
 */
function refusedHandshakes(metrics: K6Metrics, total: number, sessions: number): FailureSummary[] {
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
    const kind = { phase: 'connect', reason: 'handshake_refused', ...explanation } as const;
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
  return Object.fromEntries(values.filter(([, of]) => SAMPLES.some((count) => (of[count] ?? 0) !== 0)));
}

/** What tells that a Counter or Trend, a Rate, or a Gauge has samples. */
const SAMPLES = ['count', 'passes', 'fails', 'value'];
