/** Several distributions as one, from their percentiles. Pure. */
import type { Distribution } from './k6Data.ts';
import { percentUpTo, pointsOf, valueAt } from './percentiles.ts';

/** Steps of the search: 2^-40 of the range is far below what any clock tells. */
const STEPS = 40;

/**
 * The value below which `percent` of all samples lie. Exact at the percentiles of a single distribution; between them, and
 * in a mixture, as good as straight lines between percentiles are. NaN without samples.
 */
export function mixedPercentile(distributions: readonly Distribution[], percent: number): number {
  const parts = distributions
    .map((distribution) => ({ count: distribution['count'] ?? 0, points: pointsOf(distribution) }))
    .filter(({ count, points }) => count > 0 && points.length > 0);
  const [only, ...others] = parts;
  if (only === undefined) return NaN;
  if (others.length === 0) return valueAt(only.points, percent);
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const values = parts.flatMap(({ points }) => points.map(({ value }) => value));
  let [low, high] = [Math.min(...values), Math.max(...values)];
  for (let step = 0; step < STEPS && percent < 100; step++) {
    const middle = (low + high) / 2;
    const below = parts.reduce((sum, { count, points }) => sum + count * percentUpTo(points, middle), 0);
    if (below >= percent * total) high = middle;
    else low = middle;
  }
  return high;
}
