/** The books of somebody who connects, subscribes and gets messages: the visit, its connection and each delivery. */
import { now } from '../../k6/clock.ts';
import {
  DOUBLED,
  FANOUT,
  isWatched,
  LATE_CLIENTS,
  MESSAGE_TAG,
  messageName,
  REORDERED,
  type Sizes,
} from '../../measures/fanout.ts';
import type { VuWords } from '../../vocabulary/vuWords.ts';
import type { Reason } from '../../words/failures.ts';
import { ConnectionBooks, type ConnectionLedger } from '../connectionBooks.ts';
import { metric } from '../metrics.ts';
import { booksOf } from '../operationBooks.ts';
import type { StageClock } from '../stages.ts';
import { tagsSince } from '../stageTag.ts';
import type { VisitBooks } from '../visitBooks.ts';
import type { ReceptionBooks } from './reception.ts';
import type { Message } from './stamp.ts';

/** What a system calls them. */
export interface DeliveryNames {
  /** The operation, and the phase in which it fails. */
  operation: string;
  /** Counters of what came: of this run, and of others. */
  received: string;
  foreign: string;
  /** Counts those that came by another attempt to send them, where publishers try again. */
  repeated?: string;
  /** Who publishes, for people: "publisher". */
  publisher: string;
}

/** Where a VU counts deliveries. */
export type DeliveryLedger = ReturnType<typeof deliveryLedger>;

/** Made once per VU, while it is initialised; `sizes` say which messages are watched. */
export function deliveryLedger(words: VuWords, sizes: Sizes, names: DeliveryNames) {
  return {
    names,
    sizes,
    delivery: booksOf(words, names.operation),
    received: metric(names.received),
    foreign: metric(names.foreign),
    repeated: names.repeated === undefined ? undefined : metric(names.repeated),
    doubled: metric(DOUBLED),
    reordered: metric(REORDERED),
    fanout: metric(FANOUT),
    generatorLag: metric('generator_lag'),
    noticesReceived: metric('notices_received'),
    late: metric(LATE_CLIENTS),
  };
}

/** The books of a visit that has started; `end` must be called once. Times are epoch milliseconds. */
export class DeliveryBooks<What extends string>
  extends ConnectionBooks<What | 'subscription'>
  implements ReceptionBooks
{
  private readonly deliveries: DeliveryLedger;
  private readonly fence: number;
  private subscribedAt = Infinity;
  /** Messages and notices of this run that came. */
  private heard = 0;

  /** `fence`: no message is sent before. */
  constructor(
    visit: VisitBooks,
    clock: StageClock,
    connection: ConnectionLedger<What | 'subscription'>,
    deliveries: DeliveryLedger,
    fence: number,
  ) {
    super(visit, clock, connection);
    this.deliveries = deliveries;
    this.fence = fence;
  }

  /** Whether its subscription was confirmed before anything was published. */
  isThere(): boolean {
    return this.subscribedAt <= this.fence;
  }

  override replied(what: What | 'subscription', saidAt: number, at: number): void {
    super.replied(what, saidAt, at);
    if (what !== 'subscription') return;
    this.subscribedAt = at;
    if (!this.isThere()) this.visit.add(this.deliveries.late, 1);
  }

  /** What came, or was due, was handled so many milliseconds later. */
  lagged(milliseconds: number): void {
    this.visit.add(this.deliveries.generatorLag, milliseconds);
  }

  noticeHeard(): void {
    this.heard++;
    this.visit.add(this.deliveries.noticesReceived, 1);
  }

  foreign(): void {
    this.visit.add(this.deliveries.foreign, 1);
  }

  doubled(): void {
    this.heard++;
    this.visit.add(this.deliveries.doubled, 1);
  }

  repeated(): void {
    this.heard++;
    if (this.deliveries.repeated !== undefined) this.visit.add(this.deliveries.repeated, 1);
  }

  reordered(): void {
    this.visit.add(this.deliveries.reordered, 1);
  }

  delivered({ publisher, number, sentAt }: Message, at: number): void {
    const { delivery, fanout, sizes } = this.deliveries;
    this.heard++;
    this.begin(sentAt);
    delivery.good(sentAt, at);
    if (!isWatched(sizes, publisher, number)) return;
    fanout(at - sentAt, { ...tagsSince(sentAt), [MESSAGE_TAG]: messageName(publisher, number) });
  }

  deliveredLate({ publisher, number, sentAt }: Message, at: number): void {
    this.heard++;
    this.fails('delivery_late', publisher, number, sentAt, at);
  }

  lostDelivery(publisher: number, number: number, plannedAt: number): void {
    this.fails('delivery_lost', publisher, number, plannedAt, now());
  }

  override end(finished: boolean): void {
    if (this.heard > 0) this.visit.add(this.deliveries.received, this.heard);
    super.end(finished);
  }

  private begin(sentAt: number): void {
    this.visit.operationBegins(sentAt);
    this.deliveries.delivery.began(sentAt);
  }

  private fails(reason: Reason, publisher: number, number: number, sentAt: number, at: number): void {
    const { delivery, names } = this.deliveries;
    this.begin(sentAt);
    delivery.bad(sentAt, at, reason);
    const detail = () => `message ${number} of ${names.publisher} ${publisher}`;
    this.visit.fail(names.operation, reason, detail, sentAt);
  }
}
