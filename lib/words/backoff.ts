/** How long a client waits before it dials again. Pure. */

/** The ways to wait, as values of the tag `backoff`. */
export const BACKOFFS = ['none', 'exponential', 'full-jitter'] as const;

/** One of them. */
export type Backoff = (typeof BACKOFFS)[number];

/** Milliseconds. */
interface Bounds {
  baseMs: number;
  capMs: number;
}

/** Whoever does not back off dials no more often than that. */
const LEAST_MS = 5;

/**
 * Milliseconds before dial n (from 0): 5 with `none`, min(cap, base × 2ⁿ) with `exponential`, and with `full-jitter` a
 * number drawn uniformly from 0 to that: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
 */
export function backoffMs(
  backoff: Backoff,
  { baseMs, capMs }: Bounds,
  n: number,
  random: () => number,
): number {
  const longest = Math.min(capMs, baseMs * 2 ** n);
  if (backoff === 'exponential') return longest;
  return backoff === 'none' ? LEAST_MS : random() * longest;
}
