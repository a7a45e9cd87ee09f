// Are k6's counts those of the target, in a clean run and with everything that can go wrong?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { FaultName, Faults } from '../target/faults.ts';
import type { Target } from '../target/server.ts';
import { parseFaults } from '../target/faults.ts';
import {
  assertBalanced,
  assertSameCounts,
  failureCounts,
  hasPassed,
  summaryOf,
  type FailureCounts,
} from './support/books.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { slowProxy } from './support/proxy.ts';
import { quickTarget, settingsFor, untilStats } from './support/target.ts';

/** The issue's own list. */
const EVERYTHING = parseFaults(
  'upgrade-502:5,token-401:7,session-500:11,answer-reset:13,answer-incomplete:17,answer-bad-tag:19,answer-short-frame:23',
);

/** A busy machine must not turn these runs INVALID: they are about counts. */
const PATIENT = {
  ANSWER_TIMEOUT_SECONDS: '1',
  GENERATOR_LAG_LIMIT_MS: '100000',
  RESTART_DELAY_SECONDS: '0.05',
};

interface Outcome {
  run: K6Run;
  summary: Summary;
  target: Target;
}

async function run(
  t: TestContext,
  source: string,
  env: Record<string, string>,
  faults: Faults = {},
): Promise<Outcome> {
  const target = await quickTarget(t, { faults });
  const run = await runK6({ source, env: { ...settingsFor(target), ...PATIENT, ...env } });
  return { run, summary: summaryOf(run), target };
}

const ramp = {
  RAMP_START_SESSIONS: '2',
  RAMP_INCREMENT: '3',
  RAMP_MAX_SESSIONS: '7',
  RAMP_INTERVAL_SECONDS: '2',
};

describe('a clean run', () => {
  test('burst: every count is the same on both sides, exit 0', async (t) => {
    const env = { NUM_SESSIONS: '20', QUESTIONS: 'MED1060:10' };
    const { run: k6, summary, target } = await run(t, 'scripts/burst.ts', env);
    await untilStats(target, ({ open }) => open === 0);
    const stats = target.stats();
    assertSameCounts(summary, stats);
    assert.deepEqual(failureCounts(summary), {});
    assert.deepEqual([summary.sessions.completed, summary.questions.answered], [20, 200]);
    assert.equal(summary.stages[0]?.questionsSent, 200);
    const { answer_chunks: chunks, chunks_duplicated: again, first_chunk_latency: first } = summary.metrics;
    assert.deepEqual([chunks?.['count'], again?.['count'] ?? 0], [stats.chunks, 0]);
    assert.ok((first?.['min'] ?? -1) > 0, 'no chunk comes before its question');
    assert.deepEqual([stats.sessionsOpen, stats.open, stats.closes], [0, 0, { '1000': 20 }]);
    assert.deepEqual([summary.messages.sent, summary.messages.received], [200, stats.chunks]);
    assert.deepEqual([k6.exitCode, summary.verdict.result], [0, 'PASS'], k6.stdout);
  });

  test('ramp: the same with sessions that repeat and are stopped by the plan', async (t) => {
    const {
      run: k6,
      summary,
      target,
    } = await run(t, 'scripts/ramp.ts', { ...ramp, QUESTIONS: 'MED1060:10' });
    assertSameCounts(summary, target.stats());
    assert.deepEqual(failureCounts(summary), {});
    if (!hasPassed(t, k6)) return;
    const { started, completed, failed, stopped } = summary.sessions;
    assert.deepEqual([failed, started], [0, completed + stopped]);
    assert.ok(stopped <= 7, `${stopped} stopped: none started another session near the end`);
    const startedIn = summary.stages.reduce((sum, stage) => sum + stage.sessionsStarted, 0);
    assert.equal(startedIn, started, 'each session belongs to one stage');
    const judged = summary.stages.reduce((sum, stage) => sum + stage.questionsSent, 0);
    assert.ok(
      judged < summary.questions.sent && judged > 0.5 * summary.questions.sent,
      'what settles is not judged',
    );
    for (const { held, vusHeld } of summary.stages)
      assert.ok(
        held !== null && held > 0.8 && held <= 1.001 && vusHeld !== null && vusHeld > 0.9,
        `held ${held}, ${vusHeld}`,
      );
    assert.equal(target.stats().peak, 7, 'the last stage has exactly the maximum of sessions');
    assert.deepEqual(
      summary.stages.map(({ level: sessions }) => sessions),
      [2, 5, 7],
    );
  });

  test('ramp: at its end sessions finish their answer and stop, nothing is cut', async (t) => {
    const target = await quickTarget(t, { firstChunkMs: 400 });
    const short = { RAMP_START_SESSIONS: '2', RAMP_MAX_SESSIONS: '2', RAMP_INTERVAL_SECONDS: '1.5' };
    const env = { ...settingsFor(target), ...PATIENT, ...short };
    const summary = summaryOf(await runK6({ source: 'scripts/ramp.ts', env }));
    assertSameCounts(summary, target.stats());
    const { started, stopped, interrupted } = summary.sessions;
    assert.deepEqual([started, stopped, interrupted, summary.questions.failed], [2, 2, 0, 0]);
    assert.ok(summary.questions.sent <= 10, '40 questions would take another 14 s');
  });

  for (const mode of ['aes-256-cbc-hmac', 'openssl', 'none'] as const)
    test(`burst with ${mode}`, async (t) => {
      const target = await quickTarget(t, { encryption: mode });
      const env = { ...settingsFor(target), ...PATIENT, ENCRYPTION: mode, QUESTIONS: 'MED1060:5' };
      const k6 = await runK6({ source: 'scripts/burst.ts', env });
      const summary = summaryOf(k6);
      assertSameCounts(summary, target.stats());
      assert.deepEqual([k6.exitCode, summary.questions.answered], [0, 10], k6.stdout);
    });
});

