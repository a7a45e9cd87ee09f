// Do both messaging platforms keep to the wire; does that of the tests break what it is asked to, and count all of it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import { Caller, type Call, type Listener } from './support/messagingCaller.ts';
import type { MessagingFaults } from './support/messagingCounts.ts';
import { messagingServer, type MessagingManners, type MessagingServer } from './support/messagingServer.ts';
import { wireContract } from './support/messagingWire.ts';
import { quickTarget } from './support/target.ts';

type Fault = keyof MessagingFaults;

const seven = async <T>(act: (number: number) => Promise<T>): Promise<T[]> => {
  const found: T[] = [];
  for (let number = 1; number <= 7; number++) found.push(await act(number));
  return found;
};

/** A platform of which each third one breaks, and one who talks to it. */
async function broken(
  t: TestContext,
  fault: Fault,
  manners: MessagingManners = {},
): Promise<MessagingServer & { caller: Caller }> {
  const server = await messagingServer(t, { tokenSeconds: 60, faults: { [fault]: 3 }, ...manners });
  const caller = new Caller(server.url, server.websocketUrl);
  t.after(() => caller.hangUp());
  return { ...server, caller };
}

const BYTES = Buffer.from('bytes of a chunk');
const SUM = createHash('sha256').update(BYTES).digest('hex');
const FILE = '/v1/files/file%3A1~4';
const CONVERSATIONS: Call = { call: 'GET /v1/conversations' };
const LOGIN: Call = { call: 'POST /v1/auth/login', body: { username: 'a', password: 'b' }, pass: 'none' };
const BEGIN: Call = { call: 'POST /v1/files/initiate', body: { name: 'file', size: BYTES.length } };
const CHUNK: Call = {
  call: `POST ${FILE}/chunks`,
  body: BYTES,
  headers: { 'X-Chunk-Index': '0', 'X-Chunk-SHA256': SUM },
};
const MERGE: Call = { call: `POST ${FILE}/complete`, body: {} };

/** A request that breaks, what the third one gets then, and the others. */
const REQUESTS: [fault: Fault, call: Call, bad: number | string, good: number, manners?: MessagingManners][] =
  [
    ['refuseLogin', LOGIN, 401, 200, { loginStatus: 401 }],
    ['refuseLogin', LOGIN, 429, 200, { loginStatus: 429 }],
    ['refuseLogin', LOGIN, 503, 200],
    ['fail', CONVERSATIONS, 503, 200, { failing: CONVERSATIONS.call }],
    ['expireEarly', CONVERSATIONS, 401, 200],
    ['failChunk', CHUNK, 500, 200],
    ['refuseChunk', CHUNK, 413, 200],
    ['fillDisk', CHUNK, 507, 200],
    ['wrongSum', CHUNK, 'another checksum', 200],
    ['cutChunk', CHUNK, 'no answer', 200],
    ['failMerge', MERGE, 500, 409],
  ];

/** Status, or what is wrong with the answer. */
async function outcome(caller: Caller, call: Call): Promise<number | string> {
  try {
    const { status, body } = await caller.ask(call);
    return call === CHUNK && status === 200 && body['sha256'] !== SUM ? 'another checksum' : status;
  } catch {
    return 'no answer';
  }
}

async function subscriber(caller: Caller): Promise<Listener> {
  const listener = await caller.listen();
  listener.say({ type: 'subscribe', conversations: ['conv-1'] });
  await listener.wait('subscribed', 1);
  return listener;
}

async function post(caller: Caller, number: number): Promise<void> {
  const body = { conversation_id: 'conv-1', text: 'x', sent_at: number };
  const { status } = await caller.ask({ call: 'POST /v1/messages', body });
  assert.equal(status, 201);
}

