/** The books of a user of the agents: the visit, its connection and everything that is said over it. */
import { since } from '../../lib/k6/clock.ts';
import type { VisitObserver } from '../../lib/system.ts';
import { metric } from '../../lib/vu/metrics.ts';
import { booksOf } from '../../lib/vu/operationBooks.ts';
import type { StageClock } from '../../lib/vu/stages.ts';
import { addSince, stageSince } from '../../lib/vu/stageTag.ts';
import { visitBooks, type VisitBooks } from '../../lib/vu/visitBooks.ts';
import type { Detail, Phase, Reason } from '../../lib/words/failures.ts';
import type { VuWords } from '../../lib/words/vuWords.ts';

/** What is said and waits for its one reply; the phases in which it fails. */
export type Exchange = 'subscription' | 'ping' | 'farewell';

/** Makes the function that begins the books of a VU's users; while the VU is initialised. */
export function userBooks(words: VuWords): (clock: StageClock, observer?: VisitObserver) => UserBooks {
  const beginVisit = visitBooks(words);
  const ledger = ledgerOf(words);
  return (clock, observer) => new UserBooks(beginVisit(clock), clock, ledger, observer);
}

/** Where a VU counts its users. */
type Ledger = ReturnType<typeof ledgerOf>;

function ledgerOf(words: VuWords) {
  return {
    connection: booksOf(words, 'connection'),
    subscription: booksOf(words, 'subscription'),
    ping: booksOf(words, 'ping'),
    message: booksOf(words, 'message'),
    farewell: booksOf(words, 'farewell'),
    arrivalLatency: metric('arrival_latency'),
    disconnects: metric('disconnects'),
    framesReceived: metric('frames_received'),
    framesUnknown: metric('frames_unknown'),
    generatorLag: metric('generator_lag'),
    messagesLate: metric('messages_late'),
    messagesOvertaken: metric('messages_overtaken'),
    repliesLate: metric('replies_late'),
  };
}

/** The books of a user who has come; `end` must be called once. Times are epoch milliseconds. */
export class UserBooks {
  /** Messages that were answered. */
  answered = 0;
  private readonly visit: VisitBooks;
  private readonly clock: StageClock;
  private readonly ledger: Ledger;
  private readonly observer: VisitObserver | undefined;
  private openedAt = 0;
  private closedAt = 0;

  constructor(visit: VisitBooks, clock: StageClock, ledger: Ledger, observer: VisitObserver | undefined) {
    this.visit = visit;
    this.clock = clock;
    this.ledger = ledger;
    this.observer = observer;
  }

  /** A wait before a further attempt is in no figure. */
  waited(): void {
    return undefined;
  }

  dialled(at: number): void {
    this.ledger.connection.began(at);
  }

  /** The connection that was dialled at `dialledAt` opened at `at`. */
  opened(dialledAt: number, at: number): void {
    const { connection, arrivalLatency } = this.ledger;
    const { dueAt } = this.clock;
    this.openedAt = at;
    connection.good(dialledAt, at);
    if (dueAt !== undefined) this.visit.add(arrivalLatency, Math.max(0, at - dueAt));
  }

  /** It did not open; `fail` tells the rest. */
  notOpened(dialledAt: number, at: number, reason: Reason): void {
    this.ledger.connection.bad(dialledAt, at, reason);
  }

  /** Something is said at `at`. */
  said(what: Exchange, at: number): void {
    this.visit.operationBegins(at);
    this.ledger[what].began(at);
  }

  /** What was said at `saidAt` got its reply at `at`. */
  replied(what: Exchange, saidAt: number, at: number): void {
    this.ledger[what].good(saidAt, at);
  }

  /** It did not. */
  unreplied(what: Exchange, reason: Reason, saidAt: number, at: number, detail?: Detail): void {
    this.ledger[what].bad(saidAt, at, reason);
    this.visit.fail(what, reason, detail, saidAt);
  }

  /** A message is sent at `at`. */
  messageSent(at: number): void {
    this.visit.operationBegins(at);
    this.ledger.message.began(at);
  }

  /** The message sent at `sentAt` was answered at `at`; `isOvertaken`: after a later one. */
  messageAnswered(sentAt: number, at: number, isOvertaken: boolean): void {
    const { message, generatorLag, messagesOvertaken } = this.ledger;
    this.answered++;
    message.good(sentAt, at);
    addSince(sentAt, generatorLag, since(at));
    if (isOvertaken) addSince(sentAt, messagesOvertaken, 1);
    this.observer?.good(stageSince(sentAt), at - sentAt);
  }

  messageFailed(reason: Reason, sentAt: number, at: number, detail?: Detail): void {
    this.ledger.message.bad(sentAt, at, reason);
    this.observer?.bad(stageSince(sentAt));
    this.visit.fail('message', reason, detail, sentAt);
  }

  /** A response to the message sent at `sentAt` came after it had failed. */
  messageLate(sentAt: number): void {
    addSince(sentAt, this.ledger.messagesLate, 1);
  }

  /** Another reply came after what it replies to had failed. */
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
    this.closedAt = at;
    this.ledger.disconnects(1, this.clock.operationTags(at));
  }

  /** The connection was left at `at`; so many frames had come through it. */
  left(at: number, frames: number): void {
    this.closedAt ||= at;
    if (frames > 0) this.visit.add(this.ledger.framesReceived, frames);
  }

  /** The user is gone; `finished`: with everything done. */
  end(finished: boolean): void {
    if (this.openedAt > 0) this.visit.held(this.openedAt, this.closedAt);
    this.visit.end(finished);
  }
}
