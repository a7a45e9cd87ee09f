// Does each fault, limit and outage of the messaging platform do exactly what it says, on its numbers only, and is it counted?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { MessagingFault } from '../target/messaging/messagingFaults.ts';
import type { TargetSettings } from '../target/settings.ts';
import { agentsUpgrade } from './support/agentsClient.ts';
import { folder } from './support/files.ts';
import { order } from './support/graphClient.ts';
import {
  announce,
  call,
  listeners,
  logIn,
  messagingTarget,
  openNotifications,
  say,
  sha256,
  textsOf,
  type MessagingReply,
} from './support/messagingClient.ts';
import { until } from './support/until.ts';

const LOGIN = '{"username":"ann","password":"x"}';

/** A target with chunks of 1000 bytes, and a request of each endpoint. */
async function stage(t: TestContext, settings: Partial<TargetSettings> = {}) {
  const messaging = await messagingTarget(t, { chunkBytes: 1000, uploadFolder: folder(t), ...settings });
  const { url } = messaging;
  /** Makes a request; `token` is asked for where one is needed. */
  const ask = async (endpoint: string, token: string): Promise<MessagingReply> => {
    if (endpoint === 'login') return call(`${url}/v1/auth/login`, { body: LOGIN });
    if (endpoint === 'message') return say(url, token);
    if (endpoint === 'conversations') return call(`${url}/v1/conversations`, { token });
    return call(`${url}/v1/files/initiate`, { token, body: '{"name":"a","size":10}' });
  };
  return { ...messaging, ask };
}

describe('refusals of an endpoint', () => {
  const rows: [MessagingFault, good: number][] = [
    ['login-401', 200],
    ['login-429', 200],
    ['login-500', 200],
    ['login-503', 200],
    ['message-429', 201],
    ['message-500', 201],
    ['message-503', 201],
    ['conversations-500', 200],
    ['conversations-503', 200],
    ['initiate-500', 201],
    ['initiate-503', 201],
  ];
  for (const [name, good] of rows)
    test(`${name} on every second`, async (t) => {
      const { url, ask, stats } = await stage(t, { faults: { [name]: 2 }, retryAfter: 7 });
      const token = await logIn(url);
      const [endpoint = '', status] = name.split('-');
      const statuses: number[] = [];
      for (let number = 0; number < 4; number++) statuses.push((await ask(endpoint, token)).status);
      const bad = Number(status);
      // The log-in before was its first.
      const expected = endpoint === 'login' ? [bad, good, bad, good] : [good, bad, good, bad];
      assert.deepEqual([statuses, stats().faults], [expected, { [name]: 2 }]);
    });

  test('an expired token that is none, on every third request with a good one', async (t) => {
    const { url, ask, stats } = await stage(t, { faults: { 'bearer-expired': 3 } });
    const token = await logIn(url);
    const said: unknown[] = [];
    for (const endpoint of ['message', 'conversations', 'initiate', 'login', 'message']) {
      const { status, body } = await ask(endpoint, token);
      said.push(status === 401 ? body['error'] : status);
    }
    await ask('message', 'x');
    said.push((await ask('message', token)).body['error']);
    assert.deepEqual(said, [201, 200, 'token_expired', 200, 201, undefined]);
    assert.deepEqual(
      [stats().tokens.refused, stats().faults, stats().messages],
      [{ token_expired: 1, token_invalid: 1 }, { 'bearer-expired': 1 }, 3],
    );
  });
});

