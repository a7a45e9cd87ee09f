// Does the messaging platform of the reference target log in, take messages and notify as agreed, and count all of it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { MESSAGING_FAULTS } from '../target/messaging/messagingFaults.ts';
import { MESSAGING_FIELDS } from '../target/messaging/messagingSettings.ts';
import { startTarget } from '../target/server.ts';
import { targetSettingsFrom } from '../target/settings.ts';
import { agentsUpgrade } from './support/agentsClient.ts';
import { ROOT } from './support/bundle.ts';
import {
  call,
  listeners,
  logIn,
  messagingTarget,
  openNotifications,
  say,
  textsOf,
} from './support/messagingClient.ts';
import { until } from './support/until.ts';

interface Claims {
  sub: string;
  iat: number;
  exp: number;
  jti: string;
}

// The shape is trusted: an assertion fails where it is not met.
const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
const headOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());

/** Resolves to the answer as soon as the token has expired. */
async function untilExpired(url: string, token: string) {
  const last = Date.now() + 10_000;
  for (;;) {
    const reply = await call(`${url}/v1/conversations`, { token });
    if (reply.status !== 200) return reply;
    assert.ok(Date.now() < last, 'the token lives for ever');
  }
}

describe('log-in', () => {
  test('gives a signed token with its claims', async (t) => {
    const { url, stats } = await messagingTarget(t, { tokenSeconds: 90.5 });
    const before = Date.now() / 1000;
    const reply = await call(`${url}/v1/auth/login`, { body: '{"username":"ann","password":""}' });
    assert.deepEqual(Object.keys(reply.body), ['token', 'token_type', 'expires_in']);
    assert.deepEqual([reply.body['token_type'], reply.body['expires_in']], ['Bearer', 90.5]);
    const token = String(reply.body['token']);
    assert.deepEqual(headOf(token), { alg: 'HS256', typ: 'JWT' });
    const { sub, iat, exp, jti } = claimsOf(token);
    assert.deepEqual([sub, Math.round((exp - iat) * 1000)], ['ann', 90_500]);
    assert.ok(iat >= before - 0.001 && iat <= Date.now() / 1000, `${iat}`);
    assert.notEqual(jti, claimsOf(await logIn(url, 'ann')).jti);
    assert.deepEqual([stats().tokens.issued, stats().endpoints.login.answered], [2, { 200: 2 }]);
  });

  test('is refused where the password is not the only one', async (t) => {
    const { url, stats } = await messagingTarget(t, { loginPassword: 'secret' });
    const wrong = await call(`${url}/v1/auth/login`, { body: '{"username":"ann","password":"x"}' });
    assert.deepEqual([wrong.status, wrong.body], [401, { error: 'login_refused' }]);
    await logIn(url);
    assert.deepEqual([stats().tokens.issued, stats().endpoints.login.answered], [1, { 200: 1, 401: 1 }]);
  });

  for (const body of ['', '{', 'null', '[]', '{"username":"ann"}', '{"username":"","password":"x"}'])
    test(`the body ${body} gets 400 and a sentence`, async (t) => {
      const { status, body: said } = await call(`${(await messagingTarget(t)).url}/v1/auth/login`, { body });
      assert.equal(status, 400);
      assert.match(String(said['error']), /^.+\.$/);
    });
});

