/** Counts by name, by status or by code. */

/** How often each name, status or code was seen. */
export type Counts = Record<string, number>;

/** Adds one to a count. */
export function tally(counts: Counts, key: string | number): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
