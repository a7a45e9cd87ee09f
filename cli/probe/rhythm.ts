/** How often something came. Pure. */
import { duration } from '../../report/text/words.ts';

/** `3 times, about every 5.00 s`, of moments in milliseconds; empty when there were none. */
export function rhythmOf(moments: readonly number[]): string {
  if (moments.length === 0) return '';
  if (moments.length === 1) return 'once';
  const gaps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
  gaps.sort((one, other) => one - other);
  const median = gaps[Math.floor(gaps.length / 2)] ?? 0;
  return `${moments.length} times, about every ${duration(median)}`;
}
