// Does drift compare each VU's answers with its own of stage 1, and only in stages that can be compared with it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type * as Drift from '../lib/drift.ts';
import { applies, measuresDrift, parseLimits } from '../lib/limits.ts';
import { hold, levels, ramp, type Plan } from '../lib/load.ts';
import type { SessionObserver } from '../lib/session.ts';
import { summaryWith, trend } from './support/runData.ts';
import { newWorld, valuesOf, withoutK6, type World } from './support/withoutK6.ts';

const RAMP = {
  startSessions: 10,
  increment: 10,
  maxSessions: 30,
  intervalSeconds: 10,
  transitionSeconds: 0,
  settleSeconds: 1,
};

async function observe(world: World): Promise<SessionObserver> {
  const { driftObserver } = await withoutK6<typeof Drift>('lib/drift.ts', world);
  return driftObserver();
}

describe('a VU', () => {
  test('divides its later answers by the 95th percentile of its own in stage 1', async () => {
    const world = newWorld();
    const vu = await observe(world);
    // In any order: 95 % of the way from the 1st to the 5th is 0.8 of the way from 400 to 500.
    for (const latency of [500, 100, 300, 200, 400]) vu.answered('1', latency);
    vu.answered('2', 240);
    vu.answered('7', 720);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [0.5, 1.5]);
    assert.deepEqual(valuesOf(world, 'answer_failure_drift'), [0, 0]);
    assert.deepEqual(valuesOf(world, 'answers_compared'), [1, 1]);
  });
  test('compares its failures with the share that failed in stage 1', async () => {
    const world = newWorld();
    const vu = await observe(world);
    for (const latency of [100, 100, 100]) vu.answered('1', latency);
    vu.failed('1');
    vu.failed('2');
    vu.answered('2', 100);
    assert.deepEqual(valuesOf(world, 'answer_failure_drift'), [0.75, -0.25]);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [1]);
    assert.deepEqual(valuesOf(world, 'answers_compared'), [1, 1]);
  });
  test('that got no answer in stage 1 compares failures only', async () => {
    const world = newWorld();
    const vu = await observe(world);
    vu.failed('1');
    vu.answered('2', 100);
    vu.failed('3');
    assert.deepEqual(valuesOf(world, 'answer_failure_drift'), [-1, 0]);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), []);
  });
  test('that asked nothing in stage 1 compares nothing', async () => {
    const world = newWorld();
    const vu = await observe(world);
    vu.answered('2', 100);
    vu.failed('2');
    assert.deepEqual(world.samples, []);
  });
  test('leaves the parts out in which a stage settles, the first one, too', async () => {
    const world = newWorld();
    const vu = await observe(world);
    vu.answered('settle-1', 9000);
    vu.failed('settle-1');
    vu.answered('1', 100);
    vu.answered('settle-2', 500);
    vu.failed('settle-2');
    vu.answered('2', 200);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [2]);
    assert.deepEqual(valuesOf(world, 'answer_failure_drift'), [0]);
  });
  test('goes on comparing with stage 1 when one of its answers comes later', async () => {
    const world = newWorld();
    const vu = await observe(world);
    vu.answered('1', 100);
    vu.answered('2', 200);
    vu.answered('1', 900);
    vu.answered('3', 300);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [2, 3]);
  });
});

const DRIFT = ['answer_latency_drift', 'answer_failure_drift'];
const limits = parseLimits(
  '{"target":{"answer_latency_drift":["p(95)<1.5"],"answer_failure_drift":["avg<0.01"],"answer_latency":["p(95)<500"]}}',
  'limits.json',
);

/** Numbers of the stages in which a limit on this metric is judged. */
function judgedIn(metric: string, plan: Plan): number[] {
  const limit = limits.target.find((one) => one.metric === metric);
  return plan.stages.filter((stage) => limit && applies(limit, stage, plan)).map(({ number }) => number);
}

describe('a limit on drift', () => {
  test('is judged in each stage but the first of a plan that holds its sessions', () => {
    for (const metric of DRIFT) assert.deepEqual(judgedIn(metric, hold(50, 40, 4)), [2, 3, 4]);
    assert.deepEqual(judgedIn('answer_latency', hold(50, 40, 4)), [1, 2, 3, 4]);
  });
  test('is judged nowhere in a plan that rises: more sessions may be slower', () => {
    for (const metric of DRIFT) assert.deepEqual(judgedIn(metric, ramp(RAMP)), []);
    assert.deepEqual(judgedIn('answer_latency', ramp(RAMP)), [1, 2, 3]);
  });
  test('is judged where a plan is back at the sessions of stage 1', () => {
    for (const metric of DRIFT) assert.deepEqual(judgedIn(metric, levels([5, 20, 5, 4, 5], 10)), [3, 5]);
  });
  test('counts nothing in the summary where it is not judged', () => {
    const drift = { [`answer_latency_drift{stage:2}`]: trend(50, 9) };
    const plan = ramp(RAMP);
    const rising = summaryWith(drift, { plan, limits: limits.target });
    assert.deepEqual(
      rising.stages.map(({ state, limits: judged }) => [state, judged.length]),
      [
        ['held', 1],
        ['held', 1],
        ['held', 1],
      ],
    );
    const even = levels([10, 10], 10);
    const [first, second] = summaryWith(drift, { plan: even, limits: limits.target }).stages;
    assert.deepEqual([first?.state, first?.limits.length, second?.state], ['held', 1, 'broke']);
    assert.deepEqual(
      second?.limits.map(({ metric, value, kept }) => [metric, value, kept]),
      [
        ['answer_latency_drift', 12.6, false],
        ['answer_failure_drift', null, null],
        ['answer_latency', 140, true],
      ],
    );
  });
  test('of any level makes the VUs measure it', () => {
    const none = { target: [], warning: [], critical: [] };
    assert.equal(measuresDrift(none), false);
    assert.equal(measuresDrift({ ...none, critical: limits.target }), true);
    const others = limits.target.filter(({ metric }) => metric === 'answer_latency');
    assert.equal(measuresDrift({ ...none, target: others }), false);
  });
});
