/** What the history keeps of a run: rows of its tables, made of summary.json, run.json and verdict.json alone. */
import { createHash } from 'node:crypto';
import { describePlan, type Plan } from '../../lib/words/load.ts';
import type { Evidence, Remains, RunRecord } from '../../report/derive/evidence.ts';
import type { Distribution, Share } from '../../report/derive/k6Data.ts';
import type { RunSummary, StageSummary } from '../../report/derive/summary.ts';
import { rowOf, type Row } from './historySchema.ts';

/** The rows of one run. */
export interface RunRows {
  runs: Row<'runs'>[];
  stages: Row<'stages'>[];
  measures: Row<'measures'>[];
  limits: Row<'limits'>[];
  failures: Row<'failures'>[];
}

/** Makes the rows of the run in `folder` (a name). Throws an Error when there is no record of it. */
export function rowsOf(folder: string, evidence: Evidence | Remains): RunRows {
  const { run } = evidence;
  const summary = 'summary' in evidence ? evidence.summary : undefined;
  if (run === undefined) throw new Error('there is no run.json');
  const stages = summary?.stages ?? [];
  return {
    runs: [runRow(folder, evidence, run, summary)],
    stages: stages.map((stage) => stageRow(folder, stage)),
    measures: stages.flatMap((stage) => measureRows(folder, stage)),
    limits: stages.flatMap((stage) =>
      stage.limits.map((limit) => rowOf('limits', { folder, stage: stage.number, ...limit })),
    ),
    failures: (summary?.failures ?? []).map((failure) =>
      rowOf('failures', { status: null, ...failure, folder }),
    ),
  };
}

function runRow(
  folder: string,
  { verdict }: Remains,
  run: RunRecord,
  summary: Evidence['summary'] | undefined,
): Row<'runs'> {
  const top = summary === undefined ? undefined : largestWithAnswers(summary.stages);
  return rowOf('runs', {
    folder,
    started_at: run.startedAt,
    ended_at: run.endedAt,
    script: run.script,
    plan: summary && describePlan(summary.plan, summary.vocabulary.level),
    alike: summary && alike(run.script, summary.plan),
    target: targetOf(run),
    result: verdict.result,
    sentence: verdict.sentence,
    holds: verdict.holds,
    breaks: verdict.breaks?.sessions,
    breaks_stage: verdict.breaks?.stage,
    p95_ms: top?.answerLatency['p(95)'],
    p95_sessions: top?.level,
    level: summary?.level,
    seed: run.seed,
    crescendo: run.crescendo,
    k6: run.k6.version,
    ...totals(summary),
    ...seen(summary?.observed ?? run.observed),
  });
}

function totals(summary: RunSummary | undefined) {
  const { sessions, questions } = summary ?? {};
  return {
    duration_ms: summary?.durationMs,
    sessions_started: sessions?.started,
    sessions_completed: sessions?.completed,
    sessions_failed: sessions?.failed,
    sessions_stopped: sessions?.stopped,
    sessions_interrupted: sessions?.interrupted,
    questions_sent: questions?.sent,
    questions_answered: questions?.answered,
    questions_failed: questions?.failed,
    session_success: sessions?.success.rate,
    answer_success: questions?.success.rate,
    lag_p99_ms: summary?.generator.lag['p(99)'],
  };
}

function seen(observed: Evidence['summary']['observed']) {
  return {
    peak_invocations: observed?.peakConcurrent,
    peak_cpu: observed?.peakCpu,
    peak_memory_bytes: observed?.peakMemoryBytes,
  };
}

/** The stage of the plan's most sessions, among those in which an answer came; the latest of several. */
function largestWithAnswers(stages: readonly StageSummary[]): StageSummary | undefined {
  const answered = stages.filter(({ answerLatency }) => answerLatency['p(95)'] !== undefined);
  const most = Math.max(...answered.map(({ level: sessions }) => sessions));
  return answered.findLast(({ level: sessions }) => sessions === most);
}

/** Without scheme and path; addresses of run.json have no credentials. */
function targetOf({ target }: RunRecord): string {
  if (target.isReference) return 'reference target';
  return target.websocketBaseUrl.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
}

/** Equal for runs of the same script whose stages have the same sessions and times. */
function alike(script: string, { stages, end, arrivals, outage, falls }: Plan): string {
  const steps = stages.map((stage) => [stage.level, stage.start, stage.hold, stage.end]);
  const text = JSON.stringify([script, steps, end, arrivals ?? null, outage ?? null, falls ?? false]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function stageRow(folder: string, stage: StageSummary): Row<'stages'> {
  const { answerLatency: latency } = stage;
  return rowOf('stages', {
    folder,
    stage: stage.number,
    name: stage.name,
    sessions: stage.level,
    state: stage.state,
    binding: stage.binding,
    held: stage.held,
    sessions_started: stage.sessionsStarted,
    questions_sent: stage.questionsSent,
    questions_answered: stage.questionsAnswered,
    p50_ms: latency['med'],
    p95_ms: latency['p(95)'],
    p99_ms: latency['p(99)'],
  });
}

/** Metrics with a distribution in every stage, and where the summary has it. */
const DISTRIBUTIONS = {
  answer_latency: 'answerLatency',
  first_chunk_latency: 'firstChunkLatency',
  generator_lag: 'generatorLag',
} as const;
/** Metrics that are a share in every stage. */
const SHARES = {
  answer_success: 'answerSuccess',
  session_success: 'sessionSuccess',
  socket_success: 'socketSuccess',
} as const;

/** Whether a metric is a share; `undefined` for a metric of which stages tell nothing. */
export function isShare(metric: string): boolean | undefined {
  if (Object.hasOwn(SHARES, metric)) return true;
  return Object.hasOwn(DISTRIBUTIONS, metric) ? false : undefined;
}

/** The metrics that stages tell of. */
export const STAGE_METRICS: readonly string[] = [...Object.keys(DISTRIBUTIONS), ...Object.keys(SHARES)];

function measureRows(folder: string, stage: StageSummary): Row<'measures'>[] {
  const row = (metric: string, [statistic, value]: [string, number]) =>
    rowOf('measures', { folder, stage: stage.number, metric, statistic, value });
  return [
    ...Object.entries(DISTRIBUTIONS).flatMap(([metric, key]) =>
      statistics(stage[key]).map((entry) => row(metric, entry)),
    ),
    ...Object.entries(SHARES).flatMap(([metric, key]) =>
      rateOf(stage[key]).map((rate) => row(metric, ['rate', rate])),
    ),
  ];
}

/** k6's `p(95)` and `med` as p95 and p50. */
function statistics(distribution: Distribution): [string, number][] {
  const named = Object.entries(distribution).map(([name, value]): [string, number] => [
    name === 'med' ? 'p50' : name.replace(/^p\((.*)\)$/, 'p$1'),
    value,
  ]);
  return [...new Map(named)];
}

function rateOf({ rate }: Share): number[] {
  return rate === null ? [] : [rate];
}
