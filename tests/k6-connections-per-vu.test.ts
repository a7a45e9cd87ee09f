// Are several connections in a VU as many, as apart and as long there as with a VU each?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyEvidence } from '../report/verify/verify.ts';
import { agentsServer } from './support/agentsServer.ts';
import { runK6, type K6Run } from './support/k6.ts';
import { quickTarget } from './support/target.ts';

const FILES = {
  'limits.json': '{"target": {"message_success": ["rate>0.99"], "connection_success": ["rate>0.99"]}}',
  'plan.json': JSON.stringify({
    stages: [5, 12, 3].map((sessions) => ({ sessions, settle: 1, hold: 3 })),
  }),
};

const USERS = {
  CONNECTIONS_PER_VU: '5',
  MESSAGES: '4',
  MESSAGE_SECONDS: '0.5',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

const stress = (url: string, env: Record<string, string>) =>
  runK6({ source: 'scripts/stress.ts', files: FILES, env: { WS_URL: url, ...USERS, ...env }, seconds: 90 });

function passed({ summary, stdout, stderr }: K6Run) {
  assert.ok(summary, stdout + stderr);
  assert.equal(summary.verdict.result, 'PASS', stdout);
  assert.deepEqual(verifyEvidence({ summary, verdict: summary.verdict }), []);
  return summary;
}

test('23 connections come once each, in 5 VUs', async (t) => {
  const target = await quickTarget(t);
  const summary = passed(await stress(`${target.websocketUrl}/ws`, { CONNECTIONS: '23' }));
  assert.equal(summary.metrics['vus_max']?.['max'], 5);
  const { upgrades, messages } = target.stats().agents;
  assert.deepEqual([upgrades, messages], [23, 92]);
  assert.deepEqual(summary.operations['user']?.good, 23);
});

test('a plan that rises and falls has its level of connections in each stage', async (t) => {
  const target = await quickTarget(t);
  const summary = passed(await stress(`${target.websocketUrl}/ws`, { PLAN_FILE: 'plan.json' }));
  assert.equal(summary.metrics['vus_max']?.['max'], 3);
  // A connection that was left may close while the next one of its seat opens.
  assert.equal(target.stats().agents.peak >= 12, true);
  for (const { level, state, held } of summary.stages) {
    assert.equal(state, 'held');
    assert.equal(held !== null && held > 0.9 && held <= 1, true, `${held} of ${level}`);
  }
});

test('each has cookies of its own', async (t) => {
  const platform = await agentsServer(t);
  passed(await stress(platform.url, { CONNECTIONS: '23', BATCH: '1', BATCH_SECONDS: '0.05' }));
  assert.deepEqual([platform.counts.handshakes, platform.counts.known], [23, 0]);
});
