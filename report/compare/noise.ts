/** How far two figures may differ by chance: sampling errors of quantiles, shares and counts, and spread of runs. Pure. */
import jStat from 'jstat';
import type { Distribution, Share } from '../derive/k6Data.ts';
import { pointsOf, valueAt } from '../derive/percentiles.ts';

/** Where the true value probably is (95 %); undefined: nothing is known of it. */
export interface Interval {
  low: number;
  high: number;
}

/** 97.5 % of the normal distribution: 95 % lie within ± so many standard errors. */
const Z = 1.96;
/** Fewer samples say nothing of a percentile or a share. */
const LEAST_SAMPLES = 10;

/**
 * The interval of a percentile without any assumption on the distribution: the percentiles whose ranks enclose that of
 * the wanted one by ± z·√(n·q·(1−q)) (Conover, Practical Nonparametric Statistics, 3.2), read from k6's grid.
 */
export function quantileInterval(of: Distribution, quantile: number): Interval | undefined {
  const { count = 0 } = of;
  if (count < LEAST_SAMPLES) return undefined;
  const reach = Z * Math.sqrt((quantile * (1 - quantile)) / count);
  const points = pointsOf(of);
  return { low: valueAt(points, 100 * (quantile - reach)), high: valueAt(points, 100 * (quantile + reach)) };
}

/** Wilson's score interval of a share (Wilson 1927; Brown, Cai, DasGupta 2001 advise it). */
export function shareInterval({ rate, samples }: Share): Interval | undefined {
  if (rate === null || samples < LEAST_SAMPLES) return undefined;
  const z2 = (Z * Z) / samples;
  const middle = (rate + z2 / 2) / (1 + z2);
  const reach = (Z * Math.sqrt((rate * (1 - rate)) / samples + z2 / samples / 4)) / (1 + z2);
  return { low: middle - reach, high: middle + reach };
}

/** The interval of a count of rare events, by the square root that evens their spread (Anscombe 1948). */
export function countInterval(count: number): Interval {
  const root = Math.sqrt(count + 3 / 8);
  return { low: Math.max(0, root - Z / 2) ** 2 - 3 / 8, high: (root + Z / 2) ** 2 - 3 / 8 };
}

/**
 * How far one more run may be from the mean of `values` by chance: the prediction interval t·s·√(1 + 1/n) (Hahn, Meeker,
 * Statistical Intervals, 4.7), in which 95 % of such runs lie; few runs make it wide. 0 for a single run.
 */
export function spreadOf(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return 0;
  return jStat.studentt.inv(0.975, n - 1) * jStat.stdev(values, true) * Math.sqrt(1 + 1 / n);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
