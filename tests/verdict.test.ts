// Does the verdict say in one sentence what holds, what broke first and why, and give each reason for doubt?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { burst, levels, recovery, type Plan } from '../lib/plans/load.ts';
import type { RecoverySummary } from '../report/parts/recovery.ts';
import type { RunSummary, TestInfo } from '../report/derive/summary.ts';
import { EXIT_CODES, OVERDUE, verdictOf, type Observation, type Verdict } from '../report/derive/verdict.ts';
import { counter, LIMITS, PLAN, rate, summaryWith, trend, type Metrics } from './support/runData.ts';

const slow = (...stages: number[]): Metrics =>
  Object.fromEntries(stages.map((stage) => [`answer_latency{stage:${stage}}`, trend(100, 1000)]));

/** Result and sentence of a run with changes. */
function said(changes: Metrics = {}, info: Partial<TestInfo> = {}, durationMs?: number): string {
  const { result, sentence } = verdictOf(summaryWith(changes, info, durationMs));
  return `${result}: ${sentence}`;
}

const BROKE = 'answer p95 1.40 s, limit 500 ms';
const KEPT = 'answer p95 140 ms, limit 500 ms, margin 72 %';

test('each result has an exit code of its own', () => {
  assert.deepEqual(EXIT_CODES, { PASS: 0, FAIL: 99, INVALID: 3, ABORTED: 4 });
});

describe('a plan that rises', () => {
  const cases: [what: string, changes: Metrics, info: Partial<TestInfo>, sentence: string][] = [
    ['holds all of it', {}, {}, `PASS: holds 30 sessions (the plan's maximum): ${KEPT}`],
    ['breaks in the last stage', slow(3), {}, `FAIL: holds 20 sessions, breaks at 30 (stage 3): ${BROKE}`],
    [
      'breaks in the first of several',
      slow(2, 3),
      {},
      `FAIL: holds 10 sessions, breaks at 20 (stage 2): ${BROKE}`,
    ],
    ['breaks at once', slow(1), {}, `FAIL: holds no stage, breaks at 10 (stage 1): ${BROKE}`],
    [
      'holds what is required',
      {},
      { requiredSessions: 20 },
      `PASS: holds 30 sessions (required: 20): ${KEPT}`,
    ],
    [
      'is judged up to the stage below what is required',
      {},
      { requiredSessions: 25 },
      `PASS: holds 30 sessions (required: 25, judged up to 20): ${KEPT}`,
    ],
    [
      'breaks above what is required',
      slow(3),
      { requiredSessions: 20 },
      `PASS: holds 20 sessions (required: 20), breaks at 30 (stage 3): ${BROKE}`,
    ],
    [
      'breaks below what is required, and above it',
      slow(2, 3),
      { requiredSessions: 20 },
      `FAIL: holds 10 sessions (required: 20), breaks at 20 (stage 2): ${BROKE}`,
    ],
    [
      'is told by the limit that was broken most',
      { ...slow(3), 'answer_success{stage:3}': rate(5, 95) },
      {},
      `FAIL: holds 20 sessions, breaks at 30 (stage 3): ${BROKE}`,
    ],
    [
      'is told by another limit where that was broken most',
      { 'answer_latency{stage:3}': trend(100, 400), 'answer_success{stage:3}': rate(5, 95) },
      {},
      'FAIL: holds 20 sessions, breaks at 30 (stage 3): answer success 5.00 %, limit 90 %',
    ],
    [
      'is told by a latency where nothing broke, though another limit is closer',
      { 'answer_success{stage:3}': rate(91, 9) },
      {},
      `PASS: holds 30 sessions (the plan's maximum): ${KEPT}`,
    ],
    [
      'is told by the closest limit where none is a latency',
      { 'answer_success{stage:3}': rate(91, 9) },
      { limits: LIMITS.slice(1) },
      "PASS: holds 30 sessions (the plan's maximum): answer success 91.00 %, limit 90 %, margin 1 %",
    ],
    [
      'stops at the break',
      slow(2),
      { stopsAtBreak: true },
      `FAIL: holds 10 sessions, breaks at 20 (stage 2): ${BROKE}; the run stopped there`,
    ],
  ];
  for (const [what, changes, info, sentence] of cases)
    test(what, () => {
      const durationMs = info.stopsAtBreak === true ? 20_500 : undefined;
      assert.equal(said(changes, info, durationMs), sentence);
    });
});

