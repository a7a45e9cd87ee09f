/** Time inside a VU with sub-millisecond resolution, on the same clock as k6's `event.timestamp`. */
import exec from 'k6/execution';

let instance: typeof exec.instance | undefined;
let epoch = 0;

/**
 * Epoch milliseconds. k6 has no `performance.now()` and `Date.now()` is whole milliseconds;
 * `currentTestRunDuration` is fine enough, and `calibrate` ties it to the epoch.
 */
export function now(): number {
  instance ??= exec.instance;
  if (epoch === 0) epoch = Date.now() - instance.currentTestRunDuration;
  return epoch + instance.currentTestRunDuration;
}

/**
 * Ties the clock to the epoch again. Neither the timestamp of an event that is being handled nor `Date.now()` is ahead
 * of the time, so the later of them is nearer to it: a busy VU handles events long after they came.
 */
export function calibrate(timestamp: number): void {
  instance ??= exec.instance;
  epoch = Math.max(timestamp, Date.now()) - instance.currentTestRunDuration;
}

/** Milliseconds since the timestamp of an event, at least 0: one from the future shows how far the clock is behind. */
export function since(timestamp: number): number {
  const milliseconds = now() - timestamp;
  if (milliseconds >= 0) return milliseconds;
  epoch -= milliseconds;
  return 0;
}

/** Resolves after so many milliseconds; a wait of nothing is no wait. */
export function delay(milliseconds: number): Promise<void> {
  return milliseconds > 0 ? new Promise((resolve) => setTimeout(resolve, milliseconds)) : Promise.resolve();
}

/** Resolves when that time is over for certain, though a timer may ring early and the clock be set back a little. */
export async function passed(time: number): Promise<void> {
  while (now() <= time) await delay(time - now() + 1);
}

/**
 * A moment by which something must have happened: moved often and met rarely, so it has one timer, re-armed only when it
 * goes off too early. (Setting and clearing a timer per question costs more, and k6 2.2 may fire a later timer when an
 * expired one is cleared: https://github.com/grafana/k6/issues/6351.)
 */
export class Deadline {
  private readonly missed: () => void;
  private readonly ringing: () => void;
  private due = Infinity;
  private rings = Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `missed` is called when a deadline was neither moved nor lifted. */
  constructor(missed: () => void) {
    this.missed = missed;
    this.ringing = () => this.check();
  }

  /** Calls back at `time` (epoch ms). */
  set(time: number): void {
    this.due = time;
    if (this.timer !== undefined && this.rings <= time) return;
    this.stop();
    this.ring(time - now());
  }

  /** There is no deadline any more; the timer may still be pending. */
  lift(): void {
    this.due = Infinity;
  }

  /** Lifts the deadline and stops the timer, so that the iteration can end. */
  dispose(): void {
    this.lift();
    this.stop();
  }

  private ring(milliseconds: number): void {
    this.rings = this.due;
    this.timer = setTimeout(this.ringing, milliseconds);
  }

  private check(): void {
    this.timer = undefined;
    const left = this.due - now();
    if (left === Infinity) return;
    if (left > 0.5) return this.ring(left);
    this.lift();
    this.missed();
  }

  private stop(): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** A wait that may end before its time. One at a time. */
export class Pause {
  private readonly deadline = new Deadline(() => this.end());
  private ended: (() => void) | undefined;

  /** Resolves at `time` (epoch ms), or when `end` is called. */
  until(time: number): Promise<void> {
    if (time <= now()) return Promise.resolve();
    return new Promise((resolve) => {
      this.ended = resolve;
      this.deadline.set(time);
    });
  }

  /** Ends it, and lets go of its timer. */
  end(): void {
    const { ended } = this;
    this.ended = undefined;
    this.deadline.dispose();
    ended?.();
  }
}
