// What keeps a run from being judged, and does the sentence name the cause and the remedy?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { burst, mostHeld, planOf, plannedProbes, plannedSessions, recovery } from '../lib/plans/load.ts';
import { thresholdsOf } from '../lib/before/thresholds.ts';
import { worstLag } from '../report/derive/generatorLag.ts';
import type { RunSummary } from '../report/derive/summary.ts';
import { renderText } from '../report/text/text.ts';
import { verdictOf, type Observation } from '../report/derive/verdict.ts';
import { counter, PLAN, summaryWith, testInfo, trend } from './support/runData.ts';

const sentenceOf = (summary: RunSummary, observation?: Observation) =>
  verdictOf(summary, observation).sentence;
const text = (summary: RunSummary) => renderText(summary, verdictOf(summary), false).replace(/\n {14}/g, ' ');

describe('the generator was late', () => {
  const late = summaryWith({ generator_lag: trend(300, 10), 'generator_lag{stage:2}': trend(100, 40) });
  const observed = (averageCpu: number | null) => ({ exitCode: 99, busySeconds: 0, averageCpu });

  test('the worst stage is named, in the verdict and in the figures', () => {
    assert.deepEqual(worstLag(late), { p99: 72, stage: 2 });
    assert.match(
      sentenceOf(late),
      /^the load generator was starved: lag p99 72 ms in stage 2, limit 25 ms; /,
    );
    assert.match(text(late), /generator +lag p99 18 ms, 72 ms in stage 2 \(limit 25 ms\)/);
  });
  test('the run itself may be the worst, and a stage within the limit is not told', () => {
    assert.match(sentenceOf(summaryWith({ generator_lag: trend(300, 50) })), /lag p99 90 ms, limit 25 ms/);
    const slight = summaryWith({ 'generator_lag{stage:2}': trend(100, 5) });
    assert.match(text(slight), /generator +lag p99 1\.8 ms \(limit 25 ms\)/);
  });
  test('stages that only inform do not count', () => {
    const summary = summaryWith({ 'generator_lag{stage:3}': trend(100, 40) }, { requiredSessions: 20 });
    assert.equal(verdictOf(summary).result, 'PASS');
  });
  test('on an idle CPU, because sessions ask in step', () => {
    const sentence = sentenceOf(late, observed(0.31));
    assert.match(sentence, /its CPU was used to 31 % on average, so sessions ask in step: spread them with/);
    assert.match(sentence, /RAMP_TRANSITION_SECONDS or THINK_SECONDS/);
  });
  test('on a busy CPU, because there are too many', () => {
    assert.match(sentenceOf(late, observed(0.8)), /; use fewer sessions per machine or a larger one$/);
  });
  test('where nobody saw the CPU, both are possible', () => {
    for (const sentence of [sentenceOf(late), sentenceOf(late, observed(null))])
      assert.match(
        sentence,
        /use fewer sessions per machine or a larger one, or, where sessions ask in step/,
      );
  });
});

describe('another load than the plan', () => {
  const heldIn = (stage: number, share: number) => {
    const { level: sessions, hold, end } = PLAN.stages[stage - 1] ?? { level: 0, hold: 0, end: 0 };
    return { [`hold_vu_time{stage:${stage}}`]: counter(share * sessions * (end - hold)) };
  };
  test('too many are not better than too few', () => {
    assert.match(
      sentenceOf(summaryWith(heldIn(2, 1.5))),
      /^k6 held 150 % of the 20 sessions of stage 2: k6 made/,
    );
    assert.match(sentenceOf(summaryWith(heldIn(2, 0.5))), /^the load generator held only 50\.00 % of the 20/);
    for (const share of [0.99, 1.01]) assert.equal(verdictOf(summaryWith(heldIn(2, share))).result, 'PASS');
  });
  test('where k6 had too few VUs, they are why', () => {
    const vus = { vus_max: { value: 5, min: 0, max: 5 } };
    assert.match(
      sentenceOf(summaryWith({ ...heldIn(3, 0.17), ...vus })),
      /^k6 had 5 VUs and held 17\.00 % of/,
    );
  });
  test('where the number falls, sessions may finish their answer', () => {
    const plan = planOf([10, 4].map((level) => ({ level, transition: 0, settle: 0, hold: 10 })));
    const [high, low] = plan.stages;
    assert.ok(high && low);
    assert.deepEqual([mostHeld(plan, high), mostHeld(plan, low), mostHeld(PLAN, low)], [10, 10, 4]);
    const thresholds = thresholdsOf([], { ...testInfo(), plan });
    assert.deepEqual(thresholds['hold_vu_time{stage:2}']?.slice(1), ['count>=39600', 'count<=101000']);
    assert.deepEqual(thresholds['hold_vu_time{stage:1}']?.slice(1), ['count>=99000', 'count<=101000']);
  });
  test('sessions that start once are counted', () => {
    const plan = burst(60);
    assert.deepEqual([plannedSessions(plan), plannedSessions(PLAN)], [60, null]);
    assert.deepEqual(thresholdsOf([], { ...testInfo(), plan })['sessions_started'], ['count==60']);
    const summary = summaryWith({}, { plan });
    assert.match(sentenceOf(summary), /^50 sessions were started and 60 were planned: k6 made another load/);
    assert.equal(summary.ledger.find(({ name }) => name === 'planned sessions')?.balanced, false);
    assert.match(text(summary), /ledger +does not balance: planned sessions/);
  });
  test('so are probes', () => {
    const settings = {
      beforeSeconds: 10,
      seconds: 1,
      recoverySeconds: 1,
      afterSeconds: 3,
      probesPerSecond: 0.5,
    };
    const plan = recovery({ sessions: 1, ...settings });
    assert.ok(plan.outage);
    assert.equal(plannedProbes(plan, plan.outage), 10);
  });
});

describe('what k6 was told not to do', () => {
  test('to judge', () => {
    assert.match(
      sentenceOf(summaryWith({}, { unjudged: true })),
      /^k6 was told not to judge \(--no-thresholds\)/,
    );
  });
  test('to keep percentiles', () => {
    const without = (values: Record<string, number>, name: string) =>
      Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));
    const latency = without(trend(300, 100), 'p(95)');
    assert.match(
      sentenceOf(summaryWith({ answer_latency: latency })),
      /^k6 kept no p\(95\) of answer_latency: /,
    );
    const lag = without(trend(300, 1), 'p(99)');
    assert.match(sentenceOf(summaryWith({ generator_lag: lag })), /^k6 kept no p\(99\) of generator_lag: /);
  });
});

describe('what was held', () => {
  test('a PASS with few open sockets says how many', () => {
    const open = (share: number) => {
      const { hold = 0, end = 0 } = PLAN.stages[2] ?? {};
      return sentenceOf(summaryWith({ 'hold_session_time{stage:3}': counter(share * 30 * (end - hold)) }));
    };
    assert.match(
      open(0.1),
      /^holds 30 sessions \(the plan's maximum\), of which 3\.0 had an open socket on average: /,
    );
    assert.match(open(0.95), /^holds 30 sessions \(the plan's maximum\): /);
  });
  test('set-up is told', () => {
    assert.match(
      text(summaryWith()),
      /set-up +p50 20 ms, p95 28 ms, at most 40 ms from log-in to open socket/,
    );
    const none = { session_setup_duration: { ...trend(0, 0) } };
    assert.match(text(summaryWith(none)), /set-up +no socket opened/);
  });
});
