/** The values of metrics as a summary has them, and single ones of them. Pure. */
import { operationOf, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { Distribution, Share } from './k6Data.ts';
import type { OperationSummary, RunSummary, StageOperation, StageSummary } from './summary.ts';

/** Values of a metric: a Trend's distribution, a Rate's share, a Counter's total, a Gauge's value. */
export type Measure = Distribution | Share | number;

/** The values of a metric, wherever they stand in a run or a stage; `undefined`: it is not kept there. */
export function measureOf(
  { operations, measures }: { operations: Record<string, StageOperation>; measures: Record<string, Measure> },
  vocabulary: Vocabulary,
  metric: string,
): Measure | undefined {
  if (Object.hasOwn(measures, metric)) return measures[metric];
  for (const [name, { began, good, success, latency }] of Object.entries(vocabulary.operations)) {
    const values = operations[name];
    if (metric === began.metric) return values?.began;
    if (metric === good.metric) return values?.good;
    if (metric === success) return values?.success;
    if (metric === latency) return values?.latency;
  }
  return undefined;
}

/** One aggregate of such values: a percentile, `rate`, `count`; `undefined` without samples. */
export function aggregateOf(measure: Measure | undefined, aggregate: string): number | undefined {
  if (measure === undefined) return undefined;
  if (typeof measure === 'number') return aggregate === 'count' ? measure : undefined;
  if (isShare(measure)) return aggregate === 'rate' ? (measure.rate ?? undefined) : undefined;
  return measure[aggregate];
}

/** A Counter of a stage per second of its judged part; `undefined`: it is not kept there, or the plan has no end. */
export function perSecondIn(stage: StageSummary, vocabulary: Vocabulary, metric: string): number | undefined {
  const count = measureOf(stage, vocabulary, metric);
  return typeof count === 'number' && stage.judgedMs ? (count * 1000) / stage.judgedMs : undefined;
}

/** Whether such values are those of a Rate. */
export function isShare(measure: Measure | undefined): measure is Share {
  return typeof measure === 'object' && 'samples' in measure;
}

/** What became of a run's operations of this name. Throws a RangeError when its system has no such operation. */
export function booksOf({ vocabulary, operations }: RunSummary, name: string): OperationSummary {
  operationOf(vocabulary, name);
  return operations[name] ?? { began: 0, good: 0, bad: 0, success: { rate: null, samples: 0 } };
}
