/** How late the event loop is. */
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

const RESOLUTION_MS = 1;
const NANOSECONDS = 1e6;

/** Measures from the first look on, so that a target that nobody looks at does not pay for it. */
export class LoopDelay {
  private histogram: IntervalHistogram | undefined;

  /**
   * Resolves to the worst delay since the last look, in milliseconds with three decimals; 0 before anything was
   * measured. The delay begins anew with the next tick, so what begins within a millisecond of a look may be missed.
   */
  async look(): Promise<number> {
    // A loop that was blocked takes the request before its timers; the second turn comes after them.
    await turn();
    await turn();
    if (this.histogram === undefined) return this.begin();
    const worst = this.histogram.count === 0 ? 0 : this.histogram.max / NANOSECONDS - RESOLUTION_MS;
    this.histogram.reset();
    return Math.max(0, Number(worst.toFixed(3)));
  }

  /** Measures no more. */
  stop(): void {
    this.histogram?.disable();
  }

  private begin(): number {
    this.histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.histogram.enable();
    return 0;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
