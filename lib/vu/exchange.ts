/**
 * What is said over a connection and gets one reply each, one at a time: in time, late, or never. A reply is known by its
 * type, and by its channel where it has one.
 */
import { Deadline, now } from '../k6/clock.ts';
import type { Detail, Reason } from '../words/failures.ts';

/** Where they are counted; `What`: the operations, whose phases have the same names. */
export interface ExchangeBooks<What extends string> {
  said(what: What, at: number): void;
  replied(what: What, saidAt: number, at: number): void;
  unreplied(what: What, reason: Reason, saidAt: number, at: number, detail?: Detail): void;
  /** A reply came after what it replies to had failed. */
  replyLate(): void;
  /** A reply came that nobody waits for. */
  fail(phase: 'stray', reason: Reason, detail?: Detail): void;
}

/** What was said and waits for its reply. */
interface Asked<What extends string> {
  what: What;
  saidAt: number;
  /** The type of the reply, and its channel where it has one. */
  reply: string;
  channel: string | undefined;
  /** Called once, with whether the reply came. */
  settle: (replied: boolean) => void;
}

/** That of one connection. */
export class Exchange<What extends string> {
  private readonly books: ExchangeBooks<What>;
  private readonly replyMs: number;
  private asked: Asked<What> | undefined;
  /** Replies that did not come in time, by type: one that still comes is late, not stray. */
  private missing: Map<string, number> | undefined;
  private readonly due = new Deadline(() => this.fail('answer_timeout'));

  /** `replyMs`: from anything that is said to its reply. */
  constructor(books: ExchangeBooks<What>, replyMs: number) {
    this.books = books;
    this.replyMs = replyMs;
  }

  /** Whether a reply is waited for. */
  isWaiting(): boolean {
    return this.asked !== undefined;
  }

  /** Calls `say`, and resolves to whether the reply came, within `replyMs` where that differs. One at a time. */
  ask(
    what: What,
    say: () => void,
    reply: string,
    channel?: string,
    replyMs = this.replyMs,
  ): Promise<boolean> {
    return new Promise((settle) => {
      const saidAt = now();
      this.books.said(what, saidAt);
      this.asked = { what, saidAt, reply, channel, settle };
      this.due.set(saidAt + replyMs);
      say();
    });
  }

  /** A reply came at `at`. */
  hear(type: string, channel: string | undefined, at: number): void {
    const { asked } = this;
    if (asked?.reply === type && asked.channel === channel) {
      this.books.replied(asked.what, asked.saidAt, at);
      return this.settle(asked, true);
    }
    const late = this.missing?.get(type) ?? 0;
    if (late === 0) return this.books.fail('stray', 'misrouted', () => `a ${type} that nobody waited for`);
    this.missing?.set(type, late - 1);
    this.books.replyLate();
  }

  /** What waits for its reply gets none. */
  fail(reason: Reason, detail?: Detail): void {
    const { asked } = this;
    if (asked === undefined) return;
    this.missing ??= new Map();
    this.missing.set(asked.reply, (this.missing.get(asked.reply) ?? 0) + 1);
    this.books.unreplied(asked.what, reason, asked.saidAt, now(), detail);
    this.settle(asked, false);
  }

  /** Lets go of its timer, so that the iteration can end. Nothing may wait for a reply. */
  dispose(): void {
    this.due.dispose();
  }

  private settle({ settle }: Asked<What>, replied: boolean): void {
    this.asked = undefined;
    this.due.lift();
    settle(replied);
  }
}
