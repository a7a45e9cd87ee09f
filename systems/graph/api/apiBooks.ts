/** The books of a client of the endpoints: the visit, its requests by endpoint, and what the stress stage keeps. */
import { now } from '../../../lib/k6/clock.ts';
import { metric, type Add } from '../../../lib/vu/metrics.ts';
import { taggedBooksOf, type OperationBooks } from '../../../lib/vu/operationBooks.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { addSince, stageSince } from '../../../lib/vu/stageTag.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { Failure } from '../../../lib/words/failures.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { ENDPOINTS, type Endpoint } from './endpoints.ts';

/** The stages whose throughput is compared, by their tags, and the share that the second must keep of the first's. */
export interface Margin {
  base: string;
  stress: string;
  keptShare: number;
}

/** Makes the function that begins the books of a VU's clients; while the VU is initialised. */
export function clientBooks(words: VuWords, margin: Margin | null): (clock: StageClock) => ClientBooks {
  const begin = visitBooks(words);
  const ledger = {
    requests: Object.fromEntries(
      ENDPOINTS.map((endpoint) => [endpoint, taggedBooksOf(words, 'request', { endpoint })]),
    ) as Record<Endpoint, OperationBooks>,
    generatorLag: metric('generator_lag'),
    kept: margin === null ? undefined : keptCounter(margin),
  };
  return (clock) => new ClientBooks(begin(clock), ledger);
}

/** Where a VU counts its requests. */
interface Ledger {
  requests: Record<Endpoint, OperationBooks>;
  generatorLag: Add;
  kept: ((stage: string) => void) | undefined;
}

/** k6 can't compare two metrics, so each answer of the first stage weighs against those of the second. */
function keptCounter({ base, stress, keptShare }: Margin): (stage: string) => void {
  const add = metric('stress_margin');
  const tags = { stage: stress };
  return (stage) => {
    if (stage === base) add(-keptShare, tags);
    else if (stage === stress) add(1, tags);
  };
}

/** The books of a client who has come; `end` must be called once. Times are epoch milliseconds. */
export class ClientBooks {
  answered = 0;
  private readonly visit: VisitBooks;
  private readonly ledger: Ledger;
  private readonly startedAt = now();

  constructor(visit: VisitBooks, ledger: Ledger) {
    this.visit = visit;
    this.ledger = ledger;
  }

  /** A request begins at `at`. */
  sent(endpoint: Endpoint, at: number): void {
    this.visit.operationBegins(at);
    this.ledger.requests[endpoint].began(at);
  }

  /** One that began at `sentAt` was answered at `at`. */
  answeredIn(endpoint: Endpoint, sentAt: number, at: number): void {
    const { requests, generatorLag, kept } = this.ledger;
    this.answered++;
    requests[endpoint].good(sentAt, at);
    addSince(sentAt, generatorLag, Math.max(0, now() - at));
    kept?.(stageSince(sentAt));
  }

  /** It was not. */
  failed(endpoint: Endpoint, sentAt: number, at: number, failure: Failure): void {
    const { reason, detail } = failure;
    this.ledger.requests[endpoint].bad(sentAt, at, reason);
    this.visit.fail('request', reason, detail, sentAt);
  }

  /** The client's stage is over. */
  end(): void {
    this.visit.held(this.startedAt, now());
    this.visit.end(true);
  }
}
