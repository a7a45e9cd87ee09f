/** One answer as its chunks come in. Pure. */
import type { Reason } from '../../lib/words/failures.ts';

/** What an answer came to so far. */
export interface AnswerResult {
  /** Chunks counted once each. */
  chunks: number;
  /** Chunks that came again. */
  duplicates: number;
  /** When the first chunk arrived; meaningless before. */
  firstAt: number;
  /** What would be wrong with it if it ended now; `undefined`: nothing. */
  fault: Reason | undefined;
}

/** Collects the chunks of one answer after the other. */
export interface Answer {
  /** Forgets the last answer. */
  begin: () => void;
  /** Takes a chunk that arrived at `at`; `seq` null: the back end does not number its chunks. */
  add: (seq: number | null, text: string, at: number) => void;
  result: () => AnswerResult;
}

/** Made once per conversation, of captured variables, because `add` runs for every chunk. */
export function createAnswer(): Answer {
  let chunks = 0;
  let duplicates = 0;
  let firstAt = 0;
  let hasText = false;
  /** Chunks that carry a number: some back ends leave it out of the last one. */
  let numbered = 0;
  let lowest = 0;
  /** One more than the highest number so far. */
  let next = NaN;
  /** Numbers normally rise one by one; only when they do not is a set worth its cost. */
  let disordered: Set<number> | undefined;

  function begin(): void {
    chunks = duplicates = numbered = 0;
    hasText = false;
    next = NaN;
    disordered = undefined;
  }

  function add(seq: number | null, text: string, at: number): void {
    if (seq !== null) {
      if (seq === next && disordered === undefined) next = seq + 1;
      else if (isAgain(seq)) {
        duplicates++;
        return;
      }
      numbered++;
    }
    if (chunks === 0) firstAt = at;
    chunks++;
    if (text !== '') hasText = true;
  }

  function isAgain(seq: number): boolean {
    if (numbered === 0) {
      lowest = seq;
      next = seq + 1;
      return false;
    }
    disordered ??= new Set(Array.from({ length: next - lowest }, (_, index) => lowest + index));
    if (disordered.has(seq)) return true;
    disordered.add(seq);
    lowest = Math.min(lowest, seq);
    next = Math.max(next, seq + 1);
    return false;
  }

  function fault(): Reason | undefined {
    if (numbered > 0 && next - lowest !== numbered) return 'missing_chunk';
    return hasText ? undefined : 'empty_answer';
  }

  return { begin, add, result: () => ({ chunks, duplicates, firstAt, fault: fault() }) };
}