describe('a server that speaks a little differently', () => {
  const odd = (t: TestContext, oddity: string): Promise<Outcome> =>
    run(t, 'tests/k6/odd-protocol.ts', { ODDITY: oddity, QUESTIONS: 'MED1060:5' });
  const count = ({ summary }: Outcome, metric: string): number => summary.metrics[metric]?.['count'] ?? 0;

  test('a chunk after the complete answer is a duplicate, not a failure', async (t) => {
    const outcome = await odd(t, 'early end');
    assert.deepEqual(failureCounts(outcome.summary), {});
    assert.equal(outcome.summary.questions.answered, 10);
    const afterwards = count(outcome, 'chunks_duplicated');
    // The last one of a session comes when its socket is closed already.
    assert.ok(afterwards >= 8 && afterwards <= 10, String(afterwards));
  });

  test('messages of an unknown type are counted and ignored', async (t) => {
    const outcome = await odd(t, 'unknown type');
    assert.deepEqual(failureCounts(outcome.summary), {});
    assert.equal(count(outcome, 'messages_unknown'), 20, 'two of three chunks of ten answers');
    assert.equal(outcome.run.exitCode, 0);
  });

  for (const [oddity, failure] of [
    ['no token', 'token:bad_body'],
    ['no session', 'session:bad_body'],
  ] as const)
    test(`a log-in with ${oddity} in its reply`, async (t) => {
      const outcome = await odd(t, oddity);
      assert.deepEqual(failureCounts(outcome.summary), { [failure]: 2 });
      assertBalanced(outcome.summary);
      assert.equal(outcome.run.exitCode, 99);
    });
});