/** What the contract says of a platform where all of one kind break. */
const NOTICED: [fault: Fault, says: RegExp, patience?: number][] = [
  ['refuseLogin', /a login is answered 503/],
  ['expireEarly', /the status of an upgrade/],
  ['fail', /a message, sent at null: .*status is 503, not 201/],
  ['lose', /subscriptions: .*0 of 1 messages "notification" came/, 1],
  ['double', /heartbeats: .*it is \[.*, not \[/],
  ['muteHeartbeat', /heartbeats: .*0 of 2 messages "heartbeat_ack" came/, 1],
  ['refuseUpgrade', /the status of an upgrade/],
  ['cutChunk', /the last chunk first: .*fetch failed/],
  ['failChunk', /the last chunk first: .*status is 500, not 200/],
  ['wrongSum', /the last chunk first: .*sha256 is "\w{64}", not "/],
  ['failMerge', /the merge: .*status is 500, not 200/],
];

describe('the contract', { concurrency: true }, () => {
  test('is kept by the platform of the tests, which counts what was asked of it', async (t) => {
    const { url, websocketUrl, counts } = await messagingServer(t, { chunkSize: 1000 });
    await wireContract(url, websocketUrl);
    const { messages, notifications, filesBegun, chunks, chunksRepeated, bytes, merged } = counts;
    assert.deepEqual({ messages, notifications }, { messages: 11, notifications: [1, 2, 2, 1] });
    assert.deepEqual(
      { filesBegun, chunks, chunksRepeated, bytes },
      { filesBegun: 6, chunks: 7, chunksRepeated: 1, bytes: 2003 + 4 * 5 },
    );
    assert.deepEqual(
      merged.map(({ size }) => size),
      [2003, 5, 5],
    );
    assert.deepEqual(counts.unauthorised, {
      token_in_url: 7,
      token_missing: 6,
      token_invalid: 24,
      token_expired: 6,
    });
    assert.equal(counts.logins, counts.answers['POST /v1/auth/login 200']);
    assert.deepEqual([counts.heard['heartbeat'], counts.heartbeatsAnswered, counts.nonsense], [3, 3, 0]);
    assert.deepEqual(counts.broken, {});
  });

  test('is kept by the reference target', async (t) => {
    const { url, websocketUrl } = await quickTarget(t, { tokenSeconds: 5, chunkBytes: 1000 });
    await wireContract(url, websocketUrl);
  });

  for (const [fault, says, patience] of NOTICED)
    test(`is broken by ${fault}`, async (t) => {
      const { url, websocketUrl } = await messagingServer(t, { faults: { [fault]: 1 }, chunkSize: 1000 });
      await assert.rejects(wireContract(url, websocketUrl, patience), says);
    });
});

describe('each third one breaks, and is counted', { concurrency: true }, () => {
  for (const [fault, call, bad, good, manners] of REQUESTS)
    test(`${fault}: ${bad}`, async (t) => {
      const { caller, counts } = await broken(t, fault, manners);
      if (call === CHUNK || call === MERGE) await caller.ask(BEGIN);
      assert.deepEqual(await seven(() => outcome(caller, call)), [good, good, bad, good, good, bad, good]);
      assert.deepEqual(counts.broken, { [fault]: 2 });
    });

  test('refuseUpgrade', async (t) => {
    const { caller, counts } = await broken(t, 'refuseUpgrade', { upgradeStatus: 502 });
    const statuses = await seven(async () => (await caller.listen()).status);
    assert.deepEqual(statuses, [101, 101, 502, 101, 101, 502, 101]);
    assert.deepEqual([counts.notifications.length, counts.broken], [5, { refuseUpgrade: 2 }]);
  });

  test('muteHeartbeat', async (t) => {
    const { caller, counts } = await broken(t, 'muteHeartbeat');
    const listener = await subscriber(caller);
    for (let number = 1; number <= 7; number++) listener.say({ type: 'heartbeat' });
    await listener.wait('heartbeat_ack', 5);
    assert.deepEqual([counts.heartbeatsAnswered, counts.broken], [5, { muteHeartbeat: 2 }]);
  });

  for (const [fault, numbers] of [
    ['lose', [1, 2, 4, 5, 7]],
    ['double', [1, 2, 3, 3, 4, 5, 6, 6, 7]],
  ] as const)
    test(fault, async (t) => {
      const { caller, counts } = await broken(t, fault);
      const listener = await subscriber(caller);
      await seven((number) => post(caller, number));
      const told = await listener.wait('notification', numbers.length);
      assert.deepEqual(
        told.map(({ sent_at }) => sent_at),
        numbers,
      );
      assert.deepEqual([counts.due, counts.notifications], [7, [numbers.length]]);
      assert.deepEqual(counts.broken, { [fault]: 2 });
    });

  test('late', async (t) => {
    const { caller, counts } = await broken(t, 'late', { delayMs: 200 });
    const listener = await subscriber(caller);
    const began = Date.now();
    await seven((number) => post(caller, number));
    await listener.wait('notification', 7);
    assert.ok(Date.now() - began >= 199, 'none was late');
    assert.deepEqual([counts.notifications, counts.broken], [[7], { late: 2 }]);
  });

  test('slow', async (t) => {
    const { caller, counts } = await broken(t, 'slow', { slowing: CONVERSATIONS.call, delayMs: 200 });
    const began = Date.now();
    await seven(() => caller.ask(CONVERSATIONS));
    assert.ok(Date.now() - began >= 398, 'none was slow');
    assert.deepEqual(counts.broken, { slow: 2 });
  });
});
