/** What a client of a broadcast hears: which message it is, what becomes of each delivery, and when all is over. */
import { Deadline, since } from '../../../lib/k6/clock.ts';
import type { ChannelListener } from '../channelSocket.ts';
import type { BroadcastBooks } from './broadcastBooks.ts';
import { readPayload, type Known, type Payload } from './broadcastPayload.ts';
import type { BroadcastTimes } from './broadcastTimes.ts';
import { Inbox } from './inbox.ts';

type Broadcast = Parameters<ChannelListener['broadcast']>[0];

/** What it must know to recognize messages, and to know them late. */
export interface Expectation extends Known {
  channel: string;
  times: BroadcastTimes;
  /** From the send of a message to its arrival, at most. */
  timeoutMs: number;
}

const nothing = (): void => undefined;

export class Reception implements ChannelListener {
  /** Deliveries in time. */
  received = 0;
  private readonly books: BroadcastBooks;
  private readonly expectation: Expectation;
  private readonly inbox: Inbox;
  private readonly deadline = new Deadline(() => this.finish());
  private expectsAll = false;
  private isCut = false;
  private isOver = false;
  /** Called once when it is over. */
  private ended: () => void = nothing;

  constructor(books: BroadcastBooks, expectation: Expectation) {
    this.books = books;
    this.expectation = expectation;
    this.inbox = new Inbox(expectation.publishers, expectation.messages);
  }

  broadcast({ channel, payload }: Broadcast, at: number): void {
    const { books, expectation } = this;
    books.lagged(since(at));
    const read = channel === expectation.channel ? readPayload(payload, expectation) : undefined;
    if (read === undefined) return books.foreign();
    this.settleExpectation();
    if (read.number === undefined) this.hearNotice(read);
    else this.receive(read, read.number, at);
    if (this.inbox.isComplete()) this.finish();
  }

  lagged(milliseconds: number): void {
    this.books.lagged(milliseconds);
  }

  lost(): void {
    this.isCut = !this.inbox.isComplete();
    this.finish();
  }

  /** Resolves when everything has come, the time for it is over, or the connection has ended. */
  over(): Promise<void> {
    const { times, timeoutMs } = this.expectation;
    this.settleExpectation();
    if (this.isOver) return Promise.resolve();
    this.deadline.set(times.last + timeoutMs);
    return new Promise((resolve) => {
      this.ended = resolve;
    });
  }

  /** Books what never came; nothing may come any more. */
  end(): void {
    const { published } = this.expectation.times;
    this.deadline.dispose();
    this.settleExpectation();
    this.inbox.eachMissing(this.isCut, (publisher, number) =>
      this.books.lostDelivery(publisher, number, published(publisher, number)),
    );
  }

  private settleExpectation(): void {
    if (this.expectsAll || !this.books.isThere()) return;
    this.expectsAll = true;
    this.inbox.expectAll();
  }

  private hearNotice({ publisher, of }: Payload): void {
    this.books.noticeHeard();
    this.inbox.end(publisher, of);
  }

  private receive({ publisher, of, sentAt }: Payload, number: number, at: number): void {
    const { books, expectation } = this;
    const receipt = this.inbox.receive(publisher, number, of);
    if (receipt === 'doubled') return books.doubled();
    if (receipt === 'behind') books.reordered();
    if (at - sentAt > expectation.timeoutMs) return books.deliveredLate(publisher, number, sentAt, at);
    this.received++;
    books.delivered(publisher, number, sentAt, at);
  }

  private finish(): void {
    this.isOver = true;
    this.deadline.dispose();
    this.ended();
  }
}
