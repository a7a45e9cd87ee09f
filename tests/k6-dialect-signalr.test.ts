// Does the SignalR dialect hold what every dialect must, and does it read whatever a server sends?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { textField } from '../lib/words/jsonFields.ts';
import type { Frame, ServerMessage } from '../systems/chatbot/dialect.ts';
import { partOf } from '../systems/chatbot/dialects/partOf.ts';
import { signalR, type SignalRWords } from '../systems/chatbot/dialects/signalR.ts';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { dialectContract } from './support/dialects/contract.ts';
import { assertHeardInPieces, begun, chunk, heardIn, IDS } from './support/dialects/frames.ts';
import { signalRServer } from './support/dialects/signalRServer.ts';
import { runK6 } from './support/k6.ts';

/** How the server refuses, and is gone, by how it answers. */
const NAMED = {
  results: ['session:http_401', 'session:refused'],
  streams: ['connect:handshake_refused:401', 'connect:refused'],
  invocations: ['session:http_401', 'session:refused'],
} as const;

for (const [ANSWERS, [refusal, goneAs]] of Object.entries(NAMED))
  dialectContract({
    title: `a SignalR server, written from the specification, that answers by ${ANSWERS}`,
    script: 'tests/k6/signalR.ts',
    serve: signalRServer,
    right: { ANSWERS, CHAT_SECRET: 'open' },
    wrong: { ANSWERS, CHAT_SECRET: 'wrong' },
    refusal,
    goneAs,
    other: 'tests/k6/socketIo.ts',
  });

test('a session with a socket for each question negotiates the first', async (t) => {
  const { url, websocketUrl, counts } = await signalRServer(t);
  const run = await runK6({
    source: 'tests/k6/signalR.ts',
    env: {
      API_BASE_URL: url,
      WEBSOCKET_BASE_URL: websocketUrl,
      CHAT_SECRET: 'open',
      SOCKETS: 'many',
      ENCRYPTION: 'none',
      RAMP_START_SESSIONS: '1',
      RAMP_MAX_SESSIONS: '1',
      RAMP_INTERVAL_SECONDS: '2',
      QUESTIONS: 'MED1060:3',
      THINK_SECONDS: '0.05',
      GENERATOR_LAG_LIMIT_MS: '100000',
    },
  });
  const summary = summaryOf(run);
  assert.deepEqual(failureCounts(summary), {}, run.stderr);
  assertBalanced(summary);
  assert.ok(counts.questions >= 3);
  assert.deepEqual([summary.sockets.opened, counts.answers], [counts.sockets, counts.questions]);
  assert.equal(counts.sockets, counts.questions);
});

const END = '\u001e';
const IGNORED = { type: 'ignored' };

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function protocolOf(words: Partial<SignalRWords>) {
  return signalR({ target: 'Ask', arguments: (_id, course, said) => [course, said], ...words });
}

/** What a protocol of its own hears in frames that come one after the other. */
function heard(words: Partial<SignalRWords>, ...frames: Frame[]): ServerMessage[] {
  return heardIn(begun(protocolOf(words)), ...frames);
}

const RESULTS = { answer: (result: unknown) => textField(result, 'text') };
const STREAMS = { item: text };
const INVOCATIONS = {
  heard: (target: string, [part]: readonly unknown[]): ServerMessage =>
    target === 'Part' ? partOf(part) : { type: 'push' },
};

