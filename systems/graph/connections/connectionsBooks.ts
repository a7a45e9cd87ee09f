/** The books of a client of `connections`: the visit, its connection while it lasts, and what is said over it. */
import { ConnectionBooks, connectionLedger, type ConnectionLedger } from '../../../lib/vu/connectionBooks.ts';
import { metric, type Add } from '../../../lib/vu/metrics.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { EXCHANGED, type Exchanged } from '../channelSocket.ts';

/** Makes the function that begins the books of a VU's clients; while the VU is initialised. */
export function connectionsBooks(words: VuWords): (clock: StageClock) => ConnectionsBooks {
  const beginVisit = visitBooks(words);
  const ledger = connectionLedger(words, EXCHANGED);
  const counts = { held: metric('connections_held'), lag: metric('generator_lag') };
  return (clock) => new ConnectionsBooks(beginVisit(clock), clock, ledger, counts);
}

/** Where a VU counts what is no operation. */
interface Counts {
  held: Add;
  lag: Add;
}

/** The books of a client that has come; `end` must be called once. Times are epoch milliseconds. */
export class ConnectionsBooks extends ConnectionBooks<Exchanged> {
  private readonly counts: Counts;
  private isOpen = false;

  constructor(visit: VisitBooks, clock: StageClock, connection: ConnectionLedger<Exchanged>, counts: Counts) {
    super(visit, clock, connection);
    this.counts = counts;
  }

  /** A reply waited so many milliseconds in k6. */
  lagged(milliseconds: number): void {
    this.visit.add(this.counts.lag, milliseconds);
  }

  protected override opened(dialledAt: number, at: number): void {
    super.opened(dialledAt, at);
    this.isOpen = true;
    this.counts.held(1);
  }

  override lost(at: number): void {
    super.lost(at);
    this.ended();
  }

  override left(at: number, frames: number): void {
    super.left(at, frames);
    this.ended();
  }

  private ended(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.counts.held(-1);
  }
}
