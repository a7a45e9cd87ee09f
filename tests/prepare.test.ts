// Is a run prepared with what the settings and the script ask for, and refused when nothing could be judged?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { prepareRun, type Input, type Prepared } from '../lib/before/prepare.ts';
import { chatbotBefore } from '../systems/chatbot/before.ts';

const POOLS = '{"A": ["one", "two"]}';
const LIMITS = '{"target": {"answer_latency": ["p(95)<500"]}}';

const INPUT: Input = {
  name: 'ramp',
  load: 'ramp',
  defaults: {},
  thresholds: LIMITS,
  env: { ENCRYPTION: 'none', QUESTIONS: 'A:1' },
  readFile: (path) => {
    throw new Error(`There is no ${path}.`);
  },
};

function prepared(env: Record<string, string>, change: Partial<Input> = {}): Prepared | string {
  return prepareRun(chatbotBefore(POOLS), { ...INPUT, env: { ...INPUT.env, ...env }, ...change });
}

function accepted(env: Record<string, string>, change: Partial<Input> = {}): Prepared {
  const result = prepared(env, change);
  if (typeof result === 'string') assert.fail(result);
  return result;
}

describe('defaults of a script', () => {
  const defaults = { NUM_SESSIONS: '7', HOLD_SECONDS: '20', HOLD_STAGES: '2' };

  test('hold where nothing is set, also when it is set to nothing', () => {
    for (const env of [{}, { NUM_SESSIONS: '' }])
      assert.deepEqual(
        accepted(env, { load: 'hold', defaults }).plan.stages.map(({ level: sessions }) => sessions),
        [7, 7],
      );
  });

  test('give way to what is set', () => {
    const { plan } = accepted({ NUM_SESSIONS: '3' }, { load: 'hold', defaults });
    assert.deepEqual(
      plan.stages.map(({ level: sessions }) => sessions),
      [3, 3],
    );
  });
});

describe('limits on something that is switched off', () => {
  const limited = (metric: string, expression: string): Partial<Input> => ({
    thresholds: JSON.stringify({ target: { [metric]: [expression] } }),
  });

  test('are refused, with the setting that switches it on', () => {
    assert.equal(
      prepared({}, limited('heartbeat_latency', 'p(95)<100')),
      'heartbeat_latency has a limit, but HEARTBEAT_SECONDS is 0, so there would be none: set it, or remove the limit.',
    );
    const refused = prepared({}, limited('retries', 'count<5'));
    assert.ok(typeof refused === 'string' && refused.startsWith('retries has a limit, but RETRIES is 0'));
  });

  test('are judged when it is on', () => {
    const { options } = accepted({ HEARTBEAT_SECONDS: '5' }, limited('heartbeat_latency', 'p(95)<100'));
    const thresholds = options['thresholds'] as Record<string, unknown>;
    assert.deepEqual(thresholds['heartbeat_latency{stage:1}'], ['p(95)<100']);
    assert.deepEqual(thresholds['heartbeats_answered'], ['count>0']);
  });

  test('do not matter at a level that does not bind', () => {
    const thresholds = '{"target": {"failures": ["count<9"]}, "warning": {"heartbeat_latency": ["max<9"]}}';
    accepted({}, { thresholds });
  });
});

test('the command can read the plan, and what else it needs not to give', () => {
  const { options, plan } = accepted({}, { load: 'burst' });
  const { crescendo } = options['ext'] as { crescendo: { plan: unknown; unused: string[] } };
  assert.deepEqual(crescendo.plan, plan);
  assert.ok(crescendo.unused.includes('RAMP_MAX_SESSIONS') && !crescendo.unused.includes('NUM_SESSIONS'));
});

test('one session is one session', () => {
  assert.equal(
    prepared({ NUM_SESSIONS: '1', REQUIRED_SESSIONS: '2' }, { load: 'burst' }),
    'REQUIRED_SESSIONS is 2, but the plan has 1 session: choose a number of sessions that it comes to.',
  );
});

test('sessions get no more of the settings than they read', () => {
  const { sessionConfig, config } = accepted({});
  assert.ok(!('ramp' in sessionConfig) && !('summaryFile' in sessionConfig));
  assert.equal(sessionConfig.apiBaseUrl, config.apiBaseUrl);
});

test('with an outage, probes and the call that starts it are scenarios of their own', () => {
  const load = { load: 'recovery', name: 'recovery' } as const;
  const scenarios = (env: Record<string, string>) =>
    Object.keys(accepted(env, load).options['scenarios'] as Record<string, unknown>);
  assert.deepEqual(scenarios({}), ['recovery', 'probes']);
  assert.deepEqual(scenarios({ OUTAGE_URL: 'http://h/x' }), ['recovery', 'probes', 'outage']);
  assert.equal(accepted({}, load).plan.outage?.withinMs, 500, "the answers' p95 limit");
});

test('the plan files of the examples are right', () => {
  for (const [name, load] of [
    ['waves', 'ramp'],
    ['arrivals', 'burst'],
  ] as const) {
    const readFile = () => readFileSync(`examples/plans/${name}.json`, 'utf8');
    accepted({ PLAN_FILE: `${name}.json` }, { load, readFile });
  }
});

test('the docs show the plan files of the examples', () => {
  const page = readFileSync('docs/plans.md', 'utf8');
  for (const name of ['waves', 'arrivals'])
    assert.ok(page.includes(readFileSync(`examples/plans/${name}.json`, 'utf8')), name);
});

test('a plan without an end is refused where visits stay until it ends', () => {
  const change = {
    load: 'hold',
    readFile: () => '{"arrivals": [{"perSecond": 5, "hold": 60}], "atMost": 9}',
  } as const;
  const env = { PLAN_FILE: 'arrivals.json' };
  assert.equal(accepted(env, change).plan.end, null);
  const input = { ...INPUT, ...change, env: { ...INPUT.env, ...env } };
  assert.equal(
    prepareRun({ ...chatbotBefore(POOLS), staysToEnd: true }, input),
    'PLAN_FILE has arrivals, but sessions of this script stay until the plan ends: write "stages" instead.',
  );
});
