/** What the history keeps of a run: rows of its tables, made of summary.json, run.json and verdict.json alone. */
import { createHash } from 'node:crypto';
import { describePlan, type Plan } from '../../lib/plans/load.ts';
import { metricsOf, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { addressOf, type Evidence, type Remains, type RunRecord } from '../../report/derive/evidence.ts';
import { aggregateOf, measureOf, type Measure } from '../../report/derive/measures.ts';
import type { OperationSummary, RunSummary, StageSummary } from '../../report/derive/summary.ts';
import { rowOf, type Row } from './historySchema.ts';

/** The rows of one run. */
export interface RunRows {
  runs: Row<'runs'>[];
  stages: Row<'stages'>[];
  operations: Row<'operations'>[];
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
    operations: summary === undefined ? [] : operationRows(folder, summary),
    measures: summary === undefined ? [] : measureRows(folder, summary),
    limits: stages.flatMap((stage) =>
      stage.limits.map((limit) => rowOf('limits', { folder, stage: stage.number, ...limit })),
    ),
    failures: (summary?.failures ?? []).map((failure) =>
      rowOf('failures', { status: null, ...failure, visits: failure.sessions, folder }),
    ),
  };
}

function runRow(
  folder: string,
  { verdict }: Remains,
  run: RunRecord,
  summary: Evidence['summary'] | undefined,
): Row<'runs'> {
  const observed = summary?.observed ?? run.observed;
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
    breaks: verdict.breaks?.level,
    breaks_stage: verdict.breaks?.stage,
    ...headlineOf(summary),
    judged_by: summary?.level,
    seed: run.seed,
    crescendo: run.crescendo,
    k6: run.k6.version,
    duration_ms: summary?.durationMs,
    peak_cpu: observed?.peakCpu,
    peak_memory_bytes: observed?.peakMemoryBytes,
    lag_p99_ms: summary?.generator.lag['p(99)'],
  });
}

function headlineOf(summary: RunSummary | undefined) {
  const { headline, level } = summary?.vocabulary ?? {};
  const top = summary && largestMeasured(summary);
  return {
    level_noun: level?.many,
    headline,
    p95_ms: top && p95Of(summary, top),
    p95_level: top?.level,
  };
}

function p95Of({ vocabulary }: RunSummary, { operations }: StageSummary): number | undefined {
  return operations[vocabulary.headline]?.latency?.['p(95)'];
}

/** The stage of the plan's highest level, among those in which the headline has a latency; the latest of several. */
function largestMeasured(summary: RunSummary): StageSummary | undefined {
  const measured = summary.stages.filter((stage) => p95Of(summary, stage) !== undefined);
  const most = Math.max(...measured.map(({ level }) => level));
  return measured.findLast(({ level }) => level === most);
}

/** Without scheme and path; addresses of run.json have no credentials. */
function targetOf({ target }: RunRecord): string {
  if (target.isReference) return 'reference target';
  return addressOf(target)
    .replace(/^\w+:\/\//, '')
    .replace(/\/.*$/, '');
}

/** Equal for runs of the same script whose stages have the same levels and times. */
function alike(script: string, { stages, end, arrivals, outage, falls }: Plan): string {
  const steps = stages.map((stage) => [stage.level, stage.start, stage.hold, stage.end]);
  const text = JSON.stringify([script, steps, end, arrivals ?? null, outage ?? null, falls ?? false]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function stageRow(folder: string, stage: StageSummary): Row<'stages'> {
  const { number, name, level, state, binding, held } = stage;
  return rowOf('stages', { folder, stage: number, name, level, state, binding, held });
}

function operationRows(folder: string, summary: Evidence['summary']): Row<'operations'>[] {
  const { vocabulary, stages, observed } = summary;
  return Object.entries(vocabulary.operations).flatMap(([operation, { noun, open }]) => {
    const row = (stage: number | null, books: Partial<OperationSummary> = {}, peak?: number) =>
      Object.keys(books).length === 0
        ? []
        : [
            rowOf('operations', {
              ...{ folder, stage, operation, noun: noun.many },
              ...booksOf(books),
              peak_at_once: peak,
            }),
          ];
    const isSeen = operation === vocabulary.headline && open !== undefined;
    const peak = isSeen ? observed?.peakConcurrent : undefined;
    return [
      ...row(null, summary.operations[operation], peak),
      ...stages.flatMap(({ number, operations }) => row(number, operations[operation])),
    ];
  });
}

function booksOf({
  began,
  good,
  bad,
  stopped,
  open,
  success,
  latency,
  concurrent,
}: Partial<OperationSummary>) {
  return {
    began,
    good,
    bad,
    stopped,
    open,
    success: success?.rate,
    p50_ms: latency?.['med'],
    p95_ms: latency?.['p(95)'],
    p99_ms: latency?.['p(99)'],
    average_at_once: concurrent,
  };
}

function measureRows(folder: string, summary: RunSummary): Row<'measures'>[] {
  const { vocabulary, stages } = summary;
  const whole = measureRowsOf(folder, null, summary, vocabulary);
  return [...whole, ...stages.flatMap((stage) => measureRowsOf(folder, stage.number, stage, vocabulary))];
}

function measureRowsOf(
  folder: string,
  stage: number | null,
  place: RunSummary | StageSummary,
  vocabulary: Vocabulary,
): Row<'measures'>[] {
  return Object.entries(metricsOf(vocabulary)).flatMap(([metric, { unit }]) =>
    statistics(measureOf(place, vocabulary, metric)).map(([statistic, value]) =>
      rowOf('measures', { folder, stage, metric, statistic, unit, value }),
    ),
  );
}

/** A Trend's `p(95)` and `med` are p95 and p50, a Rate has a rate, a Counter a count. */
function statistics(measure: Measure | undefined): [string, number][] {
  if (measure === undefined) return [];
  if (typeof measure === 'number') return [['count', measure]];
  const rate = aggregateOf(measure, 'rate');
  if (rate !== undefined) return [['rate', rate]];
  if ('rate' in measure) return [];
  const named = Object.entries(measure).map(([name, value]): [string, number] => [
    name === 'med' ? 'p50' : name.replace(/^p\((.*)\)$/, 'p$1'),
    value,
  ]);
  return [...new Map(named)];
}