/** One message after the handshake, and what it is to each way of answering. */
const TABLE: [words: Partial<SignalRWords>, message: unknown, meaning: unknown][] = [
  [RESULTS, { type: 3, invocationId: 'a', result: { text: 'yes' } }, chunk('a', 'yes')],
  [RESULTS, { type: 3, invocationId: 'a', result: {} }, { type: 'bad', lacks: 'result' }],
  [RESULTS, { type: 3, invocationId: 'a' }, { type: 'bad', lacks: 'result' }],
  [RESULTS, { type: 3, result: { text: 'yes' } }, { type: 'bad', lacks: 'invocationId' }],
  [RESULTS, { type: 3, invocationId: 7, result: { text: 'yes' } }, { type: 'bad', lacks: 'invocationId' }],
  [RESULTS, { type: 3, invocationId: 'a', error: 'no' }, { type: 'error', id: 'a' }],
  [RESULTS, { type: 3, invocationId: 'a', error: '' }, { type: 'error', id: 'a' }],
  [RESULTS, { type: 3, error: 'no' }, { type: 'error', id: null }],
  [RESULTS, { type: 3, invocationId: 'a', error: 'no', result: { text: 'yes' } }, { type: 'error', id: 'a' }],
  [
    RESULTS,
    { type: 3, headers: { a: 'b' }, invocationId: 'a', error: null, result: { text: 'yes' } },
    chunk('a', 'yes'),
  ],
  [RESULTS, { type: 2, invocationId: 'a', item: 'x' }, IGNORED],
  [RESULTS, { type: 1, target: 'Room', arguments: [] }, IGNORED],
  [STREAMS, { type: 2, invocationId: 'a', item: 'x' }, chunk('a', 'x', false)],
  [STREAMS, { type: 2, invocationId: 'a', item: { x: 1 } }, { type: 'bad', lacks: 'item' }],
  [STREAMS, { type: 2, item: 'x' }, { type: 'bad', lacks: 'invocationId' }],
  [STREAMS, { type: 3, invocationId: 'a' }, chunk('a', '')],
  [STREAMS, { type: 3 }, { type: 'bad', lacks: 'invocationId' }],
  [STREAMS, { type: 3, invocationId: 'a', error: 'no' }, { type: 'error', id: 'a' }],
  [INVOCATIONS, { type: 3, invocationId: 'a' }, IGNORED],
  [INVOCATIONS, { type: 3, invocationId: 'a', error: 'no' }, { type: 'error', id: 'a' }],
  [INVOCATIONS, { type: 1, target: 'Room', arguments: [] }, { type: 'push' }],
  [
    INVOCATIONS,
    { type: 1, invocationId: '0', target: 'Part', arguments: [{ id: 'a', text: 'x', done: true }] },
    chunk('a', 'x'),
  ],
  [INVOCATIONS, { type: 1, target: 'Part', arguments: [] }, { type: 'bad', lacks: 'id' }],
  [INVOCATIONS, { type: 1, target: 'Part' }, { type: 'bad', lacks: 'arguments' }],
  [INVOCATIONS, { type: 1, target: 'Part', arguments: { 0: 1 } }, { type: 'bad', lacks: 'arguments' }],
  [INVOCATIONS, { type: 1, target: 5, arguments: [] }, { type: 'bad', lacks: 'target' }],
  [{}, { type: 6 }, IGNORED],
  [{}, { type: 7 }, IGNORED],
  [{}, { type: 7, error: 'gone', allowReconnect: true }, { type: 'error', id: null }],
  [{}, { type: 8, sequenceId: 3 }, IGNORED],
  [{}, { type: 9, sequenceId: 3 }, IGNORED],
  [{}, { type: 4, invocationId: 'a', target: 'Part', arguments: [] }, { type: 'unknown' }],
  [{}, { type: 5, invocationId: 'a' }, { type: 'unknown' }],
  [{}, { type: 99 }, { type: 'unknown' }],
  [{}, { type: '6' }, { type: 'unknown' }],
  [{}, { type: null }, { type: 'unknown' }],
  [{}, { invocationId: 'a' }, { type: 'unknown', lacks: 'type' }],
  [{}, {}, { type: 'unknown', lacks: 'type' }],
  [{}, [], { type: 'bad' }],
  [{}, null, { type: 'bad' }],
  [{}, 'text', { type: 'bad' }],
];

