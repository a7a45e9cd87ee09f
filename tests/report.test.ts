// Does the report draw the right conclusions from k6's figures, and say them in text that fits a terminal?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseLimits, type Limit } from '../lib/words/limits.ts';
import { burst, ramp } from '../lib/plans/load.ts';
import { K6Metrics } from '../report/derive/k6Data.ts';
import { renderText, type TextExtras } from '../report/text/text.ts';
import { verdictOf, type Observation, type Verdict } from '../report/derive/verdict.ts';
import { duration, limitName, limitText, percent, valueText, whole } from '../report/text/words.ts';
import { booksOf } from '../report/derive/measures.ts';
import {
  limitResult,
  summaryOf,
  type LimitResult,
  type RunSummary,
  type TestInfo,
} from '../report/derive/summary.ts';
import { chatBooks } from './support/chat.ts';
import {
  cleanMetrics,
  counter,
  k6Data,
  METRICS,
  PLAN,
  rate,
  summaryWith,
  testInfo,
  trend,
  type Metrics,
} from './support/runData.ts';

function limitsOf(metrics: Record<string, string[]>): Limit[] {
  return parseLimits(JSON.stringify({ target: metrics }), 'limits.json', METRICS).target;
}

function verdictWith(changes: Metrics, info: Partial<TestInfo> = {}, observation?: Observation): Verdict {
  return verdictOf(summaryWith(changes, info), observation);
}

/** A stage whose answers are too slow for the limit of 500 ms. */
const slow = (stage: number): Metrics => ({ [`answer_latency{stage:${stage}}`]: trend(100, 1000) });

/** A stage in which nothing was answered or asked. */
const silent = (stage: number): Metrics =>
  Object.fromEntries([
    [`questions_sent{stage:${stage}}`, counter(0)],
    [`questions_answered{stage:${stage}}`, counter(0)],
    [`answer_success{stage:${stage}}`, { passes: 0, fails: 0, rate: 0 }],
    [`answer_latency{stage:${stage}}`, { ...trend(0, 0) }],
  ]);

describe("k6's figures", () => {
  const metrics = new K6Metrics(
    k6Data({
      c: counter(3),
      r: rate(3, 1),
      none: { passes: 0, fails: 0, rate: 0 },
      t: trend(2, 10),
      empty: trend(0, 0),
    }),
  );
  test('a metric without samples has no value, whatever k6 says', () => {
    assert.deepEqual(metrics.share('none'), { rate: null, samples: 0 });
    assert.deepEqual(metrics.share('missing'), { rate: null, samples: 0 });
    assert.deepEqual([metrics.distribution('empty'), metrics.distribution('missing')], [{}, {}]);
    assert.equal(metrics.aggregate('empty', 'p(95)'), null);
    assert.equal(metrics.aggregate('none', 'rate'), null);
    assert.equal(metrics.aggregate('missing', 'p(95)'), null);
  });
  test('others have', () => {
    assert.deepEqual([metrics.count('c'), metrics.count('missing')], [3, 0]);
    assert.deepEqual(metrics.share('r'), { rate: 0.75, samples: 4 });
    assert.equal(metrics.aggregate('t', 'p(95)'), 14);
    assert.equal(metrics.aggregate('r', 'rate'), 0.75);
    assert.deepEqual([metrics.aggregate('c', 'count'), metrics.aggregate('missing', 'count')], [3, 0]);
  });
});

