/** One answer as its chunks come in. Pure. */
import type { Reason } from './failures.ts';

/** Collects the chunks of one answer and says what it came to. */
export class Answer {
  /** Chunks counted once each. */
  chunks = 0;
  /** Chunks that came again. */
  duplicates = 0;
  /** When the first chunk arrived; `undefined` before. */
  firstAt: number | undefined;
  private hasText = false;
  private lowest = Infinity;
  private highest = -Infinity;
  private disordered: Set<number> | undefined;

  /** Takes a chunk that arrived at `at`; `seq` null: the back end does not number its chunks. */
  add(seq: number | null, text: string, at: number): void {
    this.firstAt ??= at;
    if (seq !== null && this.seen(seq)) {
      this.duplicates++;
      return;
    }
    this.chunks++;
    if (text !== '') this.hasText = true;
  }

  /** What is wrong with the answer as completed; `undefined`: nothing. */
  fault(): Reason | undefined {
    if (this.highest >= this.lowest && this.highest - this.lowest + 1 !== this.chunks) return 'missing_chunk';
    if (!this.hasText) return 'empty_answer';
    return undefined;
  }

  /** Numbers normally rise one by one; only when they do not is a set worth its cost. */
  private seen(seq: number): boolean {
    if (seq === this.highest + 1 || this.highest === -Infinity) {
      this.lowest = Math.min(this.lowest, seq);
      this.highest = seq;
      this.disordered?.add(seq);
      return false;
    }
    this.disordered ??= new Set(range(this.lowest, this.highest));
    if (this.disordered.has(seq)) return true;
    this.disordered.add(seq);
    this.lowest = Math.min(this.lowest, seq);
    this.highest = Math.max(this.highest, seq);
    return false;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
