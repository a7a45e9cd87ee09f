/** What an observer beside the visits asks the target, booked: whether the answer told what was wanted. */
import type { TimedReply } from '../k6/timedRequest.ts';
import type { Phase } from '../words/failures.ts';
import { showFirst } from './examples.ts';
import type { OperationBooks } from './operationBooks.ts';
import { addSince } from './stageTag.ts';
import type { Add } from './metrics.ts';

/** What is asked, and where the answer goes. */
export interface Observation {
  books: OperationBooks;
  /** Takes what was told. */
  add: Add;
  /** Stands for it in the log. */
  phase: Phase;
  /** The sentence for an answer that does not tell it. */
  untold: string;
}

/** Books a reply to what was asked at `at` (epoch ms); `value`: what the answer told, if anything. */
export function observed(
  { books, add, phase, untold }: Observation,
  at: number,
  reply: TimedReply,
  value: number | undefined,
): void {
  if (value !== undefined) {
    books.good(at, reply.at);
    addSince(at, add, value);
    return;
  }
  const [reason, detail] =
    reply.is === 'failure' ? [reply.reason, reply.detail] : (['bad_body', untold] as const);
  books.bad(at, reply.at, reason);
  showFirst(phase, reason, detail);
}
