// Do the kinds of test, profiles and plan files come to the verdict that the target deserves?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { PROFILES } from '../lib/before/profiles.ts';
import type { TargetSettings } from '../target/settings.ts';
import { assertBalanced, assertSameCounts, hasPassed, summaryOf } from './support/books.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { quickTarget, settingsFor, startOutage, untilStats } from './support/target.ts';

/** A busy machine must not turn these runs INVALID: they are not about the generator. */
const PATIENT = { GENERATOR_LAG_LIMIT_MS: '100000' };
const SHORT = { ...PATIENT, QUESTIONS: 'MED1060:3', THINK_SECONDS: '0.02' };

/** A script, its settings and what the target does; `limits`: instead of its own thresholds. */
interface Order {
  script: string;
  env?: Record<string, string>;
  target?: Partial<TargetSettings>;
  limits?: Record<string, string[]>;
  files?: Record<string, string>;
}

interface Seen {
  run: K6Run;
  summary: Summary;
}

async function execute(
  t: TestContext,
  { script, env = {}, target = {}, limits, files = {} }: Order,
): Promise<Seen> {
  const server = await quickTarget(t, target);
  const own = limits === undefined ? {} : { 'limits.json': JSON.stringify({ target: limits }) };
  const run = await runK6({
    source: `scripts/${script}.ts`,
    env: {
      ...settingsFor(server),
      ...SHORT,
      ...(limits === undefined ? {} : { THRESHOLDS_FILE: 'limits.json' }),
      ...env,
    },
    files: { ...own, ...files },
  });
  const summary = summaryOf(run);
  if (summary.cutShort) assertBalanced(summary);
  else assertSameCounts(summary, server.stats());
  return { run, summary };
}

const result = ({ run, summary }: Seen): [number, string] => [run.exitCode, summary.verdict.result];
const sessionsOf = ({ stages }: Summary): number[] => stages.map(({ level: sessions }) => sessions);

describe('every kind of test passes on a healthy target', () => {
  const scripts: Record<string, Record<string, string>> = {
    sustain: { NUM_SESSIONS: '4', HOLD_SECONDS: '3', HOLD_STAGES: '3' },
    response: { SESSION_LEVELS: '1,3,2', LEVEL_SECONDS: '1.5' },
    stability: {
      NUM_SESSIONS: '4',
      HOLD_SECONDS: '3',
      HOLD_STAGES: '2',
      THINK_SECONDS: '0.1-0.3',
      HEARTBEAT_SECONDS: '0.2',
    },
  };
  const levels: Record<string, number[]> = { sustain: [4, 4, 4], response: [1, 3, 2], stability: [4, 4] };
  for (const [script, env] of Object.entries(scripts))
    test(script, async (t) => {
      const seen = await execute(t, { script, env });
      if (!hasPassed(t, seen.run)) return;
      assert.deepEqual(sessionsOf(seen.summary), levels[script]);
      const least = Math.min(...seen.summary.stages.map(({ held }) => held ?? 0));
      if (least <= 0.8 && seen.run.busy !== undefined) return t.skip(`held ${least}, and ${seen.run.busy}`);
      assert.ok(least > 0.8, `sessions held ${least}`);
    });
});

describe('profiles of the ramp', () => {
  const env = {
    RAMP_START_SESSIONS: '2',
    RAMP_INCREMENT: '2',
    RAMP_MAX_SESSIONS: '4',
    RAMP_INTERVAL_SECONDS: '1',
  };
  const expected = {
    smoke: [2],
    load: [2, 4, 4, 4],
    stress: [2, 4, 6, 8],
    soak: Array.from({ length: 20 }, () => 4),
    spike: [1, 4, 1],
    breakpoint: [2, 4],
  };
  for (const profile of PROFILES)
    test(profile, async (t) => {
      const seen = await execute(t, { script: 'ramp', env: { ...env, PROFILE: profile } });
      if (!hasPassed(t, seen.run)) return;
      assert.deepEqual(sessionsOf(seen.summary), expected[profile]);
    });
});

