/** Values that a page makes anew each time: the same one again would be wrong. Pure. */
import { made, type Leaf, type Made } from './term.ts';

const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const DAY_MS = 86_400_000;

/** The code that makes such a value, for one that was recorded at `at` (epoch ms); `undefined`: it is none. */
export function freshTerm(value: Leaf, at: number): Made | undefined {
  const isNow = (time: number) => Math.abs(time - at) < DAY_MS;
  if (typeof value === 'number') {
    if (value > 1e12 && isNow(value)) return made('Date.now()');
    return value > 1e9 && isNow(value * 1000) ? made('Math.round(Date.now() / 1000)') : undefined;
  }
  if (typeof value !== 'string') return undefined;
  if (UUID.test(value)) return made('crypto.randomUUID()');
  if (ISO_TIME.test(value) && isNow(Date.parse(value))) return made('new Date().toISOString()');
  return /^\d{13}$/.test(value) && isNow(Number(value)) ? made('String(Date.now())') : undefined;
}
