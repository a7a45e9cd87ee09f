// Are the messages whose delays are watched spread evenly, and is what the report says of deliveries what k6 counted?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fanoutOf, isWatched, messageName, observedFanout, watchedMessages } from '../lib/measures/fanout.ts';
import { burst } from '../lib/plans/load.ts';
import { BROADCAST_WORDS } from '../systems/graph/broadcast/broadcastWords.ts';
import { summaryOf, type RunSummary } from '../report/derive/summary.ts';
import { Html } from '../report/html/escape.ts';
import { DELIVERIES } from '../report/parts/deliveries.ts';
import { counter, k6Data, rate, testInfo, trend, type Metrics } from './support/runData.ts';

describe('watched messages', () => {
  const SIZES = [
    { publishers: 1, messages: 1 },
    { publishers: 3, messages: 10 },
    { publishers: 10, messages: 20 },
    { publishers: 10, messages: 100 },
    { publishers: 20, messages: 50 },
    { publishers: 50, messages: 50 },
    { publishers: 7, messages: 333 },
    { publishers: 1, messages: 100_003 },
    { publishers: 997, messages: 1 },
  ];
  for (const sizes of SIZES)
    test(`of ${sizes.publishers} × ${sizes.messages} are known by their number, and evenly spread`, () => {
      const { publishers, messages } = sizes;
      const watched = watchedMessages(sizes);
      assert.equal(watched.length, Math.min(200, publishers * messages));
      const known = [];
      for (let publisher = 1; publisher <= publishers; publisher++)
        for (let number = 0; number < messages; number++)
          if (isWatched(sizes, publisher, number)) known.push(messageName(publisher, number));
      assert.deepEqual([...watched].sort(), known.sort());
      const shares = countBy(watched.map((name) => name.replace(/\..*/, '')));
      const fair = watched.length / Math.min(publishers, watched.length);
      assert.ok(Math.max(...shares) <= Math.ceil(fair) + 1, `publishers have ${shares.join(', ')}`);
    });
});

function countBy(names: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts.values()];
}

/** Four clients, two publishers with two messages each: 16 deliveries, of which some went wrong. */
const CHANNEL = { channel: 'graph', publishers: 2, messages: 2, heard: 2 };
const METRICS: Metrics = {
  clients_started: counter(4),
  clients_ended: counter(4),
  deliveries_expected: counter(16),
  deliveries_received: counter(13),
  deliveries_failed: counter(3),
  delivery_success: rate(13, 3),
  delivery_latency: trend(13, 10),
  'failures{phase:delivery,reason:delivery_lost}': counter(2),
  'failures{phase:delivery,reason:delivery_late}': counter(1),
  deliveries_doubled: counter(5),
  deliveries_reordered: counter(4),
  [fanoutOf('1.0')]: { count: 4, min: 1, med: 2, avg: 3, max: 40 },
  [fanoutOf('2.0')]: { count: 4, min: 3, med: 6, avg: 7, max: 20 },
  [fanoutOf('1.1')]: { count: 2, min: 5, med: 7, avg: 7, max: 9 },
  [fanoutOf('2.1')]: { count: 0, min: 0, med: 0, avg: 0, max: 0 },
};

function summary(change: Metrics = {}) {
  const about = { vocabulary: BROADCAST_WORDS, fanout: CHANNEL, plan: burst(4), limits: [] };
  return summaryOf(testInfo(about), k6Data({ ...METRICS, ...change }));
}

describe('the part of a run', () => {
  test('has the counts of the channel, and delays of those messages that anybody got', () => {
    assert.deepEqual(summary().deliveries, {
      channels: [
        { channel: 'graph', expected: 16, received: 13, lost: 2, late: 1, doubled: 5, reordered: 4 },
      ],
      messages: 3,
      first: { p50: 3, p95: 4.8, max: 5 },
      median: { p50: 6, p95: 6.9, max: 7 },
      last: { p50: 20, p95: 38, max: 40 },
    });
  });

  test('is told in lines and in tables', () => {
    const run = summary();
    assert.deepEqual(DELIVERIES.lines(run), [
      ['channel', 'graph: 2 lost, 1 late, 5 doubled, 4 reordered'],
      ['first has it', 'p50 3.0 ms, p95 4.8 ms, at most 5.0 ms after the send'],
      ['half have it', 'p50 6.0 ms, p95 6.9 ms, at most 7.0 ms after the send'],
      ['last has it', 'p50 20 ms, p95 38 ms, at most 40 ms after the send'],
    ]);
    const [section] = [DELIVERIES.section(run)].flat();
    assert.ok(section instanceof Html);
    const text = section.text.replace(/<[^>]*>/g, ' ').replace(/[\s\u00a0]+/g, ' ');
    assert.match(text, / graph 16 13 2 1 5 4 /);
    assert.match(text, / the last client had it 20 ms 38 ms 40 ms /);
    assert.match(text, / of 3 messages that were watched/);
  });

  test('gives figures to compare', () => {
    const values = (DELIVERIES.figures ?? []).map(({ metric, value }) => [metric, value(summary())]);
    assert.deepEqual(Object.fromEntries(values), {
      deliveries_lost: 2,
      deliveries_late: 1,
      deliveries_doubled: 5,
      deliveries_reordered: 4,
      delay_first: 4.8,
      delay_median: 6.9,
      delay_last: 38,
    });
  });

  test('of another system is none', () => {
    assert.equal(summaryOf(testInfo(), k6Data({})).deliveries, undefined);
  });

  test('without any delivery has no delays', () => {
    const none = { [fanoutOf('1.0')]: {}, [fanoutOf('2.0')]: {}, [fanoutOf('1.1')]: {} };
    const run = summary(none);
    assert.deepEqual(run.deliveries?.last, { p50: null, p95: null, max: null });
    assert.equal(DELIVERIES.lines(run).length, 1);
  });
});

const doubts = (run: RunSummary) => DELIVERIES.doubts?.(run);

describe('a run in which too little could be expected', () => {
  const fewer = { deliveries_expected: counter(15) };

  test('is doubted, with what is known of the causes', () => {
    const causes = {
      ...fewer,
      clients_late: counter(1),
      messages_unpublished: counter(2),
      disconnects: counter(3),
    };
    assert.deepEqual(doubts(summary(causes)), [
      'only 15 of 16 deliveries could be expected: 1 client subscribed late, 2 messages could not be published, 3 connections ended too soon',
    ]);
    assert.deepEqual(doubts(summary(fewer)), [
      'only 15 of 16 deliveries could be expected: not all clients were there',
    ]);
  });

  test('is crossed in k6 too', () => {
    const [[metric, , must] = []] = observedFanout('deliveries_expected', 4, CHANNEL);
    assert.deepEqual([metric, must], ['deliveries_expected', 'count>=16']);
  });

  test('is not doubted where all was expected, or where a limit says that it broke', () => {
    assert.deepEqual(doubts(summary()), []);
    const run = summary(fewer);
    const stages = run.stages.map((stage) => ({ ...stage, state: 'broke' as const }));
    assert.deepEqual(doubts({ ...run, stages }), []);
  });
});
