// Does a real run come to the verdict that its target and its machine deserve?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { Cpu } from './support/cpu.ts';
import { runK6, type K6Run } from './support/k6.ts';
import { quickTarget, settingsFor, targetProcess, untilStats } from './support/target.ts';

/** For runs that are not about the generator: a busy machine must not turn them INVALID. */
const PATIENT = { GENERATOR_LAG_LIMIT_MS: '100000' };

describe('a target with room for 30 sessions, under a ramp to 60', () => {
  const limits = { target: { answer_latency: ['p(95)<300'], answer_success: ['rate>0.99'] } };
  const ramp = {
    RAMP_START_SESSIONS: '10',
    RAMP_INCREMENT: '10',
    RAMP_MAX_SESSIONS: '60',
    RAMP_INTERVAL_SECONDS: '3',
  };

  async function underRamp(t: TestContext, env: Record<string, string>): Promise<K6Run> {
    const target = await quickTarget(t, { firstChunkMs: 30, capacity: 30, overloadMs: 2400 });
    const settings = { ...settingsFor(target), ...PATIENT, ...ramp, THRESHOLDS_FILE: 'limits.json' };
    const files = { 'limits.json': JSON.stringify(limits) };
    return runK6({ source: 'scripts/ramp.ts', env: { ...settings, ...env }, files });
  }

  test('exit 99: the first stage above 30 breaks, and the text says what holds', async (t) => {
    const run = await underRamp(t, {});
    const { verdict, stages } = summaryOf(run);
    assert.deepEqual([run.exitCode, verdict.result], [99, 'FAIL'], run.stdout);
    assert.deepEqual([verdict.holds, verdict.breaks?.level, verdict.breaks?.stage], [30, 40, 4]);
    assert.deepEqual(
      stages.map(({ state }) => state),
      ['held', 'held', 'held', 'broke', 'broke', 'broke'],
    );
    const text = run.stdout.replaceAll(/\s+/g, ' ');
    assert.match(
      text,
      /FAIL holds 30 sessions, breaks at 40 \(stage 4\): answer p95 [\d.]+ (ms|s), limit 300 ms/,
    );
    assert.match(text, /broke: answer p95 [\d.]+ (ms|s) \(limit 300 ms\)/);
  });

  test('exit 0 when 30 sessions are all that is required: the rest informs', async (t) => {
    const run = await underRamp(t, { REQUIRED_SESSIONS: '30' });
    const { verdict, stages } = summaryOf(run);
    assert.deepEqual([run.exitCode, verdict.result], [0, 'PASS'], run.stdout);
    assert.deepEqual([verdict.holds, verdict.breaks?.level, verdict.breaks?.binding], [30, 40, false]);
    assert.deepEqual(
      stages.map(({ binding }) => binding),
      [true, true, true, false, false, false],
    );
    assert.match(run.stdout.replaceAll(/\s+/g, ' '), /PASS holds 30 sessions \(required: 30\), breaks at 40/);
  });
});

describe('a target that freezes in the middle', () => {
  const skip = process.platform === 'win32' ? 'Windows has no SIGSTOP' : false;
  test('k6 ends by itself within its limits and the books are complete', { skip }, async (t) => {
    const target = await targetProcess(t);
    const env = {
      ...settingsFor(target),
      ...PATIENT,
      RAMP_START_SESSIONS: '4',
      RAMP_INCREMENT: '2',
      RAMP_MAX_SESSIONS: '6',
      RAMP_INTERVAL_SECONDS: '3',
      QUESTIONS: 'MED1060:20',
      THINK_SECONDS: '0.1',
      ANSWER_TIMEOUT_SECONDS: '0.5',
      HTTP_TIMEOUT_SECONDS: '0.5',
      CONNECT_TIMEOUT_SECONDS: '0.5',
    };
    const running = runK6({ source: 'scripts/ramp.ts', env, seconds: 40 });
    await untilStats(target, ({ questions }) => questions >= 40);
    process.kill(target.pid, 'SIGSTOP');
    const run = await running;
    const summary = summaryOf(run);
    assert.deepEqual([run.exitCode, summary.verdict.result], [99, 'FAIL'], run.stdout);
    assert.equal(summary.sessions.interrupted, 0);
    assertBalanced(summary);
    const classes = Object.keys(failureCounts(summary));
    assert.ok(classes.includes('answer:answer_timeout'), classes.join());
    assert.ok(classes.includes('cleanup:request_timeout'), classes.join());
    assert.ok(classes.includes('token:request_timeout'), classes.join());
  });
});

