// Does the reference target keep the contract of the chatbot protocol, and does it break exactly what it is asked to?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  randomUUID,
} from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, type ClientOptions } from 'ws';
import { overloadDelay, refusesSocket } from '../target/capacity.ts';
import { faultAt, FAULT_NAMES, parseFaults, type FaultName, type Faults } from '../target/faults.ts';
import { startTarget, type Target } from '../target/server.ts';
import { DEFAULT_SETTINGS, targetSettingsFrom, type TargetSettings } from '../target/settings.ts';

const KEY = 'a1'.repeat(32);
const PASSPHRASE = 'correct horse battery staple';
const FAST: Partial<TargetSettings> = { port: 0, firstChunkMs: 1, gapMs: 1, key: KEY };

const NO_OUTAGE = {
  count: 0,
  requestsRefused: 0,
  upgradesRefused: 0,
  socketsReset: 0,
  questionsRefused: 0,
  questionsLost: 0,
  questionsDelayed: 0,
};

interface Message {
  type: string;
  id: string | null;
  seq: number;
  text: string;
  complete_response: boolean;
  code: string;
}

interface Codec {
  seal(text: string): string;
  open(frame: string): string;
}

const plain: Codec = { seal: (text) => text, open: (frame) => frame };

const gcm: Codec = {
  seal(text) {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(KEY, 'hex'), iv);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64');
  },
  open(frame) {
    const bytes = Buffer.from(frame, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(KEY, 'hex'), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(bytes.length - 16));
    const body = bytes.subarray(12, bytes.length - 16);
    return decipher.update(body, undefined, 'utf8') + decipher.final('utf8');
  },
};

function cbcHmacKeys(): { enc: Buffer; mac: Buffer } {
  const derive = (info: string): Buffer =>
    Buffer.from(hkdfSync('sha256', Buffer.from(KEY, 'hex'), new Uint8Array(), info, 32));
  return { enc: derive('crescendo enc'), mac: derive('crescendo mac') };
}

const cbcHmac: Codec = {
  seal(text) {
    const { enc, mac } = cbcHmacKeys();
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', enc, iv);
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([sealed, createHmac('sha256', mac).update(sealed).digest()]).toString('base64');
  },
  open(frame) {
    const { enc, mac } = cbcHmacKeys();
    const bytes = Buffer.from(frame, 'base64');
    const sealed = bytes.subarray(0, bytes.length - 32);
    const expected = createHmac('sha256', mac).update(sealed).digest('hex');
    assert.equal(bytes.subarray(bytes.length - 32).toString('hex'), expected);
    const decipher = createDecipheriv('aes-256-cbc', enc, sealed.subarray(0, 16));
    return decipher.update(sealed.subarray(16), undefined, 'utf8') + decipher.final('utf8');
  },
};

function evpBytesToKey(salt: Buffer): Buffer {
  let out = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  while (out.length < 48) {
    last = createHash('md5')
      .update(Buffer.concat([last, Buffer.from(PASSPHRASE), salt]))
      .digest();
    out = Buffer.concat([out, last]);
  }
  return out;
}

const openssl: Codec = {
  seal(text) {
    const salt = randomBytes(8);
    const keys = evpBytesToKey(salt);
    const cipher = createCipheriv('aes-256-cbc', keys.subarray(0, 32), keys.subarray(32));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from('Salted__'), salt, body]).toString('base64');
  },
  open(frame) {
    const bytes = Buffer.from(frame, 'base64');
    assert.equal(bytes.subarray(0, 8).toString('latin1'), 'Salted__');
    const keys = evpBytesToKey(bytes.subarray(8, 16));
    const decipher = createDecipheriv('aes-256-cbc', keys.subarray(0, 32), keys.subarray(32));
    return decipher.update(bytes.subarray(16), undefined, 'utf8') + decipher.final('utf8');
  },
};

function opensslCommand(args: string[], input: string): string {
  const fixed = ['enc', '-aes-256-cbc', '-md', 'md5', '-pass', `pass:${PASSPHRASE}`, '-a', '-A'];
  const { status, stdout, stderr } = spawnSync('openssl', [...fixed, ...args], { input, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

const opensslProgram: Codec = {
  seal: (text) => opensslCommand(['-e', '-salt'], text),
  open: (frame) => opensslCommand(['-d'], frame),
};

async function start(t: TestContext, settings: Partial<TargetSettings> = {}): Promise<Target> {
  const target = await startTarget({ ...FAST, ...settings });
  t.after(() => target.close());
  return target;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `waited 5 s in vain for ${holds.toString()}`);
    await sleep(2);
  }
}

interface Reply {
  status: number;
  retryAfter: string | undefined;
  body: Record<string, string>;
}

// The shapes are trusted: an assertion fails where one is not met.
const parseReply: (text: string) => Record<string, string> = JSON.parse;
const parseMessage: (text: string) => Message = JSON.parse;

async function call(target: Target, method: string, path: string, token = '', body = ''): Promise<Reply> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== '') headers.authorization = `Bearer ${token}`;
  const response = await fetch(target.url + path, { method, headers, ...(body === '' ? {} : { body }) });
  const text = await response.text();
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  return { status: response.status, retryAfter, body: text === '' ? {} : parseReply(text) };
}

interface Login {
  token: string;
  sessionId: string;
  path: string;
}