describe('breakpoint, on a target with room for 6 sessions', () => {
  const order: Order = {
    script: 'ramp',
    env: {
      PROFILE: 'breakpoint',
      RAMP_START_SESSIONS: '3',
      RAMP_INCREMENT: '3',
      RAMP_MAX_SESSIONS: '30',
      RAMP_INTERVAL_SECONDS: '4',
    },
    target: { capacity: 6, overloadMs: 600 },
    limits: { answer_latency: ['p(95)<200'], answer_success: ['rate>0.9'] },
  };

  test('exit 99 at the end of the stage that breaks, with FAIL, what holds, and what was not reached', async (t) => {
    const { run, summary } = await execute(t, order);
    const { verdict, stages, durationMs, sessions } = summary;
    assert.deepEqual([run.exitCode, verdict.result], [99, 'FAIL'], run.stdout);
    assert.deepEqual([verdict.holds, verdict.breaks?.level, verdict.breaks?.stage], [6, 9, 3]);
    assert.ok(durationMs >= 12_000 && durationMs < 20_000, `${durationMs} ms of 40,000`);
    assert.equal(sessions.interrupted > 0, true);
    assert.equal(stages.at(-1)?.state, 'not reached');
    const text = run.stdout.replaceAll(/\s+/g, ' ');
    assert.match(
      text,
      /FAIL holds 6 sessions, breaks at 9 \(stage 3\): answer p95 .+; the run stopped there/,
    );
    assert.match(text, /\(\d+ more stages of the plan not reached\)/);
  });

  test('stages that only inform do not stop it', async (t) => {
    const env = { ...order.env, RAMP_MAX_SESSIONS: '12', RAMP_INTERVAL_SECONDS: '2', REQUIRED_SESSIONS: '6' };
    const seen = await execute(t, { ...order, env });
    assert.deepEqual(result(seen), [0, 'PASS'], seen.run.stdout);
    assert.deepEqual([seen.summary.verdict.holds, seen.summary.verdict.breaks?.level], [6, 9]);
  });
});

describe('drift', () => {
  /** Lets the target fail, or become slow, when the first half of the run is over. */
  async function driftingRun(
    t: TestContext,
    outage: Record<string, unknown>,
    limits: Record<string, string[]>,
  ): Promise<Seen> {
    const target = await quickTarget(t);
    const running = runK6({
      source: 'scripts/sustain.ts',
      env: {
        ...settingsFor(target),
        ...SHORT,
        NUM_SESSIONS: '4',
        HOLD_SECONDS: '6',
        HOLD_STAGES: '2',
        THRESHOLDS_FILE: 'limits.json',
      },
      files: { 'limits.json': JSON.stringify({ target: limits }) },
    });
    await untilStats(target, ({ sessions }) => sessions >= 4);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await startOutage(target, outage);
    const run = await running;
    return { run, summary: summaryOf(run) };
  }

  test('slower answers break the limit on latency drift, which compares with stage 1', async (t) => {
    const limits = { answer_latency_drift: ['p(95)<1.5'], answer_failure_drift: ['avg<0.01'] };
    const seen = await driftingRun(t, { seconds: 20, mode: 'slow', delayMs: 100 }, limits);
    assert.deepEqual(result(seen), [99, 'FAIL'], seen.run.stdout);
    assert.match(
      seen.run.stdout,
      /breaks in stage 2\s+at 4:\s+answer\s+latency\s+drift\s+p95\s+[\d.]+\s×,\s+limit\s+1\.5\s×/,
    );
    const [first, second] = seen.summary.stages;
    assert.deepEqual(first?.limits, [], 'nothing to compare stage 1 with');
    const drift = second?.limits.find(({ metric }) => metric === 'answer_latency_drift')?.value ?? 0;
    const exact = (second?.answerLatency['p(95)'] ?? 0) / (first.answerLatency['p(95)'] ?? 1);
    assert.ok(Math.abs(drift / exact - 1) < 0.5, `drift ${drift}, of the stages' p95 ${exact}`);
  });

  test('more failures break the limit on failure drift, by exactly the share that was added', async (t) => {
    const limits = { answer_failure_drift: ['avg<0.01'] };
    const seen = await driftingRun(t, { seconds: 20, mode: 'error' }, limits);
    assert.deepEqual(result(seen), [99, 'FAIL'], seen.run.stdout);
    const second = seen.summary.stages[1];
    const drift = second?.limits.at(0)?.value ?? 0;
    assert.ok(Math.abs(drift - (1 - (second?.answerSuccess.rate ?? 0))) < 1e-9, `${drift}`);
  });
});

