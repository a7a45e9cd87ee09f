/** The books of a session whose questions are HTTP requests. */
import { now, since } from '../../../lib/k6/clock.ts';
import type { VisitObserver } from '../../../lib/system.ts';
import { metric, type Add } from '../../../lib/vu/metrics.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { AskingBooks, askingLedger, type AskingLedger, type AskingSession } from '../asking/askingBooks.ts';

/** The books of a session that has started; `end` must be called once. */
export interface TurnSession extends AskingSession {
  /** Its set-up is over: it can ask. */
  ready(): void;
  /** A response that had ended at `at` has come to the VU; what it takes to read it is no lag. */
  arrived(at: number): void;
  /** It asks no more. */
  left(): void;
}

/** Begins the books of a session that starts now. */
export type BeginTurns = (clock: StageClock, observer?: VisitObserver) => TurnSession;

/** Makes that function of a VU, while it is initialised. */
export function turnBooks(words: VuWords): BeginTurns {
  const beginVisit = visitBooks(words);
  const ledger = { ...askingLedger(words, 'first_byte_latency'), sessionsReady: metric('sessions_ready') };
  return (clock, observer) => new TurnBooks(beginVisit(clock), ledger, observer);
}

class TurnBooks extends AskingBooks implements TurnSession {
  private readonly sessionsReady: Add;
  /** When it could ask; 0: not yet. */
  private readyAt = 0;
  private lag = 0;

  constructor(
    visit: VisitBooks,
    ledger: AskingLedger & { sessionsReady: Add },
    observer: VisitObserver | undefined,
  ) {
    super(visit, ledger, observer);
    this.sessionsReady = ledger.sessionsReady;
  }

  ready(): void {
    this.visit.add(this.sessionsReady, 1);
    this.readyAt = this.setUp();
  }

  arrived(at: number): void {
    this.lag = since(at);
  }

  left(): void {
    this.asked();
  }

  end(finished: boolean): void {
    if (this.readyAt > 0) this.visit.held(this.readyAt, now());
    this.visit.end(finished);
  }

  protected override lagOf(): number {
    return this.lag;
  }
}