async function login(target: Target): Promise<Login> {
  const { token = '' } = (await call(target, 'POST', '/auth/token', '', '{"user":"ada"}')).body;
  const { session_id = '', connection_id = '' } = (await call(target, 'POST', '/chat/sessions', token)).body;
  return {
    token,
    sessionId: session_id,
    path: `/ws/chat?session_id=${session_id}&connection_id=${connection_id}`,
  };
}

/** Reads the frames of one socket in order. */
class Client {
  readonly socket: WebSocket;
  readonly codec: Codec;
  readonly frames: string[] = [];
  closed: { code: number } | undefined;

  constructor(socket: WebSocket, codec: Codec) {
    this.socket = socket;
    this.codec = codec;
    socket.on('message', (data: Buffer) => this.frames.push(data.toString()));
    socket.on('close', (code) => (this.closed = { code }));
    socket.on('error', () => undefined);
  }

  ask(text = 'Why?'): string {
    const id = randomUUID();
    this.socket.send(this.codec.seal(JSON.stringify({ type: 'question', id, course: 'MED1060', text })));
    return id;
  }

  async frame(): Promise<string> {
    await until(() => this.frames.length > 0);
    return this.frames.shift() ?? '';
  }

  async message(): Promise<Message> {
    return parseMessage(this.codec.open(await this.frame()));
  }

  async answer(): Promise<Message[]> {
    const messages = [await this.message()];
    while (messages.at(-1)?.complete_response === false) messages.push(await this.message());
    return messages;
  }

  async closeCode(): Promise<number> {
    await until(() => this.closed !== undefined);
    return this.closed?.code ?? NaN;
  }
}

function dial(target: Target, { token, path }: Login, options: ClientOptions = {}): WebSocket {
  const headers = { authorization: `Bearer ${token}` };
  return new WebSocket(target.websocketUrl + path, { origin: target.url, headers, ...options });
}

async function open(target: Target, codec = gcm, options: ClientOptions = {}): Promise<Client> {
  const client = new Client(dial(target, await login(target), options), codec);
  await once(client.socket, 'open');
  return client;
}

/** The TCP connection below; ws does not give it out. */
function connectionOf({ socket }: Client): Socket {
  const connection: unknown = Reflect.get(socket, '_socket');
  assert.ok(connection instanceof Socket);
  return connection;
}

/** The errors of a client's TCP connection, a list that grows as they come. */
function tcpErrors(client: Client): string[] {
  const errors: string[] = [];
  connectionOf(client).on('error', (error) => errors.push(String(error)));
  return errors;
}

type UpgradeReply = Omit<Reply, 'body'>;

/** The HTTP status that answers an upgrade: 101 if it was accepted. */
async function upgradeStatus(target: Target, to: Login, options: ClientOptions = {}): Promise<number> {
  return (await upgrade(target, to, options)).status;
}

async function upgrade(target: Target, to: Login, options: ClientOptions = {}): Promise<UpgradeReply> {
  const socket = dial(target, to, options);
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
    });
    socket.on('open', () => {
      socket.on('close', () => resolve({ status: 101, retryAfter: undefined }));
      socket.close(1000);
    });
  });
}

const codecs: [string, Partial<TargetSettings>, Codec][] = [
  ['aes-256-gcm', { encryption: 'aes-256-gcm' }, gcm],
  ['aes-256-cbc-hmac', { encryption: 'aes-256-cbc-hmac' }, cbcHmac],
  ['openssl', { encryption: 'openssl', key: PASSPHRASE }, openssl],
  ['openssl, the program itself', { encryption: 'openssl', key: PASSPHRASE }, opensslProgram],
  ['none', { encryption: 'none' }, plain],
];

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
      const { memoryBytes, uptimeSeconds, bytesReceived, bytesSent, ...counts } = target.stats();
      assert.ok(memoryBytes > 1e6 && uptimeSeconds > 0 && bytesReceived > 100 && bytesSent > 300);
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
    const { memoryBytes, uptimeSeconds, ...served } = (await call(target, 'GET', '/stats')).body;
    assert.ok(Number(memoryBytes) > 1e6 && Number(uptimeSeconds) > 0);
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

function sealBytes(bytes: Buffer): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(KEY, 'hex'), iv);
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64');
}

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

describe('capacity', () => {
  const rows: [number, number, number, number, string][] = [
    [1000, 0, 30_000, 0, 'unlimited'],
    [10, 10, 30_000, 0, 'at the capacity'],
    [12, 10, 30_000, 6000, 'a fifth above'],
    [20, 10, 30_000, 30_000, 'twice'],
  ];
  for (const [sockets, capacity, overloadMs, delay, words] of rows) {
    test(`delays the first chunk by ${delay} ms: ${words}`, () => {
      assert.equal(Math.round(overloadDelay(sockets, capacity, overloadMs)), delay);
    });
  }

  test('refuses sockets above twice the capacity only', () => {
    assert.deepEqual(
      [20, 21].map((sockets) => refusesSocket(sockets, 10)),
      [false, true],
    );
    assert.equal(refusesSocket(1000, 0), false);
  });

  test('shows in a running target', async (t) => {
    const target = await start(t, { capacity: 1, overloadMs: 200 });
    const first = await open(target);
    const alone = await leastFirstChunkMs(first);
    assert.ok(alone < 150, `${alone} ms with one socket`);
    await open(target);
    const slow = await leastFirstChunkMs(first);
    assert.ok(slow >= 195 && slow < 390, `${slow} ms with two sockets`);
    await open(target);
    assert.ok((await firstChunkMs(first)) >= 395);
    assert.equal(await upgradeStatus(target, await login(target)), 502);
    const { open: sockets, peak, upgradesRefused } = target.stats();
    assert.deepEqual([sockets, peak, upgradesRefused], [3, 3, { 502: 1 }]);
  });
});