describe('the summary', () => {
  test('of a clean run', () => {
    const summary = summaryWith();
    assert.deepEqual(chatBooks(summary).sessions, {
      started: 50,
      completed: 40,
      failed: 0,
      stopped: 10,
      interrupted: 0,
      success: { rate: 1, samples: 40 },
    });
    assert.deepEqual(summary.measures['session_setup_duration'], trend(50, 20));
    assert.deepEqual(
      summary.stages.map(({ number, level: sessions, state, held, binding }) => [
        number,
        sessions,
        state,
        held,
        binding,
      ]),
      [
        [1, 10, 'held', 1, true],
        [2, 20, 'held', 1, true],
        [3, 30, 'held', 1, true],
      ],
    );
    assert.deepEqual([summary.version, summary.cutShort, summary.failures], [2, false, []]);
    assert.ok(summary.ledger.every(({ balanced }) => balanced));
    assert.equal(summary.metrics['answer_latency{stage:1}'], undefined, 'the whole run only');
  });

  test("average concurrent invocations are Little's law from exact sums", () => {
    const waited = { answer_latency: trend(300, 210), failed_question_time: counter(30_000) };
    assert.equal(booksOf(summaryWith(waited, {}, 31_000), 'question').concurrent, 3);
  });

  test('a limit, its value and its margin', () => {
    const [first] = summaryWith({ 'answer_latency{stage:1}': { ...trend(100, 1), 'p(95)': 400 } }).stages;
    assert.deepEqual(first?.limits[0], {
      metric: 'answer_latency',
      expression: 'p(95)<500',
      aggregate: 'p(95)',
      operator: '<',
      unit: 'ms',
      bound: 500,
      value: 400,
      kept: true,
      margin: 0.2,
    });
    const [exact] = summaryWith({ 'answer_latency{stage:1}': { ...trend(100, 1), 'p(95)': 500 } }).stages;
    assert.deepEqual([exact?.state, exact?.limits[0]?.kept, exact?.limits[0]?.margin], ['broke', false, 0]);
    const [success] = summaryWith({ 'answer_success{stage:1}': rate(81, 19) }).stages;
    assert.ok(Math.abs((success?.limits[1]?.margin ?? 0) + 0.1) < 1e-9);
  });

  test('a stage without answers is not measured; one without ended sessions is', () => {
    assert.equal(summaryWith(silent(2)).stages[1]?.state, 'not measured');
    assert.equal(
      summaryWith({ 'session_success{stage:2}': { passes: 0, fails: 0, rate: 0 } }).stages[1]?.state,
      'held',
    );
  });

  test('a run that was cut short: what was reached, and what not', () => {
    const { cutShort, stages } = summaryWith(slow(1), {}, 15_000);
    assert.equal(cutShort, true);
    assert.deepEqual(
      stages.map(({ state }) => state),
      ['broke', 'unfinished', 'not reached'],
    );
    assert.equal(summaryWith({ sessions_open: counter(1), sessions_stopped: counter(9) }).cutShort, true);
  });

  test('failures: by count, with the sessions affected and the status of a refused handshake', () => {
    const { failures } = summaryWith({
      'failures{phase:answer,reason:answer_timeout}': counter(9),
      'sessions_affected{phase:answer,reason:answer_timeout}': counter(4),
      'failures{phase:connect,reason:handshake_refused}': counter(12),
      'ws_sessions{status:502}': counter(7),
      'ws_sessions{status:503}': counter(3),
      'failures{phase:token,reason:http_401}': counter(1),
    });
    assert.deepEqual(
      failures.map(({ phase, reason, status, count, sessions }) => [phase, reason, status, count, sessions]),
      [
        ['answer', 'answer_timeout', undefined, 9, 4],
        ['connect', 'handshake_refused', 502, 7, 7],
        ['connect', 'handshake_refused', 503, 3, 3],
        ['connect', 'handshake_refused', undefined, 2, 2],
        ['token', 'http_401', undefined, 1, 1],
      ],
    );
  });

  test('a handshake that is refused after its session gave up is not counted twice', () => {
    const { failures } = summaryWith({
      'failures{phase:connect,reason:handshake_refused}': counter(3),
      'failures{phase:connect,reason:connect_timeout}': counter(5),
      'ws_sessions{status:502}': counter(3),
      'ws_sessions{status:504}': counter(5),
    });
    const refused = failures.filter(({ reason }) => reason === 'handshake_refused');
    assert.equal(
      refused.reduce((sum, { count }) => sum + count, 0),
      3,
    );
  });
});

