// Do the settings do in a real run what they say, and what does a run write?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Plan } from '../lib/plans/load.ts';
import type { TargetSettings } from '../target/settings.ts';
import { DEFAULT_SETTINGS } from '../target/settings.ts';
import { failureCounts, summaryOf } from './support/books.ts';
import { runCommand, runK6, type K6Run } from './support/k6.ts';
import { quickTarget, settingsFor } from './support/target.ts';

interface Order {
  env?: Record<string, string>;
  files?: Record<string, string>;
  target?: Partial<TargetSettings>;
  source?: string;
}

async function run(t: TestContext, order: Order): Promise<K6Run> {
  const target = await quickTarget(t, order.target);
  const env = {
    ...settingsFor(target),
    GENERATOR_LAG_LIMIT_MS: '100000',
    QUESTIONS: 'MED1060:3',
    ...order.env,
  };
  return runK6({ source: order.source ?? 'scripts/burst.ts', files: order.files ?? {}, env });
}

const limits = (target: object, critical: object = {}): string => JSON.stringify({ target, critical });

describe('files', () => {
  test('QUESTIONS_FILE and THRESHOLDS_FILE are looked for where k6 was started', async (t) => {
    const k6 = await run(t, {
      files: {
        'mine.json': '{"X": ["one?", "two?"]}',
        'limits.json': limits({ answer_latency: ['p(90)<4321'] }),
      },
      env: { QUESTIONS_FILE: 'mine.json', QUESTIONS: 'X', THRESHOLDS_FILE: 'limits.json' },
    });
    const { questions, stages, verdict } = summaryOf(k6);
    assert.deepEqual([k6.exitCode, questions.sent, verdict.result], [0, 4, 'PASS']);
    assert.deepEqual(
      stages[0]?.limits.map(({ expression }) => expression),
      ['p(90)<4321'],
    );
  });

  test('k6 judges limits in each of its own forms', async (t) => {
    const forms = {
      answer_latency: ['p(95.0) < 1e4', { threshold: 'p(.5)<=9000' }],
      answer_success: ['rate>.99', ' rate === 1.0 '],
    };
    const k6 = await run(t, {
      files: { 'limits.json': limits(forms) },
      env: { THRESHOLDS_FILE: 'limits.json' },
    });
    assert.deepEqual([k6.exitCode, summaryOf(k6).verdict.result], [0, 'PASS'], k6.stdout + k6.stderr);
    assert.deepEqual(
      summaryOf(k6).stages[0]?.limits.map(({ expression, kept }) => [expression, kept]),
      [
        ['p(95)<10000', true],
        ['p(0.5)<=9000', true],
        ['rate>0.99', true],
        ['rate===1', true],
      ],
    );
  });

  test('SUMMARY_FILE names the summary; empty, there is none', async (t) => {
    const named = await run(t, { env: { SUMMARY_FILE: 'other.json' } });
    assert.equal(named.summary, undefined);
    assert.match(named.file('other.json') ?? '', /"result": "PASS"/);
    assert.match(named.stdout, /\n files +other\.json, report\.html\n/);
    const none = await run(t, { env: { SUMMARY_FILE: '' } });
    assert.equal(none.file('summary.json'), undefined);
    assert.match(none.stdout, /\nPASS +holds 2 sessions/);
    assert.match(none.stdout, /\n files +report\.html\n/);
  });

  test('no secret is in what a run prints and writes, and no colours are where no terminal is', async (t) => {
    const k6 = await run(t, { target: { faults: { 'token-401': 2 } } });
    const everything = k6.stdout + k6.stderr + (k6.file('summary.json') ?? '');
    assert.ok(everything.length > 1000);
    assert.ok(!everything.includes(DEFAULT_SETTINGS.key));
    assert.doesNotMatch(everything, /Bearer|session_id|\u001b\[/);
    assert.equal(summaryOf(k6).settings['encryptionKey'], '…');
  });
});

describe('judgement', () => {
  const files = {
    'limits.json': limits({ answer_latency: ['p(95)<1'] }, { answer_latency: ['p(95)<60000'] }),
  };
  test('LIMITS chooses the level that binds', async (t) => {
    const strict = await run(t, { files, env: { THRESHOLDS_FILE: 'limits.json' } });
    assert.deepEqual([strict.exitCode, summaryOf(strict).verdict.result], [99, 'FAIL']);
    const lax = await run(t, { files, env: { THRESHOLDS_FILE: 'limits.json', LIMITS: 'critical' } });
    assert.deepEqual([lax.exitCode, summaryOf(lax).verdict.result], [0, 'PASS']);
  });
});

describe('what a session does', () => {
  test('ON_FAILURE: the next question follows, or the session ends', async (t) => {
    const target = { faults: { 'answer-error': 1 } } as const;
    const goesOn = summaryOf(await run(t, { target }));
    assert.deepEqual([goesOn.questions.sent, goesOn.questions.failed], [6, 6]);
    assert.deepEqual(
      [goesOn.failures[0]?.count, goesOn.failures[0]?.sessions],
      [6, 2],
      'six failures in two sessions',
    );
    const ends = summaryOf(await run(t, { target, env: { ON_FAILURE: 'end' } }));
    assert.deepEqual([ends.questions.sent, ends.questions.failed], [2, 2]);
  });

  test('THINK_SECONDS: a pause between questions, not before the first or after the last', async (t) => {
    const { metrics } = summaryOf(await run(t, { env: { THINK_SECONDS: '0.4' } }));
    const { min = 0 } = metrics['session_duration'] ?? {};
    assert.ok(min >= 800 && min < 1200, `two pauses of 400 ms: ${min} ms`);
  });

  test('RESTART_DELAY_SECONDS: a dead back end is not hammered', async (t) => {
    const k6 = await run(t, {
      source: 'scripts/ramp.ts',
      target: { faults: { 'token-500': 1 } },
      env: {
        RAMP_START_SESSIONS: '1',
        RAMP_MAX_SESSIONS: '1',
        RAMP_INTERVAL_SECONDS: '2',
        RESTART_DELAY_SECONDS: '0.5',
      },
    });
    const { started } = summaryOf(k6).sessions;
    assert.ok(started >= 2 && started <= 9, `${started} sessions in 2 s, each followed by 0.25 to 0.75 s`);
  });

  test('WEBSOCKET_ORIGIN is what the target sees', async (t) => {
    const env = { WEBSOCKET_ORIGIN: 'https://elsewhere.example.com' };
    const refused = summaryOf(await run(t, { env }));
    assert.deepEqual(failureCounts(refused), { 'connect:handshake_refused:403': 2 });
    const allowed = await run(t, { env, target: { origins: ['https://elsewhere.example.com'] } });
    assert.equal(allowed.exitCode, 0);
  });

  test('another key than that of the target: it closes, and that is how it is counted', async (t) => {
    const k6 = await run(t, { env: { ENCRYPTION_KEY: 'ab'.repeat(32) } });
    const summary = summaryOf(k6);
    assert.deepEqual(failureCounts(summary), { 'answer:closed_1008': 2 });
    assert.deepEqual([k6.exitCode, summary.verdict.result], [99, 'INVALID']);
  });

  test('another encryption than that of the target', async (t) => {
    const k6 = await run(t, { env: { ENCRYPTION: 'none' }, target: { encryption: 'aes-256-gcm' } });
    assert.deepEqual(failureCounts(summaryOf(k6)), { 'answer:closed_1008': 2 });
  });
});

describe('k6 inspect', () => {
  async function inspect(
    source: string,
    env: Record<string, string>,
  ): Promise<{ exitCode: number; stdout: string }> {
    return runCommand(['inspect', '--include-system-env-vars'], { source, env });
  }
  interface Inspected {
    ext: { crescendo: { plan: Plan } };
    scenarios: Record<string, { executor: string }>;
  }

  test('shows the default plan of the ramp: 10, 60, 110 … 460, 500', async () => {
    const { exitCode, stdout } = await inspect('scripts/ramp.ts', { ENCRYPTION_KEY: DEFAULT_SETTINGS.key });
    const { ext, scenarios } = JSON.parse(stdout) as Inspected;
    const { stages, end } = ext.crescendo.plan;
    assert.equal(exitCode, 0);
    assert.deepEqual(
      stages.map(({ level: sessions }) => sessions),
      [10, 60, 110, 160, 210, 260, 310, 360, 410, 460, 500],
    );
    assert.deepEqual([stages[10]?.start, stages[10]?.hold, end], [1_800_000, 1_818_000, 1_980_000]);
    assert.equal(scenarios['ramp']?.executor, 'ramping-vus');
  });

  test('shows that of the burst, which has no end', async () => {
    const { stdout } = await inspect('scripts/burst.ts', { ENCRYPTION: 'none', NUM_SESSIONS: '7' });
    const { plan } = (JSON.parse(stdout) as Inspected).ext.crescendo;
    assert.deepEqual([plan.stages.length, plan.stages[0]?.level, plan.end], [1, 7, null]);
  });

  test('refuses wrong input as a run does', async () => {
    assert.equal((await inspect('scripts/ramp.ts', { RAMP_INCREMENT: 'x' })).exitCode, 107);
  });
});
