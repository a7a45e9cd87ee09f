/** A client's connection that comes back whenever it has been dropped: dialled, subscribed, and heard of again. */
import { Deadline, delay, now } from '../../../lib/k6/clock.ts';
import type { SocketTarget } from '../../../lib/k6/socket.ts';
import { backoffMs, type Backoff } from '../../../lib/words/backoff.ts';
import { StepFailed } from '../../../lib/words/failures.ts';
import { ChannelSocket } from '../channelSocket.ts';
import type { Drops } from './drops.ts';
import type { ReconnectBooks } from './reconnectBooks.ts';

/** How a client comes back. */
export interface ReturnSettings {
  channel: string;
  /** From anything that is said to its reply. */
  replyMs: number;
  /** From a drop until it is back. */
  withinMs: number;
  backoff: Backoff;
  bounds: { baseMs: number; capMs: number };
  /** Draws the waits of the back-off. */
  random: () => number;
}

/** One client; times are epoch milliseconds. */
export class ReturningClient {
  private readonly books: ReconnectBooks;
  private readonly target: SocketTarget;
  private readonly drops: Drops;
  private readonly how: ReturnSettings;
  private readonly socket: ChannelSocket;
  /** When the connection was lost, since it was dialled last. */
  private lostAt: number | undefined;
  /** Ends the wait for a drop. */
  private wake: (() => void) | undefined;
  private readonly alarm = new Deadline(() => this.wakeUp());
  private readonly patience = new Deadline(() => this.socket.giveUp());

  constructor(books: ReconnectBooks, target: SocketTarget, drops: Drops, how: ReturnSettings) {
    this.books = books;
    this.target = target;
    this.drops = drops;
    this.how = how;
    this.socket = new ChannelSocket(books, how.replyMs, {
      broadcast: () => undefined,
      lagged: (milliseconds) => books.lagged(milliseconds),
      lost: () => this.lose(),
    });
  }

  /** Opens the first connection. Throws a StepFailed of phase `connect`. */
  open(): Promise<void> {
    return this.socket.open(this.target);
  }

  /** Stays until `end`, through all drops; resolves to whether it was connected to the end. */
  async stay(end: number): Promise<boolean> {
    if (!(await this.socket.subscribe(this.how.channel))) return false;
    for (;;) {
      const drop = this.drops.next(now());
      await this.lostOr(Math.min(drop, end));
      if (this.lostAt === undefined && drop > end) return true;
      const droppedAt = this.lostAt ?? this.dropNow();
      if (!(await this.comeBack(droppedAt))) return false;
    }
  }

  /** Closes the connection for good. */
  leave(): void {
    this.alarm.dispose();
    this.patience.dispose();
    this.socket.leave();
  }

  /** Resolves when the VU is free of every connection that was opened here. */
  gone(): Promise<unknown> {
    return this.socket.gone();
  }

  private lose(): void {
    this.lostAt = now();
    this.wakeUp();
  }

  private wakeUp(): void {
    this.alarm.lift();
    this.wake?.();
  }

  /** Resolves when the connection is lost, at the latest at `time`. */
  private async lostOr(time: number): Promise<void> {
    if (this.lostAt !== undefined) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      this.alarm.set(time);
    });
  }

  private dropNow(): number {
    const at = now();
    this.socket.drop();
    this.drops.done();
    this.books.dropped();
    return at;
  }

  /** Dials until the connection is back, and pings; resolves to whether it was back in time. */
  private async comeBack(droppedAt: number): Promise<boolean> {
    const { books, socket, patience, how } = this;
    const due = droppedAt + how.withinMs;
    books.reconnects(droppedAt);
    patience.set(due);
    const isBack = await this.dialUntil(due);
    patience.lift();
    if (isBack) await socket.ping();
    return isBack;
  }

  private async dialUntil(due: number): Promise<boolean> {
    const { books, how } = this;
    let last = 'none was made';
    for (let dials = 0; ; dials++) {
      const pause = backoffMs(how.backoff, how.bounds, dials, how.random);
      const left = due - now();
      await delay(Math.min(pause, left));
      if (pause >= left || now() >= due) {
        books.isNotBack(now(), `of ${dials} dials the last: ${last}`);
        return false;
      }
      last = await this.dial(due);
      if (last === '') break;
    }
    books.isBack();
    return true;
  }

  /** Resolves to why it did not work; empty: it is open and subscribed. */
  private async dial(due: number): Promise<string> {
    const { books, socket, target, how } = this;
    const dialledAt = now();
    const timeoutMs = Math.min(target.timeoutMs, due - dialledAt);
    this.lostAt = undefined;
    books.attempts(dialledAt);
    try {
      await socket.open({ ...target, timeoutMs });
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      books.attemptFailed(error, dialledAt);
      return error.reason;
    }
    if (await socket.subscribe(how.channel)) return '';
    socket.drop();
    return 'not subscribed';
  }
}