describe('each limit can fail', () => {
  const burst = { script: 'burst', env: { NUM_SESSIONS: '4' } };
  const hold = { script: 'stability', env: { NUM_SESSIONS: '4', HOLD_SECONDS: '2', HOLD_STAGES: '1' } };
  const cases: [limit: string, expression: string, order: Order][] = [
    ['answer_latency', 'p(95)<20', { ...burst, target: { firstChunkMs: 60 } }],
    ['answer_latency', 'p(99)<20', { ...burst, target: { firstChunkMs: 60 } }],
    ['answer_latency', 'med<20', { ...burst, target: { firstChunkMs: 60 } }],
    ['first_chunk_latency', 'p(95)<20', { ...burst, target: { firstChunkMs: 60 } }],
    ['answer_success', 'rate>0.99', { ...burst, target: { faults: { 'answer-error': 6 } } }],
    ['session_success', 'rate>0.99', { ...burst, target: { faults: { 'token-500': 4 } } }],
    ['socket_success', 'rate>0.99', { ...burst, target: { faults: { 'upgrade-502': 4 } } }],
    ['socket_connect_duration', 'p(95)<0.01', burst],
    ['disconnects_per_session_hour', 'value<0.1', { ...hold, target: { faults: { 'answer-reset': 5 } } }],
    [
      'heartbeat_latency',
      'p(95)<0.001',
      { ...hold, env: { ...hold.env, HEARTBEAT_SECONDS: '0.1', THINK_SECONDS: '0.4' } },
    ],
  ];
  for (const [metric, expression, order] of cases)
    test(`${metric} ${expression}`, async (t) => {
      const seen = await execute(t, { ...order, limits: { [metric]: [expression] } });
      assert.deepEqual(result(seen), [99, 'FAIL'], seen.run.stdout);
      assert.deepEqual(
        seen.summary.verdict.breaks?.limits.map((limit) => [limit.metric, limit.expression]),
        [[metric, expression]],
      );
    });

  test('disconnects are counted per hour that the sessions of the plan are open', async (t) => {
    const { summary } = await execute(t, {
      ...hold,
      target: { faults: { 'answer-reset': 5 } },
      limits: { disconnects_per_session_hour: ['value<0.1'] },
    });
    const [stage] = summary.stages;
    const hours = (4 * 1.8) / 3600;
    const judged = Math.round((stage?.limits[0]?.value ?? 0) * hours);
    const all = summary.metrics['disconnects']?.['count'] ?? 0;
    assert.ok(judged > 0 && judged <= all, `${judged} of ${all} in the judged part`);
    assert.ok(Math.abs(judged / hours - (stage?.limits[0]?.value ?? 0)) < 1e-6);
  });
});

