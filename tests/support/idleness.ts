/** Is the machine idle enough for milliseconds to mean something? */
import type { TestContext } from 'node:test';

const EVERY_MS = 5;
/** On an idle machine 99 % of the timers are about 1 ms late or less; with all cores taken it is 3 ms or more. */
const MOST_LATE_MS = 2;

/**
 * Watches how late timers of this process are until the test ends; returns what tells, in words, that the machine was
 * busy meanwhile, or undefined. A pause counts as all the timers that were due in it, as HdrHistogram's expected
 * interval corrects coordinated omission.
 */
export function watchIdleness(t: TestContext): () => string | undefined {
  const lateness: number[] = [];
  let due = performance.now() + EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    lateness.push(now - due);
    for (let missed = due + EVERY_MS; missed < now; missed += EVERY_MS) lateness.push(now - missed);
    due = now + EVERY_MS;
  }, EVERY_MS);
  t.after(() => clearInterval(timer));
  return () => {
    const late = lateness.sort((a, b) => a - b)[Math.floor(0.99 * lateness.length)] ?? Infinity;
    if (late <= MOST_LATE_MS) return undefined;
    return `the machine is busy: the slowest hundredth of its timers is ${late.toFixed(1)} ms late or more`;
  };
}
