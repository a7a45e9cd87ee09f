/** One answer as its chunks come in. Pure. */
import type { Reason } from './failures.ts';

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
  begin(): void;
  /** Takes a chunk that arrived at `at`; `seq` null: the back end does not number its chunks. */
  add(seq: number | null, text: string, at: number): void;
  result(): AnswerResult;
}

/** Made once per conversation, of captured variables, because `add` runs for every chunk. */
export function createAnswer(): Answer {
  let chunks = 0;
  /** Chunks that carry a number: some back ends leave it out of the last one. */
  let numbered = 0;
  let duplicates = 0;
  let firstAt = 0;
  let hasText = false;
  let lowest = Infinity;
  let highest = -Infinity;
  /** Numbers normally rise one by one; only when they do not is a set worth its cost. */
  let disordered: Set<number> | undefined;

  function begin(): void {
    chunks = numbered = duplicates = 0;
    hasText = false;
    lowest = Infinity;
    highest = -Infinity;
    disordered = undefined;
  }

  function add(seq: number | null, text: string, at: number): void {
    if (seq !== null && seen(seq)) {
      duplicates++;
      return;
    }
    if (chunks === 0) firstAt = at;
    chunks++;
    if (text !== '') hasText = true;
  }

  function seen(seq: number): boolean {
    if (disordered === undefined) {
      if (numbered === 0) lowest = seq;
      if (numbered === 0 || seq === highest + 1) {
        highest = seq;
        numbered++;
        return false;
      }
      disordered = new Set(Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index));
    }
    if (disordered.has(seq)) return true;
    disordered.add(seq);
    numbered++;
    lowest = Math.min(lowest, seq);
    highest = Math.max(highest, seq);
    return false;
  }

  function fault(): Reason | undefined {
    if (highest >= lowest && highest - lowest + 1 !== numbered) return 'missing_chunk';
    return hasText ? undefined : 'empty_answer';
  }

  return { begin, add, result: () => ({ chunks, duplicates, firstAt, fault: fault() }) };
}
