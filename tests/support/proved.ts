/** Runs whose evidence proves their verdict, and what tests ask of them. */
import assert from 'node:assert/strict';
import type { RunRecord } from '../../report/derive/evidence.ts';
import type { RunSummary } from '../../report/derive/summary.ts';
import type { Verdict } from '../../report/derive/verdict.ts';
import { RawFigures, Rules } from '../../report/verify/invariants.ts';
import { targetRules } from '../../report/verify/targetCounts.ts';
import { verifyEvidence } from '../../report/verify/verify.ts';
import type { Stats } from '../../target/stats.ts';
import type { K6Run, Summary } from './k6.ts';

type Proving = RunSummary & { verdict: Verdict };

/** The run's own rules hold, and those with the target's counts, where it is the reference target. */
export function assertProved(summary: Proving, stats?: Stats, timeline?: string): void {
  const { verdict } = summary;
  assert.deepEqual(verifyEvidence({ summary, verdict, ...(timeline === undefined ? {} : { timeline }) }), []);
  if (stats === undefined) return;
  const rules = new Rules();
  const run = { target: { stats } } as unknown as RunRecord;
  targetRules({ summary, verdict, run }, new RawFigures(summary), rules);
  assert.deepEqual(rules.broken, []);
}

/** The summary of a run that is proved, with the record of its dashboard where there is one. */
export function proved(ended: K6Run, stats?: Stats): Summary {
  const { summary, stdout, stderr } = ended;
  assert.ok(summary, stdout + stderr);
  assertProved(summary, stats, ended.file('timeline.ndjson'));
  assert.equal(summary.measures['script_errors'], 0);
  return summary;
}

/** k6 ends as the verdict says. */
export function assertResult(
  { exitCode, stdout, stderr }: K6Run,
  { verdict }: Summary,
  result: Verdict['result'],
): void {
  assert.deepEqual([exitCode, verdict.result], [result === 'PASS' ? 0 : 99, result], stdout + stderr);
}

/** `phase reason` → count. */
export function failureCounts({ failures }: Pick<RunSummary, 'failures'>): Record<string, number> {
  return Object.fromEntries(failures.map(({ phase, reason, count }) => [`${phase} ${reason}`, count]));
}

/** How many of an operation began, ended well, ended badly and are open. */
export function bookCounts({ operations }: Pick<RunSummary, 'operations'>, name: string) {
  const { began, good, bad, open } = operations[name] ?? {};
  return [began, good, bad, open];
}
