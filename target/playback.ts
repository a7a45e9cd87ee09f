import type { Step } from './answer.ts';

/** Performs the steps of one answer in time, with one timer at most. */
export class Playback {
  private readonly steps: Step[];
  private readonly gapMs: number;
  private readonly perform: (step: Step) => void;
  private readonly done: () => void;
  private next = 0;
  private timer: NodeJS.Timeout | undefined;

  /** `perform` is called for each step, `done` after the last. Sends are `gapMs` apart; what ends a socket is not. */
  constructor(steps: Step[], gapMs: number, perform: (step: Step) => void, done: () => void) {
    this.steps = steps;
    this.gapMs = gapMs;
    this.perform = perform;
    this.done = done;
  }

  /** Performs the first step in `delayMs`. */
  start(delayMs: number): void {
    this.timer = setTimeout(this.tick, delayMs);
  }

  /** Drops the steps that are left; `done` is not called. */
  stop(): void {
    clearTimeout(this.timer);
    this.next = Infinity;
  }

  private readonly tick = (): void => {
    const step = this.steps[this.next++];
    if (step !== undefined) this.perform(step);
    const following = this.steps[this.next];
    if (following !== undefined) this.start(following.do.startsWith('send') ? this.gapMs : 0);
    else if (this.next <= this.steps.length) this.done();
  };
}