describe('plans of other shapes', () => {
  test('where the time is what broke it', () => {
    const plan = levels([10, 10, 10, 10], 10);
    assert.equal(
      said(slow(2, 3), { plan }, 41_000),
      `FAIL: holds 10 sessions in stage 1 of 4, breaks in stage 2 at 10: ${BROKE}`,
    );
    assert.equal(
      said(slow(3), { plan }, 41_000),
      `FAIL: holds 10 sessions in stages 1 to 2 of 4, breaks in stage 3 at 10: ${BROKE}`,
    );
  });
  test('where the largest stage is not the last', () => {
    const plan = levels([30, 10, 20], 10);
    const [first] = [verdictOf(summaryWith({}, { plan }))];
    assert.deepEqual([first.holds, first.breaks], [30, null]);
    assert.equal(
      said(slow(3), { plan }),
      `FAIL: holds 30 sessions in stages 1 to 2 of 3, breaks in stage 3 at 20: ${BROKE}`,
    );
  });
  test('arrivals', () => {
    const plan: Plan = { ...PLAN, arrivals: { vus: 60 } };
    assert.equal(said({}, { plan }), `PASS: carries all 50 sessions that arrive: ${KEPT}`);
    assert.equal(said(slow(2), { plan }), `FAIL: breaks in stage 2, in which 20 sessions arrive: ${BROKE}`);
    assert.equal(verdictOf(summaryWith({}, { plan })).holds, null);
  });
  test('a burst', () => {
    const plan = burst(50);
    assert.equal(said({}, { plan }, 3000), `PASS: holds 50 sessions (the plan's maximum): ${KEPT}`);
  });
});

describe('an outage', () => {
  const plan = recovery({
    sessions: 10,
    beforeSeconds: 20,
    seconds: 8,
    recoverySeconds: 10,
    afterSeconds: 20,
    probesPerSecond: 5,
  });
  const came: RecoverySummary = {
    startedAt: 25_000,
    errorsLastedMs: 8100,
    p95BackAfterMs: 8000,
    lost: 20,
    probes: { answered: 1, failed: 1, dropped: 0 },
  };
  const told = (change: Partial<RecoverySummary> = {}, changes: Metrics = {}): string => {
    const summary: RunSummary = {
      ...summaryWith(changes, { plan }, 64_000),
      recovery: { ...came, ...change },
    };
    const { result, sentence } = verdictOf(summary);
    return `${result}: ${sentence}`;
  };
  test('that was survived', () => {
    const start = 'PASS: recovers: ';
    assert.equal(
      told(),
      `${start}errors for 8.10 s, invocations in time again after 8.00 s, 20 invocations lost`,
    );
    assert.equal(
      told({ errorsLastedMs: 0, lost: 1 }),
      `${start}no errors, invocations in time again after 8.00 s, 1 invocation lost`,
    );
    assert.equal(
      told({ errorsLastedMs: null, p95BackAfterMs: null }),
      `${start}errors to the end, invocations not in time again, 20 invocations lost`,
    );
  });
  test('that nobody saw', () =>
    assert.equal(
      told({ startedAt: null }),
      'PASS: no error was seen: either nothing failed, or it cost no session',
    ));
  test('before or behind which a limit broke', () => {
    assert.equal(told({}, slow(1)), `FAIL: breaks before the outage (stage 1): ${BROKE}`);
    assert.equal(told({}, slow(4)), `FAIL: does not recover in time (stage 4): ${BROKE}`);
  });
  test('in which, and while it recovers, a limit may break', () => {
    const { result, breaks, holds } = verdictOf({
      ...summaryWith(slow(2, 3), { plan }, 64_000),
      recovery: came,
    });
    assert.deepEqual([result, breaks, holds], ['PASS', null, 10]);
  });
});

