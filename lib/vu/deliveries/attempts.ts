/**
 * Which attempts of a message have come. A publisher that does not learn whether a message was taken sends it again, so
 * the same number may come more than once and nobody doubled it. Pure.
 */
import type { Message } from './stamp.ts';

export class Attempts {
  /** Of messages that came by another attempt than the first, by publisher and number. */
  private readonly seen = new Map<string, Set<number>>();

  /** A message came that had not come before. */
  first(message: Message): void {
    if (message.attempt > 0) this.seen.set(nameOf(message), new Set([message.attempt]));
  }

  /** A message came whose number had come before; whether it is another attempt at it. */
  isAnother(message: Message): boolean {
    const name = nameOf(message);
    const seen = this.seen.get(name) ?? new Set([0]);
    if (seen.has(message.attempt)) return false;
    this.seen.set(name, seen.add(message.attempt));
    return true;
  }
}

function nameOf({ publisher, number }: Message): string {
  return `${publisher}.${number}`;
}
