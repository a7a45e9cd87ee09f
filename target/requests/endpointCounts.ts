/** Requests of one endpoint, counted. */
import type { ServerResponse } from 'node:http';
import { tally, type Counts } from '../counts.ts';

/**
 * The requests of one endpoint.
 *
 *     begun = answered + aborted + open
 */
export interface EndpointCounts {
  /** Requests that came. */
  begun: number;
  /** Answers, by HTTP status. */
  answered: Counts;
  /** Requests whose client went away before the answer. */
  aborted: number;
  /** Requests without an answer yet. */
  open: number;
  /** Most of them at a time. */
  peak: number;
}

/** Returns counts at zero. */
export function startEndpoint(): EndpointCounts {
  return { begun: 0, answered: {}, aborted: 0, open: 0, peak: 0 };
}

/** Counts the request that `response` belongs to, now and when it has ended. */
export function follow(counts: EndpointCounts, response: ServerResponse): void {
  counts.begun += 1;
  counts.open += 1;
  counts.peak = Math.max(counts.peak, counts.open);
  response.once('close', () => {
    counts.open -= 1;
    if (response.writableFinished) tally(counts.answered, response.statusCode);
    else counts.aborted += 1;
  });
}
