// Do plans have exactly the stages that were asked for, and does the clock of a VU follow them?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  burst,
  defaultSettleSeconds,
  describePlan,
  hold,
  levels,
  MAX_STAGES,
  planOf,
  ramp,
  rampLevels,
  recovery,
  type Plan,
  type RampSettings,
} from '../lib/plans/load.ts';
import { perVuIterations, rampingVus } from '../lib/before/scenarios.ts';
import { PlanClock, shiftsOf } from '../lib/vu/stages.ts';

const DEFAULTS: RampSettings = {
  startSessions: 10,
  increment: 50,
  maxSessions: 500,
  intervalSeconds: 180,
  transitionSeconds: 0,
  settleSeconds: 18,
};

const OUTAGE = {
  sessions: 20,
  beforeSeconds: 60,
  seconds: 10,
  recoverySeconds: 12,
  afterSeconds: 40,
  probesPerSecond: 5,
};

const SESSIONS = { one: 'session', many: 'sessions' };

describe('ramp', () => {
  test('the default has 11 stages of 10, 60, 110 … 460 and exactly 500 sessions', () => {
    assert.deepEqual(rampLevels(10, 50, 500), [10, 60, 110, 160, 210, 260, 310, 360, 410, 460, 500]);
    const { stages, end } = ramp(DEFAULTS);
    assert.deepEqual(
      stages.map(({ number, level: sessions }) => [number, sessions]),
      [10, 60, 110, 160, 210, 260, 310, 360, 410, 460, 500].map((sessions, index) => [index + 1, sessions]),
    );
    assert.equal(end, 11 * 180_000);
  });

  test('the last stage is the maximum, whether the steps hit it or not', () => {
    assert.deepEqual(rampLevels(10, 10, 30), [10, 20, 30]);
    assert.deepEqual(rampLevels(10, 15, 30), [10, 25, 30]);
    assert.deepEqual(rampLevels(10, 1000, 30), [10, 30]);
    assert.deepEqual(rampLevels(30, 10, 30), [30]);
  });

  test('stages follow each other without gap, each with a judged part behind transition and settling', () => {
    const { stages } = ramp({ ...DEFAULTS, transitionSeconds: 2 });
    for (const [index, { start, hold, end }] of stages.entries())
      assert.deepEqual(
        [start, hold, end],
        [index * 180_000, index * 180_000 + 20_000, (index + 1) * 180_000],
      );
  });

  test('the settle part is a tenth of the stage, at most 30 s', () => {
    assert.deepEqual([5, 180, 300, 301, 3600].map(defaultSettleSeconds), [0.5, 18, 30, 30, 30]);
  });

  test('what makes no plan is refused in a sentence that names the settings', () => {
    const refused = (change: Partial<RampSettings>): string => {
      try {
        ramp({ ...DEFAULTS, ...change });
      } catch (error) {
        if (error instanceof RangeError) return error.message;
      }
      return 'not refused';
    };
    assert.match(
      refused({ startSessions: 501 }),
      /^RAMP_START_SESSIONS is 501, more than RAMP_MAX_SESSIONS \(500\): .+\.$/,
    );
    assert.match(
      refused({ increment: 1, startSessions: 1, maxSessions: 501 }),
      /^RAMP_INCREMENT is 1, which makes 501 stages up to 501 sessions: at most 500 .+\.$/,
    );
    assert.match(
      refused({ transitionSeconds: 162 }),
      /^RAMP_INTERVAL_SECONDS is 180, which leaves nothing to judge .+\.$/,
    );
    assert.equal(ramp({ ...DEFAULTS, increment: 1, startSessions: 1 }).stages.length, MAX_STAGES);
    assert.equal(ramp({ ...DEFAULTS, startSessions: 500 }).stages.length, 1);
  });
});