describe('tokens', () => {
  const PATHS: [path: string, body: string | undefined][] = [
    ['/v1/messages', '{"conversation_id":"conv-1","text":"x","sent_at":0}'],
    ['/v1/conversations', undefined],
    ['/v1/files/initiate', '{"name":"a","size":1}'],
    ['/v1/files/file-1/chunks', 'x'],
    ['/v1/files/file-1/complete', '{}'],
  ];

  for (const [path, body] of PATHS)
    test(`${path} wants one, in a header only`, async (t) => {
      const { url, stats } = await messagingTarget(t);
      const token = await logIn(url);
      const asked = async (at: string, authorization?: string): Promise<unknown> => {
        const headers = authorization === undefined ? {} : { authorization };
        const reply = await call(`${url}${at}`, { headers, ...(body === undefined ? {} : { body }) });
        return reply.status === 401 ? reply.body['error'] : reply.status;
      };
      const [head, claims, signature] = token.split('.');
      const otherClaims = Buffer.from('{"sub":"eve","exp":9999999999}').toString('base64url');
      const noHead = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
      assert.equal(await asked(path), 'token_missing');
      for (const wrong of [
        'Bearer x',
        `Basic ${token}`,
        token,
        `Bearer ${String(head)}.${otherClaims}.${String(signature)}`,
        `Bearer ${noHead}.${String(claims)}.`,
        `Bearer ${token.slice(0, -2)}`,
      ])
        assert.equal(await asked(path, wrong), 'token_invalid', wrong);
      for (const inUrl of ['?token=x', `?access_token=${token}`, `?a=${token}`, '?x=1&jwt=1'])
        assert.equal(await asked(`${path}${inUrl}`, `Bearer ${token}`), 'token_in_url', inUrl);
      assert.notEqual(await asked(path, `bearer ${token}`), 401);
      assert.deepEqual(stats().tokens.refused, { token_missing: 1, token_invalid: 6, token_in_url: 4 });
    });

  test('one of another server is invalid', async (t) => {
    const [one, two] = [await messagingTarget(t), await messagingTarget(t)];
    const { body } = await call(`${one.url}/v1/conversations`, { token: await logIn(two.url) });
    assert.deepEqual(body, { error: 'token_invalid' });
  });

  test('one in the address of a log-in is refused, too', async (t) => {
    const { url } = await messagingTarget(t);
    const { status, body } = await call(`${url}/v1/auth/login?token=x`, { body: '{}' });
    assert.deepEqual([status, body], [401, { error: 'token_in_url' }]);
  });

  test('expire to the millisecond, and a socket outlives its own', async (t) => {
    const { url, ws, stats } = await messagingTarget(t, { tokenSeconds: 1.5 });
    const token = await logIn(url);
    const [client] = await listeners(ws, token, 1);
    assert.ok(client, 'it is there');
    const { status, body } = await untilExpired(url, token);
    assert.ok(Date.now() / 1000 >= claimsOf(token).exp, 'it expired too early');
    assert.deepEqual([status, body], [401, { error: 'token_expired' }]);
    client.say('{"type":"heartbeat"}');
    assert.deepEqual((await client.heard(2))[1], '{"type":"heartbeat_ack"}');
    await say(url, await logIn(url), { text: 'still here' });
    await until(() => textsOf(client).length === 1);
    assert.equal(await agentsUpgrade(ws, { headers: { authorization: `Bearer ${token}` } }), 401);
    const { tokens, sockets } = stats();
    assert.deepEqual([tokens.refused, sockets.refused], [{ token_expired: 2 }, { 401: 1 }]);
  });
});

