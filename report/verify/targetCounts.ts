/** The reference target counts for itself: what it saw must be what k6 did, by the system's own words. Pure. */
import { isRecord, valueAt } from '../../lib/words/jsonFields.ts';
import { openCounts, type AtTarget } from '../../lib/vocabulary/vocabulary.ts';
import type { Evidence } from '../derive/evidence.ts';
import { idleRules } from './idleParts.ts';
import type { RawFigures, Rules } from './invariants.ts';
import { targetParts, type Counts } from './targetParts.ts';

/**
 * Compares the counts. In a run in which nothing failed, was tried again or was cut they are equal; else both sides may
 * differ by as many, for one of them may have seen what never reached the other.
 */
export function targetRules({ summary, run }: Evidence, figures: RawFigures, rules: Rules): void {
  const stats = run?.target.stats;
  if (!isRecord(stats)) return;
  const { vocabulary, plan, durationMs } = summary;
  const names = ['failures', 'retries', 'probe_failed_start', ...openCounts(vocabulary)];
  const slack = names.reduce((sum, name) => sum + figures.count(name), 0);
  for (const rule of vocabulary.atTarget) compare(rule, stats, figures, rules, slack);
  for (const { left, is, right } of vocabulary.targetRules) {
    const [one, other] = [sumAt(stats, left), sumAt(stats, right)];
    const [what, than] = [`${left.join(' + ')} at the back end`, right.join(' + ')];
    if (is === '=') rules.equal(what, one, than, other);
    else rules.atMost(what, one, than, other);
  }
  sizeRules(stats, '', rules);
  for (const [name, counts] of targetParts(stats))
    partRules(name === '' ? '' : `${name}.`, counts, plan.outage !== undefined, rules);
  const parts = vocabulary.atTarget.flatMap(({ theirs }) =>
    [theirs].flat().map((path) => path.split('.')[0] ?? ''),
  );
  idleRules(stats, parts, rules);
  rules.atMost('length of the run', Math.floor(durationMs / 1000), 'up-time', at(stats, 'uptimeSeconds'));
}

function compare(
  { what, theirs, less = [], ours, is = '=', only }: AtTarget,
  stats: unknown,
  figures: RawFigures,
  rules: Rules,
  slack: number,
): void {
  if (only === 'clean' && slack > 0) return;
  const all = [theirs].flat().reduce((sum, path) => sum + at(stats, path), 0);
  const seen = all - sumAt(stats, less);
  const own = ours === undefined ? 0 : figures.count(ours);
  const name = ours ?? 'what failed';
  if (is === '=') rules.near(`${what} at the back end`, seen, name, own, slack);
  else if (is === '<=') rules.atMost(`${what} at the back end`, seen, name, own + slack);
  else rules.atMost(name, own, `${what} at the back end`, seen + slack);
}

/** Nothing is counted below 0, at whatever depth. */
function sizeRules(counts: Counts, prefix: string, rules: Rules): void {
  for (const [name, value] of Object.entries(counts)) {
    const path = prefix + name;
    if (typeof value === 'number') rules.holds(value >= 0, `${path} at the back end is ${value}`);
    else if (isRecord(value)) sizeRules(value, `${path}.`, rules);
  }
}

/** What holds of every part, whether the run had to do with it or not; `prefix` of its counts. */
function partRules(prefix: string, counts: Counts, isPlanned: boolean, rules: Rules): void {
  const [upgrades, peak] = [at(counts, 'upgrades') || 0, at(counts, 'peak') || 0];
  rules.holds(upgrades === 0 || peak > 0, `${prefix}upgrades is ${upgrades}, but ${prefix}peak ${peak}`);
  const count = at(counts, 'outages.count') || 0;
  if (!isPlanned) rules.equal(`${prefix}outages.count`, count, 'planned', 0);
  if (count === 0) rules.equal(`${prefix}outages.*`, at(counts, 'outages.*'), 'without one', 0);
}

function sumAt(stats: unknown, paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + (at(stats, path) || 0), 0);
}

/** The count at a path of `/stats`, or with `.*` the sum of those below it; NaN where there is none. */
function at(stats: unknown, path: string): number {
  if (!path.endsWith('.*')) {
    const value = valueAt(stats, path);
    return typeof value === 'number' ? value : NaN;
  }
  const below = valueAt(stats, path.slice(0, -2));
  const counts = isRecord(below) ? Object.values(below) : [];
  return counts.reduce((sum: number, count) => sum + (typeof count === 'number' ? count : NaN), 0);
}
