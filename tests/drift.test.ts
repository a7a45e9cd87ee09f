// Does each VU compare its answers with its own of stage 1?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type * as Drift from '../lib/vu/drift.ts';
import type { VisitObserver } from '../lib/system.ts';
import { newWorld, valuesOf, withoutK6, type World } from './support/withoutK6.ts';

async function observe(world: World, leastMs?: number): Promise<VisitObserver> {
  const { driftObserver } = await withoutK6<typeof Drift>('lib/vu/drift.ts', world);
  return driftObserver({
    latency: 'answer_latency_drift',
    failure: 'answer_failure_drift',
    compared: 'answers_compared',
    ...(leastMs === undefined ? {} : { leastMs }),
  });
}

describe('a VU', () => {
  test('divides its later answers by the 95th percentile of its own in stage 1', async () => {
    const world = newWorld();
    const vu = await observe(world);
    // In any order: 95 % of the way from the 1st to the 5th is 0.8 of the way from 400 to 500.
    for (const latency of [500, 100, 300, 200, 400]) vu.good('1', latency);
    vu.good('2', 240);
    vu.good('7', 720);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [0.5, 1.5]);
    assert.deepEqual(valuesOf(world, 'answer_failure_drift'), [0, 0]);
    assert.deepEqual(valuesOf(world, 'answers_compared'), [1, 1]);
  });
  test('compares its failures with the share that failed in stage 1', async () => {
    const world = newWorld();
    const vu = await observe(world);
    for (const latency of [100, 100, 100]) vu.good('1', latency);
    vu.bad('1');
    vu.bad('2');
    vu.good('2', 100);
    assert.deepEqual(valuesOf(world, 'answer_failure_drift'), [0.75, -0.25]);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [1]);
    assert.deepEqual(valuesOf(world, 'answers_compared'), [1, 1]);
  });
  test('that got no answer in stage 1 compares failures only', async () => {
    const world = newWorld();
    const vu = await observe(world);
    vu.bad('1');
    vu.good('2', 100);
    vu.bad('3');
    assert.deepEqual(valuesOf(world, 'answer_failure_drift'), [-1, 0]);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), []);
  });
  test('that asked nothing in stage 1 compares nothing', async () => {
    const world = newWorld();
    const vu = await observe(world);
    vu.good('2', 100);
    vu.bad('2');
    assert.deepEqual(world.samples, []);
  });
  test('leaves the parts out in which a stage settles, the first one, too', async () => {
    const world = newWorld();
    const vu = await observe(world);
    vu.good('settle-1', 9000);
    vu.bad('settle-1');
    vu.good('1', 100);
    vu.good('settle-2', 500);
    vu.bad('settle-2');
    vu.good('2', 200);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [2]);
    assert.deepEqual(valuesOf(world, 'answer_failure_drift'), [0]);
  });
  test('takes short latencies for the least that is compared, where there is one', async () => {
    const world = newWorld();
    const vu = await observe(world, 50);
    for (const latency of [1, 2, 3]) vu.good('1', latency);
    for (const latency of [4, 49, 75]) vu.good('2', latency);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [1, 1, 1.5]);
    const none = await observe(newWorld(), 50);
    none.bad('1');
    none.good('2', 100);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [1, 1, 1.5]);
  });
  test('goes on comparing with stage 1 when one of its answers comes later', async () => {
    const world = newWorld();
    const vu = await observe(world);
    vu.good('1', 100);
    vu.good('2', 200);
    vu.good('1', 900);
    vu.good('3', 300);
    assert.deepEqual(valuesOf(world, 'answer_latency_drift'), [2, 3]);
  });
});