describe('messages', () => {
  test('are answered with what was sent', async (t) => {
    const { url, stats } = await messagingTarget(t);
    const token = await logIn(url);
    const { status, body } = await say(url, token, { conversation: 'conv-100', sentAt: '1795736347123.25' });
    assert.deepEqual(Object.keys(body), ['id', 'conversation_id', 'sent_at', 'created_at']);
    assert.deepEqual([status, body['conversation_id'], body['sent_at']], [201, 'conv-100', 1795736347123.25]);
    assert.ok(Math.abs(Date.parse(String(body['created_at'])) - Date.now()) < 60_000, 'it is now');
    const other = await say(url, token);
    assert.notEqual(other.body['id'], body['id']);
    assert.deepEqual([stats().messages, stats().notifications.due], [2, 0]);
  });

  const VALUES = [
    'null',
    '0',
    '-0',
    '1.0',
    '1e3',
    '0.1000000000000000055511151231257827',
    '12345678901234567890123',
    '"a \\u00e9 \\"sent_at\\":1"',
    '{ "b" : [1e2, {}],"sent_at":2 }',
    '[ ]',
    'false',
  ];
  for (const sentAt of VALUES)
    test(`sent_at comes back as it was written: ${sentAt}`, async (t) => {
      const { url, ws } = await messagingTarget(t);
      const token = await logIn(url);
      const [client] = await listeners(ws, token, 1);
      for (const body of [
        `{"conversation_id":"conv-1","text":"x","sent_at":${sentAt}}`,
        ` { "sent_at" : ${sentAt} , "text":"\\"sent_at\\":3,","conversation_id":"conv-1"}`,
      ]) {
        const { status, text } = await call(`${url}/v1/messages`, { token, body });
        assert.equal(status, 201);
        assert.ok(text.includes(`"sent_at":${sentAt},"created_at"`), text);
      }
      for (const frame of (await client?.heard(3))?.slice(1) ?? [])
        assert.ok(frame.includes(`"sent_at":${sentAt},"text"`), frame);
    });

  for (const [status, body] of [
    [400, ''],
    [400, '{'],
    [400, '[]'],
    [400, '{"text":"x","sent_at":1}'],
    [400, '{"conversation_id":"conv-1","sent_at":1}'],
    [400, '{"conversation_id":"conv-1","text":1,"sent_at":1}'],
    [400, '{"conversation_id":"conv-1","text":"x"}'],
    [404, '{"conversation_id":"conv-3","text":"x","sent_at":1}'],
    [404, '{"conversation_id":"conv-0","text":"x","sent_at":1}'],
    [404, '{"conversation_id":"conv-01","text":"x","sent_at":1}'],
  ] as const)
    test(`the body ${body} gets ${status} and a sentence`, async (t) => {
      const { url, stats } = await messagingTarget(t, { conversations: 2 });
      const { status: got, body: said } = await call(`${url}/v1/messages`, { token: await logIn(url), body });
      assert.equal(got, status);
      assert.match(String(said['error']), /^.+\.$/);
      assert.equal(stats().messages, 0);
    });

  test('the conversations', async (t) => {
    const { url } = await messagingTarget(t, { conversations: 2 });
    const { status, body } = await call(`${url}/v1/conversations`, { token: await logIn(url) });
    const conversations = [
      { id: 'conv-1', name: 'Conversation 1' },
      { id: 'conv-2', name: 'Conversation 2' },
    ];
    assert.deepEqual([status, body], [200, { conversations }]);
  });
});