describe('uploads', () => {
  for (const [name, body] of [
    ['chunk-413', /^.+\.$/],
    ['chunk-500', /^.+\.$/],
    ['chunk-503', /^.+\.$/],
    ['chunk-507', /^disk_full$/],
  ] as const)
    test(`${name} keeps nothing`, async (t) => {
      const { url, stats } = await stage(t, { faults: { [name]: 2 } });
      const file = await announce(url, await logIn(url), 2000);
      const replies = [await file.chunk(0), await file.chunk(1)];
      const status = Number(name.slice(-3));
      assert.deepEqual(
        replies.map((reply) => reply.status),
        [200, status],
      );
      assert.match(String(replies[1]?.body['error']), body);
      assert.deepEqual((await file.complete()).body, { missing: [1] });
      assert.equal((await file.chunk(1)).status, 200);
      const { stored, bytesReceived } = stats().chunks;
      assert.deepEqual([stored, bytesReceived, stats().faults], [2, 2000, { [name]: 1 }]);
    });

  test('a chunk whose connection is cut in the middle', async (t) => {
    const { url, stats } = await stage(t, { faults: { 'chunk-cut': 2 }, chunkBytes: 1_000_000 });
    const file = await announce(url, await logIn(url), 2_000_000);
    await file.chunk(0);
    await assert.rejects(file.chunk(1), /fetch failed/);
    await until(() => stats().endpoints.chunk.aborted === 1);
    const { stored, bytesReceived } = stats().chunks;
    assert.equal(stored, 1);
    assert.ok(bytesReceived >= 1_500_000 && bytesReceived < 2_000_000, `${bytesReceived} bytes`);
    assert.equal((await file.chunk(1)).status, 200);
    assert.deepEqual([(await file.complete()).status, stats().faults], [200, { 'chunk-cut': 1 }]);
  });

  test('a chunk whose reply has a wrong checksum is kept', async (t) => {
    const { url, stats } = await stage(t, { faults: { 'chunk-wrong-sum': 2 } });
    const file = await announce(url, await logIn(url), 1500);
    await file.chunk(0);
    const wrong = await file.chunk(1);
    assert.deepEqual([wrong.status, wrong.body['bytes']], [200, 500]);
    assert.match(String(wrong.body['sha256']), /^[0-9a-f]{64}$/);
    assert.notEqual(wrong.body['sha256'], sha256(file.bytes.slice(1000)));
    assert.equal(stats().chunks.bytesAcknowledged, 1000);
    assert.equal((await file.chunk(1)).body['sha256'], sha256(file.bytes.slice(1000)));
    const { stored, acknowledged, repeated, misreported, bytesAcknowledged, bytesRepeated } = stats().chunks;
    assert.deepEqual([stored, acknowledged, repeated, misreported], [2, 2, 0, 1]);
    assert.deepEqual([bytesAcknowledged, bytesRepeated], [1500, 0]);
    assert.equal((await file.complete()).body['sha256'], sha256(file.bytes));
  });

  test('a slow chunk', async (t) => {
    const { url, stats } = await stage(t, { faults: { 'chunk-slow': 2 }, chunkSlowMs: 700 });
    const file = await announce(url, await logIn(url), 2000);
    await file.chunk(0);
    const began = performance.now();
    assert.equal((await file.chunk(1)).status, 200);
    assert.ok(performance.now() - began >= 698, 'it waited');
    assert.deepEqual(stats().faults, { 'chunk-slow': 1 });
  });

  test('a merge that fails can be tried again', async (t) => {
    const { url, stats } = await stage(t, { faults: { 'complete-500': 2 } });
    const file = await announce(url, await logIn(url), 10);
    assert.equal((await file.complete()).status, 409);
    await file.chunk(0);
    const failed = await file.complete();
    assert.deepEqual([failed.status, stats().files.failed], [500, 1]);
    assert.match(String(failed.body['error']), /complete-500/);
    assert.equal((await file.complete()).status, 200);
    assert.deepEqual([stats().files.failed, stats().files.completed], [0, 1]);
  });

  test('a merge that is refused leaves the file open', async (t) => {
    const { url, stats } = await stage(t, { faults: { 'complete-503': 1 } });
    const file = await announce(url, await logIn(url), 10);
    await file.chunk(0);
    assert.deepEqual([(await file.complete()).status, stats().files.open], [503, 1]);
  });
});

