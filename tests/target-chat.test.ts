// Does the reference target keep the contract of the chatbot protocol, also towards hostile clients?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseFaults } from '../target/faults.ts';
import type { Target } from '../target/server.ts';
import { plain, gcm, codecs, sealBytes } from './support/chatCodecs.ts';
import {
  NO_OUTAGE,
  start,
  call,
  login,
  Client,
  dial,
  open,
  connectionOf,
  upgradeStatus,
  parseMessage,
} from './support/chatClient.ts';
import { until } from './support/until.ts';

describe('a session', () => {
  for (const [name, settings, codec] of codecs) {
    test(`is served from token to deletion: ${name}`, async (t) => {
      const target = await start(t, { ...settings, chunks: 3 });
      const to = await login(target);
      const client = new Client(dial(target, to), codec);
      await once(client.socket, 'open');
      for (const text of ['Was heißt „naïve“? 心臓', '']) {
        const id = client.ask(text);
        const chunks = await client.answer();
        assert.deepEqual(
          chunks.map(({ type, id, seq, complete_response }) => [type, id, seq, complete_response]),
          [0, 1, 2].map((seq) => ['chunk', id, seq, seq === 2]),
        );
        assert.ok(chunks.every((chunk) => chunk.text.length > 5));
      }
      client.socket.close(1000);
      assert.equal(await client.closeCode(), 1000);
      assert.equal((await call(target, 'DELETE', `/chat/sessions/${to.sessionId}`, to.token)).status, 204);
      await until(() => target.stats().open === 0);
      const {
        uptimeSeconds,
        bytesReceived,
        bytesSent,
        agents,
        graph,
        health,
        messaging,
        assistant,
        ...more
      } = target.stats();
      const { memory_rss_bytes, memory_peak_bytes, memory_heap_bytes, sockets_open, ...counts } = more;
      assert.deepEqual(
        [agents.attempts, agents.received, graph.published, health.begun, messaging.messages],
        [0, 0, 0, 0, 0],
        'nothing is counted twice',
      );
      assert.deepEqual(
        [assistant.endpoints.chat.begun, assistant.endpoints.health.begun, sockets_open],
        [0, 0, 0],
        'nothing is counted twice',
      );
      assert.ok(
        memory_heap_bytes > 1e6 &&
          memory_rss_bytes > memory_heap_bytes &&
          memory_peak_bytes >= memory_rss_bytes,
      );
      assert.ok(uptimeSeconds > 0 && bytesReceived > 100 && bytesSent > 300);
      assert.deepEqual(counts, {
        attempts: { token: 1, session: 1, delete: 1, upgrade: 1 },
        tokens: 1,
        sessions: 1,
        sessionsOpen: 0,
        deleted: 1,
        upgrades: 1,
        upgradesRefused: {},
        open: 0,
        peak: 1,
        questions: 2,
        badQuestions: 0,
        answers: 2,
        chunks: 6,
        pings: 0,
        closes: { 1000: 1 },
        badFrames: 0,
        faults: {},
        outages: NO_OUTAGE,
      });
    });
  }

  test('counts the bytes that really travel', async (t) => {
    const target = await start(t, { encryption: 'none', chunks: 7 });
    const client = await open(target, plain);
    const question = JSON.stringify({ type: 'question', id: '1', text: 'é' });
    client.socket.send(question);
    await until(() => client.frames.length === 7);
    assert.equal(target.stats().bytesReceived, Buffer.byteLength(question));
    assert.equal(target.stats().bytesSent, Buffer.byteLength(client.frames.join('')));
  });

  test('keeps two questions asked at the same time apart', async (t) => {
    const client = await open(await start(t));
    const ids = [client.ask('one'), client.ask('two')];
    await until(() => client.frames.length === 10);
    const messages = client.frames.map((frame) => parseMessage(gcm.open(frame)));
    for (const id of ids) {
      const seqs = messages.filter((message) => message.id === id).map((message) => message.seq);
      assert.deepEqual(seqs, [0, 1, 2, 3, 4]);
    }
  });

  test('stops its answers when the socket closes', async (t) => {
    const target = await start(t, { chunks: 1000 });
    const client = await open(target);
    client.ask();
    await client.frame();
    client.socket.terminate();
    await until(() => target.stats().open === 0);
    const { chunks } = target.stats();
    await sleep(20);
    assert.deepEqual([target.stats().chunks, target.stats().answers], [chunks, 0]);
    assert.deepEqual(target.stats().closes, { 1006: 1 });
  });
});

