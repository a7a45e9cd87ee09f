// Does the recovery test see an outage as it was, and tell a back end that recovers from one that does not?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { quickTarget, settingsFor, startOutage } from './support/target.ts';

const OUTAGE_MS = 5000;

const ENV = {
  GENERATOR_LAG_LIMIT_MS: '100000',
  QUESTIONS: 'MED1060:5',
  NUM_SESSIONS: '5',
  THINK_SECONDS: '0.05',
  ANSWER_TIMEOUT_SECONDS: '2',
  RESTART_DELAY_SECONDS: '0.2',
  OUTAGE_BEFORE_SECONDS: '2',
  OUTAGE_SECONDS: String(OUTAGE_MS / 1000),
  OUTAGE_RECOVERY_SECONDS: '3',
  OUTAGE_AFTER_SECONDS: '3',
  PROBES_PER_SECOND: '10',
};

interface Seen {
  run: K6Run;
  summary: Summary;
}

async function recovery(t: TestContext, env: Record<string, string>): Promise<Seen> {
  const target = await quickTarget(t, { firstChunkMs: 40 });
  const run = await runK6({
    source: 'scripts/recovery.ts',
    env: { ...settingsFor(target), ...ENV, OUTAGE_URL: `${target.url}/outage`, ...env },
    files: {
      'limits.json': '{"target": {"answer_latency": ["p(95)<500"], "answer_success": ["rate>0.95"]}}',
    },
  });
  const summary = summaryOf(run);
  assertBalanced(summary);
  return { run, summary };
}

const body = (outage: Record<string, unknown>): { OUTAGE_BODY: string } => ({
  OUTAGE_BODY: JSON.stringify({ seconds: OUTAGE_MS / 1000, ...outage }),
});

function assertAsLong(measured: number | null | undefined): void {
  assert.ok(typeof measured === 'number' && Math.abs(measured / OUTAGE_MS - 1) < 0.1, `${measured} ms`);
}

describe('a back end that is well again in time', () => {
  for (const mode of ['down', 'silent', 'error'])
    test(`${mode}: errors and p95 are over when the outage is`, async (t) => {
      const { run, summary } = await recovery(t, { ...body({ mode }), THINK_SECONDS: '0.2' });
      assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout);
      const { recovery: seen, stages, questions } = summary;
      assertAsLong(seen?.errorsLastedMs);
      assertAsLong(seen?.p95BackAfterMs);
      // A session between two questions loses none when its socket is cut.
      assert.ok((seen?.lost ?? 0) >= (mode === 'down' ? 0 : 5), 'each session lost at least one');
      assert.ok((seen?.lost ?? 0) <= questions.failed);
      assert.deepEqual(
        stages.map(({ name, binding }) => [name, binding]),
        [
          ['before', true],
          ['outage', false],
          ['recovering', false],
          ['after', true],
        ],
      );
      assert.match(
        run.stdout,
        /PASS +recovers: errors for [\d.]+ s, invocations in time again\s+after\s+[\d.]+ s/,
      );
    });

  test('slow: no errors, but p95 is over its limit as long as the outage', async (t) => {
    const env = { ...body({ mode: 'slow', delayMs: 1000 }), THRESHOLDS_FILE: 'limits.json' };
    const { run, summary } = await recovery(t, env);
    assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout);
    assert.equal(summary.recovery?.errorsLastedMs, 0);
    assertAsLong(summary.recovery.p95BackAfterMs);
    assert.deepEqual(failureCounts(summary), {});
  });

  test('an outage that somebody else makes is found by the probes alone', async (t) => {
    const target = await quickTarget(t, { firstChunkMs: 40 });
    const running = runK6({
      source: 'scripts/recovery.ts',
      env: { ...settingsFor(target), ...ENV },
    });
    const started = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 8000));
    await startOutage(target, { seconds: OUTAGE_MS / 1000 - 1, mode: 'down' });
    const at = Date.now() - started;
    const summary = summaryOf(await running);
    assert.equal(summary.verdict.result, 'PASS', summary.verdict.sentence);
    const { startedAt, errorsLastedMs } = summary.recovery ?? {};
    assert.ok(
      Math.abs((startedAt ?? 0) - at) < 1500,
      `began at ${startedAt}, made at ${at} after k6's start`,
    );
    assert.ok(Math.abs((errorsLastedMs ?? 0) / (OUTAGE_MS - 1000) - 1) < 0.1, `${errorsLastedMs} ms`);
  });
});

describe('a back end that is not', () => {
  test('FAIL, exit 99: what comes after the time to recover is judged', async (t) => {
    const { run, summary } = await recovery(t, body({ seconds: 60, mode: 'error' }));
    assert.deepEqual([run.exitCode, summary.verdict.result], [99, 'FAIL'], run.stdout);
    assert.match(
      summary.verdict.sentence,
      /^does not recover in time \(stage 4\): answer success 0\.00 %, limit 99 %$/,
    );
    assert.deepEqual(
      [summary.recovery?.errorsLastedMs, summary.recovery?.p95BackAfterMs],
      [null, null],
      'errors to the end',
    );
  });

  test('a back end that was broken before the outage is told apart', async (t) => {
    const target = await quickTarget(t, { faults: { 'answer-error': 2 } });
    const env = { ...settingsFor(target), ...ENV, OUTAGE_URL: `${target.url}/outage` };
    const summary = summaryOf(await runK6({ source: 'scripts/recovery.ts', env }));
    assert.equal(summary.verdict.result, 'FAIL');
    assert.match(summary.verdict.sentence, /^breaks before the outage \(stage 1\): answer success/);
  });
});

describe('an outage that did not happen', () => {
  test('OUTAGE_URL refuses: INVALID, and the log says what it answered', async (t) => {
    const { run, summary } = await recovery(t, { OUTAGE_BODY: '{"seconds": "long"}' });
    assert.deepEqual([run.exitCode, summary.verdict.result], [99, 'INVALID'], run.stdout);
    assert.match(summary.verdict.sentence, /^the outage could not be started/);
    assert.match(run.stderr, /OUTAGE_URL answered 400\. Check OUTAGE_URL and OUTAGE_BODY\./);
  });
});