describe('the other loads', () => {
  test('a load that is held has stages of equal length, of which only the first settles', () => {
    const { stages, end, falls } = hold({ sessions: 50, seconds: 600, stages: 10 });
    assert.deepEqual([stages.length, end, falls], [10, 600_000, undefined]);
    for (const [index, stage] of stages.entries()) {
      assert.deepEqual([stage.level, stage.start, stage.end], [50, index * 60_000, (index + 1) * 60_000]);
      assert.equal(stage.hold - stage.start, index === 0 ? 6_000 : 0);
    }
  });

  test('those of a load that is held may come one after the other, in its first stage', () => {
    const { stages, end } = hold({ sessions: 2000, seconds: 900, stages: 15, spawnRate: 100 });
    assert.equal(end, 900_000);
    assert.deepEqual(
      stages
        .slice(0, 2)
        .map(({ start, transition, hold: judged, end: over }) => [start, transition, judged, over]),
      [
        [0, 20_000, 26_000, 60_000],
        [60_000, 0, 60_000, 120_000],
      ],
    );
    const [first] = hold({ sessions: 50, seconds: 100, stages: 1, spawnRate: 0 }).stages;
    assert.deepEqual([first?.transition, first?.hold], [0, 10_000]);
    assert.throws(
      () => hold({ sessions: 1000, seconds: 300, stages: 5, spawnRate: 18.5 }),
      /^RangeError: SPAWN_RATE is 18\.5, with which 1000 take 54\.1 s to come, and stage 1, of 60 s, has nothing left to judge: raise it, .+\.$/,
    );
  });

  test('levels have a stage for each number of sessions, in any order', () => {
    const plan = levels([5, 20, 10], 100);
    assert.deepEqual(
      plan.stages.map(({ level: sessions, start, hold: judged, end }) => [sessions, start, judged, end]),
      [
        [5, 0, 10_000, 100_000],
        [20, 100_000, 110_000, 200_000],
        [10, 200_000, 210_000, 300_000],
      ],
    );
    assert.equal(plan.falls, true);
  });

  test('an outage begins 5 s into its stage, and it and the time to recover only inform', () => {
    const { stages, outage } = recovery(OUTAGE);
    assert.deepEqual(
      stages.map(({ name, informs = false, start, hold: judged, end }) => [
        name,
        informs,
        start,
        judged,
        end,
      ]),
      [
        ['before', false, 0, 6_000, 60_000],
        ['outage', true, 60_000, 65_000, 75_000],
        ['recovering', true, 75_000, 75_000, 87_000],
        ['after', false, 87_000, 87_000, 127_000],
      ],
    );
    assert.deepEqual(outage, { start: 65_000, length: 10_000, probesPerSecond: 5, withinMs: null });
  });
});

describe('k6 scenarios', () => {
  test('ramping-vus takes every stage as a step and a hold, and lets sessions finish', () => {
    const plan = ramp({
      ...DEFAULTS,
      maxSessions: 60,
      intervalSeconds: 5,
      settleSeconds: 1,
      transitionSeconds: 2,
    });
    assert.deepEqual(rampingVus(plan, 95), {
      executor: 'ramping-vus',
      startVUs: 0,
      stages: [
        { duration: '2000ms', target: 10 },
        { duration: '3000ms', target: 10 },
        { duration: '2000ms', target: 60 },
        { duration: '3000ms', target: 60 },
      ],
      gracefulRampDown: '95000ms',
      gracefulStop: '95000ms',
    });
  });

  test('burst starts every session at once, each once, and has no end of its own', () => {
    const plan = burst(7);
    assert.equal(plan.end, null);
    assert.deepEqual(
      plan.stages.map(({ number, level: sessions, start, hold }) => [number, sessions, start, hold]),
      [[1, 7, 0, 0]],
    );
    const { executor, vus, iterations, maxDuration } = perVuIterations(plan, 12.5);
    assert.deepEqual([executor, vus, iterations, maxDuration], ['per-vu-iterations', 7, 1, '12500ms']);
  });

  test('a plan that falls has all its VUs from the start, whose clocks know when they have work', () => {
    const step = { transition: 0, settle: 0 };
    const plan = planOf([
      { ...step, level: 2, hold: 10 },
      { ...step, level: 8, hold: 10 },
      { ...step, level: 3, hold: 10 },
    ]);
    assert.equal(plan.falls, true);
    assert.deepEqual(rampingVus(plan, 5)['stages'], [
      { duration: '0ms', target: 8 },
      { duration: '30000ms', target: 8 },
    ]);
  });

  test('plans in words', () => {
    assert.equal(describePlan(ramp(DEFAULTS), SESSIONS), '10 → 500 sessions, 11 stages × 180 s');
    assert.equal(describePlan(ramp({ ...DEFAULTS, startSessions: 500 }), SESSIONS), '500 sessions for 180 s');
    assert.equal(describePlan(burst(7), SESSIONS), '7 sessions at once, each once');
    assert.equal(describePlan({ stages: [], end: null }, SESSIONS), 'no stages');
    assert.equal(describePlan(burst(1), SESSIONS), '1 session at once, each once');
    assert.equal(
      describePlan(hold({ sessions: 1, seconds: 600, stages: 10 }), SESSIONS),
      '1 session, 10 stages × 60 s',
    );
    const [stage] = burst(1).stages;
    assert.ok(stage);
    const arrivals = { stages: [stage], end: null, arrivals: { vus: 5 } };
    assert.equal(describePlan(arrivals, SESSIONS), '1 session as it arrives, 1 stage');
    assert.equal(
      describePlan(hold({ sessions: 50, seconds: 600, stages: 10 }), SESSIONS),
      '50 sessions, 10 stages × 60 s',
    );
    assert.equal(describePlan(levels([1, 30, 10], 60), SESSIONS), '1 to 30 sessions, 3 stages × 60 s');
    assert.equal(
      describePlan(recovery(OUTAGE), SESSIONS),
      '20 sessions, before 60 s, outage 15 s, recovering 12 s, after 40 s',
    );
  });
});

