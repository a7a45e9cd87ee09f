/** The books of a client of a broadcast: what is delivered to it, and what it publishes. */
import { connectionLedger, type ConnectionLedger } from '../../../lib/vu/connectionBooks.ts';
import {
  DeliveryBooks,
  deliveryLedger,
  type DeliveryLedger,
} from '../../../lib/vu/deliveries/deliveryBooks.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import { UNPUBLISHED, type Sizes } from '../../../lib/measures/fanout.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { EXCHANGED, type Exchanged } from '../channelSocket.ts';

/** What the graph service calls deliveries. */
const NAMES = {
  operation: 'delivery',
  received: 'broadcasts_received',
  foreign: 'broadcasts_foreign',
  publisher: 'publisher',
};

/** Makes the function that begins the books of a VU's clients; while the VU is initialised. */
export function broadcastBooks(
  words: VuWords,
  sizes: Sizes,
): (clock: StageClock, fence: number) => BroadcastBooks {
  const beginVisit = visitBooks(words);
  const connection = connectionLedger(words, EXCHANGED);
  const deliveries = deliveryLedger(words, sizes, NAMES);
  const publications = publicationLedger();
  return (clock, fence) =>
    new BroadcastBooks(beginVisit(clock), clock, connection, deliveries, publications, fence);
}

/** Where a VU counts what it publishes. */
type PublicationLedger = ReturnType<typeof publicationLedger>;

function publicationLedger() {
  return {
    sent: metric('broadcasts_sent'),
    published: metric('messages_published'),
    unpublished: metric(UNPUBLISHED),
    noticesSent: metric('notices_sent'),
  };
}

/** The books of a client who has come; `end` must be called once. Times are epoch milliseconds. */
export class BroadcastBooks extends DeliveryBooks<Exchanged> {
  private readonly publications: PublicationLedger;

  constructor(
    visit: VisitBooks,
    clock: StageClock,
    connection: ConnectionLedger<Exchanged>,
    deliveries: DeliveryLedger,
    publications: PublicationLedger,
    fence: number,
  ) {
    super(visit, clock, connection, deliveries, fence);
    this.publications = publications;
  }

  /** A message was handed to the connection. */
  published(): void {
    this.visit.add(this.publications.sent, 1);
    this.visit.add(this.publications.published, 1);
  }

  /** So many messages were not, because there was no connection. */
  unpublished(count: number): void {
    if (count > 0) this.visit.add(this.publications.unpublished, count);
  }

  noticeSent(): void {
    this.visit.add(this.publications.sent, 1);
    this.visit.add(this.publications.noticesSent, 1);
  }
}
