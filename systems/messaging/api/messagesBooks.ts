/** The books of a user of the API: the visit, and its requests by endpoint. */
import { now, since } from '../../../lib/k6/clock.ts';
import type { VisitObserver } from '../../../lib/system.ts';
import { metric, type Add } from '../../../lib/vu/metrics.ts';
import { taggedBooksOf, type OperationBooks } from '../../../lib/vu/operationBooks.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { addSince, stageSince } from '../../../lib/vu/stageTag.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { Detail, Failure, Phase, Reason } from '../../../lib/words/failures.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import type { Endpoint } from './messagesProtocol.ts';

/** Makes the function that begins the books of a VU's users; while the VU is initialised. */
export function userBooks(words: VuWords): (clock: StageClock, observer?: VisitObserver) => UserBooks {
  const begin = visitBooks(words);
  const ledger = {
    messages: taggedBooksOf(words, 'request', { endpoint: 'messages' }),
    conversations: taggedBooksOf(words, 'request', { endpoint: 'conversations' }),
    generatorLag: metric('generator_lag'),
  };
  return (clock, observer) => new UserBooks(begin(clock), ledger, observer);
}

/** Where a VU counts its requests. */
interface Ledger extends Record<Endpoint, OperationBooks> {
  generatorLag: Add;
}

/** The books of a user who has come; `end` must be called once. Times are epoch milliseconds. */
export class UserBooks {
  /** What log-ins count in. */
  readonly visit: VisitBooks;
  answered = 0;
  private readonly ledger: Ledger;
  private readonly observer: VisitObserver | undefined;

  constructor(visit: VisitBooks, ledger: Ledger, observer: VisitObserver | undefined) {
    this.visit = visit;
    this.ledger = ledger;
    this.observer = observer;
  }

  /** A request begins at `at`. */
  sent(endpoint: Endpoint, at: number): void {
    this.visit.operationBegins(at);
    this.ledger[endpoint].began(at);
  }

  /** One that began at `sentAt` was answered at `at`. */
  answeredIn(endpoint: Endpoint, sentAt: number, at: number): void {
    this.answered++;
    this.ledger[endpoint].good(sentAt, at);
    addSince(sentAt, this.ledger.generatorLag, since(at));
    this.observer?.good(stageSince(sentAt), at - sentAt);
  }

  /** It was not. */
  failed(endpoint: Endpoint, sentAt: number, at: number, { reason, detail }: Failure): void {
    this.ledger[endpoint].bad(sentAt, at, reason);
    this.observer?.bad(stageSince(sentAt));
    this.visit.fail('request', reason, detail, sentAt);
  }

  /** Something else failed. */
  fail(phase: Phase, reason: Reason, detail?: Detail): void {
    this.visit.fail(phase, reason, detail);
  }

  /** A wait before a further attempt is in no figure. */
  waited(): void {
    return undefined;
  }

  /** The user is gone; `finished`: because the plan is over. */
  end(finished: boolean): void {
    this.visit.held(this.visit.startedAt, now());
    this.visit.end(finished);
  }
}
