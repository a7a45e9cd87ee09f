/** Sizes as people write them. Pure. */

/** Units of ten and, with an i, of two. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  ...{ kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
};

/**
 * The bytes of `10485760`, `20MB`, `1 GB`, `1.5GiB`: kB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB of 1024.
 * `undefined`: it is no such size, or no whole number of bytes.
 */
export function parseByteSize(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim()) ?? [];
  const scale = UNITS[unit.toLowerCase()];
  if (number === undefined || scale === undefined) return undefined;
  // Decimals of a number are not exact: 1.1 × 1e6 may be a little more than 1,100,000.
  const bytes = Number((Number(number) * scale).toPrecision(15));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
