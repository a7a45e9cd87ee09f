// Do heartbeats find connections that are dead but not closed, and are all that end counted in the stage of their end?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { supportDesk, type DeskCounts, type DeskFaults } from './support/dialectServer.ts';
import { runK6, type Summary } from './support/k6.ts';
import { settingsFor, targetProcess } from './support/target.ts';

interface Outcome {
  summary: Summary;
  counts: DeskCounts;
  /** Milliseconds that k6 ran. */
  took: number;
}

/** Three sessions with three questions each and pauses of 0.5 s. */
async function burst(
  t: TestContext,
  faults: DeskFaults,
  more: Record<string, string> = {},
): Promise<Outcome> {
  const { url, websocketUrl, counts } = await supportDesk(t, faults);
  const env = {
    API_BASE_URL: url,
    WEBSOCKET_BASE_URL: websocketUrl,
    ENCRYPTION: 'none',
    NUM_SESSIONS: '3',
    QUESTIONS: 'MED1060:3',
    THINK_SECONDS: '0.5',
    HEARTBEAT_SECONDS: '0.2',
    GENERATOR_LAG_LIMIT_MS: '100000',
    ...more,
  };
  const startedAt = Date.now();
  const run = await runK6({ source: 'tests/k6/desk.ts', env });
  const summary = summaryOf(run);
  assertBalanced(summary);
  assert.equal(summary.generator.scriptErrors, 0);
  return { summary, counts, took: Date.now() - startedAt };
}

const count = ({ metrics }: Summary, name: string): number => metrics[name]?.['count'] ?? 0;

describe('heartbeats', () => {
  test('whose pongs come: each is a sample, and no failure', async (t) => {
    const { summary, counts } = await burst(t, {}, { THINK_SECONDS: '1', HEARTBEAT_SECONDS: '0.4' });
    assert.deepEqual(failureCounts(summary), {});
    const answered = count(summary, 'heartbeats_answered');
    assert.equal(counts.pings, count(summary, 'heartbeats_sent'));
    // The last ping of a session may have been sent just before it left.
    assert.ok(counts.pings >= 9 && counts.pings - answered <= 3, `${counts.pings} pings, ${answered} pongs`);
    assert.equal(count(summary, 'heartbeat_latency'), answered);
    const { min = -1, max = Infinity } = summary.metrics['heartbeat_latency'] ?? {};
    assert.ok(min > 0 && max < 400, `${min} to ${max} ms`);
    assert.deepEqual(summary.messages, { ...summary.messages, sent: counts.received, received: counts.sent });
    assert.equal(count(summary, 'disconnects'), 0);
  });

  test('at a long interval do not keep a session from ending', async (t) => {
    const { counts, took } = await burst(t, {}, { HEARTBEAT_SECONDS: '40' });
    assert.equal(counts.pings, 0);
    assert.ok(took < 20_000, `${took} ms`);
  });

  test('are off by default', async (t) => {
    const { summary, counts } = await burst(t, {}, { HEARTBEAT_SECONDS: '' });
    assert.deepEqual([counts.pings, count(summary, 'heartbeat_latency')], [0, 0]);
  });

  test('without pongs, between questions: the connection is lost and closed at once', async (t) => {
    const { summary, counts } = await burst(t, { pongs: 1 }, { THINK_SECONDS: '1' });
    assert.deepEqual(failureCounts(summary), { 'socket:heartbeat_timeout': 3 });
    assert.deepEqual(
      [counts.pings, count(summary, 'heartbeats_sent'), count(summary, 'heartbeats_answered')],
      [6, 6, 3],
    );
    assert.deepEqual([summary.questions.sent, summary.questions.answered], [3, 3]);
    assert.deepEqual([count(summary, 'disconnects'), counts.closes], [3, { '1000': 3 }]);
    assert.equal(summary.sessions.failed, 3);
  });

  test('without pongs, while a question is open: it fails by that, long before its own limit', async (t) => {
    const { summary, took } = await burst(t, { pongs: 0, silentEvery: 1 });
    assert.deepEqual(failureCounts(summary), { 'answer:heartbeat_timeout': 3 });
    assert.deepEqual([summary.questions.sent, count(summary, 'disconnects')], [3, 3]);
    assert.ok(took < 30_000, `${took} ms`);
  });

  test('find a server that froze, and k6 ends', async (t) => {
    const target = await targetProcess(t, { firstChunkMs: 20_000 });
    const freeze = setTimeout(() => process.kill(target.pid, 'SIGSTOP'), 1500);
    t.after(() => clearTimeout(freeze));
    const run = await runK6({
      source: 'scripts/burst.ts',
      env: { ...settingsFor(target), HEARTBEAT_SECONDS: '0.5', HTTP_TIMEOUT_SECONDS: '1' },
      seconds: 30,
    });
    const summary = summaryOf(run);
    assert.deepEqual(failureCounts(summary), { 'answer:heartbeat_timeout': 2, 'cleanup:request_timeout': 2 });
    assert.ok(count(summary, 'heartbeats_answered') >= 2);
    assertBalanced(summary);
  });
});

test('a connection that the server ends is a disconnect of the stage in which it ended', async (t) => {
  const { url, websocketUrl } = await supportDesk(t, { closeAfterMs: 3000 });
  const limits = { target: { disconnects: ['count<1'] } };
  const run = await runK6({
    source: 'examples/support-desk/support-desk.ts',
    env: {
      API_BASE_URL: url,
      WEBSOCKET_BASE_URL: websocketUrl,
      ENCRYPTION: 'none',
      // Two sessions, asked something at their start only: in stage 1. Stage 2 begins after 2 s.
      RAMP_START_SESSIONS: '2',
      RAMP_INCREMENT: '1',
      RAMP_MAX_SESSIONS: '3',
      RAMP_INTERVAL_SECONDS: '2',
      THINK_SECONDS: '20',
      THRESHOLDS_FILE: 'limits.json',
      GENERATOR_LAG_LIMIT_MS: '100000',
    },
    files: { 'limits.json': JSON.stringify(limits) },
  });
  const summary = summaryOf(run);
  assert.deepEqual(failureCounts(summary), { 'socket:closed_1001': 2 });
  const inStage = summary.stages.map(
    ({ limits }) => limits.find(({ metric }) => metric === 'disconnects')?.value,
  );
  assert.deepEqual([count(summary, 'disconnects'), ...inStage], [2, 0, 2]);
  assertBalanced(summary);
});
