/** The books of a user who waits for notifications: what comes, what is said over the connection, messages that are sent. */
import { since } from '../../../lib/k6/clock.ts';
import { connectionLedger, type ConnectionLedger } from '../../../lib/vu/connectionBooks.ts';
import {
  DeliveryBooks,
  deliveryLedger,
  type DeliveryLedger,
} from '../../../lib/vu/deliveries/deliveryBooks.ts';
import type { Message } from '../../../lib/vu/deliveries/stamp.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import { booksOf } from '../../../lib/vu/operationBooks.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { addSince } from '../../../lib/vu/stageTag.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import { UNPUBLISHED, type Sizes } from '../../../lib/measures/fanout.ts';
import type { Detail, Reason } from '../../../lib/words/failures.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';

/** What is said over the connection and waits for its one reply; the phases in which it fails. */
export type Exchanged = 'subscription' | 'heartbeat';

/** What the platform calls deliveries. */
const NAMES = {
  operation: 'notification',
  received: 'notifications_heard',
  foreign: 'notifications_foreign',
  repeated: 'notifications_repeated',
  publisher: 'conversation',
};

/** A user who comes. */
interface Coming {
  clock: StageClock;
  /** No message is sent before (epoch ms). */
  fence: number;
  /** It sends what it gets. */
  publishes: boolean;
}

/** Makes the function that begins the books of a VU's users; while the VU is initialised. */
export function notificationsBooks(words: VuWords, sizes: Sizes): (coming: Coming) => NotificationsBooks {
  const beginVisit = visitBooks(words);
  const ledgers = {
    connection: connectionLedger<Exchanged>(words, ['subscription', 'heartbeat']),
    deliveries: deliveryLedger(words, sizes, NAMES),
    messages: messageLedger(words),
  };
  return (coming) => new NotificationsBooks(beginVisit(coming.clock), ledgers, coming);
}

interface Ledgers {
  connection: ConnectionLedger<Exchanged>;
  deliveries: DeliveryLedger;
  messages: ReturnType<typeof messageLedger>;
}

function messageLedger(words: VuWords) {
  return {
    message: booksOf(words, 'message'),
    unpublished: metric(UNPUBLISHED),
    noticesSent: metric('notices_sent'),
    roundTrip: metric('round_trip_latency'),
  };
}

/** The books of a user who has come; `end` must be called once. Times are epoch milliseconds. */
export class NotificationsBooks extends DeliveryBooks<Exchanged> {
  /** Of the visit: what a log-in needs. */
  override readonly visit: VisitBooks;
  private readonly messages: Ledgers['messages'];
  private readonly publishes: boolean;

  constructor(visit: VisitBooks, ledgers: Ledgers, { clock, fence, publishes }: Coming) {
    super(visit, clock, ledgers.connection, ledgers.deliveries, fence);
    this.visit = visit;
    this.messages = ledgers.messages;
    this.publishes = publishes;
  }

  override delivered(message: Message, at: number): void {
    super.delivered(message, at);
    if (this.publishes) addSince(message.sentAt, this.messages.roundTrip, at - message.sentAt);
  }

  /** A notification of a conversation that was not subscribed came at `at`. */
  misrouted(conversation: string, at: number): void {
    this.lagged(since(at));
    this.fail('stray', 'misrouted', () => `a notification of ${conversation}`);
  }

  /** A message is sent at `at`. */
  messageSent(at: number): void {
    this.visit.operationBegins(at);
    this.messages.message.began(at);
  }

  /** The message sent at `sentAt` was taken at `at`. */
  messageTaken(sentAt: number, at: number): void {
    this.messages.message.good(sentAt, at);
  }

  /** It was not, as far as is known. */
  messageFailed(reason: Reason, detail: Detail, sentAt: number, at: number): void {
    this.messages.message.bad(sentAt, at, reason);
    this.visit.fail('message', reason, detail, sentAt);
  }

  /** So many messages were planned, and not sent. */
  unpublished(count: number): void {
    if (count > 0) this.visit.add(this.messages.unpublished, count);
  }

  noticeSent(): void {
    this.visit.add(this.messages.noticesSent, 1);
  }
}