describe('what broke', () => {
  test('is the first stage that decides, with all limits that it broke', () => {
    const { breaks } = verdictOf(summaryWith({ ...slow(2, 3), 'answer_success{stage:2}': rate(5, 95) }));
    assert.deepEqual([breaks?.stage, breaks?.level, breaks?.binding], [2, 20, true]);
    assert.deepEqual(
      breaks?.limits.map(({ metric }) => metric),
      ['answer_latency', 'answer_success'],
    );
  });
  test('is one that informs, where none that decides broke', () => {
    const plan = levels([30, 10, 30], 10);
    const info = { plan, requiredSessions: 10 };
    assert.deepEqual(verdictOf(summaryWith(slow(1, 3), info)).breaks?.stage, 1);
    const both = verdictOf(summaryWith(slow(1, 2), info));
    assert.deepEqual([both.breaks?.stage, both.breaks?.binding, both.result], [2, true, 'FAIL']);
  });
});

const CLEAN: Observation = { exitCode: 0, busySeconds: 0 };

/** Reasons of a run with changes. */
function reasons(changes: Metrics, info: Partial<TestInfo> = {}, seen?: Observation): Verdict['reasons'] {
  return verdictOf(summaryWith(changes, info), seen).reasons;
}

describe('a run that says nothing of the target', () => {
  const open: Metrics = { sessions_open: counter(1), sessions_stopped: counter(9) };
  const cases: [what: string, changes: Metrics, info: Partial<TestInfo>, reasons: (string | RegExp)[]][] = [
    [
      'the script threw',
      { script_errors: counter(3) },
      {},
      ['the test script threw 3 times: see the log of k6 for the first texts'],
    ],
    [
      'the ledger does not balance',
      { sessions_completed: counter(39), messages_received: counter(7) },
      {},
      [
        'the ledger does not balance: sessions: 50 started ≠ 39 completed + 0 failed + 10 stopped + 0 interrupted',
        "the ledger does not balance: received messages: 1500 by k6's count ≠ 7 handled",
      ],
    ],
    [
      'questions are open behind the end',
      { questions_open: counter(4), questions_answered: counter(296), answer_latency: trend(296, 100) },
      {},
      ['the ledger does not balance: 4 invocations are open after all sessions have ended'],
    ],
    [
      'lag at the limit',
      { generator_lag: { ...trend(9, 1), 'p(99)': 25 } },
      {},
      [/^the load generator was starved: lag p99 25 ms, limit 25 ms; /],
    ],
    [
      'lag of one stage',
      { 'generator_lag{stage:2}': { ...trend(9, 1), 'p(99)': 31 } },
      {},
      [/^the load generator was starved: lag p99 31 ms in stage 2, limit 25 ms; /],
    ],
    [
      'the generator was exhausted',
      { 'failures{phase:connect,reason:generator_ports}': counter(5) },
      {},
      [/^the load generator was exhausted: no free local port, 5 times; the load generator ran out of ports/],
    ],
    [
      'an outage that could not be started',
      { outage_failed: counter(1) },
      {},
      ['the outage could not be started: see the log of k6 for what OUTAGE_URL answered'],
    ],
    [
      'dropped iterations',
      { dropped_iterations: counter(2) },
      {},
      ['dropped 2 iterations: the load generator had no free VU'],
    ],
    [
      'late arrivals, of which each had a VU',
      { arrivals_late: counter(1) },
      { plan: { ...PLAN, arrivals: { vus: 60 } } },
      ['1 session started late: the load generator was too slow; use fewer sessions per machine'],
    ],
    [
      'late arrivals, without a VU for each',
      { arrivals_late: counter(2) },
      { plan: { ...PLAN, arrivals: { vus: 59 } } },
      [
        '2 sessions started late: all VUs were busy, so raise "atMost" in the plan file, or use fewer sessions per machine',
      ],
    ],
    [
      'no limit at all',
      {},
      { limits: [], level: 'warning' },
      ['nothing was judged: the thresholds file has no limits of level warning'],
    ],
    [
      'more sessions required than planned',
      {},
      { requiredSessions: 31 },
      ['REQUIRED_SESSIONS is 31, but the plan has 10 to 30 sessions'],
    ],
    [
      'a stage without samples',
      { 'answer_latency{stage:2}': trend(0, 0), 'answer_success{stage:2}': { passes: 0, fails: 0, rate: 0 } },
      {},
      ['stage 2 has no samples for answer p95, answer success: make stages longer (RAMP_INTERVAL_SECONDS)'],
    ],
    [
      'no session that ended',
      Object.fromEntries(
        [1, 2, 3].map((stage) => [`session_success{stage:${stage}}`, { passes: 0, fails: 0, rate: 0 }]),
      ),
      {},
      [
        'no stage has samples for session_success: no session ended within the run, so make it longer or QUESTIONS fewer',
      ],
    ],
  ];
  for (const [what, changes, info, expected] of cases)
    test(what, () => {
      const found = reasons(changes, info);
      assert.equal(found.length, expected.length, found.join('\n'));
      for (const [index, reason] of expected.entries())
        if (typeof reason === 'string') assert.equal(found[index], reason);
        else assert.match(found[index] ?? '', reason);
    });
  test('nothing was started', () => {
    const [first] = reasons({
      sessions_started: counter(0),
      sessions_completed: counter(0),
      sessions_stopped: counter(0),
    });
    assert.equal(first, 'no session was started');
  });
  test('a session that is open when all have ended', () => {
    assert.equal(verdictOf(summaryWith(open)).result, 'ABORTED');
    const plan = levels([10, 20, 30], 10);
    const stopped = verdictOf(summaryWith({ ...open, ...slow(1) }, { plan, stopsAtBreak: true }, 15_000));
    assert.deepEqual(
      [stopped.result, stopped.reasons],
      ['FAIL', []],
      'a run that stopped itself leaves some open',
    );
  });
  test('lag just below the limit is none, and so is that of a stage that informs', () => {
    assert.deepEqual(reasons({ generator_lag: { ...trend(9, 1), 'p(99)': 24.9 } }), []);
    const informs = { 'generator_lag{stage:3}': { ...trend(9, 1), 'p(99)': 31 } };
    assert.deepEqual(reasons(informs, { requiredSessions: 20 }), []);
  });
  test('a limit without samples is excused where another of its run broke', () => {
    const none = Object.fromEntries(
      [1, 2, 3].map((stage) => [`session_success{stage:${stage}}`, { passes: 0, fails: 0, rate: 0 }]),
    );
    assert.deepEqual(reasons({ ...none, ...slow(3) }), []);
  });
});