describe('plan files', () => {
  test('waves: the number of sessions rises and falls as planned, and nothing is cut', async (t) => {
    const plan = {
      stages: [
        {
          repeat: 2,
          stages: [
            { sessions: 2, settle: 0.2, hold: 1 },
            { sessions: 8, transition: 0.5, settle: 0.2, hold: 1, name: 'wave' },
          ],
        },
        { sessions: 1, settle: 0.2, hold: 1 },
      ],
    };
    const seen = await execute(t, {
      script: 'ramp',
      env: { PLAN_FILE: 'waves.json' },
      files: { 'waves.json': JSON.stringify(plan) },
    });
    if (!hasPassed(t, seen.run)) return;
    const { stages, sessions } = seen.summary;
    assert.deepEqual(
      stages.map(({ level: planned, name }) => [planned, name]),
      [
        [2, undefined],
        [8, 'wave'],
        [2, undefined],
        [8, 'wave'],
        [1, undefined],
      ],
    );
    for (const { number, held, vusHeld } of stages) {
      assert.ok((vusHeld ?? 0) > 0.85 && (vusHeld ?? 9) < 1.1, `stage ${number} held ${vusHeld}`);
      assert.ok((held ?? 0) > 0.4 && (held ?? 9) <= (vusHeld ?? 0), `stage ${number} had ${held} open`);
    }
    assert.equal(sessions.interrupted, 0);
  });

  test('arrivals: each starts a session, once, however many are open', async (t) => {
    const plan = {
      arrivals: [
        { perSecond: 10, hold: 2 },
        { perSecond: 30, hold: 1 },
      ],
      atMost: 60,
    };
    const seen = await execute(t, {
      script: 'burst',
      env: { PLAN_FILE: 'arrivals.json' },
      files: { 'arrivals.json': JSON.stringify(plan) },
    });
    if (!hasPassed(t, seen.run)) return;
    const { stages, sessions } = seen.summary;
    assert.equal(
      sessions.started,
      stages.reduce((sum, stage) => sum + stage.level, 0),
    );
    assert.deepEqual(
      stages.map(({ sessionsStarted }) => sessionsStarted),
      sessionsOf(seen.summary),
      'each in its own stage',
    );
    assert.match(seen.run.stdout, new RegExp(`carries all ${sessions.started} sessions that arrive`));
  });

  test('arrivals that find no free VU make the run INVALID', async (t) => {
    const plan = { arrivals: [{ perSecond: 20, hold: 1 }], atMost: 1 };
    const seen = await execute(t, {
      script: 'burst',
      env: { PLAN_FILE: 'arrivals.json' },
      target: { firstChunkMs: 300 },
      files: { 'arrivals.json': JSON.stringify(plan) },
    });
    assert.deepEqual(result(seen), [99, 'INVALID'], seen.run.stdout);
    assert.match(
      seen.summary.verdict.sentence,
      /^\d+ sessions started late: all VUs were busy, so raise "atMost"/,
    );
  });

  test('a seed makes the same arrivals and the same questions again, another seed others', async (t) => {
    const plan = { arrivals: [{ perSecond: 20, hold: 1 }], atMost: 40 };
    const order = (seed: string): Order => ({
      script: 'burst',
      env: { PLAN_FILE: 'arrivals.json', SEED: seed, QUESTION_ORDER: 'shuffle', SESSION_LOG: 'all' },
      files: { 'arrivals.json': JSON.stringify(plan) },
    });
    const once = await execute(t, order('5'));
    const again = await execute(t, order('5'));
    const other = await execute(t, order('6'));
    assert.deepEqual(once.summary.plan, again.summary.plan);
    assert.deepEqual(questions(once.run), questions(again.run));
    assert.notDeepEqual(questions(once.run), questions(other.run));
    assert.equal(once.summary.settings['seed'], 5);
  });

  /** What each session asked, in its order; sessions in that of the texts. */
  function questions({ stderr }: K6Run): string[] {
    const sessions: Record<string, string> = {};
    for (const [, session = '', text = ''] of stderr.matchAll(
      /session (\d+) │ question \d+\/\d+ .*? │ (.*?)" source/g,
    ))
      sessions[session] = `${sessions[session] ?? ''}|${text}`;
    const all = Object.values(sessions).sort();
    assert.ok(all.length > 5);
    return all;
  }

  test('a wrong file is refused before any load, by line', async (t) => {
    const target = await quickTarget(t);
    const run = await runK6({
      source: 'scripts/ramp.ts',
      env: { ...settingsFor(target), PLAN_FILE: 'mine.json' },
      files: { 'mine.json': '{"stages": [\n  {"sessions": 0, "hold": 5},\n  {"session": 3, "hold": 5}\n]}' },
    });
    assert.equal(run.exitCode, 107, run.stderr);
    assert.match(run.stderr, /mine\.json:2: \\"sessions\\" is 0: it must be a whole number from 1/);
    assert.match(run.stderr, /mine\.json:3: \\"session\\" is not known here\. Did you mean sessions\?/);
    assert.equal(target.stats().tokens, 0);
  });
});