describe('notifications', () => {
  test('reach each socket that has subscribed, that of the sender too', async (t) => {
    const { url, ws, stats } = await messagingTarget(t);
    const [ann, bob] = [await logIn(url, 'ann'), await logIn(url, 'bob')];
    const [hers, his] = [
      ...(await listeners(ws, ann, 1)),
      ...(await listeners(ws, bob, 1, ['conv-1', 'conv-2'])),
    ];
    const [other] = await listeners(ws, bob, 1, ['conv-3']);
    assert.ok(hers && his && other, 'all are there');
    const { body } = await say(url, ann, { text: 'a "b"\u2028\n', sentAt: '[7]' });
    await say(url, ann, { conversation: 'conv-2', text: 'two' });
    await until(() => textsOf(his).length === 2 && textsOf(hers).length === 1);
    assert.deepEqual(JSON.parse(hers.frames[1] ?? ''), {
      type: 'notification',
      event: 'message',
      conversation_id: 'conv-1',
      message_id: body['id'],
      sender: 'ann',
      sent_at: [7],
      text: 'a "b"\u2028\n',
    });
    assert.deepEqual(textsOf(his), ['a "b"\u2028\n', 'two']);
    await other.settle();
    assert.equal(other.frames.length, 1);
    assert.deepEqual(stats().notifications, {
      due: 3,
      sent: 3,
      doubled: 0,
      lost: 0,
      delayed: 0,
      unsent: 0,
      pending: 0,
    });
    assert.equal(stats().sockets.subscriptions, 4);
  });

  test('frames: subscribe, unsubscribe, heartbeat, and what is none', async (t) => {
    const { url, ws, stats } = await messagingTarget(t, { conversations: 3 });
    const token = await logIn(url);
    const client = await openNotifications(ws, token);
    client.say(
      '{"type":"subscribe","conversations":["conv-2","conv-4","conv-2","conv-1"]}',
      '{"type":"heartbeat"}',
      '{"type":"unsubscribe","conversations":["conv-2","conv-3"]}',
      '{"type":"subscribe","conversations":["conv-1"]}',
      '{"type":"subscribe","conversations":"conv-1"}',
      '{"type":"subscribe","conversations":[1]}',
      '{"type":"notification"}',
      '{',
      'null',
    );
    client.socket.send(Buffer.from('{"type":"heartbeat"}'), { binary: true });
    await client.settle();
    assert.deepEqual(client.frames, [
      '{"type":"subscribed","conversations":["conv-2","conv-2","conv-1"]}',
      '{"type":"heartbeat_ack"}',
      '{"type":"unsubscribed","conversations":["conv-2","conv-3"]}',
      '{"type":"subscribed","conversations":["conv-1"]}',
    ]);
    await say(url, token, { text: 'one' });
    await say(url, token, { conversation: 'conv-2', text: 'two' });
    await until(() => textsOf(client).length === 1);
    await client.settle();
    assert.deepEqual(textsOf(client), ['one']);
    const { received, subscribes, unsubscribes, heartbeats, malformed, pingFrames, subscriptions } =
      stats().sockets;
    assert.deepEqual(
      [received, subscribes, unsubscribes, heartbeats, malformed, pingFrames, subscriptions],
      [10, 2, 1, 1, 6, 2, 1],
    );
    await client.close();
    await until(() => stats().sockets.open === 0);
    assert.deepEqual([stats().sockets.closes, stats().sockets.subscriptions], [{ 1000: 1 }, 0]);
  });

  test('of sockets that vanish in the middle are accounted for', async (t) => {
    const { url, ws, stats } = await messagingTarget(t, { notificationDelays: [0, 60_000, 60_000, 0] });
    const token = await logIn(url);
    const [one, two] = await listeners(ws, token, 2);
    assert.ok(one && two, 'both are there');
    for (const text of ['a', 'b']) await say(url, token, { text });
    await until(() => textsOf(one).length === 1 && textsOf(two).length === 1);
    assert.deepEqual([textsOf(one), textsOf(two)], [['a'], ['b']]);
    assert.deepEqual([stats().notifications.pending, stats().notifications.delayed], [2, 2]);
    one.socket.terminate();
    await until(() => stats().sockets.open === 1);
    await say(url, token, { text: 'c' });
    await until(() => textsOf(two).length === 2);
    two.socket.terminate();
    await until(() => stats().sockets.open === 0);
    await say(url, token, { text: 'nobody' });
    const { due, sent, unsent, pending } = stats().notifications;
    assert.deepEqual([due, sent, unsent, pending], [5, 3, 2, 0]);
    assert.deepEqual([stats().sockets.closes, stats().sockets.subscriptions], [{ 1006: 2 }, 0]);
  });

  test('a socket without a good token is refused with 401, and a word for it', async (t) => {
    const { url, ws, stats } = await messagingTarget(t);
    const token = await logIn(url);
    const headers = { authorization: `Bearer ${token}` };
    const refusal = async (at: string, options = {}): Promise<unknown> => {
      const socket = new WebSocket(at, options);
      socket.on('error', () => undefined);
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, AsyncIterable<Buffer>];
      let text = '';
      for await (const part of response) text += part.toString();
      return text;
    };
    assert.equal(await refusal(ws), '{"error":"token_missing"}');
    assert.equal(await refusal(ws, { headers: { authorization: 'Bearer x' } }), '{"error":"token_invalid"}');
    assert.equal(await refusal(`${ws}?token=${token}`, { headers }), '{"error":"token_in_url"}');
    assert.equal(await agentsUpgrade(ws, { headers }), 101);
    const { attempts, upgrades, refused } = stats().sockets;
    assert.deepEqual([attempts, upgrades, refused], [4, 1, { 401: 3 }]);
  });

  test('too many sockets slow notifications down, and twice as many are refused', async (t) => {
    const { url, ws, stats } = await messagingTarget(t, { capacity: 1, overloadMs: 300 });
    const token = await logIn(url);
    const clients = await listeners(ws, token, 3);
    assert.equal(await agentsUpgrade(ws, { headers: { authorization: `Bearer ${token}` } }), 502);
    const began = performance.now();
    await say(url, token, { text: 'slow' });
    await until(() => clients.every((client) => textsOf(client).length === 1));
    assert.ok(performance.now() - began >= 598, 'it waited twice the delay');
    assert.deepEqual([stats().notifications.delayed, stats().sockets.refused], [3, { 502: 1 }]);
  });

  test('pages of other origins are refused where origins are given', async (t) => {
    const { url, ws } = await messagingTarget(t, { origins: ['https://a.example'] });
    const headers = { authorization: `Bearer ${await logIn(url)}` };
    assert.equal(await agentsUpgrade(ws, { headers, origin: 'https://b.example' }), 403);
    assert.equal(await agentsUpgrade(ws, { headers, origin: 'https://a.example' }), 101);
  });
});

