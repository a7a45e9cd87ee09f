/** Counts with their nouns. Pure. */

/** `1 stage`, `11 stages`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
