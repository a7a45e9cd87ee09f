// Are the times of an outage exactly those that its probes tell, from the first failed one to the last late one?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inSecond, MAX_PROBE_SECONDS, recovery, type Outage } from '../lib/plans/load.ts';
import { K6Metrics } from '../report/derive/k6Data.ts';
import { recoveryOf, type RecoverySummary } from '../report/parts/recovery.ts';
import { counter, k6Data, rate, testInfo, type Metrics } from './support/runData.ts';

/** 20 s before, the outage from 25 s to 33 s, 10 s to recover, 20 s after: 63 s. */
const PLAN = recovery({
  sessions: 10,
  beforeSeconds: 20,
  seconds: 8,
  recoverySeconds: 10,
  afterSeconds: 20,
  probesPerSecond: 5,
});
const OUTAGE: Outage = { start: 25_000, length: 8000, probesPerSecond: 5, withinMs: 500 };

/** A Trend with these ends. */
const between = (count: number, min: number, max: number) => ({ count, min, avg: min, med: min, max });

/** Probes by second since the outage's planned start: so many of five in time. */
const inTime = (...good: number[]): Metrics =>
  Object.fromEntries(good.map((passes, second) => [inSecond(second), rate(passes, 5 - passes)]));

/** All 38 s behind the start are well, but for the first ones. */
const firstBad = (...good: number[]): Metrics =>
  inTime(...good, ...Array.from({ length: 38 - good.length }, () => 5));

function recovered(metrics: Metrics, outage = OUTAGE): RecoverySummary {
  return recoveryOf(new K6Metrics(k6Data(metrics)), testInfo({ plan: PLAN }), outage);
}

test('the plan of these tests is as they assume', () => {
  assert.deepEqual([PLAN.outage?.start, PLAN.outage?.length, PLAN.end], [25_000, 8000, 63_000]);
});

describe('an outage that nobody felt', () => {
  test('has no beginning and cost nothing', () => {
    assert.deepEqual(recovered({ probe_duration: between(190, 20, 40), ...firstBad() }), {
      startedAt: null,
      errorsLastedMs: 0,
      p95BackAfterMs: 0,
      lost: 0,
      probes: { planned: 315, answered: 190, failed: 0, dropped: 0 },
    });
  });
  test('has the beginning that the call which started it tells', () => {
    const { startedAt, errorsLastedMs } = recovered({ outage_started: between(1, 25_040, 25_040) });
    assert.deepEqual([startedAt, errorsLastedMs], [25_040, 0]);
  });
});

describe('errors', () => {
  const failed = {
    outage_started: between(1, 25_100, 25_100),
    probe_duration: between(150, 30, 50),
    probe_failed_start: between(39, 25_150, 32_950),
    probe_failed_end: between(39, 25_160, 33_100),
  };
  test('last from the beginning to half an interval behind the last failed probe', () => {
    assert.equal(recovered(failed).errorsLastedMs, 32_950 + 100 - 25_100);
    const closer = recovered(failed, { ...OUTAGE, probesPerSecond: 20 });
    assert.equal(closer.errorsLastedMs, 32_950 + 25 - 25_100);
  });
  test('that went on to the end have no end', () => {
    // The last probe starts one interval before the end at the latest: 62,800; one interval more is not known.
    assert.equal(
      recovered({ ...failed, probe_failed_start: between(180, 25_150, 62_600) }).errorsLastedMs,
      null,
    );
    assert.equal(
      recovered({ ...failed, probe_failed_start: between(180, 25_150, 62_599) }).errorsLastedMs,
      62_599 + 100 - 25_100,
    );
  });
  test('are counted by probes: answered, failed, and those that had no VU', () => {
    const { probes } = recovered({ ...failed, dropped_iterations: counter(3) });
    assert.deepEqual(probes, { planned: 315, answered: 150, failed: 39, dropped: 3 });
  });
  test('never last less than nothing', () => {
    const early = { ...failed, outage_started: between(1, 40_000, 40_000) };
    assert.equal(recovered(early).errorsLastedMs, 0);
  });
});

