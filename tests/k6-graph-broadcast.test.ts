// Does every subscriber of a channel count what the service counts, and is each delivery that goes wrong found and named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openAgents } from './support/agentsClient.ts';
import { broadcastText } from './support/graphClient.ts';
import { graphServer } from './support/graphServer.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { assertResult, failureCounts, proved } from './support/proved.ts';
import { quickTarget } from './support/target.ts';
import { until } from './support/until.ts';

/** Nothing breaks these but what a test is about. */
const PATIENT = { connection_success: ['rate>0'] };

/** Five clients, three of whom publish ten messages each: 30 messages, 150 deliveries. */
const SHORT = {
  CLIENTS: '5',
  PUBLISHERS: '3',
  MESSAGES: '10',
  MESSAGE_SECONDS: '0.1',
  SUBSCRIBE_SECONDS: '2',
  DELIVERY_TIMEOUT_SECONDS: '3',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

function run(
  { websocketUrl }: { websocketUrl: string },
  env: Record<string, string> = {},
  limits: object = PATIENT,
) {
  return runK6({
    source: 'scripts/broadcast.ts',
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: { WS_URL: `${websocketUrl}/ws`, ...SHORT, ...env },
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

/** Expected, received, failed. */
const deliveries = ({ operations }: Summary) => {
  const { began, good, bad } = operations['delivery'] ?? {};
  return [began, good, bad];
};

const count = ({ metrics }: Summary, name: string) => metrics[name]?.['count'] ?? 0;

/** What the report says of the channel. */
const channel = ({ deliveries: of }: Summary) => of?.channels[0];

const CLEAN = { channel: 'graph', expected: 150, received: 150, lost: 0, late: 0, doubled: 0, reordered: 0 };

/** What five clients do of whom nobody misses anything. */
function assertClean(summary: Summary): void {
  assert.deepEqual(failureCounts(summary), {});
  assert.deepEqual(deliveries(summary), [150, 150, 0]);
  assert.deepEqual(channel(summary), CLEAN);
  assert.equal(summary.deliveries?.messages, 30);
  const counts = ['messages_published', 'broadcasts_sent', 'broadcasts_received', 'fanout_latency'];
  assert.deepEqual(
    counts.map((name) => count(summary, name)),
    [30, 30, 150, 150],
  );
  const others = [
    'messages_unpublished',
    'notices_sent',
    'broadcasts_foreign',
    'clients_late',
    'disconnects',
  ];
  assert.deepEqual(
    others.map((name) => count(summary, name)),
    [0, 0, 0, 0, 0],
  );
}

describe('a clean run', () => {
  for (const perVu of ['1', '5'])
    test(`of ${perVu} a VU is counted alike by the reference target`, async (t) => {
      const target = await quickTarget(t);
      const ended = await run(target, { CONNECTIONS_PER_VU: perVu });
      const { agents, graph } = target.stats();
      const summary = proved(ended, target.stats());
      assertResult(ended, summary, 'PASS');
      assertClean(summary);
      assert.deepEqual([graph.published, graph.due, graph.deliveries], [30, 150, 150]);
      assert.deepEqual([agents.attempts, agents.subscribed, agents.closes['1000']], [5, 5, 5]);
      assert.equal(summary.metrics['vus_max']?.['max'], perVu === '1' ? 5 : 1);
    });

  for (const perVu of ['1', '5'])
    test(`of ${perVu} a VU is counted alike by another server`, async (t) => {
      const server = await graphServer(t);
      const ended = await run(server, { CONNECTIONS_PER_VU: perVu });
      const summary = proved(ended);
      assertResult(ended, summary, 'PASS');
      assertClean(summary);
      const { handshakes, published, due, deliveries: handed, heard } = server.counts;
      assert.deepEqual([handshakes, published, due, handed], [5, 30, 150, 150]);
      assert.deepEqual(heard, { subscribe: 5, broadcast: 30 });
    });

  test('beside others on the channel counts what they publish apart', async (t) => {
    const server = await graphServer(t);
    const ended = run(server);
    await until(() => server.counts.heard['subscribe'] === 5);
    const stranger = await openAgents(`${server.websocketUrl}/ws`);
    stranger.say(broadcastText('{"publisher":1,"number":0,"of":10,"sentAt":1}'), broadcastText('{}'));
    const summary = proved(await ended);
    assertResult(await ended, summary, 'PASS');
    assert.equal(count(summary, 'broadcasts_foreign'), 10);
    assert.deepEqual([failureCounts(summary), channel(summary)], [{}, CLEAN]);
  });
});

describe('a delivery that goes wrong', { concurrency: 3 }, () => {
  test('because it never came is lost', async (t) => {
    const target = await quickTarget(t, { faults: { 'delivery-dropped': 50 } });
    const ended = await run(target, {}, { delivery_success: ['rate>0.99'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'delivery_success');
    assert.equal(target.stats().graph.dropped, 3);
    assert.deepEqual(failureCounts(summary), { 'delivery delivery_lost': 3 });
    assert.deepEqual(deliveries(summary), [150, 147, 3]);
    assert.deepEqual(channel(summary), { ...CLEAN, received: 147, lost: 3 });
  });

  test('once in 1,000 is found, and the others are enough', async (t) => {
    const target = await quickTarget(t, { faults: { 'delivery-dropped': 1000 } });
    const env = { CLIENTS: '10', PUBLISHERS: '10', MESSAGES: '20', CONNECTIONS_PER_VU: '5' };
    const ended = await run(target, env, { delivery_success: ['rate>0.99'] });
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(failureCounts(summary), { 'delivery delivery_lost': 2 });
    assert.deepEqual(deliveries(summary), [2000, 1998, 2]);
  });

  test('because it came twice is doubled', async (t) => {
    const target = await quickTarget(t, { faults: { 'delivery-doubled': 50 } });
    const ended = await run(target, {}, { ...PATIENT, deliveries_doubled: ['count==0'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'deliveries_doubled');
    assert.equal(target.stats().graph.doubled, 3);
    assert.deepEqual([failureCounts(summary), channel(summary)], [{}, { ...CLEAN, doubled: 3 }]);
    assert.equal(count(summary, 'broadcasts_received'), 153);
  });

  test('because the next one overtook it is reordered', async (t) => {
    const target = await quickTarget(t, { faults: { 'delivery-swapped': 10 } });
    const env = { CLIENTS: '2', PUBLISHERS: '1', MESSAGES: '19' };
    const ended = await run(target, env, { ...PATIENT, deliveries_reordered: ['count==0'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'deliveries_reordered');
    assert.equal(target.stats().graph.swapped, 3);
    const counts = { ...CLEAN, expected: 38, received: 38, reordered: 3 };
    assert.deepEqual([failureCounts(summary), channel(summary)], [{}, counts]);
  });

  test('because one subscriber gets all later breaks a limit of latency, and is not lost', async (t) => {
    const target = await quickTarget(t, { graphSlowSubscriber: 2, graphSlowMs: 300 });
    const ended = await run(target, {}, { delivery_latency: ['p(95)<250'] });
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'delivery_latency');
    assert.equal(target.stats().graph.delayed, 30);
    assert.deepEqual([failureCounts(summary), channel(summary)], [{}, CLEAN]);
    const { first, last, messages } = summary.deliveries ?? assert.fail();
    assert.equal(messages, 30);
    assert.ok((last.p50 ?? 0) >= 299 && (first.p50 ?? Infinity) < 299, JSON.stringify({ first, last }));
  });

  test('because it came after its time is late', async (t) => {
    const target = await quickTarget(t, { graphSlowSubscriber: 2, graphSlowMs: 1500 });
    const env = { DELIVERY_TIMEOUT_SECONDS: '1', SETTLE_SECONDS: '3' };
    const summary = proved(await run(target, env), target.stats());
    assert.deepEqual(failureCounts(summary), { 'delivery delivery_late': 30 });
    assert.deepEqual(channel(summary), { ...CLEAN, received: 120, late: 30 });
  });

  test('is counted alike by another server', async (t) => {
    const server = await graphServer(t, {
      drop: ({ number }) => number % 40 === 0,
      double: ({ number }) => number % 37 === 1,
      swap: ({ message, subscriber }) => subscriber === 3 && message % 10 === 4,
    });
    const summary = proved(await run(server, { PUBLISHERS: '1', MESSAGES: '30' }));
    const { drop = 0, double = 0, swap = 0 } = server.counts.broken;
    assert.deepEqual([drop, double, swap], [3, 5, 3]);
    assert.deepEqual(failureCounts(summary), { 'delivery delivery_lost': drop });
    const counts = { received: 150 - drop, lost: drop, doubled: double, reordered: swap };
    assert.deepEqual(channel(summary), { ...CLEAN, ...counts });
  });
});

describe('a client who is not there all the time', { concurrency: 3 }, () => {
  test('because its subscription came late expects what follows what it saw first', async (t) => {
    const server = await graphServer(t, {
      wait: (subscriber) => (subscriber === 4 ? 10 : 0),
      drop: ({ subscriber, message }) => subscriber === 4 && message === 29,
    });
    const ended = await run(server, {}, { ...PATIENT, clients_late: ['count==0'] });
    const summary = proved(ended);
    assertBroken(ended, summary, 'clients_late');
    assert.equal(count(summary, 'clients_late'), 1);
    assert.deepEqual(failureCounts(summary), { 'delivery delivery_lost': 1 });
    assert.deepEqual(deliveries(summary), [4 * 30 + 20, 4 * 30 + 19, 1]);
    assert.deepEqual([server.counts.due, server.counts.deliveries], [140, 139]);
  });

  test('does not make the run pass where too many deliveries could not be expected', async (t) => {
    const server = await graphServer(t, { wait: (subscriber) => (subscriber === 4 ? 10 : 0) });
    const ended = await run(server);
    const summary = proved(ended);
    assert.deepEqual([ended.exitCode, summary.verdict.result], [99, 'INVALID']);
    assert.equal(
      summary.verdict.sentence,
      'only 140 of 150 deliveries could be expected: 1 client subscribed late',
    );
  });

  /** A client is cut instead of its seventh delivery, which is a message of publisher 1; the next one comes much later. */
  const CUT = { MESSAGES: '5', MESSAGE_SECONDS: '0.6' };

  test('because it was cut loses nothing that it could not get', async (t) => {
    const target = await quickTarget(t, { graphCutSubscriber: 5, graphCutDelivery: 7 });
    const summary = proved(await run(target, CUT), target.stats());
    assert.deepEqual(failureCounts(summary), { 'socket connection_lost': 1 });
    assert.deepEqual(deliveries(summary), [4 * 15 + 6, 4 * 15 + 6, 0]);
    assert.deepEqual([count(summary, 'disconnects'), count(summary, 'messages_unpublished')], [1, 0]);
    assert.equal(target.stats().graph.deliveries, 66);
  });

  test('because it was cut as a publisher loses nobody what it could not publish', async (t) => {
    const target = await quickTarget(t, { graphCutSubscriber: 2, graphCutDelivery: 7 });
    const limits = { ...PATIENT, messages_unpublished: ['count==0'] };
    const ended = await run(target, CUT, limits);
    const summary = proved(ended, target.stats());
    assertBroken(ended, summary, 'messages_unpublished');
    assert.deepEqual(failureCounts(summary), { 'socket connection_lost': 1 });
    // Publisher 2 had published two of its five messages.
    assert.deepEqual(deliveries(summary), [4 * 12 + 6, 4 * 12 + 6, 0]);
    const counts = ['messages_published', 'messages_unpublished', 'notices_sent', 'notices_received'];
    assert.deepEqual(
      counts.map((name) => count(summary, name)),
      [12, 3, 1, 4],
    );
    assert.deepEqual([target.stats().graph.published, target.stats().graph.deliveries], [13, 58]);
  });

  test('because it was refused loses nobody what it could not publish', async (t) => {
    const server = await graphServer(t, { refuse: (handshake) => handshake === 2 });
    const summary = proved(await run(server));
    assert.deepEqual(failureCounts(summary), { 'connect handshake_refused': 1 });
    assert.deepEqual(deliveries(summary), [4 * 20, 4 * 20, 0]);
    assert.deepEqual([count(summary, 'messages_unpublished'), count(summary, 'notices_received')], [10, 4]);
    assert.deepEqual([server.counts.published, server.counts.deliveries], [21, 84]);
  });
});

describe('settings that make no broadcast', { concurrency: 3 }, () => {
  const REFUSED: [env: Record<string, string>, sentence: RegExp][] = [
    [{ PUBLISHERS: '6' }, /PUBLISHERS is wrong: it must be at most CLIENTS, which is 5\./],
    [{ PLAN_FILE: 'limits.json' }, /PLAN_FILE is wrong: all clients of this script come at once/],
    [{ PROFILE: 'soak' }, /PROFILE is \\"soak\\": it must be one of ten, twenty, fifty/],
  ];
  for (const [env, sentence] of REFUSED)
    test(`are refused: ${Object.keys(env).join()}`, async () => {
      const { exitCode, stderr } = await run({ websocketUrl: 'ws://127.0.0.1:1' }, env);
      assert.match(stderr, sentence);
      assert.equal(exitCode, 107);
    });
});
