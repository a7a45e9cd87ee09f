/**
 * Which message a response is for, when several of a connection are under way: the one whose timestamp it carries, never
 * the one whose turn it is. Pure.
 *
 * The platform sends a message's timestamp back digit for digit, so it can be a number that no other message of the
 * connection has: the time in milliseconds with the digits that k6's clock has behind the point (it counts nanoseconds),
 * and where that is not later than the one before, a thousandth of a millisecond after it. So two messages of the same
 * millisecond are told apart, and the time of send is wrong by no more than that thousandth.
 */

/** What a response is to the messages of its connection. */
export type Belonging =
  /** The first response to a message that waits for one. `isOvertaken`: that of a later message was here before it. */
  | { is: 'answer'; number: number; isOvertaken: boolean }
  /** Its message had failed already. */
  | { is: 'late'; number: number }
  /** Its message had been answered already. */
  | { is: 'doubled'; number: number }
  /** By its data it answers this message, which waits, but it carries another timestamp. */
  | { is: 'mixed up'; number: number }
  /** Nobody sent what it answers. */
  | { is: 'stray' };

const STRAY = { is: 'stray' } as const;

/** Less than a thousandth of a millisecond can be lost in a number as large as the time of today. */
const STEP_MS = 0.001;

/** The messages of one connection, numbered from 0. */
export class Correlation {
  private readonly sentAt: number[] = [];
  private readonly numbers = new Map<number, number>();
  private readonly ends: ('open' | 'answered' | 'failed')[] = [];
  /** The latest message that was answered. */
  private latest = -1;
  private firstOpen = 0;
  private openCount = 0;

  /** How many messages wait for their response. */
  get open(): number {
    return this.openCount;
  }

  /** How many there have been. */
  get count(): number {
    return this.sentAt.length;
  }

  /** A message is about to be sent at `now` (epoch ms); returns its timestamp, which no other message has. */
  begin(now: number): number {
    const before = this.sentAt.at(-1) ?? -Infinity;
    const timestamp = now > before ? now : before + STEP_MS;
    this.numbers.set(timestamp, this.sentAt.length);
    this.sentAt.push(timestamp);
    this.ends.push('open');
    this.openCount++;
    return timestamp;
  }

  /** When message `number` was sent: its timestamp. */
  timeOf(number: number): number {
    return this.sentAt[number] ?? NaN;
  }

  /** A response came; `told`: the number in its data. A message that it answers, well or badly, waits no more. */
  receive(timestamp: number, told: number | undefined): Belonging {
    const named = this.numbers.get(timestamp);
    const number = told !== undefined && told in this.ends ? told : named;
    if (number === undefined) return STRAY;
    const end = this.ends[number];
    if (number !== named) return end === 'open' ? this.mixUp(number) : STRAY;
    if (end === 'failed') return { is: 'late', number };
    if (end === 'answered') return { is: 'doubled', number };
    return this.answer(number);
  }

  /** The message that has waited longest; `undefined`: none waits. */
  oldest(): number | undefined {
    while (this.firstOpen < this.ends.length && this.ends[this.firstOpen] !== 'open') this.firstOpen++;
    return this.firstOpen < this.ends.length ? this.firstOpen : undefined;
  }

  /** A message that waits gets no response any more. */
  fail(number: number): void {
    this.end(number, 'failed');
  }

  private answer(number: number): Belonging {
    this.end(number, 'answered');
    const isOvertaken = number < this.latest;
    if (!isOvertaken) this.latest = number;
    return { is: 'answer', number, isOvertaken };
  }

  private mixUp(number: number): Belonging {
    this.end(number, 'failed');
    return { is: 'mixed up', number };
  }

  private end(number: number, how: 'answered' | 'failed'): void {
    this.ends[number] = how;
    this.openCount--;
  }
}
