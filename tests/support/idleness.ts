/** Is the machine idle enough for milliseconds to mean something? */

const EVERY_MS = 5;
/** On an idle machine 99 % of the timers are about 1 ms late or less; with all cores taken it is 3 ms or more. */
const MOST_LATE_MS = 2;

/**
 * Watches how late timers of this process are. The function that it returns ends that, and tells in words that the
 * machine was busy meanwhile, if so. A pause counts as all the timers that were due in it, as HdrHistogram's expected
 * interval corrects coordinated omission.
 */
export function watchIdleness(): () => string | undefined {
  const lateness: number[] = [];
  let due = performance.now() + EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    for (let planned = due; planned < now; planned += EVERY_MS) lateness.push(now - planned);
    due = now + EVERY_MS;
  }, EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    const late = lateness.sort((a, b) => a - b)[Math.floor(0.99 * lateness.length)] ?? 0;
    if (late <= MOST_LATE_MS) return undefined;
    return `the machine was busy: the slowest hundredth of its timers was ${late.toFixed(1)} ms late or more`;
  };
}
