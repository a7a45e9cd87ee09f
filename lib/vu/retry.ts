/**
 * Which failed operations of a session are tried again, how soon and how often; off unless `RETRIES` is set. Pure.
 * Questions are no operations: asked again, a question would be two.
 */
import { StepFailed, type Detail, type Reason } from '../words/failures.ts';
import { seededRandom } from '../words/random.ts';

/** What of a session can be tried again; the phases in which it fails. */
export type Operation = 'token' | 'session' | 'connect' | 'cleanup';

/** Runs an operation until it works or must not be tried again; then throws what its last attempt threw. */
export type Attempt = <T>(operation: Operation, action: () => Promise<T>) => Promise<T>;

export interface RetrySettings {
  /** Further attempts of an operation. */
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

/** The books of the session whose operations are tried again. */
interface Books {
  fail(phase: Operation, reason: Reason, detail?: Detail): void;
  waited(milliseconds: number): void;
}

/** Makes the attempts of one session. */
export type Retries = (
  books: Books,
  clock: { remaining(now: number): number },
  vu: number,
  iteration: number,
) => Attempt;

/** The attempt of sessions that try nothing again. */
export const once: Attempt = (_operation, action) => action();

/**
 * Makes the retries of a VU; all its sessions share one budget. Failed attempts that are followed by another are booked
 * here, the last one by the caller. `wait`: resolves after so many milliseconds.
 *
 * The wait before retry n (from 0) is uniform in [0, min(cap, base × 2ⁿ)), "full jitter" of
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, but at least what `Retry-After` says.
 * Suppressed: a retry for which the budget is empty, that the server wants later than the cap, or after the plan's end.
 */
export function createRetries(
  { retries, retryBaseSeconds, retryCapSeconds, retryBudget, seed }: RetrySettings,
  metrics: RetryMetrics,
  wait: (milliseconds: number) => Promise<void>,
): Retries {
  /** Failures of the moment; anything else would fail again. */
  const passing: ReadonlySet<Reason> = new Set<Reason>([
    ...(['refused', 'reset', 'dns', 'dial_timeout', 'unreachable', 'no_reply'] as const),
    ...(['request_timeout', 'connect_timeout', 'handshake_refused'] as const),
    ...(['http_408', 'http_429', 'http_502', 'http_503', 'http_504'] as const),
  ]);
  const operations: readonly Operation[] = ['token', 'session', 'connect', 'cleanup'];
  const capMs = retryCapSeconds * 1000;
  const most = 10;
  let inHand = most;

  return (books, clock, vu, iteration) => async (operation, action) => {
    inHand = Math.min(most, inHand + retryBudget);
    for (let retry = 0; ; retry++) {
      try {
        const result = await action();
        if (retry > 0) metrics.retriesSucceeded(1, { phase: operation });
        return result;
      } catch (error) {
        if (!(error instanceof StepFailed) || retry === retries || !passing.has(error.reason)) throw error;
        const place = [vu, iteration, operations.indexOf(operation), retry];
        const pause = Math.max(jitter(place, retry), retryAfter(error.headers));
        if (pause > capMs || pause >= clock.remaining(Date.now()) || !spend()) {
          metrics.retriesSuppressed(1, { phase: operation });
          throw error;
        }
        books.fail(operation, error.reason, error.detail);
        await wait(pause);
        books.waited(pause);
        metrics.retries(1, { phase: operation });
        metrics.retryWait(pause, { phase: operation });
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

/** Seconds that the retries of a session take at most. */
export function longestRetries(
  settings: RetrySettings & { httpTimeoutSeconds: number; connectTimeoutSeconds: number },
): number {
  const { retries, retryCapSeconds, httpTimeoutSeconds, connectTimeoutSeconds } = settings;
  return retries * (4 * retryCapSeconds + 3 * httpTimeoutSeconds + connectTimeoutSeconds);
}
