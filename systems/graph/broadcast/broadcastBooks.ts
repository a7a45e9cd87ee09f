/** The books of a client of a broadcast: the visit, its connection, what it publishes and what is delivered to it. */
import { now } from '../../../lib/k6/clock.ts';
import { ConnectionBooks, connectionLedger, type ConnectionLedger } from '../../../lib/vu/connectionBooks.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import { booksOf } from '../../../lib/vu/operationBooks.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { tagsSince } from '../../../lib/vu/stageTag.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { Reason } from '../../../lib/words/failures.ts';
import {
  DOUBLED,
  FANOUT,
  isWatched,
  LATE_CLIENTS,
  MESSAGE_TAG,
  messageName,
  REORDERED,
  type Sizes,
  UNPUBLISHED,
} from '../../../lib/measures/fanout.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { EXCHANGED, type Exchanged } from '../channelSocket.ts';

/** Makes the function that begins the books of a VU's clients; while the VU is initialised. */
export function broadcastBooks(
  words: VuWords,
  sizes: Sizes,
): (clock: StageClock, fence: number) => BroadcastBooks {
  const beginVisit = visitBooks(words);
  const connection = connectionLedger(words, EXCHANGED);
  const broadcasts = broadcastLedger(words);
  return (clock, fence) =>
    new BroadcastBooks(beginVisit(clock), clock, connection, broadcasts, { sizes, fence });
}

/** What a client expects: so many messages, none before the fence (epoch ms). */
interface Expected {
  sizes: Sizes;
  fence: number;
}

/** Where a VU counts its broadcasts. */
type BroadcastLedger = ReturnType<typeof broadcastLedger>;

function broadcastLedger(words: VuWords) {
  return {
    delivery: booksOf(words, 'delivery'),
    doubled: metric(DOUBLED),
    reordered: metric(REORDERED),
    fanout: metric(FANOUT),
    generatorLag: metric('generator_lag'),
    sent: metric('broadcasts_sent'),
    received: metric('broadcasts_received'),
    foreign: metric('broadcasts_foreign'),
    published: metric('messages_published'),
    unpublished: metric(UNPUBLISHED),
    noticesSent: metric('notices_sent'),
    noticesReceived: metric('notices_received'),
    late: metric(LATE_CLIENTS),
  };
}

/** The books of a client who has come; `end` must be called once. Times are epoch milliseconds. */
export class BroadcastBooks extends ConnectionBooks<Exchanged> {
  private readonly broadcasts: BroadcastLedger;
  private readonly sizes: Sizes;
  private readonly fence: number;
  private subscribedAt = Infinity;
  /** Broadcasts of this run that came. */
  private heard = 0;

  constructor(
    visit: VisitBooks,
    clock: StageClock,
    connection: ConnectionLedger<Exchanged>,
    broadcasts: BroadcastLedger,
    { sizes, fence }: Expected,
  ) {
    super(visit, clock, connection);
    this.broadcasts = broadcasts;
    this.sizes = sizes;
    this.fence = fence;
  }

  /** Whether its subscription was confirmed before anything was published. */
  isThere(): boolean {
    return this.subscribedAt <= this.fence;
  }

  override replied(what: Exchanged, saidAt: number, at: number): void {
    super.replied(what, saidAt, at);
    if (what !== 'subscription') return;
    this.subscribedAt = at;
    if (!this.isThere()) this.visit.add(this.broadcasts.late, 1);
  }

  /** What came, or was due, was handled so many milliseconds later. */
  lagged(milliseconds: number): void {
    this.visit.add(this.broadcasts.generatorLag, milliseconds);
  }

  /** A message was handed to the connection. */
  published(): void {
    this.visit.add(this.broadcasts.sent, 1);
    this.visit.add(this.broadcasts.published, 1);
  }

  /** So many messages were not, because there was no connection. */
  unpublished(count: number): void {
    if (count > 0) this.visit.add(this.broadcasts.unpublished, count);
  }

  noticeSent(): void {
    this.visit.add(this.broadcasts.sent, 1);
    this.visit.add(this.broadcasts.noticesSent, 1);
  }

  noticeHeard(): void {
    this.heard++;
    this.visit.add(this.broadcasts.noticesReceived, 1);
  }

  /** A broadcast that is not of this run. */
  foreign(): void {
    this.visit.add(this.broadcasts.foreign, 1);
  }

  /** Message `number` of a publisher came again. */
  doubled(): void {
    this.heard++;
    this.visit.add(this.broadcasts.doubled, 1);
  }

  /** It came first after a later one of its publisher; its delivery is booked besides. */
  reordered(): void {
    this.visit.add(this.broadcasts.reordered, 1);
  }

  /** It was sent at `sentAt` and came in time, at `at`. */
  delivered(publisher: number, number: number, sentAt: number, at: number): void {
    const { delivery, fanout } = this.broadcasts;
    this.heard++;
    this.begin(sentAt);
    delivery.good(sentAt, at);
    if (!isWatched(this.sizes, publisher, number)) return;
    fanout(at - sentAt, { ...tagsSince(sentAt), [MESSAGE_TAG]: messageName(publisher, number) });
  }

  /** It came at `at`, which was too late. */
  deliveredLate(publisher: number, number: number, sentAt: number, at: number): void {
    this.heard++;
    this.fails('delivery_late', publisher, number, sentAt, at);
  }

  /** It was to be sent at `plannedAt`, and never came. */
  lostDelivery(publisher: number, number: number, plannedAt: number): void {
    this.fails('delivery_lost', publisher, number, plannedAt, now());
  }

  override end(finished: boolean): void {
    if (this.heard > 0) this.visit.add(this.broadcasts.received, this.heard);
    super.end(finished);
  }

  private begin(sentAt: number): void {
    this.visit.operationBegins(sentAt);
    this.broadcasts.delivery.began(sentAt);
  }

  private fails(reason: Reason, publisher: number, number: number, sentAt: number, at: number): void {
    this.begin(sentAt);
    this.broadcasts.delivery.bad(sentAt, at, reason);
    this.visit.fail('delivery', reason, () => `message ${number} of publisher ${publisher}`, sentAt);
  }
}
