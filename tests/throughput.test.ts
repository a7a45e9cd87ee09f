// Does the report say what share of its goal a run made, how many machines the goal needs, and when nobody can know that?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hold } from '../lib/plans/load.ts';
import { metricsOf } from '../lib/vocabulary/vocabulary.ts';
import { parseLimits } from '../lib/words/limits.ts';
import type { Observed } from '../report/derive/evidence.ts';
import { summaryOf, type RunSummary } from '../report/derive/summary.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { renderHtml } from '../report/html/page.ts';
import { THROUGHPUT } from '../report/parts/throughput.ts';
import { renderMarkdown } from '../report/text/markdown.ts';
import { renderText } from '../report/text/text.ts';
import { MESSAGES_WORDS } from '../systems/messaging/api/messagesWords.ts';
import { counter, k6Data, rate, testInfo, trend, type Metrics } from './support/runData.ts';

const PLAN = hold({ sessions: 100, seconds: 100, stages: 1 });
const MADE = 'requests_answered{endpoint:messages}';

/** 100 users for 90 judged seconds, 9,000 messages in them and 10,000 in the run of 100 s; `limit`: on messages a second. */
function run(metrics: Metrics = {}, limit = 'rate>1', goal = 10_000_000): RunSummary {
  const limits = parseLimits(
    JSON.stringify({ target: { [MADE]: [limit] } }),
    'limits.json',
    metricsOf(MESSAGES_WORDS),
  );
  const clean = {
    users_started: counter(100),
    users_completed: counter(100),
    users_ended: counter(100),
    requests_sent: counter(10_000),
    requests_answered: counter(10_000),
    [MADE]: counter(10_000),
    'requests_answered{endpoint:messages,stage:1}': counter(9000),
    'requests_answered{stage:1}': counter(9000),
    'requests_sent{stage:1}': counter(9000),
    request_success: rate(10_000, 0),
    'request_success{stage:1}': rate(9000, 0),
    request_latency: trend(10_000, 100),
    'request_latency{stage:1}': trend(9000, 100),
    generator_lag: trend(10_000, 1),
    'generator_lag{stage:1}': trend(9000, 1),
    'hold_user_time{stage:1}': counter(9_000_000),
    'hold_vu_time{stage:1}': counter(9_000_000),
  };
  const info = {
    script: 'messages-api',
    vocabulary: MESSAGES_WORDS,
    plan: PLAN,
    limits: limits.target,
    levels: limits,
    settings: { messagesPerMinute: goal },
  };
  return summaryOf(testInfo(info), k6Data({ ...clean, ...metrics }, 100_000));
}

const seen = (averageCpu: number | null): Observed => ({
  ...{ exitCode: 0, busySeconds: 0, peakConcurrent: 1, cores: 2, peakMemoryBytes: 1e8 },
  ...{ averageCpu, peakCpu: averageCpu },
});

/** What the part says, in one text. */
const said = (summary: RunSummary, observed?: Observed) =>
  THROUGHPUT.lines(observed === undefined ? summary : { ...summary, observed }).map(([, text]) => text);

describe('the sentence', () => {
  test('says how many a minute, and their share of the goal', () => {
    const [first] = said(run());
    assert.equal(
      first,
      '6,000 messages a minute (100/s) from 100 users: 0.06 % of the 10,000,000 of TARGET_MESSAGES_PER_MINUTE',
    );
    assert.match(said(run({}, 'rate>1', 4000))[0] ?? '', /150 % of the 4,000 of/);
    assert.deepEqual(run().throughput, { made: 9000, judgedMs: 90_000, perMinute: 6000, goal: 10_000_000 });
  });

  test('is of as much of the judged part as a run came to', () => {
    const summary = run();
    const cut = summaryOf(testInfo({ ...summary, plan: PLAN }), k6Data(dataOf(summary), 55_000));
    assert.deepEqual([cut.throughput?.judgedMs, cut.throughput?.perMinute], [45_000, 12_000]);
    const early = summaryOf(testInfo({ ...summary, plan: PLAN }), k6Data({}, 5000));
    assert.equal(early.throughput?.perMinute, null);
    assert.deepEqual(said(early), ['no messages in a judged part of the highest level']);
  });
});

const dataOf = ({ metrics, subMetrics }: RunSummary): Metrics => ({ ...metrics, ...subMetrics });