describe('messages of SignalR', () => {
  for (const [words, message, meaning] of TABLE)
    test(`${Object.keys(words).join()} ${JSON.stringify(message)}`, () => {
      const [ready, ...rest] = heard(words, `{}${END}`, JSON.stringify(message) + END);
      assert.deepEqual([ready, rest], [{ type: 'ready' }, [meaning]]);
    });

  test('the first one is the handshake', () => {
    assert.deepEqual(heard({}, `{"error":"no such protocol"}${END}`), [{ type: 'error', id: null }]);
    assert.deepEqual(heard({}, `{"error":null,"minorVersion":0}${END}`), [{ type: 'ready' }]);
    assert.deepEqual(heard({}, `{"type":7,"error":"no"}${END}{}${END}`), [
      { type: 'error', id: null },
      { type: 'ready' },
    ]);
  });

  test('each session has a handshake of its own, and nothing of the one before', () => {
    const protocol = protocolOf({});
    for (const frame of [`{}${END}{"type":6`, `{}${END}`])
      assert.deepEqual(heardIn(begun(protocol), frame), [{ type: 'ready' }]);
  });

  test('what is none is bad, never an exception', () => {
    for (const frame of ['{', 'null', '1e999', '{"type":3,', 'x'.repeat(100_000), '[[[['])
      assert.deepEqual(heard(RESULTS, frame + END), [{ type: 'bad' }], frame.slice(0, 20));
    assert.deepEqual(heard(RESULTS, new ArrayBuffer(3)), [{ type: 'bad' }]);
    assert.deepEqual(heard(RESULTS, '', END, END + END), []);
  });

  test('may be cut anywhere, and cut off anywhere', () => {
    const stream = [
      {},
      { type: 6 },
      { type: 2, invocationId: 'a', item: 'Ä\u2028 {"}' },
      { type: 1, target: 'Room', arguments: [1] },
      { type: 3, invocationId: 'a' },
    ]
      .map((message) => JSON.stringify(message) + END)
      .join('');
    assert.equal(heard(STREAMS, stream).length, 5);
    assertHeardInPieces(protocolOf(STREAMS), stream);
  });
});

describe('what is said to a SignalR server', () => {
  const said = (frames: unknown): unknown => {
    assert.ok(typeof frames === 'string' && frames.endsWith(END), String(frames));
    return JSON.parse(frames.slice(0, -1));
  };

  test('is what its specification has', () => {
    const { hello, heartbeat, goodbye } = protocolOf({ heartbeatSeconds: 3 });
    assert.deepEqual(said(hello?.(IDS)), { protocol: 'json', version: 1 });
    assert.deepEqual([heartbeat?.seconds, said(heartbeat?.frames())], [3, { type: 6 }]);
    assert.deepEqual(said(goodbye?.()), { type: 7 });
    const question = { invocationId: 'a', target: 'Ask', arguments: ['c', 't'] };
    assert.deepEqual(said(protocolOf(RESULTS).question('a', 'c', 't')), { type: 1, ...question });
    assert.deepEqual(said(protocolOf(INVOCATIONS).question('a', 'c', 't')), { type: 1, ...question });
    assert.deepEqual(said(protocolOf(STREAMS).question('a', 'c', 't')), { type: 4, ...question });
  });

  test('begins with a negotiation, whose token the socket names', () => {
    const { createSession, readSession, begin, socket } = protocolOf({ path: '/chat?room=1' });
    assert.ok(createSession);
    assert.deepEqual(createSession('t'), {
      name: 'POST /chat/negotiate',
      method: 'POST',
      path: '/chat/negotiate?room=1&negotiateVersion=1',
      headers: { Authorization: 'Bearer t' },
    });
    assert.deepEqual(createSession('').headers, {});
    assert.ok(readSession);
    const session = readSession({ connectionToken: 'c t', connectionId: 'i', negotiateVersion: 1 }, {});
    assert.deepEqual(session, { sessionId: 'c t', connectionId: 'i' });
    const ids = { ...IDS, token: 't', sessionId: 'c t', connectionId: 'i' };
    assert.equal(socket(ids).path, '/chat?room=1&id=c%20t&access_token=t');
    begin?.(ids, 1);
    assert.equal(socket(ids).path, '/chat?room=1&access_token=t');
    begin?.(ids, 0);
    assert.equal(socket(ids).path, '/chat?room=1&id=c%20t&access_token=t');
    assert.deepEqual(readSession({ connectionId: 'i' }, {}), { sessionId: 'i', connectionId: 'i' });
    for (const reply of [undefined, null, {}, { error: 'no' }, { url: 'https://h/', accessToken: 't' }])
      assert.deepEqual(readSession(reply, {}), { lacks: 'connectionToken' });
  });

  test('begins with the socket where the negotiation is skipped', () => {
    const { createSession, readSession, socket } = protocolOf({
      skipNegotiation: true,
      accessToken: () => 'secret',
    });
    assert.deepEqual([createSession, readSession], [undefined, undefined]);
    assert.equal(socket(IDS).path, '/hub?access_token=secret');
    assert.equal(protocolOf({ skipNegotiation: true }).socket(IDS).path, '/hub');
  });
});
