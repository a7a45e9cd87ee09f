// Is the latency that k6 reports the one that the target really took?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summaryOf } from './support/books.ts';
import { runK6 } from './support/k6.ts';
import { quickTarget, settingsFor } from './support/target.ts';

/** 300 delays with a long tail: half are under 56 ms, the greatest is 299 ms. */
const DELAYS = Array.from({ length: 300 }, (_, index) => 30 + 20 * (index / 300) + 250 * (index / 300) ** 4);

/** The percentile as k6 computes it: between the two nearest ranks, in proportion. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(rank)] ?? NaN, sorted[Math.ceil(rank)] ?? NaN];
  return below + (above - below) * (rank - Math.floor(rank));
}

/** Name, share and tolerance in ms. */
const PERCENTILES = [
  ['med', 0.5, 2],
  ['p(95)', 0.95, 5],
  ['p(99)', 0.99, 5],
] as const;

test('p50, p95 and p99 are within 2, 5 and 5 ms of a known delay table', async (t) => {
  const target = await quickTarget(t, { delays: DELAYS, chunks: 1 });
  const env = { ...settingsFor(target), NUM_SESSIONS: '6', QUESTIONS: 'MED1060:20,BUMA1000:20,general:10' };
  const run = await runK6({ source: 'scripts/burst.ts', env });
  const { metrics, stages } = summaryOf(run);
  const latency = metrics['answer_latency'] ?? {};
  assert.equal(latency['count'], DELAYS.length);
  for (const [name, share, tolerance] of PERCENTILES) {
    const [exact, measured] = [percentile(DELAYS, share), latency[name] ?? NaN];
    t.diagnostic(`${name}: exact ${exact.toFixed(1)} ms, measured ${measured.toFixed(1)} ms`);
    assert.equal(stages[0]?.answerLatency[name], measured, 'the stage says the same as the whole run');
    assert.ok(measured >= exact - tolerance, `${name} is ${measured} ms instead of ${exact} ms`);
    const late = measured > exact + tolerance;
    const excuse = late ? run.busy : undefined;
    if (excuse !== undefined) return t.skip(`${name} is ${measured} ms, and ${excuse}`);
    assert.ok(!late, `${name} is ${measured} ms instead of ${exact} ms`);
  }
});

test('first chunk and whole answer are told apart: chunks that are 50 ms apart', async (t) => {
  const target = await quickTarget(t, { firstChunkMs: 40, gapMs: 50, chunks: 3 });
  const env = { ...settingsFor(target), QUESTIONS: 'MED1060:5' };
  const { metrics } = summaryOf(await runK6({ source: 'scripts/burst.ts', env }));
  const first = metrics['first_chunk_latency']?.['med'] ?? NaN;
  const whole = metrics['answer_latency']?.['med'] ?? NaN;
  assert.ok(first >= 38 && first < 90, `first chunk: ${first} ms`);
  assert.ok(whole >= 136 && whole < 190, `whole answer: ${whole} ms`);
});
