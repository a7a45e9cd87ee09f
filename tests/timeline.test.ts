// Is the record of k6's web dashboard read as it was written, even when it is cut or foreign?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseTimeline } from '../report/derive/timeline.ts';
import { timelineText } from './support/timelineText.ts';

const START = 1_795_000_000_000;
const TEXT = timelineText(
  [
    { open: 10, answers: 0, latency: 0 },
    { open: 10, answers: 20, latency: 100 },
    { open: 30, answers: 50, latency: 250, failures: 3 },
  ],
  START,
);

describe('a record', () => {
  test('has a point per second, with what it brought and what there was in total', () => {
    const { startedAt, points } = parseTimeline(TEXT);
    assert.equal(startedAt, START);
    assert.deepEqual(
      points.map(({ time, seconds }) => [time - START, seconds]),
      [
        [1000, 1],
        [2000, 1],
        [3000, 1],
      ],
    );
    const [first, second, third] = points;
    assert.ok(first && second && third);
    assert.equal(first.period('answer_latency', 'p(95)'), null, 'no answer, no percentile');
    assert.equal(second.period('answer_latency', 'p(95)'), 100);
    assert.deepEqual(
      ['med', 'max', 'p(99)', 'avg'].map((name) => third.period('answer_latency', name)),
      [250, 250, 250, 250],
    );
    assert.equal(third.period('questions_answered', 'count'), 50);
    assert.equal(third.total('questions_answered', 'count'), 70);
    assert.equal(third.total('sessions_open', 'count'), 30);
    assert.equal(third.period('failures', 'count'), 3);
  });

  test('a metric or an aggregate that is not in it is null', () => {
    const [, second] = parseTimeline(TEXT).points;
    assert.ok(second);
    assert.equal(second.period('nothing', 'count'), null);
    assert.equal(second.period('answer_latency', 'p(12)'), null);
  });

  test('metrics that are announced later move the places of the others', () => {
    const aggregates = { counter: ['count', 'rate'], gauge: ['value'] };
    const lines = [
      { event: 'param', data: { aggregates } },
      { event: 'metric', data: { time: { type: 'gauge' }, zebra: { type: 'counter' } } },
      { event: 'start', data: [[START]] },
      { event: 'cumulative', data: [[START + 1000], [7, 7]] },
      { event: 'snapshot', data: [[START + 1000], [7, 7]] },
      {
        event: 'metric',
        data: { 'failures{reason:reset}': { type: 'counter' }, failures: { type: 'counter' } },
      },
      { event: 'cumulative', data: [[4, 2], [4, 2], [START + 2000], [9, 4.5]] },
      { event: 'snapshot', data: [[4, 4], [4, 4], [START + 2000], [2, 2]] },
    ];
    const { points, metrics } = parseTimeline(lines.map((line) => JSON.stringify(line)).join('\n'));
    assert.deepEqual(metrics, ['failures', 'failures{reason:reset}', 'time', 'zebra']);
    const [early, late] = points;
    assert.ok(early && late);
    assert.equal(early.period('zebra', 'count'), 7);
    assert.equal(early.total('failures', 'count'), null);
    assert.equal(late.period('zebra', 'count'), 2);
    assert.equal(late.total('failures{reason:reset}', 'count'), 4);
  });

  test('the last part of a second has no snapshot: its counters are what the totals grew by', () => {
    const lines = TEXT.trimEnd().split('\n');
    const last = lines.findLastIndex((line) => line.includes('"snapshot"'));
    const { points } = parseTimeline(lines.filter((_, index) => index !== last).join('\n'));
    assert.equal(points.length, 3);
    const third = points[2];
    assert.ok(third);
    assert.equal(third.period('questions_answered', 'count'), 50);
    assert.equal(third.period('answer_latency', 'p(95)'), null);
    assert.equal(third.total('answer_latency', 'p(95)'), 250);
  });
});

describe('what is wrong in it', () => {
  test('cut at any place, it gives what is whole', () => {
    const whole = parseTimeline(TEXT).points.length;
    for (let length = 0; length <= TEXT.length; length += 7) {
      const { points } = parseTimeline(TEXT.slice(0, length));
      assert.ok(points.length <= whole);
      for (const point of points) assert.ok(Number.isFinite(point.time) && point.seconds > 0);
    }
  });

  for (const [name, text] of Object.entries({
    nothing: '',
    'no JSON': 'k6\nweb\ndashboard\n',
    'other JSON': '[1]\n"x"\nnull\n{"event":"cumulative"}\n{"event":"cumulative","data":[[1]]}\n',
    'a start alone': '{"event":"start","data":[[1]]}\n',
    'values of the wrong length': `${TEXT.split('\n').slice(0, 4).join('\n')}\n{"event":"cumulative","data":[[1]]}`,
  }))
    test(`${name}: no points`, () => assert.deepEqual(parseTimeline(text).points, []));
});

test('40 minutes are read in no time', () => {
  const seconds = Array.from({ length: 2400 }, () => ({ open: 100, answers: 200, latency: 900 }));
  const text = timelineText(seconds);
  const before = performance.now();
  const { points } = parseTimeline(text);
  assert.equal(points.length, 2400);
  assert.ok(performance.now() - before < 3000);
});
