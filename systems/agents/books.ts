/** The books of a user of the agents: the visit, its connection and everything that is said over it. */
import { since } from '../../lib/k6/clock.ts';
import type { VisitObserver } from '../../lib/system.ts';
import { ConnectionBooks, connectionLedger, type ConnectionLedger } from '../../lib/vu/connectionBooks.ts';
import { metric } from '../../lib/vu/metrics.ts';
import { booksOf } from '../../lib/vu/operationBooks.ts';
import type { StageClock } from '../../lib/vu/stages.ts';
import { addSince, stageSince } from '../../lib/vu/stageTag.ts';
import { visitBooks, type VisitBooks } from '../../lib/vu/visitBooks.ts';
import type { Detail, Reason } from '../../lib/words/failures.ts';
import type { VuWords } from '../../lib/vocabulary/vuWords.ts';

/** What is said and waits for its one reply; the phases in which it fails. */
export type Exchanged = 'subscription' | 'ping' | 'farewell';

const EXCHANGED: readonly Exchanged[] = ['subscription', 'ping', 'farewell'];

/** Makes the function that begins the books of a VU's users; while the VU is initialised. */
export function userBooks(words: VuWords): (clock: StageClock, observer?: VisitObserver) => UserBooks {
  const beginVisit = visitBooks(words);
  const connection = connectionLedger(words, EXCHANGED);
  const messages = messageLedger(words);
  return (clock, observer) => new UserBooks(beginVisit(clock), clock, connection, messages, observer);
}

/** Where a VU counts its messages. */
type MessageLedger = ReturnType<typeof messageLedger>;

function messageLedger(words: VuWords) {
  return {
    message: booksOf(words, 'message'),
    arrivalLatency: metric('arrival_latency'),
    generatorLag: metric('generator_lag'),
    messagesLate: metric('messages_late'),
    messagesOvertaken: metric('messages_overtaken'),
  };
}

/** The books of a user who has come; `end` must be called once. Times are epoch milliseconds. */
export class UserBooks extends ConnectionBooks<Exchanged> {
  /** Messages that were answered. */
  answered = 0;
  private readonly messages: MessageLedger;
  private readonly observer: VisitObserver | undefined;

  constructor(
    visit: VisitBooks,
    clock: StageClock,
    connection: ConnectionLedger<Exchanged>,
    messages: MessageLedger,
    observer: VisitObserver | undefined,
  ) {
    super(visit, clock, connection);
    this.messages = messages;
    this.observer = observer;
  }

  protected override opened(dialledAt: number, at: number): void {
    const { dueAt } = this.clock;
    super.opened(dialledAt, at);
    if (dueAt !== undefined) this.visit.add(this.messages.arrivalLatency, Math.max(0, at - dueAt));
  }

  /** A message is sent at `at`. */
  messageSent(at: number): void {
    this.visit.operationBegins(at);
    this.messages.message.began(at);
  }

  /** The message sent at `sentAt` was answered at `at`; `isOvertaken`: after a later one. */
  messageAnswered(sentAt: number, at: number, isOvertaken: boolean): void {
    const { message, generatorLag, messagesOvertaken } = this.messages;
    this.answered++;
    message.good(sentAt, at);
    addSince(sentAt, generatorLag, since(at));
    if (isOvertaken) addSince(sentAt, messagesOvertaken, 1);
    this.observer?.good(stageSince(sentAt), at - sentAt);
  }

  messageFailed(reason: Reason, sentAt: number, at: number, detail?: Detail): void {
    this.messages.message.bad(sentAt, at, reason);
    this.observer?.bad(stageSince(sentAt));
    this.visit.fail('message', reason, detail, sentAt);
  }

  /** A response to the message sent at `sentAt` came after it had failed. */
  messageLate(sentAt: number): void {
    addSince(sentAt, this.messages.messagesLate, 1);
  }
}
