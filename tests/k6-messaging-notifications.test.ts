// Does every user of `notifications` count what the platform counts, and is what goes wrong found, named and counted exactly?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { messagingServer } from './support/messagingServer.ts';
import { assertResult, bookCounts, failureCounts, proved } from './support/proved.ts';
import { quickTarget } from './support/target.ts';
import { until } from './support/until.ts';

/** Nothing breaks these but what a test is about. */
const PATIENT = { connection_success: ['rate>0'] };

/** Six users by turns in two conversations with ten messages each: 20 messages, 60 notifications. */
const SHORT = {
  CONNECTIONS: '6',
  CONVERSATIONS: '2',
  SPAWN_RATE: '0',
  HOLD_SECONDS: '12',
  HOLD_STAGES: '1',
  MESSAGE_SECONDS: '1',
  HEARTBEAT_SECONDS: '2',
  RESTART_DELAY_SECONDS: '0.1',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

function run(
  { url, websocketUrl }: { url: string; websocketUrl: string },
  env: Record<string, string> = {},
  limits: object = PATIENT,
) {
  return runK6({
    source: 'scripts/notifications.ts',
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: { API_BASE_URL: url, WEBSOCKET_BASE_URL: websocketUrl, ...SHORT, ...env },
    seconds: 90,
  });
}

/** The one limit that was broken. */
function assertBroken(ended: K6Run, summary: Summary, metric: string): void {
  assertResult(ended, summary, 'FAIL');
  assert.deepEqual(
    summary.verdict.breaks?.limits.map((limit) => limit.metric),
    [metric],
  );
}

const count = ({ metrics }: Summary, name: string) => metrics[name]?.['count'] ?? 0;
const counts = (summary: Summary, ...names: string[]) => names.map((name) => count(summary, name));

/** What the report says of all conversations. */
const conversations = ({ deliveries }: Summary) => deliveries?.channels[0];

const CLEAN = {
  ...{ channel: 'all conversations', expected: 60, received: 60 },
  ...{ lost: 0, late: 0, doubled: 0, reordered: 0 },
};

/** What six users do of whom nobody misses anything. */
function assertClean(summary: Summary): void {
  assert.deepEqual([failureCounts(summary), conversations(summary)], [{}, CLEAN]);
  assert.deepEqual(bookCounts(summary, 'user'), [6, 6, 0, 0]);
  assert.deepEqual(bookCounts(summary, 'connection'), [6, 6, 0, 0]);
  assert.deepEqual(bookCounts(summary, 'subscription'), [6, 6, 0, 0]);
  assert.deepEqual(bookCounts(summary, 'message'), [20, 20, 0, 0]);
  assert.deepEqual(
    counts(summary, 'notifications_heard', 'fanout_latency', 'round_trip_latency'),
    [60, 60, 20],
  );
  const others = [
    'messages_unpublished',
    'notices_sent',
    'notifications_foreign',
    'clients_late',
    'disconnects',
  ];
  assert.deepEqual(counts(summary, ...others), [0, 0, 0, 0, 0]);
}

describe('a clean run', { concurrency: 2 }, () => {
  for (const perVu of ['1', '3'])
    test(`of ${perVu} a VU is counted alike by the reference target`, async (t) => {
      const target = await quickTarget(t);
      const ended = await run(target, { CONNECTIONS_PER_VU: perVu });
      const { messaging } = target.stats();
      const summary = proved(ended, target.stats());
      assertResult(ended, summary, 'PASS');
      assertClean(summary);
      const { sockets, notifications } = messaging;
      assert.deepEqual([messaging.messages, notifications.due, notifications.sent], [20, 60, 60]);
      assert.deepEqual([sockets.attempts, sockets.subscribed, sockets.closes['1000']], [6, 6, 6]);
      assert.ok(sockets.heartbeats >= 24, `${sockets.heartbeats} heartbeats`);
      assert.deepEqual(bookCounts(summary, 'heartbeat').slice(0, 2), [sockets.heartbeats, sockets.acks]);
      assert.equal(summary.metrics['vus_max']?.['max'], perVu === '1' ? 6 : 2);
      assert.match(ended.stdout, /one clock: sender and receiver are in\s+this k6 process/);
    });

  for (const perVu of ['1', '3'])
    test(`of ${perVu} a VU is counted alike by another server, whose tokens are short`, async (t) => {
      const server = await messagingServer(t, { tokenSeconds: 5 });
      const ended = await run(server, { CONNECTIONS_PER_VU: perVu });
      const summary = proved(ended);
      assertResult(ended, summary, 'PASS');
      assertClean(summary);
      const { handshakes, messages, due, notifications, heard, heartbeatsAnswered, logins } = server.counts;
      assert.deepEqual([handshakes, messages, due], [6, 20, 60]);
      assert.deepEqual(notifications, [10, 10, 10, 10, 10, 10]);
      assert.deepEqual([heard['subscribe'], heard['heartbeat']], [6, count(summary, 'heartbeats_sent')]);
      assert.equal(heartbeatsAnswered, count(summary, 'heartbeats_acked'));
      assert.equal(logins, count(summary, 'logins_answered'));
      assert.ok(count(summary, 'tokens_renewed') >= 2);
    });
});

describe('a notification that goes wrong', { concurrency: 3 }, () => {
  test('because it never came is lost', async (t) => {
    const target = await quickTarget(t, { faults: { 'notification-lost': 20 } });
    const ended = await run(target, {}, { notification_success: ['rate>0.99'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'notification_success');
    assert.equal(target.stats().messaging.notifications.lost, 3);
    assert.deepEqual(failureCounts(summary), { 'notification delivery_lost': 3 });
    assert.deepEqual(conversations(summary), { ...CLEAN, received: 57, lost: 3 });
  });

  test('because it came twice is doubled', async (t) => {
    const target = await quickTarget(t, { faults: { 'notification-doubled': 20 } });
    const ended = await run(target, {}, { ...PATIENT, deliveries_doubled: ['count==0'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'deliveries_doubled');
    assert.equal(target.stats().messaging.notifications.doubled, 3);
    assert.deepEqual([failureCounts(summary), conversations(summary)], [{}, { ...CLEAN, doubled: 3 }]);
  });

  test('because it came after its time is late, and behind the next', async (t) => {
    const target = await quickTarget(t, { faults: { 'notification-late': 25 }, notificationLateMs: 2500 });
    const summary = proved(await run(target, { DELIVERY_TIMEOUT_SECONDS: '2' }), target.stats());
    assert.deepEqual(failureCounts(summary), { 'notification delivery_late': 2 });
    assert.deepEqual(conversations(summary), { ...CLEAN, received: 58, late: 2, reordered: 2 });
  });

  test('is counted alike by another server', async (t) => {
    const server = await messagingServer(t, {
      faults: { lose: (number) => number % 25 === 7, double: (number) => number % 20 === 11 },
    });
    const summary = proved(await run(server));
    const { lose = 0, double = 0 } = server.counts.broken;
    assert.deepEqual([lose, double], [3, 3]);
    assert.deepEqual(failureCounts(summary), { 'notification delivery_lost': lose });
    assert.deepEqual(conversations(summary), { ...CLEAN, received: 60 - lose, lost: lose, doubled: double });
  });
});

describe('a message that is not taken', { concurrency: 3 }, () => {
  test('is a failed message, and nobody misses it', async (t) => {
    const target = await quickTarget(t, { faults: { 'message-503': 3 } });
    const ended = await run(target, {}, { message_success: ['rate>0.99'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'message_success');
    const { messages, faults } = target.stats().messaging;
    const notices = count(summary, 'notices_sent');
    assert.deepEqual(failureCounts(summary), { 'message http_503': faults['message-503'] ?? 0 });
    assert.deepEqual([messages - notices, notices], [14, 2]);
    assert.deepEqual(conversations(summary), { ...CLEAN, expected: 42, received: 42 });
  });

  test('as far as its sender knows may come nevertheless, and once more when it is sent again', async (t) => {
    const server = await messagingServer(t, { faults: { slow: (number) => number === 5 }, delayMs: 3000 });
    const summary = proved(await run(server, { HTTP_TIMEOUT_SECONDS: '1.5', CONVERSATIONS: '1' }));
    assert.deepEqual(failureCounts(summary), { 'message request_timeout': 1 });
    assert.equal(count(summary, 'notifications_repeated'), 6);
    const taken = count(summary, 'messages_taken') - count(summary, 'notices_sent');
    assert.deepEqual([taken, conversations(summary)], [9, { ...CLEAN, expected: 54, received: 54 }]);
    assert.equal(server.counts.due, 54 + 6 + count(summary, 'notices_received'));
  });

  test('because its token has expired is sent again with another one', async (t) => {
    const target = await quickTarget(t, { faults: { 'bearer-expired': 6 } });
    const ended = await run(target, {}, { message_success: ['rate>=1'] });
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    const { refused, issued } = target.stats().messaging.tokens;
    const expired = count(summary, 'tokens_expired');
    assert.deepEqual([refused['token_expired'], issued], [expired, 6 + expired]);
    assert.ok(expired >= 3, String(expired));
    assert.deepEqual([failureCounts(summary), conversations(summary)], [{}, CLEAN]);
  });
});

describe('a connection that goes wrong', { concurrency: 3 }, () => {
  test('because heartbeats get no ack', async (t) => {
    const target = await quickTarget(t, { faults: { 'heartbeat-lost': 10 } });
    const env = { HEARTBEAT_TIMEOUT_SECONDS: '1' };
    const ended = await run(target, env, { heartbeat_success: ['rate>0.99'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'heartbeat_success');
    const { heartbeats, acks, subscribed } = target.stats().messaging.sockets;
    assert.ok(heartbeats - acks >= 2, `${heartbeats} heartbeats, ${acks} acks`);
    assert.deepEqual(failureCounts(summary), { 'heartbeat answer_timeout': heartbeats - acks });
    assert.deepEqual(bookCounts(summary, 'heartbeat'), [heartbeats, acks, heartbeats - acks, 0]);
    assert.deepEqual([subscribed, conversations(summary)], [6, CLEAN]);
  });

  test('because its handshake is refused, whose user comes again', async (t) => {
    const target = await quickTarget(t, { faults: { 'socket-503': 3 } });
    const ended = await run(target, {}, { connection_success: ['rate>0.99'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'connection_success');
    assert.deepEqual(failureCounts(summary), { 'connect handshake_refused': 2 });
    assert.deepEqual(
      summary.failures.map(({ status }) => status),
      [503],
    );
    assert.deepEqual(bookCounts(summary, 'connection'), [8, 6, 2, 0]);
    assert.deepEqual(bookCounts(summary, 'user'), [8, 6, 2, 0]);
  });

  test('because there is no room, so that too few are held', async (t) => {
    const server = await messagingServer(t, { faults: { refuseUpgrade: (number) => number > 4 } });
    const ended = await run(server, { RESTART_DELAY_SECONDS: '4' }, { connection_success: ['rate>0.99'] });
    const summary = proved(ended);
    assertBroken(ended, summary, 'connection_success');
    assert.deepEqual(failureCounts(summary), {
      'connect handshake_refused': server.counts.broken.refuseUpgrade ?? 0,
    });
    const [stage] = summary.stages;
    assert.ok(stage?.held != null && stage.held < 0.7, String(stage?.held));
  });

  test('because the log-in is refused', async (t) => {
    const target = await quickTarget(t, { faults: { 'login-401': 3 } });
    const ended = await run(target, {}, { login_success: ['rate>0.99'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'login_success');
    assert.deepEqual(failureCounts(summary), { 'login http_401': 2 });
    assert.deepEqual(bookCounts(summary, 'login'), [8, 6, 2, 0]);
  });

  test('because it is cut, whose user comes back and misses nothing else', async (t) => {
    const server = await messagingServer(t);
    const running = run(server, {}, { ...PATIENT, disconnects: ['count==0'] });
    await until(() => server.counts.messages === 8, 60);
    assert.equal(server.dropAll(), 6);
    const summary = proved(await running);
    assertBroken(await running, summary, 'disconnects');
    const lost = ['socket closed_1006', 'heartbeat closed_1006'];
    const failed = Object.entries(failureCounts(summary));
    assert.ok(
      failed.every(([name]) => lost.includes(name)),
      JSON.stringify(failed),
    );
    assert.deepEqual(bookCounts(summary, 'user'), [12, 6, 6, 0]);
    const { lost: missing, doubled, expected } = conversations(summary) ?? assert.fail();
    assert.deepEqual(
      [missing, doubled, expected],
      [0, 0, server.counts.due - count(summary, 'notices_received')],
    );
    assert.ok(expected >= 48, String(expected));
  });
});

describe('settings that make no such run', { concurrency: 3 }, () => {
  const REFUSED: [env: Record<string, string>, sentence: RegExp][] = [
    [{ PLAN_FILE: 'limits.json' }, /PLAN_FILE is wrong: users of this script come once and stay/],
    [{ PROFILE: 'soak' }, /PROFILE is \\"soak\\": it must be one of small, five-thousand/],
    [{ SPAWN_RATE: '0.5' }, /SPAWN_RATE is 0\.5, with which 6 take 12 s to come/],
    [
      { CONNECTIONS_PER_VU: 'some' },
      /CONNECTIONS_PER_VU is \\"some\\": it must be a whole number of connections, or \\"auto\\"/,
    ],
  ];
  for (const [env, sentence] of REFUSED)
    test(`are refused: ${Object.keys(env).join()}`, async () => {
      const { exitCode, stderr } = await run(
        { url: 'http://127.0.0.1:1', websocketUrl: 'ws://127.0.0.1:1' },
        env,
      );
      assert.match(stderr, sentence);
      assert.equal(exitCode, 107);
    });
});