async function firstChunkMs(client: Client): Promise<number> {
  const asked = performance.now();
  client.ask();
  await client.frame();
  const elapsed = performance.now() - asked;
  await client.answer();
  return elapsed;
}

/** Of three questions: a pause of the machine makes one of them longer. */
async function leastFirstChunkMs(client: Client): Promise<number> {
  return Math.min(await firstChunkMs(client), await firstChunkMs(client), await firstChunkMs(client));
}

test('the delay table gives each question its delay, over all sockets', async (t) => {
  const delays = [100, 0, 200];
  const target = await start(t, { delays, chunks: 2 });
  const [one, other] = [await open(target), await open(target)];
  const taken: number[] = [];
  for (let round = 0; round < 5; round++) taken.push(await firstChunkMs(one), await firstChunkMs(other));
  delays.forEach((planned, place) => {
    const least = Math.min(...taken.filter((_, question) => question % delays.length === place));
    assert.ok(least >= planned - 5 && least < planned + 90, `${least} ms instead of ${planned}`);
  });
});

describe('faults', () => {
  test('are read from a text, and each falls on its numbers only', () => {
    const faults = parseFaults('answer-gap:3, answer-reset:2,token-401:1');
    assert.deepEqual(faults, { 'answer-gap': 3, 'answer-reset': 2, 'token-401': 1 });
    const fired = [1, 2, 3, 4, 5, 6].map((number) => faultAt(faults, 'answer', number));
    const [reset, gap] = ['answer-reset', 'answer-gap'];
    assert.deepEqual(fired, [undefined, reset, gap, reset, undefined, reset]);
    assert.deepEqual(parseFaults(''), {});
  });

  const unreadable: [string, RegExp][] = [
    ['answer-gap', /hold "answer-gap".*whole number/],
    ['answer-gap:0', /hold "answer-gap:0"/],
    ['token-401:2,answer-gap:1.5', /hold "answer-gap:1.5"/],
    ['answer-gab:2', /"answer-gab" is no fault.*answer-gap, answer-duplicate/],
    ['answer-gap:2,answer-gap:3', /given twice/],
    ['answer-gap:2:3', /hold "answer-gap:2:3"/],
  ];
  for (const [text, pattern] of unreadable) {
    test(`are refused: ${text}`, () => {
      assert.throws(() => parseFaults(text), pattern);
    });
  }

  for (const name of FAULT_NAMES.filter((each) => /^(token|session|delete)-/.test(each))) {
    test(`${name} fires every third time`, async (t) => {
      const target = await start(t, { faults: { [name]: 3 } });
      const statuses = [];
      for (let number = 1; number <= 7; number++) statuses.push(await httpStatus(target, name));
      assert.deepEqual(
        statuses.map((status) => status < 300),
        [true, true, false, true, true, false, true],
      );
      assert.equal(statuses[2], Number(name.slice(-3)));
      assert.deepEqual(target.stats().faults, { [name]: 2 });
      assert.equal(target.stats().sessionsOpen, name.startsWith('delete') ? 2 : target.stats().sessions);
    });
  }

  async function httpStatus(target: Target, name: FaultName): Promise<number> {
    const reply = await call(target, 'POST', '/auth/token', '', '{"user":"ada"}');
    if (name.startsWith('token')) return reply.status;
    const session = await call(target, 'POST', '/chat/sessions', reply.body.token);
    if (name.startsWith('session')) return session.status;
    const path = `/chat/sessions/${session.body.session_id ?? ''}`;
    return (await call(target, 'DELETE', path, reply.body.token)).status;
  }

  for (const name of FAULT_NAMES.filter((each) => /^upgrade-\d/.test(each))) {
    test(`${name} fires every second time, refused upgrades counted too`, async (t) => {
      const target = await start(t, { faults: { [name]: 2 } });
      const to = await login(target);
      const status = Number(name.slice(-3));
      assert.equal(await upgradeStatus(target, { ...to, path: '/ws/chat' }), 404);
      assert.equal(await upgradeStatus(target, to), status);
      assert.equal(await upgradeStatus(target, to), 101);
      assert.equal(await upgradeStatus(target, to), status);
      const { faults, upgradesRefused, upgrades } = target.stats();
      assert.deepEqual([faults, upgradesRefused, upgrades], [{ [name]: 2 }, { [status]: 2, 404: 1 }, 1]);
    });
  }

  test('upgrade-silent never answers and does not keep the target from stopping', async (t) => {
    const target = await start(t, { faults: { 'upgrade-silent': 1 } });
    const socket = dial(target, await login(target), { handshakeTimeout: 150 });
    const error = String((await once(socket, 'error'))[0]);
    assert.match(error, /handshake has timed out/);
    assert.deepEqual([target.stats().faults, target.stats().upgradesRefused], [{ 'upgrade-silent': 1 }, {}]);
  });

  /** Asks once without and once with the fault; returns what came of the second question. */
  async function suffer(t: TestContext, name: FaultName, more: Partial<TargetSettings> = {}) {
    const target = await start(t, { chunks: 4, faults: { [name]: 2 }, ...more });
    const client = await open(target, more.encryption === 'none' ? plain : gcm);
    client.ask();
    assert.equal((await client.answer()).length, 4);
    const id = client.ask();
    await until(() => target.stats().faults[name] === 1);
    return { target, client, id };
  }

  function seqs(messages: Message[]): number[] {
    return messages.map(({ seq }) => seq);
  }

  async function take(client: Client, count: number): Promise<Message[]> {
    const messages = [];
    while (messages.length < count) messages.push(await client.message());
    return messages;
  }

  async function answersAgain(target: Target, client: Client, answers = 2): Promise<void> {
    const id = client.ask();
    const messages = await client.answer();
    assert.deepEqual(seqs(messages), [0, 1, 2, 3]);
    assert.ok(messages.every((message) => message.id === id));
    assert.equal(target.stats().answers, answers);
  }

  for (const code of [1001, 1011, 4401] as const) {
    test(`answer-close-${code} closes after the first chunk`, async (t) => {
      const { target, client } = await suffer(t, `answer-close-${code}`);
      assert.equal(await client.closeCode(), code);
      assert.deepEqual([client.frames.length, (await client.message()).complete_response], [1, false]);
      await until(() => target.stats().open === 0);
      assert.deepEqual([target.stats().closes, target.stats().answers], [{ [code]: 1 }, 1]);
    });
  }

  test('answer-reset resets the connection after the first chunk', async (t) => {
    const target = await start(t, { faults: { 'answer-reset': 1 } });
    const client = await open(target);
    const errors = tcpErrors(client);
    client.ask();
    assert.equal(await client.closeCode(), 1006);
    assert.match(errors.join(), /ECONNRESET/);
    assert.deepEqual(seqs([await client.message()]), [0]);
    await until(() => target.stats().open === 0);
    assert.deepEqual([target.stats().closes, target.stats().answers], [{ 1006: 1 }, 0]);
  });

  test('answer-incomplete never completes', async (t) => {
    const { target, client } = await suffer(t, 'answer-incomplete');
    const messages = await take(client, 4);
    assert.deepEqual(seqs(messages), [0, 1, 2, 3]);
    assert.ok(messages.every((message) => !message.complete_response));
    await answersAgain(target, client);
  });

  test('answer-silent sends nothing', async (t) => {
    const { target, client } = await suffer(t, 'answer-silent');
    await answersAgain(target, client);
    assert.equal(client.frames.length, 0);
  });

  test('answer-bad-tag spoils the last frame', async (t) => {
    const { target, client } = await suffer(t, 'answer-bad-tag');
    assert.deepEqual(seqs(await take(client, 3)), [0, 1, 2]);
    const frame = await client.frame();
    assert.throws(() => gcm.open(frame), /authenticate/);
    await answersAgain(target, client);
  });

  test('answer-bad-tag without encryption sends garbage', async (t) => {
    const { target, client } = await suffer(t, 'answer-bad-tag', { encryption: 'none' });
    assert.deepEqual(seqs(await take(client, 3)), [0, 1, 2]);
    const frame = await client.frame();
    assert.throws(() => parseMessage(frame), SyntaxError);
    await answersAgain(target, client);
  });

  test('answer-short-frame sends three bytes first', async (t) => {
    const { target, client } = await suffer(t, 'answer-short-frame');
    assert.equal(Buffer.from(await client.frame(), 'base64').length, 3);
    assert.equal((await client.answer()).length, 4);
    await answersAgain(target, client);
  });

  test('answer-error sends the refusal of the server', async (t) => {
    const { target, client, id } = await suffer(t, 'answer-error');
    const message = await client.message();
    assert.deepEqual([message.type, message.id, message.code], ['error', id, 'overloaded']);
    await answersAgain(target, client);
  });

  test('answer-late sends the whole answer 3 s later', async (t) => {
    const { target, client } = await suffer(t, 'answer-late');
    const asked = performance.now();
    assert.deepEqual(seqs(await client.answer()), [0, 1, 2, 3]);
    assert.ok(performance.now() - asked > 2900);
    await answersAgain(target, client, 3);
  });

  test('answer-garbage seals something that is not JSON', async (t) => {
    const { target, client } = await suffer(t, 'answer-garbage');
    assert.deepEqual(seqs(await take(client, 3)), [0, 1, 2]);
    const text = gcm.open(await client.frame());
    assert.throws(() => parseMessage(text), SyntaxError);
    await answersAgain(target, client);
  });

  const shuffles: [FaultName, number[]][] = [
    ['answer-gap', [0, 2, 3]],
    ['answer-duplicate', [0, 1, 1, 2, 3]],
  ];
  for (const [name, expected] of shuffles) {
    test(`${name} sends the chunks ${expected.join()}`, async (t) => {
      const { target, client } = await suffer(t, name);
      assert.deepEqual(seqs(await client.answer()), expected);
      await answersAgain(target, client);
    });
  }

  test('answer-wrong-id carries one other id', async (t) => {
    const { target, client, id } = await suffer(t, 'answer-wrong-id');
    const ids = new Set((await client.answer()).map((message) => message.id));
    assert.deepEqual([ids.size, ids.has(id)], [1, false]);
    await answersAgain(target, client);
  });

  test('close-ignored leaves the close frame unanswered and the connection open', async (t) => {
    const target = await start(t, { faults: { 'close-ignored': 2 } });
    const first = await open(target);
    first.socket.close(1000);
    assert.equal(await first.closeCode(), 1000);
    const second = await open(target);
    second.socket.close(1000);
    await until(() => target.stats().faults['close-ignored'] === 1);
    await sleep(100);
    assert.deepEqual([second.closed, target.stats().open], [undefined, 1]);
    second.socket.terminate();
    await until(() => target.stats().open === 0);
    assert.deepEqual(target.stats().closes, { 1000: 2 });
  });

  test('ping-ignored leaves every second ping without a pong, over all sockets', async (t) => {
    const target = await start(t, { faults: { 'ping-ignored': 2 } });
    const [one, other] = [(await open(target)).socket, (await open(target)).socket];
    const pongs: string[] = [];
    for (const socket of [one, other]) socket.on('pong', (data) => pongs.push(data.toString()));
    for (const [index, socket] of [one, one, other, other, one].entries()) {
      socket.ping(String(index + 1));
      await until(() => target.stats().pings === index + 1);
    }
    await until(() => pongs.includes('5'));
    assert.deepEqual([pongs, target.stats().faults], [['1', '3', '5'], { 'ping-ignored': 2 }]);
  });

  test('of one place are ranked by the list', async (t) => {
    const faults: Faults = { 'answer-garbage': 1, 'answer-error': 1 };
    const target = await start(t, { faults });
    const client = await open(target);
    client.ask();
    assert.equal((await client.message()).type, 'error');
    assert.deepEqual(target.stats().faults, { 'answer-error': 1 });
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

describe('Retry-After', () => {
  const places: [FaultName, boolean][] = [
    ['token-429', true],
    ['token-503', true],
    ['token-400', false],
    ['token-500', false],
    ['session-429', true],
    ['session-503', true],
    ['session-408', false],
    ['delete-503', true],
    ['delete-500', false],
    ['upgrade-429', true],
    ['upgrade-503', true],
    ['upgrade-502', false],
  ];
  for (const [name, expected] of places) {
    test(`${name}: ${expected ? 'has it' : 'has none'}`, async (t) => {
      const target = await start(t, { retryAfter: 7, faults: { [name]: 2 } });
      const replies = [...(await everyReply(target)), ...(await everyReply(target))];
      const refused = replies.filter(({ status }) => status === Number(name.slice(-3)));
      assert.deepEqual(
        refused.map(({ retryAfter }) => retryAfter),
        [expected ? '7' : undefined],
      );
      for (const { status, retryAfter } of replies.filter((reply) => !refused.includes(reply)))
        assert.deepEqual([status < 300, retryAfter], [true, undefined]);
    });
  }

  test('is left out as long as the setting is 0', async (t) => {
    const target = await start(t, { faults: { 'token-429': 2, 'upgrade-503': 1 } });
    const to = await login(target);
    const token = await call(target, 'POST', '/auth/token', '', '{"user":"ada"}');
    const socket = await upgrade(target, to);
    assert.deepEqual([token.status, socket.status], [429, 503]);
    assert.deepEqual([token.retryAfter, socket.retryAfter], [undefined, undefined]);
  });

  /** One session, whose parts don't depend on the success of the earlier ones. */
  async function everyReply(target: Target): Promise<UpgradeReply[]> {
    const token = await call(target, 'POST', '/auth/token', '', '{"user":"ada"}');
    if (token.status !== 200) return [token];
    const bearer = token.body.token ?? '';
    const session = await call(target, 'POST', '/chat/sessions', bearer);
    if (session.status !== 201) return [token, session];
    const { session_id = '', connection_id = '' } = session.body;
    const path = `/ws/chat?session_id=${session_id}&connection_id=${connection_id}`;
    const socket = await upgrade(target, { token: bearer, sessionId: session_id, path });
    return [token, session, socket, await call(target, 'DELETE', `/chat/sessions/${session_id}`, bearer)];
  }
});

describe('outages', () => {
  async function begin(target: Target, outage: Record<string, unknown>): Promise<Reply> {
    const reply = await call(target, 'POST', '/outage', '', JSON.stringify(outage));
    assert.equal(reply.status, 202, JSON.stringify(reply.body));
    return reply;
  }

  async function untilServed(target: Target): Promise<void> {
    const deadline = Date.now() + 5000;
    while ((await call(target, 'POST', '/auth/token', '', '{"user":"ada"}')).status === 503) {
      assert.ok(Date.now() < deadline, 'the outage does not end');
      await sleep(10);
    }
  }

  test('down resets the sockets, refuses all of the chat, and ends by itself', async (t) => {
    const target = await start(t, { firstChunkMs: 100, retryAfter: 3 });
    const to = await login(target);
    const clients = [await open(target), await open(target)];
    clients[0]?.ask();
    await until(() => target.stats().questions === 1);
    const errors = clients.map(tcpErrors);
    const asked = performance.now();
    const reply = await begin(target, { seconds: 1, mode: 'down' });
    assert.deepEqual(reply.body, {
      mode: 'down',
      seconds: 1,
      does: 'Every open chat socket was reset; for 1 s all requests and upgrades of the chat get 503.',
    });
    for (const client of clients) assert.equal(await client.closeCode(), 1006);
    for (const error of errors) assert.match(error.join(), /ECONNRESET/);
    const path = `/chat/sessions/${to.sessionId}`;
    const refusals: UpgradeReply[] = [
      await call(target, 'POST', '/auth/token', '', '{"user":"ada"}'),
      await call(target, 'POST', '/chat/sessions', to.token),
      await call(target, 'DELETE', path, to.token),
      await upgrade(target, to),
    ];
    for (const { status, retryAfter } of refusals) assert.deepEqual([status, retryAfter], [503, '3']);
    for (const works of ['/health', '/stats']) assert.equal((await call(target, 'GET', works)).status, 200);
    await until(() => target.stats().open === 0);
    const { answers, closes, upgradesRefused, attempts, outages } = target.stats();
    assert.deepEqual([answers, closes, upgradesRefused], [0, { 1006: 2 }, { 503: 1 }]);
    assert.deepEqual(attempts, { token: 4, session: 4, delete: 1, upgrade: 3 });
    assert.deepEqual(outages, {
      ...NO_OUTAGE,
      count: 1,
      requestsRefused: 3,
      upgradesRefused: 1,
      socketsReset: 2,
      questionsLost: 1,
    });
    await untilServed(target);
    assert.ok(performance.now() - asked > 995, 'ended too early');
    assert.equal(await upgradeStatus(target, to), 101);
    assert.equal((await call(target, 'DELETE', path, to.token)).status, 204);
    assert.deepEqual([target.stats().answers, target.stats().chunks], [0, 0]);
  });

  test('down is the mode of a request that names none', async (t) => {
    const target = await start(t);
    assert.equal((await begin(target, { seconds: 0.05 })).body.mode, 'down');
    await untilServed(target);
  });

  test('down among many answers: each is in answers or lost, as its client saw it', async (t) => {
    const target = await start(t, { delays: [1, 8, 15, 22, 29, 36, 43, 10_000], chunks: 3, gapMs: 5 });
    const clients = await Promise.all(Array.from({ length: 16 }, () => open(target)));
    for (const client of clients) for (let asked = 0; asked < 3; asked++) client.ask();
    await until(() => target.stats().answers >= 12);
    await begin(target, { seconds: 0.1 });
    for (const client of clients) await client.closeCode();
    await until(() => target.stats().open === 0);
    const frames = clients.flatMap((client) => client.frames.map((frame) => parseMessage(gcm.open(frame))));
    const whole = frames.filter((message) => message.complete_response).length;
    const { questions, answers, chunks, outages } = target.stats();
    assert.deepEqual([questions, answers, chunks], [48, whole, frames.length]);
    assert.ok(outages.questionsLost >= 6);
    assert.equal(answers + outages.questionsLost, questions);
  });

  test('error refuses every question; what is under way and all else goes on', async (t) => {
    const target = await start(t, { delays: [60, 0], chunks: 2 });
    const client = await open(target);
    const before = client.ask();
    await until(() => target.stats().questions === 1);
    const { does } = (await begin(target, { seconds: 60, mode: 'error' })).body;
    assert.equal(does, 'For 60 s every question gets the error frame "overloaded".');
    const refused = client.ask();
    const { type, id, code } = await client.message();
    assert.deepEqual([type, id, code], ['error', refused, 'overloaded']);
    client.socket.send(gcm.seal('{}'));
    assert.equal((await client.message()).code, 'bad_question');
    const messages = await client.answer();
    assert.deepEqual([messages.length, messages[0]?.id], [2, before]);
    assert.equal(await upgradeStatus(target, await login(target)), 101);
    const { answers, badQuestions, outages } = target.stats();
    assert.deepEqual(
      [answers, badQuestions, outages],
      [1, 1, { ...NO_OUTAGE, count: 1, questionsRefused: 1 }],
    );
  });

  test('silent stops what is under way and answers nothing, not even afterwards', async (t) => {
    const target = await start(t, { chunks: 4, gapMs: 30 });
    const client = await open(target);
    client.ask();
    await client.frame();
    const { does } = (await begin(target, { seconds: 0.5, mode: 'silent' })).body;
    assert.equal(does, 'The answers under way were stopped; for 0.5 s no question gets an answer.');
    client.ask();
    await until(() => target.stats().questions === 2);
    assert.equal(await upgradeStatus(target, await login(target)), 101);
    await sleep(600);
    assert.ok(client.frames.length <= 1, 'at most the chunk that was on its way');
    const { chunks } = target.stats();
    assert.equal(chunks, client.frames.splice(0).length + 1);
    const id = client.ask();
    const messages = await client.answer();
    assert.deepEqual(
      messages.map((message) => [message.id, message.seq]),
      [0, 1, 2, 3].map((seq) => [id, seq]),
    );
    const { questions, answers, outages } = target.stats();
    assert.deepEqual([questions, answers], [3, 1]);
    assert.deepEqual(outages, { ...NO_OUTAGE, count: 1, questionsLost: 2 });
  });

  test('slow delays the answers to the questions that come, no others', async (t) => {
    const target = await start(t, { firstChunkMs: 50 });
    const client = await open(target);
    const before = firstChunkMs(client);
    await until(() => target.stats().questions === 1);
    const { body } = await begin(target, { seconds: 0.5, mode: 'slow', delayMs: 900 });
    assert.ok((await before) < 900, 'this question came earlier');
    const does = `For 0.5 s every question's answer starts 900 ms later.`;
    assert.deepEqual(body, { mode: 'slow', seconds: 0.5, delayMs: 900, does });
    const [slow, status] = await Promise.all([
      firstChunkMs(client),
      login(target).then((to) => upgradeStatus(target, to)),
    ]);
    assert.ok(slow >= 895 && slow < 2000, `${slow} ms instead of 900`);
    assert.equal(status, 101);
    const afterwards = await firstChunkMs(client);
    assert.ok(afterwards < 900, `${afterwards} ms after the outage`);
    const { answers, outages } = target.stats();
    assert.deepEqual([answers, outages], [3, { ...NO_OUTAGE, count: 1, questionsDelayed: 1 }]);
  });

  test('slow waits 5 s when no delay is given', async (t) => {
    const target = await start(t);
    assert.equal((await begin(target, { seconds: 60, mode: 'slow' })).body.delayMs, 5000);
  });

  test('a new one takes the place of the one under way', async (t) => {
    const target = await start(t, { chunks: 1 });
    await begin(target, { seconds: 60, mode: 'down' });
    assert.equal((await call(target, 'POST', '/auth/token', '', '{"user":"ada"}')).status, 503);
    await begin(target, { seconds: 0.6, mode: 'error' });
    const client = await open(target);
    client.ask();
    assert.equal((await client.message()).type, 'error');
    await sleep(600);
    client.ask();
    assert.equal((await client.message()).type, 'chunk');
    assert.equal(target.stats().outages.count, 2);
  });

  test('faults number what an outage takes, but do not fire for it', async (t) => {
    const target = await start(t, { faults: { 'answer-silent': 2, 'token-401': 3, 'upgrade-403': 3 } });
    const to = await login(target);
    const client = new Client(dial(target, to), gcm);
    await once(client.socket, 'open');
    await begin(target, { seconds: 60, mode: 'error' });
    for (let asked = 1; asked <= 3; asked++) {
      client.ask();
      assert.equal((await client.message()).code, 'overloaded');
    }
    await begin(target, { seconds: 0.05, mode: 'slow', delayMs: 0 });
    client.ask();
    await until(() => target.stats().questions === 4);
    assert.deepEqual(target.stats().faults, { 'answer-silent': 1 });
    await begin(target, { seconds: 60, mode: 'down' });
    for (let asked = 2; asked <= 5; asked++) {
      await call(target, 'POST', '/auth/token');
      assert.equal(await upgradeStatus(target, to), 503);
    }
    await begin(target, { seconds: 0.01, mode: 'slow' });
    assert.equal((await call(target, 'POST', '/auth/token', '', '{"user":"ada"}')).status, 401);
    assert.equal(await upgradeStatus(target, to), 403);
    assert.deepEqual(target.stats().faults, { 'answer-silent': 1, 'token-401': 1, 'upgrade-403': 1 });
    assert.equal(target.stats().outages.questionsLost, 0, 'the fault took that answer');
  });

  test('an answer that a fault spoils is not lost a second time', async (t) => {
    const target = await start(t, { firstChunkMs: 5000, faults: { 'answer-gap': 2 } });
    const client = await open(target);
    for (let asked = 0; asked < 2; asked++) client.ask();
    await until(() => target.stats().questions === 2);
    await begin(target, { seconds: 0.01, mode: 'silent' });
    assert.equal(target.stats().outages.questionsLost, 1);
  });

  const example = /^The body must be a JSON object like \{"seconds": 8, "mode": "down"\}, with .*\.$/;
  const wrong: [string, RegExp][] = [
    ['', example],
    ['{"seconds":', example],
    ['[8]', example],
    ['null', example],
    ['{}', /^The outage's seconds are missing; give a number above 0, at most 3600\.$/],
    ['{"seconds":0}', /^The outage's seconds are 0;/],
    ['{"seconds":3601}', /^The outage's seconds are 3601;/],
    ['{"seconds":"8"}', /^The outage's seconds are "8";/],
    ['{"seconds":8,"mode":"off"}', /^The outage's mode is "off"; give one of down, error, silent, slow\.$/],
    ['{"seconds":8,"mode":null}', /^The outage's mode is null;/],
    ['{"seconds":8,"delayMs":-1}', /^The outage's delayMs is -1; give a number from 0 to 3600000\.$/],
    ['{"seconds":8,"delay":1}', /^An outage has no "delay"; give only seconds, mode, delayMs\.$/],
  ];
  test('a bad body is refused in a full sentence, and nothing happens', async (t) => {
    const target = await start(t);
    for (const [body, pattern] of wrong) {
      const reply = await call(target, 'POST', '/outage', '', body);
      assert.equal(reply.status, 400, body);
      assert.match(reply.body.error ?? '', pattern);
    }
    const form = await fetch(`${target.url}/outage`, { method: 'POST', body: 'seconds=8' });
    assert.deepEqual([form.status, example.test(parseReply(await form.text()).error ?? '')], [400, true]);
    assert.deepEqual(target.stats().outages, NO_OUTAGE);
    await login(target);
  });

  test('one under way does not keep the target from stopping', async (t) => {
    const target = await start(t);
    const client = await open(target);
    await begin(target, { seconds: 3600, mode: 'slow', delayMs: 3_600_000 });
    client.ask();
    await until(() => target.stats().questions === 1);
    await target.close();
    assert.equal(await client.closeCode(), 1001);
  });
});

describe('starting and stopping', () => {
  test('a taken port is an error in a full sentence', async (t) => {
    const target = await start(t);
    await assert.rejects(startTarget({ port: target.port }), (error: Error) => {
      assert.match(
        error.message,
        new RegExp(`^Port ${target.port} on 127.0.0.1 is in use .* another port .*\\.$`),
      );
      return true;
    });
  });

  test('a host that is not here is an error in a full sentence', async () => {
    await assert.rejects(
      startTarget({ ...FAST, host: '192.0.2.1' }),
      /can't listen on 192\.0\.2\.1, port 0 .*give another/,
    );
  });

  test('open sockets get 1001, twice closing is once, the port is free afterwards', async (t) => {
    const target = await start(t);
    const clients = [await open(target), await open(target)];
    clients[0]?.ask();
    const began = performance.now();
    await Promise.all([target.close(), target.close()]);
    assert.ok(performance.now() - began < 1000);
    for (const client of clients) assert.equal(await client.closeCode(), 1001);
    const { open: sockets, closes } = target.stats();
    assert.deepEqual([sockets, closes], [0, { 1001: 2 }]);
    await (await startTarget({ port: target.port })).close();
  });

  test('sockets that do not answer, silent upgrades and half requests are cut off within 2 s', async (t) => {
    const target = await start(t, { faults: { 'upgrade-silent': 2, 'close-ignored': 1 } });
    const deaf = await open(target);
    deaf.socket.pause();
    const silent = dial(target, await login(target)).on('error', () => undefined);
    await until(() => target.stats().faults['upgrade-silent'] === 1);
    const half = connect(target.port, '127.0.0.1').on('error', () => undefined);
    await once(half, 'connect');
    half.write('POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n');
    await call(target, 'GET', '/health');
    const began = performance.now();
    await target.close();
    assert.ok(performance.now() - began < 2000);
    assert.equal(target.stats().open, 0);
    deaf.socket.terminate();
    silent.terminate();
    half.destroy();
  });
});

describe('settings', () => {
  test('are read from texts; what is missing is absent', () => {
    const settings = targetSettingsFrom({
      host: 'localhost',
      port: '0',
      encryption: 'openssl',
      key: PASSPHRASE,
      origin: 'https://a.example, http://b.example:81',
      firstChunkMs: '1.5',
      gapMs: '0',
      chunks: '2',
      delays: '10, 20.5',
      capacity: '100',
      overloadMs: undefined,
      retryAfter: '30',
      faults: 'token-401:2',
    });
    assert.deepEqual(settings, {
      host: 'localhost',
      port: 0,
      encryption: 'openssl',
      key: PASSPHRASE,
      origins: ['https://a.example', 'http://b.example:81'],
      firstChunkMs: 1.5,
      gapMs: 0,
      chunks: 2,
      delays: [10, 20.5],
      capacity: 100,
      retryAfter: 30,
      faults: { 'token-401': 2 },
    });
    assert.deepEqual(targetSettingsFrom({}), {});
    assert.equal(DEFAULT_SETTINGS.port, 8000);
  });

  test('delays may come from a JSON file', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'target-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    assert.deepEqual(targetSettingsFrom({ delays: file('good.json', '[1, 2.5]') }), { delays: [1, 2.5] });
    assert.throws(() => targetSettingsFrom({ delays: file('object.json', '{}') }), /object\.json.*no array/);
    assert.throws(() => targetSettingsFrom({ delays: file('text.json', '[1, "x"]') }), /delays is "x"/);
    assert.throws(() => targetSettingsFrom({ delays: join(folder, 'none.json') }), /none\.json.*ENOENT/);
  });

  const wrong: [Record<string, string>, RegExp][] = [
    [{ prot: '1' }, /no option "prot"; the options are host, port/],
    [{ port: '65536' }, /port is "65536"; give a whole number from 0 to 65535/],
    [{ port: '' }, /port is ""/],
    [{ chunks: '0' }, /chunks is "0"; give a whole number from 1/],
    [{ chunks: '1e3' }, /chunks is "1e3"/],
    [{ gapMs: '-1' }, /gapMs is "-1"; give a number from 0/],
    [{ retryAfter: '1.5' }, /retryAfter is "1.5"; give a whole number from 0 to 86400/],
    [{ delays: '10,-1' }, /delays is "-1"/],
    [{ encryption: 'rot13' }, /encryption is "rot13"; give one of aes-256-gcm/],
    [{ key: 'abc' }, /key has 3 characters .* 64 hex digits/],
    [{ encryption: 'openssl', key: '' }, /key is empty/],
    [{ origin: 'http://a.example/path' }, /origin "http:\/\/a.example\/path" is not an origin/],
    [{ host: 'a b' }, /host is "a b"/],
    [{ faults: 'nothing:1' }, /hold "nothing:1"/],
    [{ faults: 'answer-gap:1', chunks: '1' }, /answer-gap .* chunks is 1; give at least 2/],
  ];
  for (const [options, pattern] of wrong) {
    test(`are refused: ${JSON.stringify(options)}`, () => {
      assert.throws(() => targetSettingsFrom(options), pattern);
    });
  }

  test('given to startTarget are checked too', async () => {
    await assert.rejects(startTarget({ ...FAST, chunks: 0 }), /chunks is "0"/);
    await assert.rejects(startTarget({ ...FAST, key: 'abc' }), /64 hex digits/);
  });
});
