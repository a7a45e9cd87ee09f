// Does a plan of arrivals per second have the arrivals that k6 starts, each at its time?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../lib/before/config.ts';
import { PHASES } from '../lib/before/settings/phases.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { counter, summaryWith, trend, type Metrics } from './support/runData.ts';
import { arrivalsIn, arrivalsOf, dueAt, highestRate, parsePhases, phases } from '../lib/plans/rate.ts';

const PLAN = phases([
  { name: 'up', from: 10, to: 100, seconds: 3 },
  { name: 'steady', from: 100, to: 100, seconds: 2 },
  { name: 'down', from: 100, to: 0, seconds: 2 },
]);

describe('a plan of arrivals per second', () => {
  test('has the area under its rates as arrivals', () => {
    assert.deepEqual(PLAN.stages.map(arrivalsIn), [165, 200, 100]);
    assert.equal(arrivalsOf(PLAN), 465);
    assert.equal(highestRate(PLAN), 100);
    assert.deepEqual([PLAN.end, PLAN.isRate], [7000, true]);
  });
  test('each arrival is due where the area has grown by one', () => {
    assert.equal(dueAt(PLAN, 164), 3000);
    assert.equal(dueAt(PLAN, 165), 3010);
    assert.equal(dueAt(PLAN, 364), 5000);
    // 10 t + 15 t² = 1
    assert.ok(Math.abs(dueAt(PLAN, 0) - ((-10 + Math.sqrt(160)) / 30) * 1000) < 1e-9, String(dueAt(PLAN, 0)));
    const times = Array.from({ length: 465 }, (_, index) => dueAt(PLAN, index));
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
      'they come in order',
    );
    assert.ok((times.at(-1) ?? 0) <= 7000, String(times.at(-1)));
  });
});

describe('a text of phases', () => {
  test('is read: a rate, or from one to another', () => {
    assert.deepEqual(parsePhases('warm-up:10-100:60, sustained:100:0.5'), [
      { name: 'warm-up', from: 10, to: 100, seconds: 60 },
      { name: 'sustained', from: 100, to: 100, seconds: 0.5 },
    ]);
  });
  for (const text of [
    '',
    'a',
    'a:1',
    'a:1:0',
    'a:0:5',
    'a:0-0:5',
    'a:-1:5',
    'a:1:5,',
    'a:1-2-3:5',
    'a:1e9:5',
    'a:200000:5',
  ])
    test(`is refused: ${JSON.stringify(text)}`, () => assert.equal(parsePhases(text), undefined));
});

describe('settings of phases', () => {
  const read = (env: Record<string, string>) => readConfig(env, [PHASES]).phases;

  test('are read', () => {
    const { steps, factor, visitSeconds } = read({
      PHASES: 'all:2:9',
      RATE_FACTOR: '0.05',
      VISIT_SECONDS: '2.5',
    });
    assert.deepEqual(steps, [{ name: 'all', from: 2, to: 2, seconds: 9 }]);
    assert.deepEqual([factor, visitSeconds], [0.05, 2.5]);
    assert.equal(read({}).steps.length, 3, 'there are phases by default');
  });
  test('that are no phases are refused with the form', () =>
    assert.throws(() => read({ PHASES: 'all' }), /^Error: PHASES is "all": it must be name:rate:seconds or/));
});

describe('a run of a plan of rates', () => {
  const plan = phases([{ name: 'all', from: 100, to: 100, seconds: 10 }]);
  const verdict = (came: number, durationMs: number) => {
    const began = {
      sessions_started: counter(came),
      sessions_completed: counter(came),
      sessions_stopped: counter(0),
    };
    return verdictOf(summaryWith({ ...began }, { plan }, durationMs));
  };

  test('whose generator started fewer than came due is INVALID, and says so', () =>
    assert.match(
      verdict(400, 15_000).reasons[0] ?? '',
      /^only 400 of 1000 sessions came: the load generator was too slow to start them when they were due/,
    ));
  describe('in which visits did not start when they were due names the settings that help', () => {
    const reasonOf = (changes: Metrics, visitSeconds = 2, rate = 100) => {
      const given = phases([{ name: 'all', from: rate, to: rate, seconds: 10 }]);
      const settings = { phases: { visitSeconds } };
      const { reasons } = verdictOf(summaryWith(changes, { plan: given, settings }, 15_000));
      return reasons.find((reason) => !reason.startsWith('only'));
    };
    const longest = (ms: number) => ({ iteration_duration: { ...trend(1000, ms), max: ms } });

    test('where visits were longer than VUs are made for', () =>
      assert.equal(
        reasonOf({ dropped_iterations: counter(7), arrivals_late: counter(900), ...longest(2001) }),
        'dropped 7 iterations: no VU was free, for sessions took up to 2.00 s; raise VISIT_SECONDS, which is 2, so that more VUs are made before the run, or lower RATE_FACTOR or the rates of PHASES',
      ));
    test('where there can be no more VUs', () =>
      assert.equal(
        reasonOf({ dropped_iterations: counter(7), ...longest(9000) }, 2, 10_000),
        'dropped 7 iterations: no VU was free, for sessions took up to 9.00 s, and there are no more than 20000 VUs; lower RATE_FACTOR or the rates of PHASES',
      ));
    test('where there were VUs enough', () =>
      assert.equal(
        reasonOf({ dropped_iterations: counter(1), ...longest(2000) }),
        'dropped 1 iteration: the load generator was too slow; lower RATE_FACTOR or the rates of PHASES, or use a larger machine',
      ));
    test('where they only started late', () =>
      assert.equal(
        reasonOf({ arrivals_late: counter(1), ...longest(9000) }),
        '1 session started late: the load generator was too slow; lower RATE_FACTOR or the rates of PHASES, or use a larger machine',
      ));
    test('where the load generator lagged', () =>
      assert.equal(
        reasonOf({ generator_lag: trend(300, 50) }),
        'the load generator was starved: lag p99 90 ms, limit 25 ms; lower RATE_FACTOR or the rates of PHASES, or use a larger machine, or, where sessions ask in step, spread them with RAMP_TRANSITION_SECONDS or THINK_SECONDS',
      ));
  });
  test('may end a little before its plan, when nobody is to come any more', () => {
    assert.notEqual(verdict(999, 9995).result, 'ABORTED');
    assert.equal(verdict(500, 5000).result, 'ABORTED');
  });
});
