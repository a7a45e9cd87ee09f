/** The axis of a distribution: each nine more is as wide as the one before, so that the tail can be seen. Pure. */

/** The percentiles that have a mark. */
export const MARKED_PERCENTILES = [50, 75, 90, 95, 99, 99.5, 99.9];

/** A percentile's place. */
export function placeOf(percentile: number): number {
  return -Math.log10(1 - percentile / 100);
}

/** The percentile of a place: `99.5 %`. */
export function percentAt(place: number): string {
  return `${Number((100 * (1 - 10 ** -place)).toFixed(1))} %`;
}
