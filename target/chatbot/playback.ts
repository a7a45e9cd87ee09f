/** The steps of an answer, performed in time. */
import type { Step } from './answer.ts';

/** Performs the steps of one answer in time, with one timer at most. */
export class Playback {
  private readonly steps: Step[];
  private readonly gapMs: number;
  private readonly prepare: (step: Step) => () => void;
  private readonly done: () => void;
  private next = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * `prepare` is called for each step ahead of its time, what it returns when the time has come; so sealing a chunk
   * takes none of it. `done` is called after the last step. Sends are `gapMs` apart; what ends a socket is not.
   */
  constructor(steps: Step[], gapMs: number, prepare: (step: Step) => () => void, done: () => void) {
    this.steps = steps;
    this.gapMs = gapMs;
    this.prepare = prepare;
    this.done = done;
  }

  /** Performs the first step in `delayMs`. */
  start(delayMs: number): void {
    const step = this.steps[this.next++];
    if (step === undefined) return this.done();
    const due = performance.now() + delayMs;
    const perform = this.prepare(step);
    this.timer = setTimeout(() => {
      perform();
      this.goOn();
    }, due - performance.now());
  }

  /** Drops the steps that are left; `done` is not called. */
  stop(): void {
    clearTimeout(this.timer);
    this.next = Infinity;
  }

  private goOn(): void {
    if (this.next > this.steps.length) return;
    const following = this.steps[this.next];
    this.start(following?.do.startsWith('send') === true ? this.gapMs : 0);
  }
}
