/** Seeded random numbers for plans and questions; never for keys, salts or initialisation vectors. */

/** Uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * A repeatable stream for a seed and a place (VU, iteration …): mulberry32, 32 bits of state, period 2³².
 * The same numbers give the same stream on every machine.
 */
export function seededRandom(...numbers: number[]): Random {
  let state = numbers.reduce(
    (hash, number) => Math.imul(hash ^ number, 0x9e3779b1) ^ (hash >>> 15),
    0x12345678,
  );
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other] as T, copy[last] as T];
  }
  return copy;
}