/** Fault → class that it must be counted in; null: nothing fails. */
const CLASSES: Partial<Record<FaultName, string | null>> = {
  'token-401': 'token:http_401',
  'token-500': 'token:http_500',
  'session-500': 'session:http_500',
  'session-502': 'session:http_502',
  'delete-500': 'cleanup:http_500',
  'upgrade-401': 'connect:handshake_refused:401',
  'upgrade-403': 'connect:handshake_refused:403',
  'upgrade-429': 'connect:handshake_refused:429',
  'upgrade-500': 'connect:handshake_refused:500',
  'upgrade-502': 'connect:handshake_refused:502',
  'upgrade-503': 'connect:handshake_refused:503',
  'upgrade-504': 'connect:handshake_refused:504',
  'answer-reset': 'answer:connection_lost',
  'answer-incomplete': 'answer:answer_incomplete',
  'answer-silent': 'answer:answer_timeout',
  'answer-bad-tag': 'answer:decrypt_failed',
  'answer-short-frame': 'answer:frame_too_short',
  'answer-error': 'answer:server_error',
  'answer-late': 'answer:answer_timeout',
  'answer-close-1001': 'answer:closed_1001',
  'answer-close-1011': 'answer:closed_1011',
  'answer-close-4401': 'answer:closed_4401',
  'answer-garbage': 'answer:bad_json',
  'answer-gap': 'answer:missing_chunk',
  'answer-wrong-id': 'answer:misrouted',
  'answer-duplicate': null,
  'close-ignored': null,
};

describe('one fault alone: counted in its class as often as the target made it', () => {
  for (const [fault, failureClass] of Object.entries(CLASSES))
    test(fault, async (t) => {
      const env = { NUM_SESSIONS: '12', QUESTIONS: 'MED1060:4', ON_FAILURE: 'end' };
      const { run: k6, summary, target } = await run(t, 'scripts/burst.ts', env, { [fault]: 5 });
      const stats = target.stats();
      const fired = stats.faults[fault as FaultName] ?? 0;
      assert.ok(fired >= 2, `${fault} happened`);
      assertSameCounts(summary, stats);
      assert.deepEqual(failureCounts(summary), failureClass === null ? {} : { [failureClass]: fired });
      const failedSessions = failureClass === null || fault === 'delete-500' ? 0 : fired;
      assert.equal(summary.sessions.failed, failedSessions, 'a session fails for its own fault only');
      assert.equal(summary.sessions.completed, 12 - failedSessions, 'all others are untouched');
      assert.deepEqual(
        [k6.exitCode, summary.verdict.result],
        failedSessions > 0 ? [99, 'FAIL'] : [0, 'PASS'],
        k6.stdout,
      );
      if (fault === 'answer-duplicate') assert.equal(summary.metrics['chunks_duplicated']?.['count'], fired);
      if (fault === 'delete-500') assert.equal(stats.sessionsOpen, fired);
    });

  test('upgrade-silent: the session gives up after its limit, and k6 ends with the connection', async (t) => {
    const target = await quickTarget(t, { faults: { 'upgrade-silent': 5 } });
    const env = { NUM_SESSIONS: '12', QUESTIONS: 'MED1060:2', CONNECT_TIMEOUT_SECONDS: '0.5' };
    const allGone = setInterval(() => {
      if (target.stats().deleted === 12) void target.close();
    }, 100);
    t.after(() => clearInterval(allGone));
    const k6 = await runK6({
      source: 'scripts/burst.ts',
      env: { ...settingsFor(target), ...PATIENT, ...env },
    });
    const summary = summaryOf(k6);
    assertSameCounts(summary, target.stats());
    assert.deepEqual(failureCounts(summary), { 'connect:connect_timeout': 2 });
    assert.deepEqual([summary.sessions.completed, summary.sessions.failed], [10, 2]);
    assert.deepEqual([k6.exitCode, summary.verdict.result], [99, 'FAIL'], k6.stdout);
  });
});

