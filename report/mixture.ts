/** Several distributions as one, from their percentiles. Pure. */
import type { Distribution } from './k6Data.ts';

/** A point of a distribution function: the percentage of samples up to `value`. */
interface Point {
  percent: number;
  value: number;
}

/** The points that a distribution's percentiles name, in order; `p(50)` and `med` are the same. */
function pointsOf(distribution: Distribution): Point[] {
  const named = Object.entries(distribution).flatMap(([name, value]): Point[] => {
    const percent = percentOf(name);
    return percent === undefined ? [] : [{ percent, value }];
  });
  return named.sort((a, b) => a.percent - b.percent || a.value - b.value);
}

function percentOf(name: string): number | undefined {
  if (name === 'min') return 0;
  if (name === 'med') return 50;
  if (name === 'max') return 100;
  const [, percentile] = /^p\(([\d.]+)\)$/.exec(name) ?? [];
  return percentile === undefined ? undefined : Number(percentile);
}

/** The value below which a percentage of samples lies; straight lines between the points. NaN without points. */
function valueAt(points: readonly Point[], percent: number): number {
  const next = points.findIndex((point) => point.percent >= percent);
  const [above, below] = [points[next], points[next - 1]];
  if (above === undefined) return points.at(-1)?.value ?? NaN;
  if (below === undefined || above.percent === percent) return above.value;
  const way = (percent - below.percent) / (above.percent - below.percent);
  return below.value + way * (above.value - below.value);
}

/** The percentage of samples up to a value. */
function percentUpTo(points: readonly Point[], value: number): number {
  const last = points.findLastIndex((point) => point.value <= value);
  const [below, above] = [points[last], points[last + 1]];
  if (below === undefined) return 0;
  if (above === undefined) return 100;
  const way = (value - below.value) / (above.value - below.value);
  return below.percent + way * (above.percent - below.percent);
}

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