describe('sockets', () => {
  for (const status of [401, 403, 429, 500, 502, 503, 504])
    test(`an upgrade refused with ${status}`, async (t) => {
      const { url, ws, stats } = await stage(t, { faults: { [`socket-${status}`]: 2 } });
      const headers = { authorization: `Bearer ${await logIn(url)}` };
      const statuses: number[] = [];
      for (let number = 0; number < 4; number++) statuses.push(await agentsUpgrade(ws, { headers }));
      assert.deepEqual(statuses, [101, status, 101, status]);
      assert.deepEqual([stats().sockets.refused, stats().tokens.refused], [{ [status]: 2 }, {}]);
    });

  test('an upgrade without an answer', async (t) => {
    const { url, ws, stats } = await stage(t, { faults: { 'socket-silent': 1 } });
    const headers = { authorization: `Bearer ${await logIn(url)}` };
    const socket = new WebSocket(ws, { headers }).on('error', () => undefined);
    await until(() => stats().faults['socket-silent'] === 1);
    assert.deepEqual([socket.readyState, stats().sockets.upgrades], [WebSocket.CONNECTING, 0]);
    socket.terminate();
  });

  test('acks that are lost', async (t) => {
    const { url, ws, stats } = await stage(t, {
      faults: { 'subscription-lost': 2, 'unsubscription-lost': 2, 'heartbeat-lost': 3 },
    });
    const token = await logIn(url);
    const client = await openNotifications(ws, token);
    const list = (type: string, id: string): string => JSON.stringify({ type, conversations: [id] });
    client.say(list('subscribe', 'conv-1'), list('subscribe', 'conv-2'), list('subscribe', 'conv-3'));
    client.say(list('unsubscribe', 'conv-1'), list('unsubscribe', 'conv-3'));
    client.say(...Array.from({ length: 6 }, () => '{"type":"heartbeat"}'));
    await client.settle();
    assert.deepEqual(client.frames, [
      list('subscribed', 'conv-1'),
      list('subscribed', 'conv-3'),
      list('unsubscribed', 'conv-1'),
      ...Array.from({ length: 4 }, () => '{"type":"heartbeat_ack"}'),
    ]);
    for (const conversation of ['conv-1', 'conv-2', 'conv-3'])
      await say(url, token, { conversation, text: conversation });
    await until(() => textsOf(client).length === 1);
    assert.deepEqual([textsOf(client), stats().sockets.subscriptions], [['conv-2'], 1]);
    assert.deepEqual(stats().faults, {
      'subscription-lost': 1,
      'unsubscription-lost': 1,
      'heartbeat-lost': 2,
    });
  });
});

describe('notifications', () => {
  const rows: [MessagingFault, second: string[], counts: number[]][] = [
    ['notification-lost', ['a', 'c'], [6, 5, 0, 1, 0]],
    ['notification-doubled', ['a', 'b', 'b', 'c'], [6, 7, 1, 0, 0]],
    ['notification-late', ['a', 'c', 'b'], [6, 6, 0, 0, 1]],
  ];
  for (const [name, second, counts] of rows)
    test(`${name} is the fourth: message b for the second socket`, async (t) => {
      const { url, ws, stats } = await stage(t, { faults: { [name]: 4 }, notificationLateMs: 2000 });
      const token = await logIn(url);
      const clients = await listeners(ws, token, 2);
      for (const text of ['a', 'b', 'c']) await say(url, token, { text });
      await until(() => stats().notifications.pending === 0);
      await Promise.all(clients.map((client) => client.settle()));
      assert.deepEqual(clients.map(textsOf), [['a', 'b', 'c'], second]);
      const { due, sent, doubled, lost, delayed } = stats().notifications;
      assert.deepEqual([due, sent, doubled, lost, delayed], counts);
      assert.deepEqual(stats().faults, { [name]: 1 });
    });
});

describe('limits', () => {
  test('what a request of each endpoint takes', async (t) => {
    const delays = { loginMs: 150, messageMs: 250, conversationsMs: 350, initiateMs: 450, chunkMs: 550 };
    const { url, ask } = await stage(t, { ...delays, completeMs: 650 });
    const took = async (make: () => Promise<MessagingReply>, least: number): Promise<MessagingReply> => {
      const began = performance.now();
      const reply = await make();
      const ms = performance.now() - began;
      assert.ok(reply.status < 300 && ms >= least - 2, `${reply.status} after ${ms} ms instead of ${least}`);
      return reply;
    };
    const token = String((await took(() => ask('login', ''), 150)).body['token']);
    await took(() => ask('message', token), 250);
    await took(() => ask('conversations', token), 350);
    await took(() => ask('initiate', token), 450);
    const file = await announce(url, token, 10);
    await took(() => file.chunk(0), 550);
    await took(() => file.complete(), 650);
  });

  test('so many at a time, the others wait', async (t) => {
    const { url, ask, stats } = await stage(t, { requestCapacity: 2, messageMs: 200 });
    const token = await logIn(url);
    const began = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => ask('message', token)));
    const ms = performance.now() - began;
    assert.ok(ms >= 590, `${ms} ms for three rounds`);
    assert.equal(stats().endpoints.message.peak, 6);
  });
});

