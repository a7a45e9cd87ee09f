/** Counts with their nouns. Pure. */
import type { Noun } from './vocabulary.ts';

/** `1 stage`, `11 stages`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1 session`, `21,480 sessions`. */
export function countedAs(count: number, { one, many }: Noun): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
}
