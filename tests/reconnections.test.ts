// Are connections dropped when they should be, waits as long as the back-off says, and storms told as they were?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backoffMs } from '../lib/words/backoff.ts';
import { cycleAt, cycles, cyclesIn, timeIn } from '../lib/plans/cycles.ts';
import { attemptsBySecond, firstDrop, observedDrops, secondOf } from '../lib/measures/reconnections.ts';
import { K6Metrics, type K6Data } from '../report/derive/k6Data.ts';
import type { RunSummary, StageSummary, TestInfo } from '../report/derive/summary.ts';
import { html } from '../report/html/escape.ts';
import { RECONNECTIONS } from '../report/parts/reconnections.ts';
import { dropTime, Drops, type DropsBy } from '../systems/graph/reconnect/drops.ts';
import { RECONNECT_WORDS } from '../systems/graph/reconnect/reconnectWords.ts';

/** Three cycles of two seconds, from 10 s on. */
const CYCLES = { from: 10_000, length: 2000, count: 3 };

/** A client's own times are in the middle of what it may draw from. */
const dropsBy = (by: DropsBy, now = 0): Drops => new Drops(by, CYCLES, () => 0.5, now);

describe('a plan of cycles', () => {
  const plan = cycles({
    level: 7,
    parts: { tag: 'backoff', values: ['none', 'other'] },
    count: 3,
    seconds: 2,
  });

  test('has a stage for each way, one cycle to come and so many that are judged', () => {
    assert.deepEqual(
      plan.stages.map(({ name, level, start, hold, end, only }) => [name, level, start, hold, end, only]),
      [
        ['none', 7, 0, 2000, 8000, { backoff: ['none'] }],
        ['other', 7, 8000, 10_000, 16_000, { backoff: ['other'] }],
      ],
    );
    assert.deepEqual([plan.end, plan.cycles], [16_000, 3]);
  });

  test('knows its cycles', () => {
    const [, stage] = plan.stages;
    assert.ok(stage);
    const within = cyclesIn(stage, plan);
    assert.deepEqual(within, CYCLES);
    assert.deepEqual(
      [9999, 10_000, 11_999, 12_000, 16_000].map((time) => cycleAt(within, time)),
      [-1, 0, 0, 1, 3],
    );
    assert.equal(timeIn(within, 1, 0.25), 12_500);
    assert.deepEqual(cyclesIn(stage, { ...plan, cycles: 0 }), { from: 10_000, length: 0, count: 0 });
  });
});

describe('drops', () => {
  test('of all together are a tenth into each cycle', () => {
    const drops = dropsBy('together');
    const seen = [];
    for (let at = drops.next(0); at < Infinity; at = drops.next(at)) {
      seen.push(at);
      drops.done();
    }
    assert.deepEqual(seen, [10_200, 12_200, 14_200]);
    assert.equal(dropTime(CYCLES, 2), 14_200);
  });

  test('of a client are at a time of its own, between a tenth and half of the cycle', () => {
    assert.equal(dropsBy('client').next(0), 10_600);
    for (const [drawn, at] of [
      [0, 10_200],
      [0.999999, 11_000],
    ] as const)
      assert.ok(Math.abs(new Drops('client', CYCLES, () => drawn, 0).next(0) - at) < 0.1);
  });

  test('that a client could not make are left out', () => {
    const drops = dropsBy('together');
    assert.equal(drops.next(10_200), 10_200);
    assert.equal(drops.next(10_201), 12_200);
    assert.equal(drops.next(15_000), Infinity);
    assert.equal(dropsBy('together', 13_000).next(13_000), 14_200);
  });

  test('of the server are asked for once in each cycle', () => {
    const drops = dropsBy('server');
    assert.equal(drops.next(0), Infinity);
    const asked = [9000, 10_200, 11_000, 12_100, 12_300, 14_200, 16_000].map((at) => drops.takesAsAsked(at));
    assert.deepEqual(asked, [false, true, false, true, false, true, false]);
  });

  test('before a client came are not those that it meets', () => {
    const drops = dropsBy('server', 10_300);
    assert.deepEqual(
      [10_400, 12_200].map((at) => drops.takesAsAsked(at)),
      [false, true],
    );
  });

  test('that clients make themselves are never asked for', () => {
    for (const by of ['client', 'together'] as const) assert.equal(dropsBy(by).takesAsAsked(10_500), false);
  });
});

test('back-offs', () => {
  const bounds = { baseMs: 50, capMs: 300 };
  const waits = (backoff: Parameters<typeof backoffMs>[0], drawn = 0.5) =>
    [0, 1, 2, 3, 4].map((n) => backoffMs(backoff, bounds, n, () => drawn));
  assert.deepEqual(waits('none'), [5, 5, 5, 5, 5]);
  assert.deepEqual(waits('exponential'), [50, 100, 200, 300, 300]);
  assert.deepEqual(waits('full-jitter'), [25, 50, 100, 150, 150]);
  assert.deepEqual(waits('full-jitter', 0), [0, 0, 0, 0, 0]);
  assert.equal(
    backoffMs('exponential', bounds, 5000, () => 0),
    300,
  );
});

/** Two stages of seven clients, each dropped three times. */
const PLAN = cycles({
  level: 7,
  parts: { tag: 'backoff', values: ['none', 'exponential'] },
  count: 3,
  seconds: 2,
});

