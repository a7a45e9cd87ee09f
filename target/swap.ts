/** Things of one socket that change places. */
import type { Due, DueItem } from './due.ts';

/** How long one waits for the next, which it follows. */
const WAIT_MS = 2000;

/** Holds one thing back until the next one of its socket has overtaken it. */
export class Swap {
  private readonly due: Due;
  private waiting: DueItem | undefined;

  /** What waits is among what is due. */
  constructor(due: Due) {
    this.due = due;
  }

  /** True while something waits. */
  isOn(): boolean {
    return this.waiting !== undefined;
  }

  /** Lets `perform` wait for `follow`, two seconds at most. */
  hold(perform: () => void): void {
    this.waiting = this.due.add(WAIT_MS, true, () => {
      this.waiting = undefined;
      perform();
    });
  }

  /** Does what waits now. */
  follow(): void {
    this.waiting?.now();
  }

  /** Forgets what waits; to be called when what is due is dropped. */
  forget(): void {
    this.waiting = undefined;
  }
}