describe('what was seen of k6', () => {
  test('busy for 5 s in a row', () => {
    assert.deepEqual(reasons({}, {}, { exitCode: 0, busySeconds: 4 }), []);
    assert.match(
      reasons({}, {}, { exitCode: 0, busySeconds: 5 })[0] ?? '',
      /^the load generator used more than 90 % of its CPU for 5 s in a row/,
    );
  });
  test('a judgement that is not ours', () => {
    assert.deepEqual(reasons({}, {}, { ...CLEAN, exitCode: 99 }), [
      'k6 saw a limit crossed (exit code 99) that the summary does not show',
    ]);
    assert.deepEqual(reasons(slow(3), {}, CLEAN), [
      'the summary shows a limit crossed, but k6 saw none (exit code 0)',
    ]);
    assert.deepEqual(reasons(slow(3), {}, { ...CLEAN, exitCode: 99 }), []);
    assert.deepEqual(reasons({}, {}, { ...CLEAN, exitCode: 137 }), [
      'k6 ended with exit code 137: see its log',
    ]);
  });
  test('a judgement that is not ours, of a run that is in doubt anyway, is not told', () =>
    assert.deepEqual(reasons({ script_errors: counter(1) }, {}, { ...CLEAN, exitCode: 99 }).length, 1));
  test('overdue goes before everything else', () => {
    const overdue = { exitCode: 105, busySeconds: 9, overdue: true } as const;
    const verdict = verdictOf(summaryWith({ script_errors: counter(1), ...slow(3) }), overdue);
    assert.deepEqual([verdict.result, verdict.sentence, verdict.reasons], ['INVALID', OVERDUE, [OVERDUE]]);
    assert.deepEqual([verdict.holds, verdict.breaks?.stage], [20, 3]);
  });
  test('stopped goes before doubt', () => {
    const verdict = verdictOf(summaryWith({ script_errors: counter(1) }), { ...CLEAN, exitCode: 105 });
    assert.deepEqual(
      [verdict.result, verdict.sentence, verdict.reasons],
      [
        'ABORTED',
        'stopped after 31.0 s of 30.0 s, 0 sessions interrupted',
        ['stopped after 31.0 s of 30.0 s, 0 sessions interrupted'],
      ],
    );
  });
});