describe('what is refused', () => {
  test('HTTP: a bad body, a bad token, an unknown session', async (t) => {
    const target = await start(t);
    const { token, sessionId } = await login(target);
    assert.equal((await call(target, 'POST', '/auth/token', '', '{"user":""}')).status, 400);
    assert.equal((await call(target, 'POST', '/auth/token', '', '{"user":')).status, 400);
    assert.equal((await call(target, 'POST', '/auth/token')).status, 400);
    for (const wrong of ['', 'x', `${token}x`, `x${token}`]) {
      assert.equal((await call(target, 'POST', '/chat/sessions', wrong)).status, 401);
      assert.equal((await call(target, 'DELETE', `/chat/sessions/${sessionId}`, wrong)).status, 401);
    }
    assert.equal((await call(target, 'DELETE', '/chat/sessions/unknown', token)).status, 404);
    assert.deepEqual((await call(target, 'GET', '/health')).body, { status: 'ok' });
    const { memory_rss_bytes, uptimeSeconds, ...served } = (await call(target, 'GET', '/stats')).body;
    assert.ok(Number(memory_rss_bytes) > 1e6 && Number(uptimeSeconds) > 0);
    const { tokens, sessionsOpen } = target.stats();
    assert.deepEqual([served.tokens, served.sessionsOpen, tokens, sessionsOpen], [1, 1, 1, 1]);
  });

  test('upgrades: wrong origin, token, session, connection, path', async (t) => {
    const target = await start(t);
    const to = await login(target);
    const other = await login(target);
    assert.equal(await upgradeStatus(target, to, { origin: 'https://evil.example' }), 403);
    assert.equal(await upgradeStatus(target, to, { origin: 'http://localhost.evil.example' }), 403);
    assert.equal(await upgradeStatus(target, to, { origin: 'file://' }), 403);
    assert.equal(await upgradeStatus(target, to, { origin: undefined }), 403);
    assert.equal(await upgradeStatus(target, { ...to, token: 'x' }), 401);
    assert.equal(await upgradeStatus(target, { ...to, path: '/ws/chat' }), 404);
    assert.equal(await upgradeStatus(target, { ...to, path: '/ws/other' }), 404);
    const mixed = `/ws/chat?session_id=${to.sessionId}&${other.path.split('&')[1] ?? ''}`;
    assert.equal(await upgradeStatus(target, { ...to, path: mixed }), 404);
    for (const origin of ['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:9']) {
      assert.equal(await upgradeStatus(target, to, { origin }), 101);
    }
    assert.deepEqual(target.stats().upgradesRefused, { 401: 1, 403: 4, 404: 3 });
    assert.equal(target.stats().upgrades, 3);
  });

  test('upgrades: only the listed origins, once there is a list', async (t) => {
    const target = await start(t, { origins: ['https://campus.example'] });
    const to = await login(target);
    assert.equal(await upgradeStatus(target, to), 403);
    assert.equal(await upgradeStatus(target, to, { origin: 'https://campus.example' }), 101);
  });

  const badFrames: [string, string | Buffer][] = [
    ['not base64', '%%%'],
    ['base64 without padding', gcm.seal('{}').replace(/=*$/, 'A')],
    ['too short', 'AQID'],
    ['sealed with another key', Buffer.alloc(60, 7).toString('base64')],
    ['binary', Buffer.from(gcm.seal('{}'))],
    ['not UTF-8 inside', sealBytes(Buffer.from([0xff, 0xfe]))],
  ];
  for (const [name, frame] of badFrames) {
    test(`frames: ${name}`, async (t) => {
      const target = await start(t);
      const client = await open(target);
      client.socket.send(frame);
      assert.equal(await client.closeCode(), 1008);
      await until(() => target.stats().open === 0);
      const { badFrames, questions, closes } = target.stats();
      assert.deepEqual([badFrames, questions, closes, client.frames], [1, 0, { 1008: 1 }, []]);
    });
  }

  for (const [mode, settings, codec] of codecs.slice(1, 3)) {
    test(`frames: tampered, ${mode}`, async (t) => {
      const target = await start(t, settings);
      const client = await open(target, codec);
      const bytes = Buffer.from(codec.seal('{"type":"question"}'), 'base64');
      bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
      client.socket.send(bytes.toString('base64'));
      assert.equal(await client.closeCode(), 1008);
    });
  }

  test('questions: without id, of another type, not JSON; the socket stays', async (t) => {
    const target = await start(t);
    const client = await open(target);
    const wrong = [
      '{"type":"question","text":"?"}',
      '{"type":"chunk","id":"1","text":"?"}',
      '{',
      '[]',
      'null',
    ];
    for (const text of wrong) {
      client.socket.send(gcm.seal(text));
      const { type, id, code } = await client.message();
      assert.deepEqual([type, id, code], ['error', null, 'bad_question']);
    }
    client.ask();
    assert.equal((await client.answer()).length, 5);
    const { questions, badQuestions, answers } = target.stats();
    assert.deepEqual([questions, badQuestions, answers], [6, 5, 1]);
  });
});

