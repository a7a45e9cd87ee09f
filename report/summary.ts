/** The summary of a run: our own documented shape, made from k6's data and the plan. Pure. */
import { HANDSHAKE_STATUSES, PHASES, REPEATABLE, reasonsOf, type Phase } from '../lib/failures.ts';
import { binds, inStage, keeps, neededInEveryStage, type Level, type Limit } from '../lib/limits.ts';
import type { Plan, Stage } from '../lib/load.ts';
import { explain } from './explain.ts';
import { K6Metrics, type Distribution, type K6Data, type Share } from './k6Data.ts';
import { ledgerOf, type LedgerLine } from './ledger.ts';

/** Raised when a field changes its meaning or goes away; new fields do not raise it. */
export const SUMMARY_VERSION = 1;

/** What is known of a run before it starts. */
export interface TestInfo {
  script: string;
  /** Settings without secrets, as the run used them. */
  settings: Record<string, unknown>;
  plan: Plan;
  level: Level;
  limits: Limit[];
  requiredSessions: number | null;
  generatorLagLimitMs: number;
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
export type StageState = 'held' | 'broke' | 'not measured' | 'unfinished' | 'not reached';

/** One stage of the plan. Questions are those sent in its judged part; sessions those of the whole stage. */
export interface StageSummary {
  number: number;
  /** Planned. */
  sessions: number;
  /** Whether its limits decide the run. */
  binding: boolean;
  state: StageState;
  /** Sessions open on average in the judged part, as a share of the plan; null for plans without a fixed end. */
  held: number | null;
  /** The same for VUs that worked or waited for a restart: below 0.99 the generator is to blame. */
  vusHeld: number | null;
  sessionsStarted: number;
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
  messages: { sent: number; received: number; unknown: number };
  failures: FailureSummary[];
  ledger: LedgerLine[];
  generator: {
    /** How long last chunks waited before they were handled. */
    lag: Distribution;
    scriptErrors: number;
    droppedIterations: number;
  };
  /** Every metric of k6 and of ours over the whole run, without sub-metrics. */
  metrics: Record<string, Record<string, number>>;
}

/** Milliseconds that all questions together waited for their answers. */
function waitingTime(metrics: K6Metrics): number {
  const { count = 0, avg = 0 } = metrics.distribution('answer_latency');
  return count * avg + metrics.count('failed_question_time');
}

/** Makes the summary. */
export function summaryOf(test: TestInfo, data: K6Data): RunSummary {
  const metrics = new K6Metrics(data);
  const durationMs = data.state.testRunDurationMs;
  const interrupted = metrics.count('sessions_open');
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
    messages: {
      sent: metrics.count('messages_sent'),
      received: metrics.count('ws_msgs_received'),
      unknown: metrics.count('messages_unknown'),
    },
    failures,
    ledger: ledgerOf(metrics, failures, cutShort),
    generator: {
      lag: metrics.distribution('generator_lag'),
      scriptErrors: metrics.count('script_errors'),
      droppedIterations: metrics.count('dropped_iterations'),
    },
    metrics: wholeRun(data),
  };
}

function stageSummary(test: TestInfo, metrics: K6Metrics, stage: Stage, endedAt: number): StageSummary {
  const judgedMs = stage.end - stage.hold;
  const share = (metric: string) =>
    test.plan.end === null ? null : metrics.count(inStage(metric, stage)) / (judgedMs * stage.sessions);
  const limits = test.limits.map((limit) => judge(metrics, stage, limit));
  return {
    number: stage.number,
    sessions: stage.sessions,
    binding: binds(stage, test.requiredSessions),
    state: stateOf(test.plan, stage, limits, endedAt),
    held: share('hold_session_time'),
    vusHeld: share('hold_vu_time'),
    sessionsStarted: metrics.count(inStage('sessions_started', stage)),
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
  const { metric, expression, bound } = limit;
  const value = metrics.aggregate(inStage(metric, stage), limit.aggregate);
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

function failuresOf(metrics: K6Metrics): FailureSummary[] {
  const rows = PHASES.flatMap((phase) =>
    reasonsOf(phase).flatMap((reason): FailureSummary[] => {
      const count = metrics.count(`failures{phase:${phase},reason:${reason}}`);
      if (count === 0) return [];
      if (reason === 'handshake_refused') return refusedHandshakes(metrics, count);
      const sessions = REPEATABLE.some((repeatable) => repeatable === phase)
        ? metrics.count(`sessions_affected{phase:${phase},reason:${reason}}`)
        : count;
      return [{ phase, reason, ...explain(reason), count, sessions }];
    }),
  );
  return rows.sort((a, b) => b.count - a.count);
}

/**
 * k6 tells scripts only "bad handshake", but tags its own `ws_sessions` with the status. A refusal that came after its
 * session had given up is counted there too; then nobody knows which statuses the others had.
 */
function refusedHandshakes(metrics: K6Metrics, total: number): FailureSummary[] {
  const row = { phase: 'connect', reason: 'handshake_refused' } as const;
  const rows = HANDSHAKE_STATUSES.flatMap((status): FailureSummary[] => {
    const count = metrics.count(`ws_sessions{status:${status}}`);
    return count === 0 ? [] : [{ ...row, status, ...explain(row.reason, status), count, sessions: count }];
  });
  const withoutStatus = (count: number) => ({ ...row, ...explain(row.reason), count, sessions: count });
  const rest = total - rows.reduce((sum, { count }) => sum + count, 0);
  if (rest < 0) return [withoutStatus(total)];
  return rest > 0 ? [...rows, withoutStatus(rest)] : rows;
}

function wholeRun(data: K6Data): RunSummary['metrics'] {
  const entries = Object.entries(data.metrics).filter(([name]) => !name.includes('{'));
  return Object.fromEntries(entries.map(([name, metric]) => [name, metric?.values ?? {}]));
}
