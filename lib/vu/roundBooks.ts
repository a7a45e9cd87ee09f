/** The books of one of a level in a stage of rounds: the visit, and its operations with the time until each had ended. */
import { now } from '../k6/clock.ts';
import type { Failure, Phase } from '../words/failures.ts';
import { DONE_AFTER, OPERATIONS_DONE, ROUNDS_BEGUN } from '../measures/rounds.ts';
import type { VuWords } from '../vocabulary/vuWords.ts';
import { metric, type Add } from './metrics.ts';
import type { OperationBooks } from './operationBooks.ts';
import type { StageClock } from './stages.ts';
import { addSince } from './stageTag.ts';
import { visitBooks, type VisitBooks } from './visitBooks.ts';

/** Makes the function that begins the books of a VU's visits; while the VU is initialised. */
export function roundBooks(words: VuWords): (clock: StageClock) => RoundBooks {
  const begin = visitBooks(words);
  const adds = {
    begun: metric(ROUNDS_BEGUN),
    doneAfter: metric(DONE_AFTER),
    done: metric(OPERATIONS_DONE),
  };
  return (clock) => new RoundBooks(begin(clock), adds);
}

/** Where rounds are counted. */
type Adds = Readonly<Record<'begun' | 'doneAfter' | 'done', Add>>;

/** An operation that has begun, in a round that began at `roundAt`. Times are epoch milliseconds. */
export interface Begun {
  books: OperationBooks;
  phase: Phase;
  at: number;
  roundAt: number;
}

/** The books of a visit; `end` must be called once. Times are epoch milliseconds. */
export class RoundBooks {
  /** Operations that ended well. */
  good = 0;
  readonly visit: VisitBooks;
  private readonly adds: Adds;

  constructor(visit: VisitBooks, adds: Adds) {
    this.visit = visit;
    this.adds = adds;
  }

  /** A round begins now. */
  roundBegins(): void {
    addSince(now(), this.adds.begun, 1);
  }

  /** An operation begins now; `phase`: where it fails if it does. */
  begins(books: OperationBooks, phase: Phase, roundAt: number): Begun {
    const at = now();
    this.visit.operationBegins(at);
    books.began(at);
    return { books, phase, at, roundAt };
  }

  /** It ended well at `at`. */
  succeeded(begun: Begun, at: number): void {
    this.good++;
    begun.books.good(begun.at, at);
    this.ended(begun, at);
  }

  /** It did not. */
  failed(begun: Begun, at: number, { reason, detail }: Failure): void {
    begun.books.bad(begun.at, at, reason);
    this.ended(begun, at);
    this.visit.fail(begun.phase, reason, detail, begun.at);
  }

  /** Its stage is over. */
  end(): void {
    this.visit.held(this.visit.startedAt, now());
    this.visit.end(true);
  }

  private ended({ at: beganAt, roundAt }: Begun, at: number): void {
    addSince(beganAt, this.adds.doneAfter, at - roundAt);
    addSince(beganAt, this.adds.done, 1);
  }
}