describe('the ledger', () => {
  const LINES: [line: string, changes: Metrics][] = [
    ['sessions', { sessions_completed: counter(39) }],
    ['sessions', { sessions_started: counter(51) }],
    ['invocations', { questions_failed: counter(1) }],
    ['invocations', { questions_open: counter(1) }],
    ['failed invocations', { 'failures{phase:answer,reason:answer_timeout}': counter(1) }],
    ['latency samples', { answer_latency: trend(301, 100) }],
    ['sockets', { ws_sessions: counter(51) }],
    ['sockets', { sockets_failed: counter(1) }],
    ['received messages', { messages_received: counter(1499) }],
  ];
  for (const [line, changes] of LINES)
    test(`${line} that do not balance: ${Object.keys(changes).join()}`, () => {
      const unbalanced = summaryWith(changes).ledger.filter(({ balanced }) => !balanced);
      assert.ok(
        unbalanced.some(({ name }) => name === line),
        JSON.stringify(unbalanced),
      );
      const verdict = verdictWith(changes);
      assert.equal(verdict.result, 'INVALID');
      assert.ok(
        verdict.reasons.some((reason) => reason.startsWith(`the ledger does not balance: ${line}: `)),
      );
    });

  test('after an interruption only what can be known must balance', () => {
    const names = (durationMs: number): string[] =>
      summaryWith({}, {}, durationMs).ledger.map(({ name }) => name);
    assert.deepEqual(names(31_000), [
      'sessions',
      'invocations',
      'failed invocations',
      'latency samples',
      'sockets',
      'received messages',
    ]);
    assert.deepEqual(names(15_000), ['sessions', 'invocations', 'failed invocations', 'latency samples']);
  });
});

describe('what is left open although nothing was interrupted', () => {
  const CASES: [name: string, changes: Metrics][] = [
    [
      'answers that nobody asked for',
      { questions_answered: counter(304), answer_latency: trend(304, 100), questions_open: counter(-4) },
    ],
    [
      'a question that ended in no bucket',
      { questions_answered: counter(299), answer_latency: trend(299, 100), questions_open: counter(1) },
    ],
    ['a session that ended twice', { sessions_completed: counter(41), sessions_open: counter(-1) }],
  ];
  for (const [name, changes] of CASES)
    test(`${name}: INVALID`, () => assert.equal(verdictWith(changes).result, 'INVALID'));
});

describe('PASS and FAIL', () => {
  test('PASS names the margin of the tightest latency limit', () => {
    assert.deepEqual(verdictWith({}), {
      result: 'PASS',
      sentence: "holds 30 sessions (the plan's maximum): answer p95 140 ms, limit 500 ms, margin 72 %",
      reasons: [],
      holds: 30,
      breaks: null,
    });
  });

  test('FAIL names the first stage that broke, what held before, and the limit that broke worst', () => {
    const verdict = verdictWith({ ...slow(2), 'answer_success{stage:2}': rate(89, 11), ...slow(3) });
    assert.equal(verdict.result, 'FAIL');
    assert.equal(
      verdict.sentence,
      'holds 10 sessions, breaks at 20 (stage 2): answer p95 1.40 s, limit 500 ms',
    );
    assert.deepEqual([verdict.holds, verdict.breaks?.stage, verdict.breaks?.level], [10, 2, 20]);
    assert.deepEqual(
      verdict.breaks?.limits.map(({ metric }) => metric),
      ['answer_latency', 'answer_success'],
    );
  });

  test('a first stage that breaks: nothing holds', () => {
    const { sentence, holds } = verdictWith(slow(1));
    assert.equal(holds, null);
    assert.match(sentence, /^holds no stage, breaks at 10 \(stage 1\): /);
  });

  test('a stage that held after one that broke counts for nothing', () => {
    assert.deepEqual([verdictWith(slow(2)).holds, verdictWith(slow(2)).result], [10, 'FAIL']);
  });

  test('above the required sessions a broken stage only informs', () => {
    const { result, sentence, breaks } = verdictWith(slow(3), { requiredSessions: 20 });
    assert.deepEqual([result, breaks?.binding], ['PASS', false]);
    assert.equal(
      sentence,
      'holds 20 sessions (required: 20), breaks at 30 (stage 3): answer p95 1.40 s, limit 500 ms',
    );
    assert.equal(verdictWith(slow(2), { requiredSessions: 20 }).result, 'FAIL');
  });

  test('failures as the reason why nothing was measured are FAIL', () => {
    assert.equal(verdictWith({ ...silent(2), 'session_success{stage:2}': rate(0, 9) }).result, 'FAIL');
  });
});