describe('a handshake that ends after its session gave up', () => {
  async function late(t: TestContext, faults: Faults): Promise<Outcome> {
    const target = await quickTarget(t, { faults });
    const port = await slowProxy(t, target.port, 600);
    const slow = settingsFor({ url: target.url, websocketUrl: `ws://127.0.0.1:${port}` });
    const env = { ...slow, ...PATIENT, NUM_SESSIONS: '4', CONNECT_TIMEOUT_SECONDS: '0.2' };
    const run = await runK6({ source: 'scripts/burst.ts', env });
    await untilStats(target, ({ open }) => open === 0);
    return { run, summary: summaryOf(run), target };
  }

  test('successfully: the socket is closed, and counted once as failed', async (t) => {
    // The session must not be gone when its handshake comes.
    const { run: k6, summary, target } = await late(t, { 'delete-500': 1 });
    assert.deepEqual([target.stats().upgrades, target.stats().closes], [4, { '1000': 4 }]);
    assert.deepEqual(summary.sockets, { attempted: 4, opened: 0, failed: 4 });
    assert.deepEqual(failureCounts(summary), { 'connect:connect_timeout': 4, 'cleanup:http_500': 4 });
    assert.deepEqual([summary.questions.sent, target.stats().questions], [0, 0]);
    assertBalanced(summary);
    assert.deepEqual([k6.exitCode, summary.verdict.result], [99, 'FAIL'], k6.stdout);
  });

  test('with a refusal: the same', async (t) => {
    const { run: k6, summary, target } = await late(t, { 'upgrade-504': 1 });
    assert.deepEqual(target.stats().upgradesRefused, { '504': 4 });
    assert.deepEqual(failureCounts(summary), { 'connect:connect_timeout': 4 });
    assertBalanced(summary);
    assert.deepEqual([k6.exitCode, summary.verdict.result], [99, 'FAIL'], k6.stdout);
  });
});

const EVERY_FAULT_CLASS: FailureCounts = {
  'connect:handshake_refused:502': 0,
  'token:http_401': 0,
  'session:http_500': 0,
  'answer:connection_lost': 0,
  'answer:answer_incomplete': 0,
  'answer:decrypt_failed': 0,
  'answer:frame_too_short': 0,
};

/** The classes as the target's own count of its faults has them. */
function classesOf(target: Target): FailureCounts {
  const { faults } = target.stats();
  return Object.fromEntries(
    Object.entries(faults).map(([fault, count]) => [CLASSES[fault as FaultName] ?? fault, count]),
  );
}

describe('all faults together', () => {
  test('burst that ends a session at its first failure', async (t) => {
    const env = { NUM_SESSIONS: '70', QUESTIONS: 'MED1060:10', ON_FAILURE: 'end' };
    const { run: k6, summary, target } = await run(t, 'scripts/burst.ts', env, EVERYTHING);
    const expected = classesOf(target);
    assert.deepEqual(
      Object.keys(expected).sort(),
      Object.keys(EVERY_FAULT_CLASS).sort(),
      'all faults happened',
    );
    assertSameCounts(summary, target.stats());
    assert.deepEqual(failureCounts(summary), expected);
    const faulty = Object.values(expected).reduce((a, b) => a + b, 0);
    assert.deepEqual([summary.sessions.failed, summary.sessions.completed], [faulty, 70 - faulty]);
    assert.equal(target.stats().sessionsOpen, 0, 'clean-up runs after a failure too');
    assert.deepEqual([k6.exitCode, summary.verdict.result], [99, 'FAIL'], k6.stdout);
  });

  test('ramp that goes on after a failure', async (t) => {
    const env = { ...ramp, QUESTIONS: 'MED1060:10' };
    const { run: k6, summary, target } = await run(t, 'scripts/ramp.ts', env, EVERYTHING);
    const expected = classesOf(target);
    assert.deepEqual(
      Object.keys(expected).sort(),
      Object.keys(EVERY_FAULT_CLASS).sort(),
      'all faults happened',
    );
    assertSameCounts(summary, target.stats());
    assert.deepEqual(failureCounts(summary), expected);
    assert.equal(target.stats().sessionsOpen, 0);
    assert.deepEqual([k6.exitCode, summary.verdict.result], [99, 'FAIL'], k6.stdout);
  });

  test('one session at a time: everything is as foretold, request by request', async (t) => {
    const env = {
      NUM_SESSIONS: '60',
      QUESTIONS: 'MED1060:8',
      RESTART_DELAY_SECONDS: '0',
      ANSWER_TIMEOUT_SECONDS: '0.3',
    };
    const { summary, target } = await run(t, 'tests/k6/one-by-one.ts', env, EVERYTHING);
    const foretold = foretell(60, 8);
    assertSameCounts(summary, target.stats());
    assert.deepEqual(failureCounts(summary), foretold.failures);
    const { sent, answered, failed, late } = summary.questions;
    assert.deepEqual({ sent, answered, failed, late }, foretold.questions);
    const { completed, failed: failedSessions } = summary.sessions;
    assert.deepEqual({ completed, failed: failedSessions }, foretold.sessions);
    assert.deepEqual(affected(summary), foretold.affected);
  });
});

