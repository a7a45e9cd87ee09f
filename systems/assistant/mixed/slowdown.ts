/** How much slower one kind of operation is while another is done, too: its p95 together, as a multiple of its p95 alone. */
import type { Add } from '../../../lib/vu/metrics.ts';

/** The p95 as k6 has it: between the values on both sides of its place. */
export function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = 0.95 * (sorted.length - 1);
  const [below = 0, above = below] = sorted.slice(Math.floor(place), Math.floor(place) + 2);
  return below + (above - below) * (place - Math.floor(place));
}

/** Where the comparison of a kind is told. */
export interface SlowdownAdds {
  slowdown: Add;
  compared: Add;
}

/** All latencies of one kind, which are all in one VU; when the last visit of the stage together ends, they are compared. */
export class Slowdown {
  private readonly adds: SlowdownAdds;
  private readonly leastMs: number;
  private readonly alone: number[] = [];
  private readonly together: number[] = [];
  private open = 0;

  constructor(adds: SlowdownAdds, leastMs: number) {
    this.adds = adds;
    this.leastMs = leastMs;
  }

  /** A visit begins; the returned function takes its latencies. */
  visit(isAlone: boolean): (milliseconds: number) => void {
    this.open++;
    const values = isAlone ? this.alone : this.together;
    return (milliseconds) => values.push(milliseconds);
  }

  /** A visit ends. */
  end(): void {
    this.open--;
    const { alone, together, leastMs } = this;
    if (this.open > 0 || alone.length === 0 || together.length === 0) return;
    this.adds.slowdown(Math.max(leastMs, p95(together)) / Math.max(leastMs, p95(alone)));
    this.adds.compared(together.length);
    together.length = 0;
  }
}
