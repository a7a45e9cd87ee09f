/** How soon and how often what failed in some phases is tried again; off unless `RETRIES` is set. Pure. */
import { StepFailed, type Detail, type Phase, type Reason } from '../words/failures.ts';
import { seededRandom } from '../words/random.ts';
import { retriedPhases, type Vocabulary } from '../vocabulary/vocabulary.ts';

/** Runs what is done in a phase until it works or must not be tried again; then throws what its last attempt threw. */
export type Attempt = <T>(phase: Phase, action: () => Promise<T>) => Promise<T>;

export interface RetrySettings {
  /** Further attempts. */
  retries: number;
  retryBaseSeconds: number;
  retryCapSeconds: number;
  /** Retries that each first attempt of a VU earns it. */
  retryBudget: number;
  seed: number;
}

/** Where retries are counted; `retryWait` in milliseconds. */
export interface RetryMetrics {
  retries: Recorder;
  retriesSucceeded: Recorder;
  retriesSuppressed: Recorder;
  retryWait: Recorder;
}

/** Adds a sample. */
type Recorder = (value: number, tags?: Record<string, string>) => void;

/** The books of the visit that tries again. */
interface Books {
  fail(phase: Phase, reason: Reason, detail?: Detail): void;
  waited(milliseconds: number): void;
}

/** Makes the attempts of one visit. */
export type Retries = (
  books: Books,
  clock: { remaining(now: number): number },
  vu: number,
  iteration: number,
) => Attempt;

/** The attempt of visits that try nothing again. */
export const once: Attempt = (_phase, action) => action();

/**
 * Makes the retries of a VU; all its visits share one budget. Failed attempts that are followed by another are booked
 * here, the last one by the caller. `phases`: those in which something is tried again; an attempt in another one rejects
 * with a RangeError. `wait`: resolves after so many milliseconds. `also`: classes that pass in these phases, beside those
 * that pass everywhere.
 *
 * The wait before retry n (from 0) is uniform in [0, min(cap, base × 2ⁿ)), "full jitter" of
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, but at least what `Retry-After` says.
 * Suppressed: a retry for which the budget is empty, that the server wants later than the cap, or after the plan's end.
 */
export function createRetries(
  { retries, retryBaseSeconds, retryCapSeconds, retryBudget, seed }: RetrySettings,
  phases: readonly Phase[],
  metrics: RetryMetrics,
  wait: (milliseconds: number) => Promise<void>,
  also: readonly Reason[] = [],
): Retries {
  /** Failures of the moment; anything else would fail again. */
  const passing: ReadonlySet<Reason> = new Set<Reason>([
    ...(['refused', 'reset', 'dns', 'dial_timeout', 'unreachable', 'no_reply'] as const),
    ...(['request_timeout', 'connect_timeout', 'handshake_refused'] as const),
    ...(['http_408', 'http_429', 'http_502', 'http_503', 'http_504'] as const),
    ...also,
  ]);
  const capMs = retryCapSeconds * 1000;
  const most = 10;
  let inHand = most;

  return (books, clock, vu, iteration) => async (phase, action) => {
    const number = phases.indexOf(phase);
    if (number < 0) throw new RangeError(`The vocabulary does not say that "${phase}" is tried again.`);
    inHand = Math.min(most, inHand + retryBudget);
    for (let retry = 0; ; retry++) {
      try {
        const result = await action();
        if (retry > 0) metrics.retriesSucceeded(1, { phase });
        return result;
      } catch (error) {
        if (!(error instanceof StepFailed) || retry === retries || !passing.has(error.reason)) throw error;
        const place = [vu, iteration, number, retry];
        const pause = Math.max(jitter(place, retry), retryAfter(error.headers));
        if (pause > capMs || pause >= clock.remaining(Date.now()) || !spend()) {
          metrics.retriesSuppressed(1, { phase });
          throw error;
        }
        books.fail(phase, error.reason, error.detail);
        await wait(pause);
        books.waited(pause);
        metrics.retries(1, { phase });
        metrics.retryWait(pause, { phase });
      }
    }
  };

  function jitter(place: readonly number[], retry: number): number {
    return seededRandom(seed, ...place)() * Math.min(capMs, retryBaseSeconds * 1000 * 2 ** retry);
  }

  /** Ten tenths must be one. */
  function spend(): boolean {
    if (inHand < 1 - 1e-9) return false;
    inHand -= 1;
    return true;
  }

  /** Milliseconds that the server asks to wait; a date counts from the server's own, where it tells it. RFC 9110, 10.2.3. */
  function retryAfter(headers: StepFailed['headers']): number {
    const text = headers?.['Retry-After'] ?? '';
    if (/^\d+$/.test(text)) return Number(text) * 1000;
    const from = Date.parse(headers?.['Date'] ?? '');
    const until = Date.parse(text);
    return Number.isNaN(until) ? 0 : until - (Number.isNaN(from) ? Date.now() : from);
  }
}

/** Seconds that the retries of a visit take at most. */
export function longestRetries(
  settings: RetrySettings & { httpTimeoutSeconds?: number; connectTimeoutSeconds?: number },
  vocabulary: Pick<Vocabulary, 'phases'>,
): number {
  const { retries, retryCapSeconds, httpTimeoutSeconds = 0, connectTimeoutSeconds = 0 } = settings;
  const each = retriedPhases(vocabulary).map(([, { families }]) =>
    families.includes('handshake') ? connectTimeoutSeconds : httpTimeoutSeconds,
  );
  return each.reduce((sum, seconds) => sum + retries * (retryCapSeconds + seconds), 0);
}