describe('INVALID outranks FAIL', () => {
  const noMetric = limitsOf({ answer_latency: ['p(95)<500'], session_duration: ['p(95)<500'] });
  const REASONS: [
    name: string,
    reason: RegExp,
    changes: Metrics,
    info?: Partial<TestInfo>,
    observation?: Observation,
  ][] = [
    [
      'nothing ran',
      /^no session was started$/,
      { sessions_started: counter(0), sessions_completed: counter(0), sessions_stopped: counter(0) },
    ],
    ['the script threw', /^the test script threw 2 times: see the log of k6/, { script_errors: counter(2) }],
    [
      'the ledger',
      /^the ledger does not balance: sessions: 50 started ≠ 41 completed \+ 0 failed \+ 10 stopped \+ 0 interrupted$/,
      { sessions_completed: counter(41) },
    ],
    [
      'lag over the whole run',
      /^the load generator was starved: lag p99 96 ms, limit 25 ms; use fewer sessions/,
      { generator_lag: { ...trend(300, 1), 'p(99)': 96 } },
    ],
    [
      'lag at its limit',
      /^the load generator was starved: lag p99 25 ms/,
      { generator_lag: { ...trend(300, 1), 'p(99)': 25 } },
    ],
    [
      'lag in one stage',
      /^the load generator was starved: lag p99 40 ms/,
      { 'generator_lag{stage:3}': { ...trend(100, 1), 'p(99)': 40 } },
    ],
    [
      'out of ports',
      /^the load generator was exhausted: no free local port, 3 times; /,
      { 'failures{phase:connect,reason:generator_ports}': counter(3) },
    ],
    [
      'out of files',
      /^the load generator was exhausted: too many open files, 1 time; .*ulimit/,
      { 'failures{phase:token,reason:generator_files}': counter(1) },
    ],
    ['dropped iterations', /^dropped 7 iterations: /, { dropped_iterations: counter(7) }],
    [
      'a stage that the generator did not hold',
      /^the load generator held only 98\.00 % of the 20 sessions of stage 2; use fewer sessions per machine, or longer stages$/,
      { 'hold_vu_time{stage:2}': counter(20 * 9000 * 0.98) },
    ],
    [
      'arrivals that waited for a VU',
      /^3 sessions started late: all VUs were busy, so raise "atMost" in the plan file, or use fewer/,
      { arrivals_late: counter(3) },
      { plan: { ...PLAN, arrivals: { vus: 59 } } },
    ],
    [
      'arrivals that had a VU each',
      /^3 sessions started late: the load generator was too slow; use fewer sessions per machine$/,
      { arrivals_late: counter(3) },
      { plan: { ...PLAN, arrivals: { vus: 60 } } },
    ],
    [
      'a stage without samples',
      /^stage 2 has no samples for answer p95, answer success: make stages longer/,
      silent(2),
    ],
    [
      'a limit that was never measured',
      /^no stage has samples for session_duration: no session ended/,
      {},
      { limits: noMetric },
    ],
    [
      'a busy CPU',
      /^the load generator used more than 90 % of its CPU for 5 s in a row/,
      {},
      {},
      { exitCode: 0, busySeconds: 5 },
    ],
    [
      'k6 saw a limit crossed that we did not',
      /^k6 saw a limit crossed \(exit code 99\)/,
      {},
      {},
      { exitCode: 99, busySeconds: 0 },
    ],
    [
      'k6 did not see one that we did',
      /^the summary shows a limit crossed, but k6 saw none/,
      slow(2),
      {},
      { exitCode: 0, busySeconds: 0 },
    ],
    [
      'another end of k6',
      /^k6 ended with exit code 107: see its log$/,
      {},
      {},
      { exitCode: 107, busySeconds: 0 },
    ],
    [
      'k6 had to be ended after its summary',
      /^k6 was still there long after the latest end of its plan and was ended/,
      {},
      {},
      { exitCode: 137, busySeconds: 0, overdue: true },
    ],
  ];
  for (const [name, reason, changes, info, observation] of REASONS)
    test(name, () => {
      const verdict = verdictWith(changes, info, observation);
      assert.equal(verdict.result, 'INVALID');
      assert.match(verdict.sentence, reason);
      assert.equal(verdict.reasons[0], verdict.sentence);
    });

  for (const [name, reason, changes, info] of REASONS.slice(1, 10))
    test(`${name}, while a limit broke too`, () => {
      const verdict = verdictWith({ ...slow(3), ...changes }, info);
      assert.equal(verdict.result, 'INVALID');
      assert.ok(
        verdict.reasons.some((text) => reason.test(text)),
        verdict.reasons.join('\n'),
      );
      assert.equal(verdict.breaks?.stage, 3, 'what was found is told all the same');
    });

  test('all reasons are told, the gravest first', () => {
    const { reasons } = verdictWith({
      script_errors: counter(1),
      dropped_iterations: counter(1),
      ...silent(1),
    });
    assert.deepEqual(
      reasons.map((reason) => reason.split(' ').slice(0, 3).join(' ')),
      ['the test script', 'dropped 1 iteration:', 'stage 1 has'],
    );
  });

  test('what does not bind makes no run invalid', () => {
    const info = { requiredSessions: 20 };
    for (const changes of [
      silent(3),
      { 'hold_vu_time{stage:3}': counter(0) },
      { 'generator_lag{stage:3}': { ...trend(100, 1), 'p(99)': 40 } },
    ])
      assert.equal(verdictWith(changes, info).result, 'PASS', JSON.stringify(changes));
    assert.equal(verdictWith({ 'hold_vu_time{stage:2}': counter(20 * 9000 * 0.9901) }).result, 'PASS');
    assert.equal(verdictWith({}, {}, { exitCode: 0, busySeconds: 4 }).result, 'PASS');
    assert.equal(verdictWith(slow(3), {}, { exitCode: 99, busySeconds: 0 }).result, 'FAIL');
  });

  test('no limit binds, because fewer sessions are required than the first stage has', () =>
    assert.notEqual(
      verdictWith({ ...slow(1), ...slow(2), ...slow(3) }, { requiredSessions: 5 }).result,
      'PASS',
    ));
  test('no limit binds, because the level has none', () =>
    assert.notEqual(verdictWith({}, { limits: [] }).result, 'PASS'));
  test('more sessions are required than the plan has', () =>
    assert.notEqual(verdictWith({}, { requiredSessions: 100 }).result, 'PASS'));
});

