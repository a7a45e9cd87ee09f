/** What somebody hears of publishers: which message it is, what becomes of each delivery, and when all is over. */
import { Deadline, since } from '../../k6/clock.ts';
import { Attempts } from './attempts.ts';
import { Inbox } from './inbox.ts';
import type { Known, Message, Stamp } from './stamp.ts';

/** What it must know to know messages late, and missing. */
export interface Expectation extends Known {
  /** When a publisher sends what has this place among its messages, from 0; epoch milliseconds, as the next one. */
  published: (publisher: number, place: number) => number;
  /** When the last message of all is sent, at the latest. */
  last: number;
  /** From the send of a message to its arrival, at most. */
  timeoutMs: number;
}

/** Where it is counted. Times are epoch milliseconds. */
export interface ReceptionBooks {
  /** Whether it has listened since before anything was sent. */
  isThere: () => boolean;
  /** What came was handled so many milliseconds later. */
  lagged: (milliseconds: number) => void;
  /** A message that is not of this run. */
  foreign: () => void;
  noticeHeard: () => void;
  delivered: (message: Message, at: number) => void;
  deliveredLate: (message: Message, at: number) => void;
  /** A message came again. */
  doubled: () => void;
  /** It came by another attempt of its publisher to send it. */
  repeated: () => void;
  /** It came first after a later one of its publisher; its delivery is booked besides. */
  reordered: () => void;
  /** Message `number` of a publisher was to be sent at `plannedAt`, and never came. */
  lostDelivery: (publisher: number, number: number, plannedAt: number) => void;
}

const nothing = (): void => undefined;

export class Reception {
  /** Deliveries in time. */
  received = 0;
  private readonly books: ReceptionBooks;
  private readonly expectation: Expectation;
  private readonly inbox: Inbox;
  /** Both are made when they are needed, which is late or never: there may be thousands of these. */
  private attempts: Attempts | undefined;
  private deadline: Deadline | undefined;
  private expectsAll = false;
  private isCut = false;
  private isOver = false;
  /** Called once when it is over. */
  private ended: () => void = nothing;

  constructor(books: ReceptionBooks, expectation: Expectation) {
    this.books = books;
    this.expectation = expectation;
    this.inbox = new Inbox(expectation.publishers, expectation.messages);
  }

  /** Something came at `at`; without a stamp it is not of this run. */
  hear(stamp: Stamp | undefined, at: number): void {
    const { books, inbox } = this;
    books.lagged(since(at));
    if (stamp === undefined) return books.foreign();
    this.settleExpectation();
    if (stamp.number === undefined) {
      books.noticeHeard();
      inbox.end(this.placeOf(stamp.publisher), stamp.of);
    } else this.receive(stamp, at);
    if (inbox.isComplete()) this.finish();
  }

  /** The connection ended: nothing can come any more. */
  lost(): void {
    this.isCut = !this.inbox.isComplete();
    this.finish();
  }

  /** Resolves when everything has come, the time for it is over, or the connection has ended. */
  over(): Promise<void> {
    const { last, timeoutMs } = this.expectation;
    this.settleExpectation();
    if (this.isOver) return Promise.resolve();
    this.deadline = new Deadline(() => this.finish());
    this.deadline.set(last + timeoutMs);
    return new Promise((resolve) => {
      this.ended = resolve;
    });
  }

  /** Books what never came; nothing may come any more. */
  end(): void {
    const { published, first } = this.expectation;
    this.deadline?.dispose();
    this.settleExpectation();
    this.inbox.eachMissing(this.isCut, (place, number) => {
      const publisher = place + first - 1;
      this.books.lostDelivery(publisher, number, published(publisher, number));
    });
  }

  private settleExpectation(): void {
    if (this.expectsAll || !this.books.isThere()) return;
    this.expectsAll = true;
    this.inbox.expectAll();
  }

  private receive(message: Message, at: number): void {
    const { books, expectation } = this;
    const receipt = this.inbox.receive(this.placeOf(message.publisher), message.number, message.of);
    if (receipt === 'doubled') return this.hearAgain(message);
    if (message.attempt > 0) (this.attempts ??= new Attempts()).first(message);
    if (receipt === 'behind') books.reordered();
    if (at - message.sentAt > expectation.timeoutMs) return books.deliveredLate(message, at);
    this.received++;
    books.delivered(message, at);
  }

  private hearAgain(message: Message): void {
    this.attempts ??= new Attempts();
    if (this.attempts.isAnother(message)) this.books.repeated();
    else this.books.doubled();
  }

  /** In the inbox, from 1. */
  private placeOf(publisher: number): number {
    return publisher - this.expectation.first + 1;
  }

  private finish(): void {
    this.isOver = true;
    this.deadline?.dispose();
    this.ended();
  }
}
