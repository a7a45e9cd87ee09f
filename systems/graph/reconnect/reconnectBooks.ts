/** The books of a client whose connections are dropped: the visit, its connections, what is said, and how they come back. */
import { ConnectionBooks, connectionLedger, type ConnectionLedger } from '../../../lib/vu/connectionBooks.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import { booksOf } from '../../../lib/vu/operationBooks.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { addSince, tagsSince } from '../../../lib/vu/stageTag.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { Detail, Phase, Reason, StepFailed } from '../../../lib/words/failures.ts';
import { ATTEMPTS, DROPPED, secondOf } from '../../../lib/measures/reconnections.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { EXCHANGED, type Exchanged } from '../channelSocket.ts';

/** What the books ask about drops; times are epoch milliseconds. */
export interface DropTimes {
  /** When connections are dropped first in the client's stage. */
  first: number;
  /** Whether the server was asked for the drop that ended the connection at `at`. */
  takesAsAsked(at: number): boolean;
}

/** Makes the function that begins the books of a VU's clients; while the VU is initialised. */
export function reconnectBooks(words: VuWords): (clock: StageClock, drops: DropTimes) => ReconnectBooks {
  const beginVisit = visitBooks(words);
  const connection = connectionLedger(words, EXCHANGED);
  const own = ownLedger(words);
  return (clock, drops) => new ReconnectBooks(beginVisit(clock), clock, connection, own, drops);
}

type OwnLedger = ReturnType<typeof ownLedger>;

function ownLedger(words: VuWords) {
  return {
    reconnection: booksOf(words, 'reconnection'),
    attempts: metric(ATTEMPTS),
    dropped: metric(DROPPED),
    firstMessageLatency: metric('first_message_latency'),
    generatorLag: metric('generator_lag'),
  };
}

/** The books of a client who has come; `end` must be called once. Times are epoch milliseconds. */
export class ReconnectBooks extends ConnectionBooks<Exchanged> {
  /** Subscriptions that were confirmed, and when the last one was. */
  subscribed = 0;
  private subscribedAt = 0;
  private droppedAt = 0;
  private wasAsked = false;
  private readonly own: OwnLedger;
  private readonly drops: DropTimes;

  constructor(
    visit: VisitBooks,
    clock: StageClock,
    connection: ConnectionLedger<Exchanged>,
    own: OwnLedger,
    drops: DropTimes,
  ) {
    super(visit, clock, connection);
    this.own = own;
    this.drops = drops;
  }

  override replied(what: Exchanged, saidAt: number, at: number): void {
    super.replied(what, saidAt, at);
    if (what === 'ping') return addSince(this.droppedAt, this.own.firstMessageLatency, at - this.droppedAt);
    this.subscribed++;
    this.subscribedAt = at;
  }

  override lost(at: number): void {
    super.lost(at);
    this.wasAsked = this.drops.takesAsAsked(at);
  }

  /** That a connection was lost is no failure where the server was asked for it. */
  override fail(phase: Phase, reason: Reason, detail?: Detail): void {
    if (phase !== 'socket' || !this.wasAsked) super.fail(phase, reason, detail);
  }

  /** The client has dropped its connection, as it was to. */
  dropped(): void {
    this.wasAsked = true;
  }

  /** The connection that ended at `at` is to come back. */
  reconnects(at: number): void {
    const { reconnection, dropped } = this.own;
    this.droppedAt = at;
    this.visit.operationBegins(at);
    reconnection.began(at);
    if (this.wasAsked) addSince(at, dropped, 1);
  }

  /** It is dialled at `at`. */
  attempts(at: number): void {
    const second = String(secondOf(at, this.drops.first));
    this.own.attempts(1, { ...tagsSince(this.droppedAt), second });
  }

  /** The dial of `dialledAt` failed, and is not the last. */
  attemptFailed({ phase, reason, detail }: StepFailed, dialledAt: number): void {
    this.visit.failForNow(phase, reason, detail, dialledAt);
  }

  /** It is open and subscribed again. */
  isBack(): void {
    this.own.reconnection.good(this.droppedAt, this.subscribedAt);
  }

  /** It was not in time, as was seen at `at`. */
  isNotBack(at: number, detail: Detail): void {
    this.own.reconnection.bad(this.droppedAt, at, 'answer_timeout');
    this.visit.fail('reconnection', 'answer_timeout', detail, this.droppedAt);
  }

  /** A reply was handled so many milliseconds after it had come. */
  lagged(milliseconds: number): void {
    this.visit.add(this.own.generatorLag, milliseconds);
  }
}