describe('what k6 keeps apart', () => {
  test('are the seconds since the first drop of a stage, as long as reconnections may last', () => {
    const [first] = PLAN.stages;
    assert.ok(first);
    assert.equal(firstDrop(first, PLAN), 2200);
    assert.deepEqual(
      [2200, 3199, 3200, 7999].map((time) => secondOf(time, 2200)),
      [0, 0, 1, 5],
    );
    const keys = attemptsBySecond(first, PLAN, 3.5);
    assert.equal(keys[0], 'reconnection_attempts{second:0,stage:1}');
    assert.equal(keys.at(-1), `reconnection_attempts{second:${secondOf(8000 + 3500, 2200)},stage:1}`);
    assert.equal(attemptsBySecond({ ...first, end: 1e9 }, PLAN, 1).length, 600);
  });

  test('and all planned drops of each stage must have been', () => {
    const must = observedDrops(PLAN, 1).filter(([, , expression]) => expression !== undefined);
    assert.deepEqual(must, [
      ['connections_dropped{stage:1}', 'counter', 'count>=21'],
      ['connections_dropped{stage:2}', 'counter', 'count>=21'],
    ]);
  });
});

/** k6's values: everything is well in stage 1, in stage 2 two of twenty are not back, and one was not dropped. */
const VALUES: Record<string, Record<string, number>> = {
  'connections_dropped{stage:1}': { count: 21 },
  'reconnections_begun{stage:1}': { count: 21 },
  'reconnection_success{stage:1}': { passes: 21, fails: 0 },
  'reconnection_attempts{stage:1}': { count: 21 },
  'reconnection_latency{stage:1}': { count: 21, max: 40 },
  'reconnection_attempts{second:0,stage:1}': { count: 7 },
  'reconnection_attempts{second:2,stage:1}': { count: 14 },
  'connections_dropped{stage:2}': { count: 20 },
  'reconnections_begun{stage:2}': { count: 20 },
  'reconnection_success{stage:2}': { passes: 18, fails: 2 },
  'reconnection_attempts{stage:2}': { count: 50 },
  'reconnection_latency{stage:2}': { count: 18, max: 1500 },
  'reconnection_attempts{second:7,stage:2}': { count: 30 },
};

const TEST = {
  vocabulary: RECONNECT_WORDS,
  plan: PLAN,
  settings: { reconnectSeconds: 2 },
} as unknown as TestInfo;

function summaryOf(values = VALUES, states: StageSummary['state'][] = ['held', 'broke']): RunSummary {
  const metrics = Object.fromEntries(Object.entries(values).map(([name, of]) => [name, { values: of }]));
  const data: K6Data = { metrics, state: { testRunDurationMs: 16_000 } };
  const stages = states.map((state, index) => ({ number: index + 1, state }));
  return {
    ...{ ...TEST, stages, measures: {} },
    ...RECONNECTIONS.summarize(new K6Metrics(data), TEST, 16_000),
  } as unknown as RunSummary;
}

describe('the part of the report', () => {
  test('has a storm for each stage', () => {
    const each = { planned: 21 };
    assert.deepEqual(summaryOf().reconnections, [
      {
        ...{ ...each, stage: 1, backoff: 'none', dropped: 21, reconnections: 21, notBack: 0 },
        ...{ attempts: 21, attemptsEach: 1, longestMs: 40, worstSecond: 14 },
      },
      {
        ...{ ...each, stage: 2, backoff: 'exponential', dropped: 20, reconnections: 20, notBack: 2 },
        ...{ attempts: 50, attemptsEach: 2.5, longestMs: 1500, worstSecond: 30 },
      },
    ]);
  });

  test('tells them', () => {
    assert.deepEqual(RECONNECTIONS.lines(summaryOf()), [
      ['storm none', '21 of 21 dropped, back after 40 ms at most, 1.00 dials each, 14 in the worst second'],
      [
        'storm exponential',
        '20 of 21 dropped, back after 1.50 s at most, 2 not in time, 2.50 dials each, 30 in the worst second',
      ],
    ]);
    assert.equal(
      RECONNECTIONS.sentence?.(summaryOf(), undefined),
      '7 clients came back after 39 of 41 drops, within 1.50 s',
    );
    const { text: page } = html`${RECONNECTIONS.section(summaryOf())}`;
    for (const text of ['<td>20 / 21</td>', '<td>2.50</td>', '>exponential</th>', '1.50\u00a0s'])
      assert.ok(page.includes(text), `${text} in ${page}`);
  });

  test('has figures of each back-off, to compare', () => {
    const told = (RECONNECTIONS.figures ?? []).map(({ metric, value }) => [metric, value(summaryOf())]);
    assert.deepEqual(Object.fromEntries(told), {
      ...{ attempts_each_none: 1, longest_back_none: 40, worst_second_none: 14 },
      ...{ attempts_each_exponential: 2.5, longest_back_exponential: 1500, worst_second_exponential: 30 },
      ...{ attempts_each_full_jitter: null, longest_back_full_jitter: null, worst_second_full_jitter: null },
    });
  });

  test('doubts less than was planned, but where that is what broke', () => {
    const { doubts = () => [] } = RECONNECTIONS;
    assert.deepEqual(doubts(summaryOf()), []);
    assert.deepEqual(doubts(summaryOf(VALUES, ['held', 'held'])), [
      'only 20 of 21 connections were dropped in stage 2: the others were not back yet: make CYCLE_SECONDS longer',
    ]);
  });

  test('is one of runs in which connections are dropped, and has nothing to say of none', () => {
    const none = { ...TEST, vocabulary: { ...RECONNECT_WORDS, metrics: {} } };
    assert.deepEqual(
      RECONNECTIONS.summarize(new K6Metrics({ metrics: {}, state: { testRunDurationMs: 1 } }), none, 1),
      {},
    );
    const [line] = RECONNECTIONS.lines(summaryOf({}));
    assert.deepEqual(line, ['storm none', '0 of 21 dropped, none back, – dials each, 0 in the worst second']);
  });
});
