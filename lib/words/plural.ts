/** Counts with their nouns. Pure. */
import type { Noun } from '../vocabulary/vocabulary.ts';

/** `1 stage`, `11 stages`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1 session`, `21,480 sessions`. */
export function countedAs(count: number, { one, many }: Noun): string {
  return `${withCommas(count)} ${count === 1 ? one : many}`;
}

/** A whole number as people read it: `21,480`. k6 has no Intl. */
export function withCommas(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
}
