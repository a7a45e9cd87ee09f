/** A reference target is several back ends in one: those that a run has nothing to do with must have seen nothing. Pure. */
import type { Rules } from './invariants.ts';

/** The keys of a target's `/stats` that hold the counts of a back end of its own. */
const PARTS = ['agents'];

/** Checks that every count is 0 of each part that is not in `used`. */
export function idleRules(stats: object, used: readonly string[], rules: Rules): void {
  for (const [name, part] of Object.entries(stats))
    if (PARTS.includes(name) && !used.includes(name))
      rules.equal(`what the back end counted for ${name}`, magnitude(part), 'without any', 0);
}

/** The sum of all numbers in a value, without their signs. */
function magnitude(value: unknown): number {
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, each) => sum + magnitude(each), 0);
}
