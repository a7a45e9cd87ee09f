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

/** Ties the clock to the timestamp of an event that is being handled right now. */
export function calibrate(timestamp: number): void {
  instance ??= exec.instance;
  epoch = timestamp - instance.currentTestRunDuration;
}

/** Resolves after so many milliseconds; a wait of nothing is no wait. */
export function delay(milliseconds: number): Promise<void> {
  return milliseconds > 0 ? new Promise((resolve) => setTimeout(resolve, milliseconds)) : Promise.resolve();
}

/** A moment by which something must have happened. */
export interface Deadline {
  /** Calls back at `time` (epoch ms), unless moved or lifted before. */
  set(time: number): void;
  /** There is no deadline any more; the timer may still be pending. */
  lift(): void;
  /** Lifts the deadline and stops the timer, so that the iteration can end. */
  dispose(): void;
}

/**
 * A deadline that is moved often and met rarely: one timer, re-armed only when it goes off too early.
 * (Setting and clearing a timer per question costs more, and k6 2.2 may fire a later timer when an expired one
 * is cleared: https://github.com/grafana/k6/issues/6351.)
 */
export function deadline(missed: () => void): Deadline {
  let due = Infinity;
  let rings = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(time: number): void {
    due = time;
    if (timer !== undefined && rings <= due) return;
    stop();
    ring(due - now());
  }

  function ring(milliseconds: number): void {
    rings = due;
    timer = setTimeout(check, milliseconds);
  }

  function check(): void {
    timer = undefined;
    const left = due - now();
    if (left === Infinity) return;
    if (left > 0.5) return ring(left);
    lift();
    missed();
  }

  function lift(): void {
    due = Infinity;
  }

  function stop(): void {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
  }

  function dispose(): void {
    lift();
    stop();
  }

  return { set, lift, dispose };
}