describe('the settings of the messaging platform', () => {
  test('are read from texts', () => {
    const texts = {
      tokenSeconds: '0.5',
      loginPassword: 'secret',
      loginMs: '1',
      messageMs: '2',
      conversationsMs: '3',
      initiateMs: '4',
      chunkMs: '5',
      completeMs: '6',
      requestCapacity: '7',
      conversations: '8',
      notificationDelays: '1,2',
      notificationLateMs: '9',
      chunkBytes: '10',
      chunkSlowMs: '11',
      uploadFolder: '/tmp',
    };
    assert.deepEqual(targetSettingsFrom(texts), {
      tokenSeconds: 0.5,
      loginPassword: 'secret',
      loginMs: 1,
      messageMs: 2,
      conversationsMs: 3,
      initiateMs: 4,
      chunkMs: 5,
      completeMs: 6,
      requestCapacity: 7,
      conversations: 8,
      notificationDelays: [1, 2],
      notificationLateMs: 9,
      chunkBytes: 10,
      chunkSlowMs: 11,
      uploadFolder: '/tmp',
    });
  });

  const wrong: Record<string, string>[] = [
    { tokenSeconds: '0' },
    { tokenSeconds: '-1' },
    { conversations: '0' },
    { chunkBytes: '0' },
    { chunkBytes: '1.5' },
    { requestCapacity: '5' },
    { faults: 'login-404:1' },
  ];
  for (const texts of wrong)
    test(`are refused: ${JSON.stringify(texts)}`, () => {
      assert.throws(() => targetSettingsFrom(texts), /^Error: The target's .+\.$/);
    });

  test('and the faults stand in the docs', () => {
    const page = readFileSync(join(ROOT, 'docs', 'messaging.md'), 'utf8');
    const options = Object.keys(MESSAGING_FIELDS).map(
      (name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
    for (const name of [...options, ...MESSAGING_FAULTS]) assert.ok(page.includes(`\`${name}\``), name);
  });

  test('given to startTarget are checked too', async () => {
    await assert.rejects(
      startTarget({ port: 0, tokenSeconds: 0 }),
      /tokenSeconds is "0"; give a number from/,
    );
  });
});