describe('ABORTED', () => {
  test('a run that ended before its plan', () => {
    const verdict = verdictOf(
      summaryWith({ sessions_open: counter(4), sessions_stopped: counter(6) }, {}, 12_000),
    );
    assert.equal(verdict.result, 'ABORTED');
    assert.equal(verdict.sentence, 'stopped after 12.0 s of 30.0 s, 4 sessions interrupted');
  });
  test("k6's own codes for stopped runs", () => {
    for (const exitCode of [103, 105, 108])
      assert.equal(verdictWith({}, {}, { exitCode, busySeconds: 0 }).result, 'ABORTED', String(exitCode));
  });
  test('a plan without an end of its own', () => {
    const plan = burst(50);
    const summary = summaryWith({ sessions_open: counter(2), sessions_stopped: counter(8) }, { plan }, 3_000);
    assert.match(verdictOf(summary).sentence, /^stopped after 3\.00 s, 2 sessions interrupted$/);
    assert.equal(verdictOf(summaryWith({}, { plan }, 3_000)).result, 'PASS');
  });
});

describe('words', () => {
  test('durations have three digits at most', () => {
    const table: [number, string][] = [
      [0, '0.0 ms'],
      [0.04, '0.0 ms'],
      [9.94, '9.9 ms'],
      [9.96, '10 ms'],
      [212.4, '212 ms'],
      [999.4, '999 ms'],
      [999.6, '1.00 s'],
      [1940, '1.94 s'],
      [9994, '9.99 s'],
      [9996, '10.0 s'],
      [61_000, '61.0 s'],
      [99_940, '99.9 s'],
      [99_960, '100 s'],
      [599_000, '599 s'],
      [600_000, '10 min'],
      [1_980_000, '33 min'],
    ];
    for (const [milliseconds, text] of table)
      assert.equal(duration(milliseconds), text, String(milliseconds));
  });
  test('a share is 100 % only when nothing failed', () => {
    const table: [number, string][] = [
      [1, '100 %'],
      [0.99999, '99.99 %'],
      [0.5, '50.00 %'],
      [0, '0.00 %'],
      [0.57, '57.00 %'],
      [0.1, '10.00 %'],
    ];
    for (const [share, text] of table) assert.equal(percent(share), text);
    assert.deepEqual([percent(0.996, 0), percent(1.004, 0), percent(-0.25, 0)], ['99 %', '100 %', '-25 %']);
  });
  test('whole numbers have separators', () => {
    assert.deepEqual([0, 999, 1000, 21480, 1234567].map(whole), ['0', '999', '1,000', '21,480', '1,234,567']);
  });
  const result = (metric: string, expression: string, value: number | null): LimitResult => {
    const [limit] = parseLimits(JSON.stringify({ target: { [metric]: [expression] } }), 'x', METRICS).target;
    assert.ok(limit, expression);
    return limitResult(limit, value);
  };
  test('limits', () => {
    const table: [LimitResult, [string, string, string]][] = [
      [result('answer_latency', 'p(95)<5000', 6200), ['answer p95', '6.20 s', '5 s']],
      [result('answer_latency', 'p(99.9)<2500', 10), ['answer p99.9', '10 ms', '2.5 s']],
      [result('answer_latency', 'avg<250', null), ['answer avg', 'no samples', '250 ms']],
      [result('session_success', 'rate>0.99', 0.945), ['session success', '94.50 %', '99 %']],
      [result('answer_success', 'rate>0.9995', 1), ['answer success', '100 %', '99.95 %']],
      [result('sessions_failed', 'count<10', 12000), ['sessions failed', '12,000', '10']],
      [result('answer_latency_drift', 'p(95)<2', 1.5), ['answer latency drift p95', '1.50 ×', '2 ×']],
      [result('answer_failure_drift', 'avg<0.01', 0.25), ['answer failure drift avg', '25.00 %', '1 %']],
      [result('questions_answered', 'rate>100', 250), ['questions answered', '250/s', '100/s']],
      [
        result('disconnects_per_session_hour', 'value<0.5', 0.25),
        ['disconnects per session hour', '0.25', '0.5'],
      ],
      [result('socket_connect_duration', 'p(95)<2000', 3), ['socket connect p95', '3.0 ms', '2 s']],
    ];
    for (const [limit, [name, value, bound]] of table)
      assert.deepEqual([limitName(limit), valueText(limit), limitText(limit)], [name, value, bound]);
  });
});

