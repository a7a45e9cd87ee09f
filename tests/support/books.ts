/** Compares what k6 counted with what the target counted. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Stats } from '../../target/stats.ts';
import type { Verdict } from '../../report/derive/verdict.ts';
import { verifyEvidence } from '../../report/verify/verify.ts';
import type { K6Run, Summary } from './k6.ts';

/** `phase:reason` or `phase:reason:status` → how often. */
export type FailureCounts = Record<string, number>;

/** The summary of a run; fails the test with k6's output when there is none. */
export function summaryOf(run: K6Run): Summary {
  assert.ok(run.summary, `k6 wrote no summary (exit code ${run.exitCode}).\n${run.stdout}\n${run.stderr}`);
  return run.summary;
}

/**
 * Whether a run passed, with exit code 0; else the test fails. Only a drift between stages, and sessions that k6 did not
 * hold, are excused when the machine was busy: the test is skipped then, aloud.
 */
export function hasPassed(t: TestContext, run: K6Run): boolean {
  const { verdict } = summaryOf(run);
  if (run.busy !== undefined && comesOfPauses(verdict)) {
    t.skip(`${verdict.sentence}, and ${run.busy}`);
    return false;
  }
  assert.deepEqual([run.exitCode, verdict.result], [0, 'PASS'], run.stdout);
  return true;
}

function comesOfPauses({ result, reasons, breaks }: Verdict): boolean {
  if (result === 'INVALID')
    return reasons.every((reason) => /the load generator (held only|was too slow)/.test(reason));
  return (
    result === 'FAIL' && breaks?.limits.every(({ metric }) => metric === 'answer_latency_drift') === true
  );
}

/** The failures of a run by class. */
export function failureCounts({ failures }: Summary): FailureCounts {
  return Object.fromEntries(
    failures.map(({ phase, reason, status, count }) => [
      [phase, reason, ...(status === undefined ? [] : [status])].join(':'),
      count,
    ]),
  );
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

function fired(stats: Stats, prefix: string): number {
  return sum(Object.fromEntries(Object.entries(stats.faults).filter(([name]) => name.startsWith(prefix))));
}

/** Every count that both sides know is equal, and no failed question left a latency. */
export function assertSameCounts(summary: Summary, stats: Stats): void {
  const { sessions, sockets, questions } = summary;
  const client = {
    sessions: sessions.started,
    upgrades: sockets.attempted,
    opened: sockets.opened,
    questions: questions.sent,
    answered: questions.answered,
  };
  assert.deepEqual(client, {
    sessions: stats.tokens + fired(stats, 'token-'),
    upgrades: stats.upgrades + sum(stats.upgradesRefused) + fired(stats, 'upgrade-silent'),
    opened: stats.upgrades,
    questions: stats.questions,
    answered: stats.answers + fired(stats, 'answer-duplicate'),
  });
  assert.equal(stats.tokens, stats.sessions + fired(stats, 'session-'), 'a token is used once');
  assert.deepEqual([stats.badFrames, stats.badQuestions], [0, 0], 'the target understood every frame');
  assertLatencies(summary);
  assertBalanced(summary);
}

function assertLatencies({ metrics, questions }: Summary): void {
  const samples = (name: string): number => metrics[name]?.['count'] ?? 0;
  assert.equal(samples('answer_latency'), questions.answered, 'one answer_latency for each answer');
  assert.equal(samples('first_chunk_latency'), questions.answered, 'one first_chunk_latency for each answer');
}

/** Every line of the ledger balances, there are lines, and the evidence proves its verdict. */
export function assertBalanced(summary: Summary): void {
  const { ledger, verdict } = summary;
  assert.deepEqual(verifyEvidence({ summary, verdict }), []);
  assert.ok(ledger.length >= 4, 'the ledger has its lines');
  for (const { name, total, parts, balanced } of ledger) {
    assert.equal(sum(parts), total, `the ledger's ${name}: ${JSON.stringify(parts)} make ${total}`);
    assert.equal(balanced, true, `the ledger's ${name} says so`);
  }
}
