// Does a VU start again after a script error or a failed set-up when it should: late enough, jittered, never after the end?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type * as Iteration from '../lib/vu/iteration.ts';
import { levels, type Plan } from '../lib/plans/load.ts';
import { newWorld, valuesOf, withoutK6, type World } from './support/withoutK6.ts';

/** One stage of 100 s. */
const PLAN = levels([1], 100);
const DELAY_SECONDS = 4;

interface Vu {
  world: World;
  next: () => Promise<void>;
}

/** VU number `vu`, whose sessions do what `run` does. */
async function vuRunning(run: (world: World) => boolean, vu = 1, seed = 7, plan: Plan = PLAN): Promise<Vu> {
  const world = newWorld();
  world.time = 1_000_000;
  world.exec.vu.idInTest = vu;
  world.exec.scenario.startTime = world.time;
  const { iteration } = await withoutK6<typeof Iteration>('lib/vu/iteration.ts', world);
  const settings = { plan, restartDelaySeconds: DELAY_SECONDS, seed };
  return { world, next: iteration(settings, () => Promise.resolve().then(() => run(world))) };
}

const throws = (): boolean => {
  throw new Error('the script of this test throws');
};

/** The waits of so many iterations. */
async function delaysOf({ world, next }: Vu, iterations: number): Promise<number[]> {
  for (let index = 0; index < iterations; index++) await next();
  return world.delays;
}

describe('a script that throws', () => {
  test('waits after each session, from half the delay to one and a half, never twice the same', async () => {
    const vu = await vuRunning(throws);
    const delays = await delaysOf(vu, 12);
    assert.equal(delays.length, 12);
    assert.equal(new Set(delays).size, 12);
    for (const wait of delays) assert.equal(wait >= 2000 && wait <= 6000, true, `${wait} ms`);
    assert.equal(Math.min(...delays) < 3000 && Math.max(...delays) > 5000, true, delays.join());
  });
  test('is counted each time and logged once, with its text', async () => {
    const vu = await vuRunning(throws);
    await delaysOf(vu, 3);
    assert.deepEqual(valuesOf(vu.world, 'script_errors'), [1, 1, 1]);
    assert.equal(vu.world.said.length, 1);
    assert.match(vu.world.said[0] ?? '', /^The test script failed: Error: the script of this test throws/);
  });
  test('starts as often as the delay lets it until the end of the plan', async () => {
    const vu = await vuRunning(throws);
    const end = vu.world.time + 100_000;
    let starts = 0;
    for (; vu.world.time < end && starts < 1000; starts++) await vu.next();
    // 100 s of waits of 4 s on average.
    assert.equal(starts >= 17 && starts <= 35, true, `${starts} starts`);
    assert.equal(vu.world.time <= end + 100, true, `${vu.world.time - end} ms behind the end`);
  });
  test('waits the same with the same seed, otherwise with another VU or another seed', async () => {
    const [first, again, other, reseeded] = await Promise.all([
      vuRunning(throws),
      vuRunning(throws),
      vuRunning(throws, 2),
      vuRunning(throws, 1, 8),
    ]);
    const delays = await delaysOf(first, 3);
    assert.deepEqual(await delaysOf(again, 3), delays);
    for (const vu of [other, reseeded])
      for (const [index, wait] of (await delaysOf(vu, 3)).entries()) assert.notEqual(wait, delays[index]);
  });
  test('the time that it waits is time that the VU held', async () => {
    const vu = await vuRunning(throws);
    await delaysOf(vu, 4);
    const held = valuesOf(vu.world, 'hold_vu_time').reduce((sum, value) => sum + value, 0);
    // All of it but the 10 s in which the stage settles.
    assert.equal(held, vu.world.time - 1_010_000);
  });
});

describe('a session', () => {
  test('whose set-up failed waits as well; one that worked does not', async () => {
    const failing = await delaysOf(await vuRunning(() => false), 3);
    assert.equal(failing.length, 3);
    assert.deepEqual(failing, await delaysOf(await vuRunning(throws), 3), 'as after an exception');
    assert.deepEqual(await delaysOf(await vuRunning(() => true), 3), []);
  });
  test('waits no longer than the plan lasts', async () => {
    const vu = await vuRunning((world) => {
      world.time += 99_000;
      return false;
    });
    assert.deepEqual(await delaysOf(vu, 1), [1000]);
  });
  test('does not start in the last 100 ms; the VU waits until the plan is over', async () => {
    let runs = 0;
    const vu = await vuRunning((world) => {
      runs++;
      world.time += 99_950;
      return true;
    });
    await vu.next();
    assert.deepEqual([runs, vu.world.delays], [1, []]);
    await vu.next();
    assert.deepEqual([runs, vu.world.delays], [1, [150]]);
  });
  test('does not start while the plan needs fewer VUs', async () => {
    let runs = 0;
    const run = () => {
      runs++;
      return true;
    };
    const vu = await vuRunning(run, 3, 7, levels([1, 5, 1], 10));
    await vu.next();
    assert.deepEqual([runs, vu.world.delays], [0, [10_000]]);
    await vu.next();
    assert.equal(runs, 1);
    vu.world.time = 1_020_000;
    await vu.next();
    // Never needed again: it waits for the end, and a little longer.
    assert.deepEqual([runs, vu.world.delays.at(-1)], [1, 10_100]);
  });
});

describe('an arrival', () => {
  async function arriving(run: (world: World) => boolean, late = 0): Promise<World> {
    const world = newWorld();
    world.time = 1_000_000 + 5000 + late;
    world.exec.scenario = { startTime: 1_000_000, iterationInTest: 3 };
    const { arrival } = await withoutK6<typeof Iteration>('lib/vu/iteration.ts', world);
    const next = arrival(
      PLAN,
      (iteration) => 2000 * iteration,
      () => Promise.resolve().then(() => run(world)),
    );
    await next();
    return world;
  }
  test('waits for its time', async () => assert.deepEqual((await arriving(() => true)).delays, [1000]));
  test('counts as late when it starts more than 250 ms after it', async () => {
    assert.deepEqual(valuesOf(await arriving(() => true, 1250), 'arrivals_late'), []);
    assert.deepEqual(valuesOf(await arriving(() => true, 1251), 'arrivals_late'), [1]);
  });
  test('that throws is counted, and is not tried again', async () => {
    const world = await arriving(throws);
    assert.deepEqual([valuesOf(world, 'script_errors'), world.delays], [[1], [1000]]);
  });
});
