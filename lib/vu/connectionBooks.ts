/** The books of a visit that uses one WebSocket: the visit, its connection, and what is said over it and gets one reply. */
import { now } from '../k6/clock.ts';
import { StepFailed, type Detail, type Phase, type Reason } from '../words/failures.ts';
import type { VuWords } from '../vocabulary/vuWords.ts';
import { metric } from './metrics.ts';
import { booksOf, type OperationBooks } from './operationBooks.ts';
import type { StageClock } from './stages.ts';
import type { VisitBooks } from './visitBooks.ts';

/** Where a VU counts them; `What`: the operations that are said and get one reply. */
export type ConnectionLedger<What extends string> = ReturnType<typeof connectionLedger<What>>;

/** Made once per VU, while it is initialised. */
export function connectionLedger<What extends string>(words: VuWords, exchanges: readonly What[]) {
  return {
    connection: booksOf(words, 'connection'),
    exchanges: Object.fromEntries(exchanges.map((name) => [name, booksOf(words, name)])) as Record<
      What,
      OperationBooks
    >,
    disconnects: metric('disconnects'),
    framesReceived: metric('frames_received'),
    framesUnknown: metric('frames_unknown'),
    repliesLate: metric('replies_late'),
  };
}

/** The books of a visit that has started; `end` must be called once. Times are epoch milliseconds. */
export class ConnectionBooks<What extends string> {
  protected readonly visit: VisitBooks;
  protected readonly clock: StageClock;
  private readonly ledger: ConnectionLedger<What>;
  private openedAt = 0;
  private closedAt = 0;

  constructor(visit: VisitBooks, clock: StageClock, ledger: ConnectionLedger<What>) {
    this.visit = visit;
    this.clock = clock;
    this.ledger = ledger;
  }

  /** A wait before a further attempt is in no figure. */
  waited(): void {
    return undefined;
  }

  /** Books a dial; `dial` resolves with the connect time in milliseconds, and what it rejects with is thrown on. */
  async dials(dial: () => Promise<number>): Promise<void> {
    const dialledAt = now();
    this.visit.operationBegins(dialledAt);
    this.ledger.connection.began(dialledAt);
    try {
      const connectMs = await dial();
      this.opened(dialledAt, dialledAt + connectMs);
    } catch (error) {
      if (error instanceof StepFailed) this.ledger.connection.bad(dialledAt, now(), error.reason);
      throw error;
    }
  }

  /** The connection that was dialled at `dialledAt` opened at `at`. */
  protected opened(dialledAt: number, at: number): void {
    this.openedAt = at;
    this.closedAt = 0;
    this.ledger.connection.good(dialledAt, at);
  }

  /** Something is said at `at`. */
  said(what: What, at: number): void {
    this.visit.operationBegins(at);
    this.ledger.exchanges[what].began(at);
  }

  /** What was said at `saidAt` got its reply at `at`. */
  replied(what: What, saidAt: number, at: number): void {
    this.ledger.exchanges[what].good(saidAt, at);
  }

  /** It did not. */
  unreplied(what: What, reason: Reason, saidAt: number, at: number, detail?: Detail): void {
    this.ledger.exchanges[what].bad(saidAt, at, reason);
    this.visit.fail(what, reason, detail, saidAt);
  }

  /** A reply came after what it replies to had failed. */
  replyLate(): void {
    this.visit.add(this.ledger.repliesLate, 1);
  }

  /** A frame of a type that the protocol does not know. */
  unknown(): void {
    this.visit.add(this.ledger.framesUnknown, 1);
  }

  /** Something else failed. */
  fail(phase: Phase, reason: Reason, detail?: Detail): void {
    this.visit.fail(phase, reason, detail);
  }

  /** The connection ended at `at`, and nobody here had closed it. */
  lost(at: number): void {
    this.ledger.disconnects(1, this.clock.operationTags(at));
    this.closed(at);
  }

  /** The connection was left at `at`; so many frames had come through it. */
  left(at: number, frames: number): void {
    this.closed(at);
    if (frames > 0) this.visit.add(this.ledger.framesReceived, frames);
  }

  /** The visit is over; `finished`: with everything done. */
  end(finished: boolean): void {
    this.visit.end(finished);
  }

  private closed(at: number): void {
    if (this.openedAt === 0 || this.closedAt > 0) return;
    this.closedAt = at;
    this.visit.held(this.openedAt, at);
  }
}