describe('how much one machine can make', () => {
  const capacity = (summary: RunSummary, observed?: Observed) => said(summary, observed)[1];

  test('follows from the CPU that k6 used, up to what makes a run invalid', () => {
    // 100 messages/s of the run, of 0.9 ÷ 0.3 of the CPU; 166,667 of 300 each.
    assert.equal(
      capacity(run(), seen(0.3)),
      'the generator can make at most about 300 messages/s on this machine (k6 used 30 % of its 2 cores), if nothing else runs there; the whole figure needs 556 such machines',
    );
    assert.match(capacity(run(), seen(0.05)) ?? '', /at most roughly 1,800 .* used 5\.0 % of/);
  });

  test('is what it made where it was late, or had no CPU left', () => {
    const late = run({ generator_lag: trend(10_000, 96), 'generator_lag{stage:1}': trend(9000, 96) });
    assert.match(
      capacity(late, seen(0.3)) ?? '',
      /at most about 100 messages\/s on this machine \(where its lag p99 was \d+ ms, limit 25 ms\); the whole figure needs 1,667 such machines/,
    );
    assert.match(capacity(run(), seen(0.95)) ?? '', /about 100 messages\/s .*\(k6 used 95 % of its CPU\);/);
  });

  test('may be enough', () => {
    assert.match(
      capacity(run({}, 'rate>1', 6000), seen(0.5)) ?? '',
      /; that is enough for the whole figure$/,
    );
  });

  test('is not known without the CPU, or from next to none', () => {
    for (const observed of [undefined, seen(null)])
      assert.equal(
        capacity(run(), observed),
        'what one machine can make at most is not known, for only “crescendo run” reads k6’s CPU',
      );
    assert.match(capacity(run(), seen(0.004)) ?? '', /^k6 used less than 1 % of its CPU, too little to tell/);
  });
});

test('text, Markdown and page say both', () => {
  const summary = { ...run(), observed: seen(0.3) };
  const verdict = verdictOf(summary, summary.observed);
  const text = renderText(summary, verdict, false).replace(/\s+/g, ' ');
  const markdown = renderMarkdown({ summary, verdict });
  const page = renderHtml({ summary, verdict }).replace(/&nbsp;|\u00a0/g, ' ');
  for (const report of [text, markdown.replaceAll('&#95;', '_'), page.replace(/\s+/g, ' ')]) {
    assert.ok(report.includes('6,000 messages a minute (100/s) from 100 users: 0.06 % of'), report);
    assert.ok(report.includes('the whole figure needs 556 such machines'), report);
  }
});

describe('a limit on messages a second', () => {
  /** The result, and why. */
  const judged = (summary: RunSummary, observed = seen(0.3)) => {
    const { result, sentence } = verdictOf(summary, { ...observed, exitCode: 99 });
    return [result, sentence];
  };

  test('that a slow platform breaks is its fault', () => {
    // Users wait 0.9 of their time, so they could have come to ten times as much.
    const waiting = { 'request_latency{stage:1}': trend(9000, 900) };
    assert.equal(judged(run(waiting, 'rate>900'))[0], 'FAIL');
    assert.match(judged(run(waiting, 'rate>1100'))[1] ?? '', /^100 users make at most 1,000 messages\/s/);
  });

  test('that users could not have come to is not', () => {
    const [result, sentence] = judged(run({}, 'rate>166667'));
    assert.equal(result, 'INVALID');
    assert.match(
      sentence ?? '',
      /of stage 1 is 166,667\/s: have more users, or shorter pauses \(THINK_SECONDS\)$/,
    );
  });

  test('that many failures break is, for who waited for them is not known', () => {
    const failing = { 'request_success{stage:1}': rate(9000, 1000) };
    assert.equal(judged(run(failing, 'rate>166667'))[0], 'FAIL');
  });

  test('that a busy or late generator breaks is not, whatever else', () => {
    const late = { generator_lag: trend(10_000, 96), 'generator_lag{stage:1}': trend(9000, 96) };
    assert.match(judged(run(late, 'rate>110'))[1] ?? '', /^the load generator was starved: lag p99/);
    const busy = judged(run({}, 'rate>101'), { ...seen(0.95), busySeconds: 12 });
    assert.match(busy[1] ?? '', /^the load generator used more than 90 % of its CPU for 12 s in a row/);
  });
});
