/** The slowest chunks of a file. Pure. */
import { MOST_RANKS } from '../../../lib/measures/uploads.ts';

/** A chunk and how long it took, in milliseconds. */
export interface Timed {
  index: number;
  milliseconds: number;
}

/** Remembers the slowest few, however many there are. */
export class Slowest {
  private readonly chunks: Timed[] = [];

  add(index: number, milliseconds: number): void {
    const { chunks } = this;
    const last = chunks[MOST_RANKS - 1];
    if (last !== undefined && milliseconds <= last.milliseconds) return;
    chunks.push({ index, milliseconds });
    chunks.sort((a, b) => b.milliseconds - a.milliseconds);
    chunks.length = Math.min(chunks.length, MOST_RANKS);
  }

  /** The slowest first. */
  ranked(): readonly Timed[] {
    return this.chunks;
  }
}