describe('the text', () => {
  const render = (summary: RunSummary, extras?: TextExtras): string =>
    renderText(summary, verdictOf(summary), false, extras);

  test('of a clean run', () => {
    assert.deepEqual(
      render(summaryWith(), { files: 'summary.json' })
        .split('\n')
        .map((line) => line.trimEnd()),
      [
        '',
        "PASS     holds 30 sessions (the plan's maximum): answer p95 140 ms, limit",
        '         500 ms, margin 72 %',
        '',
        ' stage sessions   held questions  success 1st p95     p50     p95     p99',
        '     1       10  100 %       100    100 %   56 ms  100 ms  140 ms  180 ms  ✓',
        '     2       20  100 %       100    100 %   56 ms  100 ms  140 ms  180 ms  ✓',
        '     3       30  100 %       100    100 %   56 ms  100 ms  140 ms  180 ms  ✓',
        '',
        ' sessions     50 started = 40 completed + 0 failed + 10 stopped; success 100 %',
        ' invocations  300 sent = 300 answered + 0 failed + 0 open; success 100 %',
        ' concurrent   1.0 invocations on average',
        " sockets      50 attempts by k6's count, 50 opened, 0 failed",
        ' set-up       p50 20 ms, p95 28 ms, at most 40 ms from log-in to open socket',
        ' messages     300 sent, 1,500 received',
        ' failures     none',
        ' ledger       balances (sessions, invocations, failed invocations, latency',
        '              samples, sockets, received messages)',
        ' generator    lag p99 1.8 ms (limit 25 ms)',
        ' files        summary.json',
        '',
        '',
      ],
    );
  });

  test('marks the stage that broke and says by what', () => {
    const text = render(summaryWith({ ...slow(3), 'answer_success{stage:3}': rate(50, 50) }));
    assert.match(
      text,
      /\n {5}3 +30 .*✗\n {8}broke: answer p95 1\.40 s \(limit 500 ms\), answer success 50\.00 % \(limit\n {8}90 %\)/,
    );
  });

  test('INVALID: all reasons first', () => {
    const text = render(summaryWith({ script_errors: counter(3), dropped_iterations: counter(1) }));
    assert.match(text, /^\nINVALID {2}the test script threw 3 times/);
    assert.match(text, /\n {9}also: dropped 1 iteration: /);
  });

  test('what only an observer knows is shown when it is known', () => {
    const text = render(summaryWith(), { peakConcurrent: 140, peakCpu: 0.41, peakMemoryBytes: 240e6 });
    assert.match(text, /1\.0 invocations on average, peak 140 seen/);
    assert.match(text, /CPU peak 41 %, memory 240 MB/);
    const unseen = render(summaryWith(), { peakConcurrent: 0 });
    assert.match(unseen, /1\.0 invocations on average$/m, 'a run that was over before the first look');
  });

  const everyFailure = Object.fromEntries(
    ['answer_timeout', 'misrouted', 'closed_1011'].flatMap((reason) => [
      [`failures{phase:answer,reason:${reason}}`, counter(123_456_789)],
      [`sessions_affected{phase:answer,reason:${reason}}`, counter(98_765_432)],
    ]),
  );
  const wide = (number: number): Metrics => ({
    [`questions_sent{stage:${number}}`]: counter(9_999_999),
    [`answer_latency{stage:${number}}`]: trend(9_999_999, 333_000),
    [`answer_success{stage:${number}}`]: rate(9_999_000, 999),
  });

  function assertFits(summary: RunSummary, extras?: TextExtras): void {
    for (const line of render(summary, extras).split('\n'))
      assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
  }

  test('fits 80 columns: figures as they are', () => {
    assertFits(summaryWith({ ...slow(2), ...everyFailure }));
    assertFits(summaryWith({ sessions_completed: counter(41), script_errors: counter(9), ...silent(1) }));
    assertFits(summaryWith({}, {}, 12_000));
  });

  test('fits 80 columns: very large numbers', () => {
    const plan = ramp({
      startSessions: 99_000,
      increment: 500,
      maxSessions: 100_000,
      intervalSeconds: 10,
      transitionSeconds: 0,
      settleSeconds: 1,
    });
    const totals = Object.fromEntries(
      [
        'sessions_started',
        'sessions_completed',
        'questions_sent',
        'questions_answered',
        'messages_sent',
        'messages_received',
        'answers_late',
        'messages_unknown',
      ].map((name) => [name, counter(123_456_789_012)]),
    );
    const summary = summaryWith({ ...totals, ...wide(1), ...wide(2), ...wide(3), ...everyFailure }, { plan });
    assertFits(summary, { peakConcurrent: 1_000_000, peakCpu: 1, peakMemoryBytes: 64e9 });
    assert.match(
      render(summary),
      / 3 +100,000 +100 % +9,999,999 +99\.99 % +56 ms +333 s +466 s +599 s +✗/,
      'no columns touch',
    );
  });

  test('fits 80 columns: 500 stages, all broken', () => {
    const plan = ramp({
      startSessions: 1,
      increment: 1,
      maxSessions: 500,
      intervalSeconds: 1,
      transitionSeconds: 0,
      settleSeconds: 0.1,
    });
    const changes = Object.assign({}, ...plan.stages.map(({ number }) => slow(number))) as Metrics;
    const summary = summaryWith(changes, { plan }, 501_000);
    assertFits(summary);
    assert.equal(render(summary).match(/✗/g)?.length, 500);
  });

  test('has colours only when asked', () => {
    const summary = summaryWith(slow(2));
    assert.doesNotMatch(render(summary), /\u001b/);
    const coloured = renderText(summary, verdictOf(summary), true);
    assert.match(coloured, /\u001b\[31mFAIL\u001b\[0m/);
    assert.equal(coloured.replaceAll(/\u001b\[\d+m/g, ''), render(summary));
  });

  test('plans of one moment have no share of sessions held', () => {
    const summary = summaryOf(testInfo({ plan: burst(5) }), k6Data(cleanMetrics(burst(5)), 3000));
    assert.match(render(summary), /\n {5}1 +5 +– +100 /);
    assert.equal(summary.stages[0]?.held, null);
  });

  test('says that stages above the required sessions inform', () => {
    assert.match(
      render(summaryWith({}, { requiredSessions: 20 })),
      /\(stages above 20 sessions only inform\)/,
    );
  });
});

test('the plan of these tests is as they assume', () => {
  assert.deepEqual(
    PLAN.stages.map(({ level: sessions, hold, end }) => [sessions, end - hold]),
    [
      [10, 9000],
      [20, 9000],
      [30, 9000],
    ],
  );
});
