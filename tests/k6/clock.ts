// Reads lib/k6/clock.ts beside Date.now() after events that were handled late, and writes what it saw to clock.json.
import { calibrate, now, since } from '../../lib/k6/clock.ts';
import type { ClockReading } from '../support/clockReading.ts';

export const options = { vus: 1, iterations: 1 };

/** k6 hands what setup returns to handleSummary. */
export function setup(): ClockReading[] {
  return [0, 0.5, 60, 5_000].map((handledAfterMs) => {
    calibrate(Date.now() - handledAfterMs);
    return { handledAfterMs, ...reading() };
  });
}

function reading(): Omit<ClockReading, 'handledAfterMs'> {
  const before = Date.now();
  const clock = now();
  const after = Date.now();
  const fromTheFuture = now() + 60_000;
  const late = since(fromTheFuture);
  return { before, clock, after, late, fromTheFuture, corrected: now() };
}

export default function (): void {
  // All work is done in setup.
}

export function handleSummary({ setup_data: readings }: { setup_data: ClockReading[] }): object {
  return { 'clock.json': JSON.stringify(readings) };
}