describe('a target that does nothing right is FAIL, not INVALID', () => {
  for (const fault of ['token-500', 'session-500', 'upgrade-502', 'answer-silent', 'answer-reset'] as const)
    test(`every ${fault}`, async (t) => {
      const env = { NUM_SESSIONS: '4', QUESTIONS: 'MED1060:2' };
      const { run: k6, summary, target } = await run(t, 'scripts/burst.ts', env, { [fault]: 1 });
      assertSameCounts(summary, target.stats());
      assert.deepEqual([k6.exitCode, summary.verdict.result], [99, 'FAIL'], k6.stdout);
      assert.equal(summary.verdict.holds, null);
    });
});

function affected({ failures }: Summary): FailureCounts {
  const ofAnswers = failures.filter(({ phase }) => phase === 'answer');
  return Object.fromEntries(ofAnswers.map(({ reason, sessions }) => [reason, sessions]));
}

interface Foretold {
  failures: FailureCounts;
  affected: FailureCounts;
  questions: { sent: number; answered: number; failed: number; late: number };
  sessions: { completed: number; failed: number };
}

/** Plays the sessions by the list: a model of its own, so that a mistake of both sides shows. */
function foretell(sessions: number, questionsEach: number): Foretold {
  const told: Foretold = {
    failures: {},
    affected: {},
    questions: { sent: 0, answered: 0, failed: 0, late: 0 },
    sessions: { completed: 0, failed: 0 },
  };
  const numbers = { token: 0, session: 0, upgrade: 0, answer: 0 };
  const tally = (counts: FailureCounts, key: string): void => void (counts[key] = (counts[key] ?? 0) + 1);
  const meets = (place: keyof typeof numbers, every: number, failure: string): boolean => {
    if (++numbers[place] % every !== 0) return false;
    tally(told.failures, failure);
    return true;
  };

  const setsUp = (): boolean =>
    !meets('token', 7, 'token:http_401') &&
    !meets('session', 11, 'session:http_500') &&
    !meets('upgrade', 5, 'connect:handshake_refused:502');

  for (let session = 0; session < sessions; session++) {
    const reasons = setsUp() ? askAll() : undefined;
    for (const reason of new Set(reasons)) tally(told.affected, reason);
    if (reasons?.length === 0) told.sessions.completed++;
    else told.sessions.failed++;
  }
  return told;

  function askAll(): string[] {
    const reasons: string[] = [];
    for (let asked = 0; asked < questionsEach && reasons.at(-1) !== 'connection_lost'; asked++) {
      told.questions.sent++;
      const reason = reasonAt(++numbers.answer);
      if (reason === undefined) told.questions.answered++;
      else reasons.push(reason);
      // The whole answer follows the short frame, unless the session has left by then.
      if (reason === 'frame_too_short' && asked < questionsEach - 1) told.questions.late++;
    }
    for (const reason of reasons) tally(told.failures, `answer:${reason}`);
    told.questions.failed += reasons.length;
    return reasons;
  }

  function reasonAt(number: number): string | undefined {
    if (number % 13 === 0) return 'connection_lost';
    if (number % 17 === 0) return 'answer_incomplete';
    if (number % 19 === 0) return 'decrypt_failed';
    return number % 23 === 0 ? 'frame_too_short' : undefined;
  }
}