describe('INVALID', () => {
  function assertInvalid(run: K6Run, reason: RegExp): void {
    const { verdict } = summaryOf(run);
    assert.deepEqual([run.exitCode, verdict.result], [99, 'INVALID'], run.stdout);
    assert.match(verdict.sentence, reason);
    assert.match(run.stdout.replaceAll(/\s+/g, ' '), new RegExp(`INVALID .*${reason.source}`));
  }

  test('a generator with a fifth of a core', { skip: Cpu.unavailable() }, async (t) => {
    const cpu = new Cpu(t, 0.2);
    const target = await quickTarget(t);
    const env = { ...settingsFor(target), NUM_SESSIONS: '60', QUESTIONS: 'MED1060:20' };
    const run = await runK6({ source: 'scripts/burst.ts', env, started: (pid) => cpu.confine(pid) });
    assertInvalid(run, /the load generator was starved: lag p99 [\d.]+ m?s, limit 25 ms/);
  });

  test('a lag limit that no machine keeps', async (t) => {
    const target = await quickTarget(t);
    const env = { ...settingsFor(target), GENERATOR_LAG_LIMIT_MS: '0' };
    const run = await runK6({ source: 'scripts/burst.ts', env });
    assertInvalid(run, /the load generator was starved: lag p99 [\d.]+ ms, limit 0 ms/);
  });

  test('a stage in which nothing was measured', async (t) => {
    const target = await quickTarget(t, { firstChunkMs: 2500 });
    const env = {
      ...settingsFor(target),
      ...PATIENT,
      RAMP_START_SESSIONS: '1',
      RAMP_INCREMENT: '1',
      RAMP_MAX_SESSIONS: '1',
      RAMP_INTERVAL_SECONDS: '1.5',
      THRESHOLDS_FILE: 'limits.json',
    };
    const files = { 'limits.json': '{"target": {"answer_latency": ["p(95)<5000"]}}' };
    const run = await runK6({ source: 'scripts/ramp.ts', env, files });
    assertInvalid(run, /stage 1 has no samples for answer p95/);
  });

  test('a limit on something that never happened', async (t) => {
    const target = await quickTarget(t, { firstChunkMs: 300 });
    const env = {
      ...settingsFor(target),
      ...PATIENT,
      RAMP_START_SESSIONS: '1',
      RAMP_INCREMENT: '1',
      RAMP_MAX_SESSIONS: '1',
      RAMP_INTERVAL_SECONDS: '2',
    };
    const run = await runK6({ source: 'scripts/ramp.ts', env });
    assert.equal(summaryOf(run).sessions.completed, 0, 'no session ended in two seconds');
    assertInvalid(run, /no stage has samples for session_success/);
  });

  for (const where of ['session', 'message', 'reader'] as const)
    test(`a script that throws in its ${where}`, async (t) => {
      const target = await quickTarget(t);
      const settings = { ...settingsFor(target), ...PATIENT, QUESTIONS: 'MED1060:3', ODDITY: where };
      const env = { ...settings, ANSWER_TIMEOUT_SECONDS: '0.3', RESTART_DELAY_SECONDS: '0' };
      const run = await runK6({ source: 'tests/k6/odd-protocol.ts', env });
      const summary = summaryOf(run);
      const thrown = where === 'session' ? 2 : summary.messages.received;
      assert.ok(thrown >= 2);
      assert.equal(summary.generator.scriptErrors, thrown, 'each exception is counted');
      assertInvalid(run, new RegExp(`the test script threw ${thrown} times`));
      assertBalanced(summary);
      assert.match(run.stderr, /The test script failed: .*the protocol of this test throws/);
    });
});

describe('SIGINT in the middle', () => {
  const skip = process.platform === 'win32' ? 'Windows has no SIGINT for another process' : false;
  test('ABORTED, exit 105, and the ledger balances with what was interrupted', { skip }, async (t) => {
    const target = await quickTarget(t, { firstChunkMs: 200 });
    const env = {
      ...settingsFor(target),
      ...PATIENT,
      RAMP_START_SESSIONS: '5',
      RAMP_INCREMENT: '5',
      RAMP_MAX_SESSIONS: '10',
      RAMP_INTERVAL_SECONDS: '30',
    };
    let k6 = NaN;
    const running = runK6({ source: 'scripts/ramp.ts', env, started: (pid) => (k6 = pid) });
    // Every session has had two answers and waits 200 ms for the third.
    await untilStats(target, ({ questions }) => questions >= 15);
    process.kill(k6, 'SIGINT');
    const run = await running;
    const summary = summaryOf(run);
    assert.deepEqual([run.exitCode, summary.verdict.result], [105, 'ABORTED'], run.stdout);
    assert.match(run.stdout, /ABORTED +stopped after [\d.]+ m?s of 60\.0 s, 5 sessions interrupted/);
    assertBalanced(summary);
    const { sessions, questions, stages } = summary;
    assert.deepEqual([sessions.started, sessions.interrupted], [5, 5]);
    assert.equal(questions.sent, questions.answered + questions.failed + questions.open);
    assert.ok(questions.answered >= 10 && questions.open >= 1, JSON.stringify(questions));
    assert.deepEqual(
      stages.map(({ state }) => state),
      ['unfinished', 'not reached'],
    );
  });
});
