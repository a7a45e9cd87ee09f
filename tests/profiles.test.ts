// Has every stage of every profile the sessions, the start, the judged part and the end that the docs tell?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Plan } from '../lib/plans/load.ts';
import { profilePlan, type Profile, type ProfileBase } from '../lib/before/profiles.ts';
import { problems } from './support/problems.ts';

/** Stages of 40 s settle for 4 s. */
const BASE: ProfileBase = {
  sessions: 30,
  seconds: 40,
  ramp: {
    startSessions: 5,
    increment: 10,
    maxSessions: 22,
    intervalSeconds: 50,
    transitionSeconds: 2,
    settleSeconds: 3,
  },
};

/** Number, sessions, start, hold and end of each stage, in seconds. */
const table = ({ stages }: Plan) =>
  stages.map(({ number, level: sessions, start, hold, end }) => [
    number,
    sessions,
    ...[start, hold, end].map((time) => time / 1000),
  ]);

/** Stages of 40 s behind each other. */
const inARow = (...sessions: number[]) =>
  sessions.map((count, index) => [index + 1, count, 40 * index, 40 * index + 4, 40 * index + 40]);

const PLANS: Record<Profile, { stages: number[][]; falls?: true }> = {
  smoke: { stages: [[1, 2, 0, 3, 30]] },
  load: { stages: inARow(15, 30, 30, 30) },
  stress: { stages: inARow(15, 30, 45, 60) },
  soak: { stages: inARow(...Array.from({ length: 20 }, () => 30)) },
  spike: { stages: inARow(3, 30, 3), falls: true },
  breakpoint: {
    stages: [
      [1, 5, 0, 5, 50],
      [2, 15, 50, 55, 100],
      [3, 22, 100, 105, 150],
    ],
  },
};

describe('a profile', () => {
  for (const [name, { stages, falls }] of Object.entries(PLANS))
    test(`${name} has exactly these stages`, () => {
      const plan = profilePlan(name as Profile, BASE);
      assert.deepEqual(table(plan), stages);
      assert.equal(plan.end, (stages.at(-1)?.at(-1) ?? NaN) * 1000);
      assert.equal(plan.falls, falls);
      assert.deepEqual(
        plan.stages.map(({ transition }) => transition),
        stages.map(() => (name === 'breakpoint' ? 2000 : 0)),
      );
    });

  test('rounds shares of sessions, but to none', () => {
    const of = (profile: Profile, sessions: number) =>
      profilePlan(profile, { ...BASE, sessions }).stages.map((stage) => stage.level);
    assert.deepEqual(of('load', 7), [4, 7, 7, 7]);
    assert.deepEqual(of('stress', 3), [2, 3, 5, 6]);
    assert.deepEqual(of('spike', 14), [1, 14, 1]);
    assert.deepEqual(of('spike', 4), [1, 4, 1]);
    assert.deepEqual(of('smoke', 1), [2]);
  });

  test('settles for a tenth of a stage, at most 30 s; a smoke test is no longer than the stages', () => {
    const [long] = profilePlan('soak', { ...BASE, seconds: 600 }).stages;
    assert.deepEqual([long?.hold, long?.end], [30_000, 600_000]);
    assert.deepEqual(table(profilePlan('smoke', { ...BASE, seconds: 20 })), [[1, 2, 0, 2, 20]]);
  });

  test('breakpoint refuses a ramp that makes no plan', () => {
    assert.throws(
      () => profilePlan('breakpoint', { ...BASE, ramp: { ...BASE.ramp, startSessions: 23 } }),
      /^RangeError: RAMP_START_SESSIONS is 23, more than RAMP_MAX_SESSIONS \(22\)/,
    );
    assert.deepEqual(
      problems(() => profilePlan('load', BASE)),
      [],
    );
  });
});
