// Does a plan of arrivals per second have the arrivals that k6 starts, each at its time?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../lib/before/config.ts';
import { PHASES } from '../lib/before/settings/phases.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { counter, summaryWith } from './support/runData.ts';
import { arrivalsIn, arrivalsOf, dueAt, highestRate, parsePhases, phases } from '../lib/words/rate.ts';

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
  test('may end a little before its plan, when nobody is to come any more', () => {
    assert.notEqual(verdict(999, 9995).result, 'ABORTED');
    assert.equal(verdict(500, 5000).result, 'ABORTED');
  });
});