describe('hostile clients', () => {
  function raw(target: Target, text: string): Socket {
    const socket = connect(target.port, '127.0.0.1', () => socket.write(text));
    return socket.on('error', () => undefined);
  }

  test('are survived: huge frames, resets, half requests, handshakes without a key', async (t) => {
    const target = await start(t);
    const huge = await open(target);
    huge.socket.send('x'.repeat(1024 * 1024 + 1));
    assert.equal(await huge.closeCode(), 1009);

    const { token, path } = await login(target);
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nOrigin: ${target.url}\r\nAuthorization: Bearer ${token}\r\n`;
    const keyless = raw(target, `${head}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
    const reply = String((await once(keyless, 'data'))[0]);
    assert.equal(reply, 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');

    const strange = raw(
      target,
      'GET //:// HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    );
    assert.match(String((await once(strange, 'data'))[0]), /^HTTP\/1\.1 404 /);

    await once(raw(target, 'this is not HTTP\r\n\r\n').resume(), 'close');
    const half = raw(target, 'POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');

    const resetting = await open(target);
    resetting.ask();
    connectionOf(resetting).resetAndDestroy();
    await until(() => target.stats().open === 0);

    const client = await open(target);
    client.ask();
    assert.equal((await client.answer()).length, 5);
    half.destroy();
    const { upgradesRefused, closes } = target.stats();
    assert.deepEqual([upgradesRefused, closes[1006]], [{ 400: 1, 404: 1 }, 2]);
  });
});

test('every ping gets a pong with its payload, when no fault says otherwise', async (t) => {
  const target = await start(t);
  const { socket } = await open(target);
  const pongs: string[] = [];
  socket.on('pong', (data) => pongs.push(data.toString()));
  for (const payload of ['', 'a', 'b'.repeat(125)]) socket.ping(payload);
  await until(() => pongs.length === 3);
  assert.deepEqual([pongs, target.stats().pings], [['', 'a', 'b'.repeat(125)], 3]);
});

describe('attempts', () => {
  test('hold every request that came, however it was answered', async (t) => {
    const faults = parseFaults('token-429:3,session-408:2,delete-503:2,upgrade-503:3,upgrade-silent:4');
    const target = await start(t, { faults });
    const to = await login(target);
    assert.equal((await call(target, 'POST', '/auth/token', '', '{"user":')).status, 400);
    assert.equal((await call(target, 'POST', '/auth/token', '', '{"user":"ada"}')).status, 429);
    assert.equal((await call(target, 'POST', '/chat/sessions', to.token)).status, 408);
    assert.equal((await call(target, 'POST', '/chat/sessions', 'x')).status, 401);
    const path = `/chat/sessions/${to.sessionId}`;
    assert.equal(await upgradeStatus(target, to), 101);
    assert.equal(await upgradeStatus(target, { ...to, path: '/ws/chat' }), 404);
    assert.equal(await upgradeStatus(target, { ...to, path: '/ws/other' }), 404);
    assert.equal(await upgradeStatus(target, to), 503);
    dial(target, to).on('error', () => undefined);
    await until(() => target.stats().faults['upgrade-silent'] === 1);
    for (const status of [204, 503, 404])
      assert.equal((await call(target, 'DELETE', path, to.token)).status, status);
    const { attempts, tokens, sessions, deleted, upgrades, upgradesRefused } = target.stats();
    assert.deepEqual(attempts, { token: 3, session: 3, delete: 3, upgrade: 5 });
    assert.deepEqual(
      [tokens, sessions, deleted, upgrades, upgradesRefused],
      [1, 1, 1, 1, { 404: 2, 503: 1 }],
    );
  });

  test('a request refused before its body was read leaves the connection usable', async (t) => {
    const target = await start(t, { faults: { 'token-503': 2 } });
    const socket = connect(target.port, '127.0.0.1');
    t.after(() => socket.destroy());
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    const body = '{"user":"ada"}';
    const head = `POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n`;
    for (const replies of [1, 2, 3]) {
      socket.write(head);
      await sleep(5);
      socket.write(body);
      await until(() => text.split('HTTP/1.1 ').length === replies + 1);
    }
    assert.deepEqual(
      [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
      ['200', '503', '200'],
    );
  });
});