describe('the beginning, where nothing tells it', () => {
  const failing = (start: number, end: number): Metrics => ({
    probe_duration: between(100, 30, 60),
    probe_failed_start: between(20, start, 30_000),
    probe_failed_end: between(20, end, 31_000),
  });
  test('is when the first probe was seen to fail', () => {
    assert.equal(recovered(failing(25_010, 25_020)).startedAt, 25_020);
  });
  test('or, when that took longer than an answer does, when its answer would have come', () => {
    assert.equal(recovered(failing(25_010, 35_010)).startedAt, 25_010 + 30);
  });
  test('or its start, where no probe was ever answered', () => {
    assert.equal(recovered({ ...failing(25_010, 35_010), probe_duration: {} }).startedAt, 25_010);
  });
  test('is unknown where nothing failed, or where only one end of it is known', () => {
    assert.equal(recovered({ probe_duration: between(100, 30, 60) }).startedAt, null);
    assert.equal(recovered({ probe_failed_start: between(1, 25_000, 25_000) }).startedAt, null);
    assert.equal(recovered({ probe_failed_end: between(1, 25_000, 25_000) }).startedAt, null);
  });
});

describe('answers are in time again', () => {
  const told = { outage_started: between(1, 25_000, 25_000) };
  const back = (...good: number[]) => recovered({ ...told, ...firstBad(...good) }).p95BackAfterMs;

  test('behind the last second that was bad in a window of four, as far as it was bad', () => {
    assert.equal(back(0, 0, 0), 3000);
    assert.equal(back(0, 0, 2), 2000 + (3 / 5) * 1000);
    assert.equal(back(3), (2 / 5) * 1000);
    assert.equal(back(4), 0);
    assert.equal(back(), 0);
  });
  test('behind the last of several bad times', () => {
    assert.equal(back(0, 5, 5, 5, 5, 5, 0, 5), 7000);
  });
  test('a single late probe among twenty is no slowness, two are', () => {
    const twenty = (good: number) => rate(good, 20 - good);
    const seconds = (first: number): Metrics =>
      Object.fromEntries(
        Array.from({ length: 38 }, (_, second) => [inSecond(second), twenty(second === 9 ? first : 20)]),
      );
    const after = (first: number) =>
      recovered({ ...told, ...seconds(first) }, { ...OUTAGE, probesPerSecond: 20 }).p95BackAfterMs;
    // A window of four seconds has 80 probes, of which 4 may be late.
    assert.equal(after(16), 0);
    assert.equal(after(15), 9000 + (5 / 20) * 1000);
  });
  test('at once, where no second was slow, however early the outage began', () => {
    const early = { outage_started: between(1, 20_000, 20_000) };
    assert.equal(recovered({ ...early, ...firstBad() }).p95BackAfterMs, 0);
    // Seconds 0 to 3 together are slow, but second 1, which is why, is not slow with those behind it.
    const uneven = { ...firstBad(5, 3), [inSecond(4)]: rate(40, 0) };
    assert.equal(recovered({ ...early, ...uneven }).p95BackAfterMs, 0);
  });
  test('from the moment that it began, not from the one that was planned', () => {
    const late = { outage_started: between(1, 25_400, 25_400), ...firstBad(0, 0) };
    assert.equal(recovered(late).p95BackAfterMs, 27_000 - 25_400);
  });
  test('not, where the last second that has probes has none in time', () => {
    const seconds = Array.from({ length: 38 }, () => 5);
    assert.equal(recovered({ ...told, ...inTime(...seconds.slice(0, 37), 0) }).p95BackAfterMs, null);
    assert.equal(recovered({ ...told, ...inTime(...seconds.slice(0, 30), 0) }).p95BackAfterMs, null);
    assert.equal(recovered({ ...told, ...inTime(...seconds.slice(0, 37), 1) }).p95BackAfterMs, 37_800);
  });
  test('seconds without probes say nothing', () => {
    const hole = firstBad(0, 0);
    for (const second of [3, 4, 5]) hole[inSecond(second)] = { passes: 0, fails: 0, rate: 0 };
    assert.equal(recovered({ ...told, ...hole }).p95BackAfterMs, 2000);
  });
  test('seconds behind the end of the plan are not looked at', () => {
    assert.equal(recovered({ ...told, ...firstBad(0), [inSecond(38)]: rate(0, 5) }).p95BackAfterMs, 1000);
  });
  test('of a very long plan, as many seconds as k6 was asked for', () => {
    const long = { ...PLAN, end: 25_000 + (MAX_PROBE_SECONDS + 50) * 1000 };
    const metrics = { ...told, [inSecond(MAX_PROBE_SECONDS)]: rate(0, 5), ...firstBad(0) };
    assert.equal(
      recoveryOf(new K6Metrics(k6Data(metrics)), testInfo({ plan: long }), OUTAGE).p95BackAfterMs,
      1000,
    );
  });
});

test('questions lost are those of the sessions, not those of the probes', () => {
  const lost = recovered({ questions_failed: counter(50), 'questions_failed{stage:probe}': counter(38) });
  assert.equal(lost.lost, 12);
});
