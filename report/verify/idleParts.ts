/** A reference target is several back ends in one: those that a run has nothing to do with must have seen nothing. Pure. */
import { isRecord } from '../../lib/words/jsonFields.ts';
import type { Rules } from './invariants.ts';
import { targetParts, type Counts } from './targetParts.ts';

/**
 * Checks that every count is 0 of each part that is not in `used`; but an outage is one of the whole target. What stands
 * at the top of `/stats` is not only that part's, so it is not checked.
 */
export function idleRules(stats: Counts, used: readonly string[], rules: Rules): void {
  for (const [name, { outages, ...counts }] of targetParts(stats)) {
    if (name === '' || used.includes(name)) continue;
    const { count = 0, ...effects } = objectAt({ outages }, 'outages');
    const { count: whole = 0 } = objectAt(stats, 'outages');
    rules.equal(`what the back end counted for ${name}`, magnitude([counts, effects]), 'without any', 0);
    rules.equal(`outages of ${name}`, Number(count), 'of the back end', Number(whole));
  }
}

function objectAt(value: Counts, name: string): Counts {
  const inner = value[name];
  return isRecord(inner) ? inner : {};
}

/** The sum of all numbers in a value, without their signs. */
function magnitude(value: unknown): number {
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, each) => sum + magnitude(each), 0);
}