describe('a run that is to stop at the break', () => {
  const lagOf = (stage: number): Metrics => ({
    [`generator_lag{stage:${stage}}`]: { ...trend(9, 1), 'p(99)': 31 },
  });
  const stopping = (changes: Metrics, info: Partial<TestInfo> = {}, durationMs = 20_500) =>
    verdictOf(summaryWith(changes, { stopsAtBreak: true, ...info }, durationMs));

  test('was stopped by others where nothing that decides broke', () => {
    assert.equal(stopping({}).result, 'ABORTED');
    assert.equal(stopping(slow(2), { requiredSessions: 10 }).result, 'ABORTED');
    assert.equal(verdictOf(summaryWith(slow(2), {}, 20_500)).result, 'ABORTED', 'it was not to stop');
  });
  test('did not stop there where it ran to its end', () =>
    assert.doesNotMatch(stopping(slow(3), {}, 31_000).sentence, /stopped there/));
  test('is doubted for what was up to the break, and for nothing behind it', () => {
    assert.equal(stopping({ ...slow(2), ...lagOf(3) }).result, 'FAIL');
    assert.equal(stopping({ ...slow(2), ...lagOf(2) }).result, 'INVALID');
    assert.equal(stopping({ ...slow(2), ...lagOf(1) }).result, 'INVALID');
  });
});

describe('what is no reason for doubt, or only just one', () => {
  test('failures of the target', () =>
    assert.deepEqual(reasons({ 'failures{phase:token,reason:http_503}': counter(3) }), []));
  test('as many sessions required as the plan has', () =>
    assert.deepEqual(reasons({}, { requiredSessions: 30 }), []));
  test('99 % of the VUs held', () => {
    assert.deepEqual(reasons({ 'hold_vu_time{stage:1}': counter(0.99 * 90_000) }), []);
    assert.match(reasons({ 'hold_vu_time{stage:1}': counter(89_000) })[0] ?? '', /held only 98\.88 %/);
  });
  test('lag of the run, where a stage has none', () => {
    const lag = { generator_lag: { ...trend(9, 1), 'p(99)': 31 }, 'generator_lag{stage:1}': trend(0, 0) };
    assert.match(reasons(lag)[0] ?? '', /lag p99 31 ms/);
  });
  test('another metric than those of sessions without samples', () => {
    const limits = [
      ...LIMITS,
      { ...LIMITS[1], metric: 'socket_success', needs: 'run' },
    ] as TestInfo['limits'];
    const none = [1, 2, 3].map((stage) => [
      `socket_success{stage:${stage}}`,
      { passes: 0, fails: 0, rate: 0 },
    ]);
    assert.deepEqual(reasons(Object.fromEntries(none) as Metrics, { limits }), [
      'no stage has samples for socket_success: remove the limit or make the run longer',
    ]);
  });
});

test('what a stage that only informs holds is not held', () => {
  const plan = levels([10, 90, 20], 10);
  const informing = plan.stages.map((stage) =>
    stage.number === 2 ? { ...stage, informs: true as const } : stage,
  );
  const verdict = verdictOf(summaryWith(slow(2), { plan: { ...plan, stages: informing } }));
  assert.deepEqual([verdict.holds, verdict.breaks, verdict.result], [20, null, 'PASS']);
});
