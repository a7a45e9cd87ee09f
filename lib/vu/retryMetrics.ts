/** Where a VU counts what is tried again; tag `phase`. */
import { metric } from './metrics.ts';
import type { RetryMetrics } from './retry.ts';

/** Those of a script with retries. */
export function retryMetrics(): RetryMetrics {
  return {
    retries: metric('retries'),
    retriesSucceeded: metric('retries_succeeded'),
    retriesSuppressed: metric('retries_suppressed'),
    retryWait: metric('retry_wait'),
  };
}
