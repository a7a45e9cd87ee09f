// Do users of an agent platform count what the platform counts, and is each thing that breaks counted once and named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentsServer } from './support/agentsServer.ts';
import { runK6, type K6Run } from './support/k6.ts';
import { assertProved, bookCounts, failureCounts } from './support/proved.ts';
import { quickTarget, targetProcess } from './support/target.ts';
import type { RunSummary } from '../report/derive/summary.ts';
import type { Distribution } from '../report/derive/k6Data.ts';
import type { Verdict } from '../report/derive/verdict.ts';

/** One level that nothing breaks but what a test is about. */
const LIMITS = {
  'limits.json': '{"target": {"message_success": ["rate>0"], "connection_success": ["rate>0"]}}',
};

/** Five users one after the other, each with two channels, four pings and four messages. */
const USERS = {
  CONNECTIONS: '5',
  BATCH: '1',
  BATCH_SECONDS: '0.05',
  CHANNELS: 'agents,metrics',
  PINGS: '4',
  MESSAGES: '4',
  REPLY_TIMEOUT_SECONDS: '1',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

async function run(url: string, env?: Record<string, string>, source?: string) {
  return told(await ended(url, env, source));
}

function ended(url: string, env: Record<string, string> = {}, source = 'scripts/stress.ts', files = LIMITS) {
  return runK6({ source, files, env: { WS_URL: url, ...USERS, ...env } });
}

function told(ended: K6Run): RunSummary & { verdict: Verdict } {
  const { summary, stdout, stderr } = ended;
  assert.ok(summary, stdout + stderr);
  assert.deepEqual(summary.verdict.reasons, [], stdout);
  assert.equal(summary.measures['script_errors'], 0);
  return summary;
}

const address = ({ websocketUrl }: { websocketUrl: string }) => `${websocketUrl}/ws`;

describe('a clean run', () => {
  test('is counted alike by the reference target', async (t) => {
    const target = await quickTarget(t, { agentDelays: [30, 0, 10, 5] });
    const summary = await run(address(target));
    const { agents } = target.stats();
    assert.deepEqual(failureCounts(summary), {});
    assert.deepEqual(bookCounts(summary, 'user'), [5, 5, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'connection'), [agents.attempts, agents.upgrades, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'message'), [agents.messages, agents.answered, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'ping'), [agents.pings, agents.pongs, 0, 0]);
    const subscribed = [agents.subscribes + agents.unsubscribes, agents.subscribed + agents.unsubscribed];
    assert.deepEqual(bookCounts(summary, 'subscription'), [...subscribed, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'farewell'), [agents.disconnects, agents.acks, 0, 0]);
    assert.deepEqual([agents.messages, agents.pings, agents.attempts], [20, 20, 5]);
    assert.equal(agents.closes['1000'], 5);
    assertProved(summary, target.stats());
  });

  test('is counted alike by another server', async (t) => {
    const platform = await agentsServer(t, { delayMs: 3 });
    const summary = await run(platform.url);
    const { heard, said, handshakes } = platform.counts;
    assert.deepEqual(failureCounts(summary), {});
    assert.deepEqual(bookCounts(summary, 'connection'), [handshakes, 5, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'message'), [heard['agent_message'], said['agent_response'], 0, 0]);
    assert.deepEqual(bookCounts(summary, 'ping'), [heard['ping'], said['pong'], 0, 0]);
    assert.deepEqual(bookCounts(summary, 'farewell'), [heard['disconnect'], said['disconnect_ack'], 0, 0]);
    assertProved(summary);
  });

  test('of users who arrive by a rate has their latency from the planned time', async (t) => {
    const target = await quickTarget(t);
    const summary = await run(
      address(target),
      { PHASES: 'warm-up:2-6:1,sustained:6:1' },
      'scripts/phases.ts',
    );
    assert.deepEqual(failureCounts(summary), {});
    const { attempts } = target.stats().agents;
    assert.deepEqual(bookCounts(summary, 'user').slice(0, 2), [attempts, attempts]);
    const { count = 0, min = NaN } = summary.metrics['arrival_latency'] ?? {};
    assert.deepEqual([count, min >= 0], [attempts, true]);
    assert.deepEqual(
      summary.stages.map(({ name, level }) => [name, level]),
      [
        ['warm-up', 6],
        ['sustained', 6],
      ],
    );
    assert.equal(summary.vocabulary.level.many, 'users/s');
    assertProved(summary, target.stats());
  });
});

/** A fault of the reference target, and what it costs: failures by phase and class. */
const FAULTS: [name: string, every: number, costs: Record<string, number>][] = [
  ['response-dropped', 7, { 'message answer_timeout': 2 }],
  ['response-doubled', 7, { 'stray answer_doubled': 2 }],
  ['response-wrong-timestamp', 7, { 'message answer_mixed_up': 2 }],
  ['response-malformed', 20, { 'stray bad_json': 1, 'message answer_timeout': 1 }],
  ['connection-503', 5, { 'connect handshake_refused': 1 }],
  ['subscribed-lost', 10, { 'subscription answer_timeout': 1 }],
  ['unsubscribed-lost', 5, { 'subscription answer_timeout': 1 }],
  ['pong-lost', 20, { 'ping answer_timeout': 1 }],
  ['farewell-lost', 5, { 'farewell answer_timeout': 1 }],
];

describe('a fault is counted exactly, and named', { concurrency: 3 }, () => {
  for (const [name, every, costs] of FAULTS)
    test(name, async (t) => {
      const target = await quickTarget(t, { faults: { [name]: every } });
      const summary = await run(address(target));
      assert.deepEqual(failureCounts(summary), costs);
      const count = Object.values(target.stats().agents.faults).reduce((sum, one) => sum + one, 0);
      assert.equal(count, Math.max(...Object.values(costs)));
      // Two of them may fall on one user, where users overlap.
      const [came, completed = 0, failed = 0] = bookCounts(summary, 'user');
      assert.equal(came, completed + failed);
      assert.ok(failed > 0 && failed <= count, `${failed} users failed by ${count} faults`);
      assertProved(summary, target.stats());
    });

  test('a connection reset in mid-flight takes the one message that was under way', async (t) => {
    const target = await quickTarget(t, { faults: { 'response-reset': 20 } });
    const summary = await run(address(target), { IN_FLIGHT: '1', PINGS: '0' });
    assert.deepEqual(failureCounts(summary), { 'message connection_lost': 1 });
    assert.equal(summary.measures['disconnects'], 1);
    assertProved(summary, target.stats());
  });

  for (const [allowed, limits, result] of [
    ['no limit allows', {}, 'INVALID'],
    ['a limit allows', { user_success: ['rate>0.1'] }, 'PASS'],
  ] as const)
    test(`connections cut so early that messages are never sent, as ${allowed}: ${result}`, async (t) => {
      const target = await quickTarget(t, { faults: { 'response-reset': 30 } });
      const files = {
        'limits.json': JSON.stringify({ target: { message_success: ['rate>0.5'], ...limits } }),
      };
      const env = { MESSAGES: '20', PINGS: '0', IN_FLIGHT: '1' };
      const { summary, exitCode, stdout } = await ended(address(target), env, 'scripts/stress.ts', files);
      assert.ok(summary, stdout);
      const { verdict } = summary;
      assert.deepEqual([exitCode, verdict.result], [result === 'PASS' ? 0 : 99, result], stdout);
      const [sent = 0] = bookCounts(summary, 'message');
      const [, , failed = 0] = bookCounts(summary, 'user');
      assert.deepEqual([sent, failed > 0], [target.stats().agents.messages, true]);
      const sentence = `only ${sent} of the 100 planned messages began, for ${failed} of 5 users failed on the way: mend what failed, or let a limit on user_success say how many may`;
      assert.deepEqual(verdict.reasons, result === 'PASS' ? [] : [sentence]);
    });

  test('responses that change places are counted, and fail nobody', async (t) => {
    const target = await quickTarget(t, { faults: { 'response-swapped': 6 } });
    const summary = await run(address(target), { CONNECTIONS: '1', MESSAGES: '20', PINGS: '0' });
    assert.deepEqual(failureCounts(summary), {});
    assert.equal(target.stats().agents.swapped, 3);
    assert.equal(summary.measures['messages_overtaken'], 3);
    assertProved(summary, target.stats());
  });

  test('so are those of another server', async (t) => {
    const faults = { drop: 19, double: 9, mistime: 7, mutePing: 20 };
    const { url, counts } = await agentsServer(t, { faults, delayMs: 5 });
    const summary = await run(url, { MESSAGES: '4' });
    assert.deepEqual(failureCounts(summary), {
      'stray answer_doubled': counts.broken['double'],
      'message answer_mixed_up': counts.broken['mistime'],
      'message answer_timeout': counts.broken['drop'],
      'ping answer_timeout': counts.broken['mutePing'],
    });
    assertProved(summary);
  });
});

test('a target that freezes shows in the latency from the planned time of arrival', async (t) => {
  const target = await targetProcess(t);
  let frozenAt = 0;
  const freeze = setTimeout(() => {
    frozenAt = Date.now();
    process.kill(target.pid, 'SIGSTOP');
    setTimeout(() => process.kill(target.pid, 'SIGCONT'), 3000);
  }, 3000);
  t.after(() => clearTimeout(freeze));
  const summary = await run(
    address(target),
    { PHASES: 'before:5:3,frozen:5:3,after:5:2', VISIT_SECONDS: '8', REPLY_TIMEOUT_SECONDS: '8' },
    'scripts/phases.ts',
  );
  assert.ok(frozenAt > 0, 'it never froze');
  assert.deepEqual(failureCounts(summary), {});
  const { max = 0, count = 0 } = summary.metrics['arrival_latency'] ?? {};
  assert.ok(max > 1500, `the longest wait was ${max} ms`);
  const waited = summary.stages.map(
    ({ measures }) => (measures['arrival_latency'] as Distribution)['med'] ?? 0,
  );
  assert.ok(Math.max(...waited) > 500, `medians by stage: ${waited.join(', ')} ms`);
  assert.equal(count, summary.operations['connection']?.good);
  assertProved(summary);
});

describe('a target that slows down in the course of the run', () => {
  /** Each second of the load makes its responses a second slower. */
  const tiring = { agentSlowdownMs: 60_000 };
  const others = '"message_success": ["rate>0.999"], "connection_success": ["rate>0.99"]';

  /** The run is FAIL for these limits of its latency, first broken in this stage, and for nothing else. */
  function assertSlow(ended: K6Run, stage: number, limits: readonly string[]) {
    const summary = told(ended);
    const { verdict, stages } = summary;
    assert.deepEqual([ended.exitCode, verdict.result], [99, 'FAIL'], ended.stdout);
    assert.equal(verdict.breaks?.stage, stage, ended.stdout);
    assert.deepEqual(
      stages.flatMap((each) =>
        each.limits.filter(({ kept }) => kept !== true).map(({ expression }) => expression),
      ),
      limits,
    );
    assert.match(verdict.sentence, /breaks (at|in) .*: message (med|p95|p99) /);
    assert.deepEqual(failureCounts(summary), {});
    return summary;
  }

  const latency = ['med<20', 'p(95)<50', 'p(99)<100'];
  const files = { 'limits.json': `{"target": {"message_latency": ${JSON.stringify(latency)}, ${others}}}` };
  const env = { MESSAGES: '10', MESSAGE_SECONDS: '0.1', REPLY_TIMEOUT_SECONDS: '30' };

  test('breaks the limits of latency of stress', async (t) => {
    const target = await quickTarget(t, tiring);
    const summary = assertSlow(await ended(address(target), env, 'scripts/stress.ts', files), 1, latency);
    const { agents } = target.stats();
    assert.deepEqual(bookCounts(summary, 'message'), [50, 50, 0, 0]);
    assert.deepEqual([agents.messages, agents.answered], [50, 50]);
    assertProved(summary, target.stats());
  });

  test('breaks them on another server, too', async (t) => {
    const platform = await agentsServer(t, { tiresMs: 20 });
    const summary = assertSlow(await ended(platform.url, env, 'scripts/stress.ts', files), 1, latency);
    const { heard, said } = platform.counts;
    assert.deepEqual(bookCounts(summary, 'message'), [50, 50, 0, 0]);
    assert.deepEqual([heard['agent_message'], said['agent_response']], [50, 50]);
    assertProved(summary);
  });

  test('breaks a later stage of phases', async (t) => {
    const target = await quickTarget(t, { agentSlowdownMs: 20_000 });
    const plan = {
      PHASES: 'fresh:6:1,tired:6:4',
      VISIT_SECONDS: '8',
      MESSAGES: '2',
      REPLY_TIMEOUT_SECONDS: '30',
    };
    const limits = { 'limits.json': `{"target": {"message_latency": ["p(95)<1000"], ${others}}}` };
    const run = await ended(address(target), plan, 'scripts/phases.ts', limits);
    const summary = assertSlow(run, 2, ['p(95)<1000']);
    const { agents } = target.stats();
    assert.deepEqual(bookCounts(summary, 'message'), [agents.messages, agents.answered, 0, 0]);
    assertProved(summary, target.stats());
  });
});
