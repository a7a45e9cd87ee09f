// Are limits on drift judged in the stages that can be compared with stage 1, and in no others?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applies, measuresDrift, parseLimits } from '../lib/words/limits.ts';
import { hold, levels, ramp, type Plan } from '../lib/plans/load.ts';
import { METRICS, summaryWith, trend } from './support/runData.ts';

const RAMP = {
  startSessions: 10,
  increment: 10,
  maxSessions: 30,
  intervalSeconds: 10,
  transitionSeconds: 0,
  settleSeconds: 1,
};

const DRIFT = ['answer_latency_drift', 'answer_failure_drift'];
const limits = parseLimits(
  '{"target":{"answer_latency_drift":["p(95)<1.5"],"answer_failure_drift":["avg<0.01"],"answer_latency":["p(95)<500"]}}',
  'limits.json',
  METRICS,
);

/** Numbers of the stages in which a limit on this metric is judged. */
function judgedIn(metric: string, plan: Plan): number[] {
  const limit = limits.target.find((one) => one.metric === metric);
  return plan.stages.filter((stage) => limit && applies(limit, stage, plan)).map(({ number }) => number);
}

describe('a limit on drift', () => {
  test('is judged in each stage but the first of a plan that holds its sessions', () => {
    for (const metric of DRIFT)
      assert.deepEqual(judgedIn(metric, hold({ sessions: 50, seconds: 40, stages: 4 })), [2, 3, 4]);
    assert.deepEqual(
      judgedIn('answer_latency', hold({ sessions: 50, seconds: 40, stages: 4 })),
      [1, 2, 3, 4],
    );
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
