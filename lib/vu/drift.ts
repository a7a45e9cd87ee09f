/** Compares the answers of a VU with those it got in stage 1: k6 can't compare two metrics with each other. */
import type { VisitObserver } from '../system.ts';
import type { DriftNames } from '../vocabulary/vuWords.ts';
import { metric } from './metrics.ts';

/** The stage that the others are compared with. */
const FIRST = '1';

/** Made once per VU, while it is initialised. Stages' settle parts are left out. */
export function driftObserver(names: DriftNames): VisitObserver {
  const latencyDrift = metric(names.latency);
  const failureDrift = metric(names.failure);
  const compared = metric(names.compared);
  const { leastMs = 0 } = names;
  const first: number[] = [];
  let firstFailures = 0;
  let firstP95: number | undefined;

  function good(stage: string, latencyMs: number): void {
    if (stage === FIRST) first.push(latencyMs);
    else if (isCompared(stage)) {
      firstP95 ??= first.length === 0 ? 0 : Math.max(leastMs, p95(first));
      if (firstP95 > 0) latencyDrift(Math.max(leastMs, latencyMs) / firstP95);
      compareFailure(0);
    }
  }

  function bad(stage: string): void {
    if (stage === FIRST) firstFailures++;
    else if (isCompared(stage)) compareFailure(1);
  }

  function isCompared(stage: string): boolean {
    return first.length + firstFailures > 0 && !stage.startsWith('settle');
  }

  function compareFailure(failure: 0 | 1): void {
    failureDrift(failure - firstFailures / (first.length + firstFailures));
    compared(1);
  }

  return { good, bad };
}

/** As k6 computes it: between the two nearest samples. 0 without samples. */
function p95(samples: number[]): number {
  samples.sort((a, b) => a - b);
  const place = 0.95 * (samples.length - 1);
  const [below, above] = [samples[Math.floor(place)] ?? 0, samples[Math.ceil(place)] ?? 0];
  return below + (above - below) * (place % 1);
}
