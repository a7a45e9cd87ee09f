/** All parts that a run may have besides operations. Pure. */
import type { K6Metrics } from '../derive/k6Data.ts';
import type { RunSummary, TestInfo } from '../derive/summary.ts';
import { BREAKDOWN } from './breakdown.ts';
import { DELIVERIES } from './deliveries.ts';
import { LOOPS } from './loops.ts';
import { MEMORY } from './memory.ts';
import type { Part } from './part.ts';
import { RECONNECTIONS } from './reconnections.ts';
import { RECOVERY } from './recovery.ts';
import { THROUGHPUT } from './throughput.ts';
import { UPLOADS } from './uploads.ts';

/** A new part is one file and a line here. */
export const PARTS: readonly Part[] = [
  RECOVERY,
  THROUGHPUT,
  BREAKDOWN,
  RECONNECTIONS,
  DELIVERIES,
  MEMORY,
  UPLOADS,
  LOOPS,
];

/** Those that a run has. */
export function partsOf(summary: RunSummary): Part[] {
  return PARTS.filter(({ field }) => summary[field] !== undefined);
}

/** A summary without what parts gave it. */
export function withoutParts(summary: RunSummary): RunSummary {
  const fields = new Set<string>(PARTS.map(({ field }) => field));
  return Object.fromEntries(Object.entries(summary).filter(([name]) => !fields.has(name))) as typeof summary;
}

/** Their fields of the summary. */
export function summarizeParts(metrics: K6Metrics, test: TestInfo, durationMs: number): Partial<RunSummary> {
  const fields = PARTS.map((part) => part.summarize(metrics, test, durationMs));
  return Object.assign({}, ...fields) as Partial<RunSummary>;
}
