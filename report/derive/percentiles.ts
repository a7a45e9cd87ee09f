/** A distribution read from the percentiles that k6 reports. Pure. */
import type { Distribution } from './k6Data.ts';

/** A point of a distribution function: the percentage of samples up to `value`. */
export interface Point {
  percent: number;
  value: number;
}

/** The points that a distribution's percentiles name, in order; `p(50)` and `med` are the same. */
export function pointsOf(distribution: Distribution): Point[] {
  const named = Object.entries(distribution).flatMap(([name, value]): Point[] => {
    const percent = percentOf(name);
    return percent === undefined ? [] : [{ percent, value }];
  });
  return named.sort((a, b) => a.percent - b.percent || a.value - b.value);
}

/** The percentage that a name in k6's data stands for; undefined: none, as `avg` and `count`. */
export function percentOf(name: string): number | undefined {
  if (name === 'min') return 0;
  if (name === 'med') return 50;
  if (name === 'max') return 100;
  const [, percentile] = /^p\(([\d.]+)\)$/.exec(name) ?? [];
  return percentile === undefined ? undefined : Number(percentile);
}

/** The value below which a percentage of samples lies; straight lines between the points. NaN without points. */
export function valueAt(points: readonly Point[], percent: number): number {
  const next = points.findIndex((point) => point.percent >= percent);
  const [above, below] = [points[next], points[next - 1]];
  if (above === undefined) return points.at(-1)?.value ?? NaN;
  if (below === undefined || above.percent === percent) return above.value;
  const way = (percent - below.percent) / (above.percent - below.percent);
  return below.value + way * (above.value - below.value);
}

/** The percentage of samples up to a value. */
export function percentUpTo(points: readonly Point[], value: number): number {
  const last = points.findLastIndex((point) => point.value <= value);
  const [below, above] = [points[last], points[last + 1]];
  if (below === undefined) return 0;
  if (above === undefined) return 100;
  const way = (value - below.value) / (above.value - below.value);
  return below.percent + way * (above.percent - below.percent);
}
