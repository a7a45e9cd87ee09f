/** All parts that a run may have besides operations. Pure. */
import type { K6Metrics } from '../derive/k6Data.ts';
import type { RunSummary, TestInfo } from '../derive/summary.ts';
import type { Part } from './part.ts';
import { RECOVERY } from './recovery.ts';

/** A new part is one file and a line here. */
export const PARTS: readonly Part[] = [RECOVERY];

/** Those that a run has. */
export function partsOf(summary: RunSummary): Part[] {
  return PARTS.filter((part) => part.has(summary));
}

/** Their fields of the summary. */
export function summarizeParts(metrics: K6Metrics, test: TestInfo): Partial<RunSummary> {
  return Object.assign({}, ...PARTS.map((part) => part.summarize(metrics, test))) as Partial<RunSummary>;
}