describe('outages', () => {
  test('down refuses with 503 and resets sockets, error refuses requests with 500; no fault falls on them', async (t) => {
    const { target, url, ws, ask, stats } = await stage(t, {
      faults: { 'message-503': 3, 'socket-403': 3 },
      notificationDelays: [60_000],
    });
    const token = await logIn(url);
    const headers = { authorization: `Bearer ${token}` };
    const [client] = await listeners(ws, token, 1);
    assert.equal((await ask('message', token)).status, 201);
    await order(`${target.url}/outage`, { seconds: 60, mode: 'error' });
    assert.deepEqual([(await ask('message', token)).status, (await ask('login', '')).status], [500, 500]);
    client?.say('{"type":"heartbeat"}');
    await client?.heard(2);
    await order(`${target.url}/outage`, { seconds: 60 });
    assert.deepEqual([(await ask('message', token)).status, (await ask('login', '')).status], [503, 503]);
    assert.deepEqual([await client?.closeCode(), await agentsUpgrade(ws, { headers })], [1006, 503]);
    await order(`${target.url}/outage`, { seconds: 60, mode: 'slow', delayMs: 0 });
    assert.deepEqual(
      [(await ask('message', token)).status, await agentsUpgrade(ws, { headers })],
      [201, 403],
    );
    assert.deepEqual([stats().faults, stats().notifications.due], [{ 'socket-403': 1 }, 1]);
    assert.deepEqual(stats().outages, {
      count: 3,
      requestsRefused: 4,
      requestsLost: 0,
      requestsDelayed: 1,
      upgradesRefused: 1,
      socketsReset: 1,
      subscribesLost: 0,
      unsubscribesLost: 0,
      heartbeatsLost: 0,
      notificationsLost: 1,
      notificationsDelayed: 0,
    });
  });

  test('silent answers nothing', async (t) => {
    const { target, url, ws, stats } = await stage(t, { notificationDelays: [60_000], messageMs: 1 });
    const token = await logIn(url);
    const [client] = await listeners(ws, token, 1);
    assert.ok(client, 'it is there');
    await say(url, token);
    const late = say(url, token);
    await until(() => stats().notifications.pending === 2);
    await late;
    await order(`${target.url}/outage`, { seconds: 60, mode: 'silent' });
    client.say('{"type":"heartbeat"}', '{"type":"subscribe","conversations":["conv-2"]}');
    client.say('{"type":"unsubscribe","conversations":["conv-1"]}');
    await client.settle();
    const gone = new AbortController();
    const request = fetch(`${url}/v1/conversations`, { signal: gone.signal });
    await until(() => stats().outages.requestsLost === 1);
    gone.abort();
    await assert.rejects(request, /abort/);
    await until(() => stats().endpoints.conversations.aborted === 1);
    assert.equal(client.frames.length, 1);
    const { heartbeatsLost, subscribesLost, unsubscribesLost, notificationsLost } = stats().outages;
    assert.deepEqual([heartbeatsLost, subscribesLost, unsubscribesLost, notificationsLost], [1, 1, 1, 2]);
  });

  test('slow delays requests and notifications', async (t) => {
    const { target, url, ws, stats } = await stage(t);
    const token = await logIn(url);
    const [client] = await listeners(ws, token, 1);
    assert.ok(client, 'it is there');
    await order(`${target.url}/outage`, { seconds: 60, mode: 'slow', delayMs: 400 });
    const began = performance.now();
    await say(url, token);
    assert.ok(performance.now() - began >= 398, 'the request waited');
    await until(() => textsOf(client).length === 1);
    assert.ok(performance.now() - began >= 796, 'the notification waited');
    const { requestsDelayed, notificationsDelayed } = stats().outages;
    assert.deepEqual([requestsDelayed, notificationsDelayed], [1, 1]);
  });
});