describe('the clock of a VU', () => {
  const T0 = 1_800_000_000_000;
  const plan: Plan = {
    stages: [
      { number: 1, level: 10, start: 0, transition: 0, hold: 100, end: 1000 },
      { number: 2, level: 20, start: 1000, transition: 0, hold: 1100, end: 2000 },
      { number: 3, level: 30, start: 2000, transition: 0, hold: 2100, end: 3000 },
    ],
    end: 3000,
  };

  const tagAt = (elapsed: number): string => new PlanClock(plan, T0, 1).operationTags(T0 + elapsed).stage;

  test('a question belongs to the stage of its moment; before the judged part it settles', () => {
    const moments = [0, 99.9, 100, 999.9, 1000, 1099.9, 1100, 1999.9, 2000, 2100, 2999.9, 3000, 9000];
    assert.deepEqual(moments.map(tagAt), [
      'settle-1',
      'settle-1',
      '1',
      '1',
      'settle-2',
      'settle-2',
      '2',
      '2',
      'settle-3',
      '3',
      '3',
      '3',
      '3',
    ]);
  });

  test('one clock gives the same as it goes on, and may skip a stage', () => {
    const clock = new PlanClock(plan, T0, 1);
    assert.deepEqual(
      [50, 500, 1050, 2500].map((elapsed) => clock.operationTags(T0 + elapsed).stage),
      ['settle-1', '1', 'settle-2', '3'],
    );
    const skipping = new PlanClock(plan, T0, 1);
    assert.deepEqual(
      [skipping.stageTags(T0), skipping.stageTags(T0 + 2500)],
      [{ stage: '1' }, { stage: '3' }],
    );
  });

  test('sessions have no settle part', () => {
    assert.deepEqual(new PlanClock(plan, T0, 1).stageTags(T0 + 1001), { stage: '2' });
  });

  test('what remains until the end', () => {
    const clock = new PlanClock(plan, T0, 1);
    assert.deepEqual(
      [clock.remaining(T0), clock.remaining(T0 + 2999), clock.remaining(T0 + 3001)],
      [3000, 1, -1],
    );
    assert.equal(new PlanClock(burst(2), T0, 1).remaining(T0 + 1e9), Infinity);
  });

  function held(from: number, to: number): Record<string, number> {
    const sums: Record<string, number> = {};
    new PlanClock(plan, T0, 1).eachHold(T0 + from, T0 + to, (milliseconds, { stage }) => {
      sums[stage] = (sums[stage] ?? 0) + milliseconds;
    });
    return sums;
  }

  test('time held counts the judged parts only, exactly at their edges', () => {
    assert.deepEqual(held(0, 3000), { 1: 900, 2: 900, 3: 900 });
    assert.deepEqual(held(100, 1000), { 1: 900 });
    assert.deepEqual(held(0, 100), {});
    assert.deepEqual(held(1000, 1100), {});
    assert.deepEqual(held(999, 1101), { 1: 1, 2: 1 });
    assert.deepEqual(held(2999, 9000), { 3: 1 });
    assert.deepEqual(held(3000, 9000), {});
    assert.deepEqual(held(500, 500), {});
  });

  test('time held in pieces is the time held at once', () => {
    const whole = held(0, 3000);
    const pieces: Record<string, number> = {};
    for (let from = 0; from < 3000; from += 37)
      for (const [stage, milliseconds] of Object.entries(held(from, Math.min(3000, from + 37))))
        pieces[stage] = (pieces[stage] ?? 0) + milliseconds;
    assert.deepEqual(pieces, whole);
  });

  test('where the plan falls, a VU works while there is room for it', () => {
    const step = { settle: 0, hold: 10 };
    const wave = planOf([
      { ...step, level: 2, transition: 0 },
      { ...step, level: 6, transition: 4 },
      { ...step, level: 2, transition: 8 },
      { ...step, level: 6, transition: 0 },
    ]);
    assert.deepEqual(shiftsOf(wave, 1), [{ from: 0, to: 52_000 }]);
    assert.deepEqual(shiftsOf(wave, 2), [{ from: 0, to: 52_000 }]);
    assert.deepEqual(shiftsOf(wave, 4), [
      { from: 12_000, to: 28_000 },
      { from: 42_000, to: 52_000 },
    ]);
    assert.deepEqual(shiftsOf(wave, 6), [
      { from: 14_000, to: 24_000 },
      { from: 42_000, to: 52_000 },
    ]);
    assert.deepEqual(shiftsOf(wave, 7), []);
    const clock = new PlanClock(wave, T0, 6);
    assert.deepEqual(
      [0, 14_000, 23_000, 24_000, 41_000, 42_000, 52_000].map((at) => [
        clock.idle(T0 + at),
        clock.remaining(T0 + at),
      ]),
      [
        [14_000, 0],
        [0, 10_000],
        [0, 1_000],
        [18_000, 0],
        [1_000, 0],
        [0, 10_000],
        [Infinity, 0],
      ],
    );
  });

  test('a plan without stages is refused', () => {
    assert.throws(() => new PlanClock({ stages: [], end: null }, T0, 1), /A plan needs at least one stage\./);
  });
});
