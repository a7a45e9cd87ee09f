// When k6 makes another load than the plan, whatever the cause: is the run INVALID, and does plain k6 say so, too?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { verifyEvidence } from '../report/verify/verify.ts';
import { hasPassed, summaryOf } from './support/books.ts';
import { runK6, type K6Run } from './support/k6.ts';
import { quickTarget, settingsFor } from './support/target.ts';

interface Kind {
  env: Record<string, string>;
  files?: Record<string, string>;
  /** Of half the load. */
  sentence: RegExp;
  /** Of twice the load, where k6 makes that of it. */
  doubled?: RegExp;
}

const plan = (value: object) => ({ 'plan.json': JSON.stringify(value) });
const ramp = {
  LOAD: 'ramp',
  RAMP_START_SESSIONS: '2',
  RAMP_INCREMENT: '2',
  RAMP_MAX_SESSIONS: '4',
  RAMP_INTERVAL_SECONDS: '2',
};
const recovery = {
  LOAD: 'recovery',
  NUM_SESSIONS: '4',
  OUTAGE_BEFORE_SECONDS: '6',
  OUTAGE_SECONDS: '1',
  OUTAGE_RECOVERY_SECONDS: '1',
  OUTAGE_AFTER_SECONDS: '2',
};
const fallingPlan = plan({
  stages: [
    { sessions: 4, hold: 2 },
    { sessions: 2, hold: 2 },
  ],
});

const KINDS: Record<string, Kind> = {
  stages: {
    env: ramp,
    sentence: /^k6 had 2 VUs and held [45]\d(\.\d+)? % of the 2 sessions of stage 1: k6 made another load/,
    doubled: /^k6 held (19\d|20\d) % of the 2 sessions of stage 1: k6 made another load/,
  },
  falling: {
    env: { LOAD: 'ramp', PLAN_FILE: 'plan.json' },
    files: fallingPlan,
    sentence: /^k6 had 2 VUs and held [45]\d(\.\d+)? % of the 4 sessions of stage 1: k6 made another load/,
  },
  burst: {
    env: { LOAD: 'burst', NUM_SESSIONS: '10' },
    sentence: /^5 sessions were started and 10 were planned: k6 made another load/,
    doubled: /^20 sessions were started and 10 were planned: k6 made another load/,
  },
  arrivals: {
    env: { LOAD: 'burst', PLAN_FILE: 'plan.json' },
    // Seed 1 draws 21 arrivals.
    files: plan({ arrivals: [{ perSecond: 10, hold: 2 }], atMost: 5 }),
    sentence: /^1\d sessions were started and 2\d were planned: k6 made another load/,
    doubled: /^4\d sessions were started and 2\d were planned: k6 made another load/,
  },
  recovery: {
    env: recovery,
    sentence:
      /^k6 had \d+ VUs and held [45]\d(\.\d+)? % of the 4 sessions of stage 1|^the load generator held only/,
  },
};

async function run(t: TestContext, { env, files = {} }: Kind, more: Record<string, string>): Promise<K6Run> {
  const target = await quickTarget(t);
  const settings = { GENERATOR_LAG_LIMIT_MS: '100000', QUESTIONS: 'MED1060:20' };
  return runK6({
    source: 'tests/k6/other-load.ts',
    files,
    env: { ...settingsFor(target), ...settings, ...env, ...more },
  });
}

function assertInvalid(k6: K6Run, sentence: RegExp): void {
  const { verdict, ...summary } = summaryOf(k6);
  assert.equal(verdict.result, 'INVALID', k6.stdout);
  assert.ok(
    verdict.reasons.some((reason) => sentence.test(reason)),
    verdict.reasons.join('\n'),
  );
  assert.equal(k6.exitCode, 99, 'plain k6 does not pass it either');
  assert.deepEqual(verifyEvidence({ summary, verdict }), [], 'the evidence proves that it is INVALID');
  const passed = { ...verdict, result: 'PASS' as const };
  assert.notDeepEqual(verifyEvidence({ summary, verdict: passed }), [], 'and never that it passed');
}

for (const [name, kind] of Object.entries(KINDS))
  describe(name, () => {
    test('the load of the plan passes', async (t) => {
      hasPassed(t, await run(t, kind, {}));
    });
    test('half of it is INVALID', async (t) => {
      assertInvalid(await run(t, kind, { FACTOR: '0.5' }), kind.sentence);
    });
    const { doubled } = kind;
    if (doubled !== undefined)
      test('twice the load is INVALID', async (t) => {
        assertInvalid(await run(t, kind, { FACTOR: '2' }), doubled);
      });
  });

test('half the probes of an outage are INVALID', async (t) => {
  const k6 = await run(t, { env: recovery, sentence: / / }, { FACTOR: '0.5', SCENARIO: 'probes' });
  const { verdict } = summaryOf(k6);
  assert.equal(verdict.result, 'INVALID', k6.stdout);
  assert.match(verdict.sentence, /^3[78] probes were made and 75 were planned: k6 made another load/);
});

test('minIterationDuration keeps VUs waiting, and that is no load', async (t) => {
  const target = await quickTarget(t);
  const k6 = await runK6({
    source: 'tests/k6/other-load.ts',
    args: ['--min-iteration-duration', '1500ms'],
    env: { ...settingsFor(target), ...ramp, QUESTIONS: 'MED1060:1', GENERATOR_LAG_LIMIT_MS: '100000' },
  });
  assertInvalid(k6, /^the load generator held only \d\.\d+ %/);
});
