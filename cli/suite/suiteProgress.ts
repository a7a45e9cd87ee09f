/** How far a suite is: which test of how many, how long it has taken, how long it will take yet. Pure. */
import { clockText } from '../../report/text/words.ts';
import type { PlannedTest } from './planSuite.ts';

type Timed = Pick<PlannedTest, 'lengthMs' | 'atMost' | 'coolDownMs'>;

/** A length of time that may be the longest possible one. */
export interface Left {
  ms: number;
  atMost: boolean;
}

/** What is left from the start of test `index`, with the rests between tests; `passedMs` of it is over. */
export function timeLeft(tests: readonly Timed[], index: number, passedMs = 0): Left {
  const now = tests[index];
  const later = tests.slice(index + 1);
  const rests = tests.slice(index, -1).reduce((sum, { coolDownMs }) => sum + coolDownMs, 0);
  const lengths = later.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const ofNow = Math.max(0, (now?.lengthMs ?? 0) - passedMs);
  return {
    ms: ofNow + rests + lengths,
    atMost: now?.atMost === true || later.some(({ atMost }) => atMost),
  };
}

/** `about 12:40`, or `at most 41:00`. */
export function leftText({ ms, atMost }: Left): string {
  return `${atMost ? 'at most' : 'about'} ${clockText(Math.ceil(ms / 1000))}`;
}

/** `test 2 of 4, notifications | 3:12 | about 12:40 left`. */
export function progressText(
  place: { index: number; of: number; name: string },
  elapsedMs: number,
  left: Left,
): string {
  const { index, of, name } = place;
  return `test ${index + 1} of ${of}, ${name} | ${clockText(elapsedMs / 1000)} | ${leftText(left)} left`;
}
