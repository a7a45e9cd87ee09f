// Does the Centrifugo dialect hold what every dialect must, and does it read whatever a server sends?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { textField } from '../lib/words/jsonFields.ts';
import type { Frame, ServerMessage } from '../systems/chatbot/dialect.ts';
import { centrifugo, type CentrifugoWords } from '../systems/chatbot/dialects/centrifugo.ts';
import { partOf } from '../systems/chatbot/dialects/partOf.ts';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import {
  CENTRIFUGO_SECRET,
  centrifugoServer,
  centrifugoUnavailable,
} from './support/dialects/centrifugoServer.ts';
import { dialectContract } from './support/dialects/contract.ts';
import { begun, chunk, heardIn, IDS } from './support/dialects/frames.ts';
import { runK6 } from './support/k6.ts';

const SCRIPT = 'tests/k6/centrifugo.ts';
const unavailable = centrifugoUnavailable();

for (const ANSWERS of ['replies', 'publications'])
  dialectContract({
    title: `a real Centrifugo that answers by ${ANSWERS}`,
    script: SCRIPT,
    serve: centrifugoServer,
    right: { ANSWERS, CHAT_SECRET: CENTRIFUGO_SECRET },
    wrong: { ANSWERS, CHAT_SECRET: 'another key' },
    refusal: 'connect:closed_3500',
    shown: /invalid token/,
    goneAs: 'token:refused',
    other: 'tests/k6/socketIo.ts',
    unavailable,
  });

test('a real Centrifugo keeps those who answer its pings', { skip: unavailable }, async (t) => {
  const { url, websocketUrl } = await centrifugoServer(t);
  const run = await runK6({
    source: SCRIPT,
    env: {
      API_BASE_URL: url,
      WEBSOCKET_BASE_URL: websocketUrl,
      CHAT_SECRET: CENTRIFUGO_SECRET,
      ENCRYPTION: 'none',
      RAMP_START_SESSIONS: '1',
      RAMP_MAX_SESSIONS: '1',
      RAMP_INTERVAL_SECONDS: '5',
      QUESTIONS: 'MED1060:3',
      THINK_SECONDS: '1.5',
      GENERATOR_LAG_LIMIT_MS: '100000',
    },
  });
  const summary = summaryOf(run);
  assert.deepEqual(failureCounts(summary), {}, run.stderr);
  assertBalanced(summary);
  assert.ok(summary.operations['question']?.good);
  assert.ok((summary.metrics['messages_sent']?.['count'] ?? 0) > 0);
});

const IGNORED = { type: 'ignored' };
const READY = { type: 'ready' };
const PUSH = { type: 'push' };
const WELCOME = '{"id":1,"connect":{"client":"c","ping":25,"pong":true}}';

function protocolOf(words: Partial<CentrifugoWords>) {
  return begun(centrifugo({ ask: (id) => ({ rpc: { method: 'ask', data: { id } } }), ...words }));
}

/** What a session of its own hears in frames that come one after the other. */
function heard(words: Partial<CentrifugoWords>, ...frames: Frame[]): ServerMessage[] {
  return heardIn(protocolOf(words), ...frames);
}

const REPLIES = { answer: (data: unknown) => textField(data, 'text') };
const PUBLICATIONS = {
  heard: (channel: string, data: unknown): ServerMessage =>
    channel === 'mine' || channel === '' ? partOf(data) : { type: 'push', sentAt: 5 },
};

const pub = (channel: unknown, data?: unknown) => ({ push: { channel, pub: { data } } });
const part = { id: '1', text: 'x' };
const partOfOne = chunk('1', 'x', false);

/** One message after the reply to `connect`, and what it is to each way of answering. */
const TABLE: [words: Partial<CentrifugoWords>, message: unknown, meaning: unknown][] = [
  [REPLIES, { id: 2, rpc: { data: { text: 'yes' } } }, chunk('1', 'yes')],
  [REPLIES, { id: 9, error: null, rpc: { data: { text: 'yes' } } }, chunk('8', 'yes')],
  [REPLIES, { id: 2, rpc: { data: {} } }, { type: 'bad', lacks: 'rpc.data' }],
  [REPLIES, { id: 2, rpc: {} }, { type: 'bad', lacks: 'rpc.data' }],
  [REPLIES, { id: 2, rpc: 'yes' }, { type: 'bad', lacks: 'rpc.data' }],
  [REPLIES, { id: 2 }, { type: 'bad', lacks: 'rpc.data' }],
  [REPLIES, { id: 2, error: { code: 100, message: 'no' } }, { type: 'error', id: '1' }],
  [REPLIES, { error: { code: 100, message: 'no' } }, { type: 'error', id: null }],
  [REPLIES, { id: 1, error: { code: 109, message: 'token expired' } }, { type: 'error', id: null }],
  [REPLIES, { id: 1 }, { type: 'bad', lacks: 'connect' }],
  [REPLIES, { id: '2', rpc: { data: { text: 'yes' } } }, { type: 'unknown', lacks: 'id' }],
  [REPLIES, { id: 0, rpc: { data: { text: 'yes' } } }, { type: 'unknown', lacks: 'id' }],
  [REPLIES, { id: 2.5, rpc: { data: { text: 'yes' } } }, { type: 'unknown', lacks: 'id' }],
  [REPLIES, { id: 1e300, rpc: { data: { text: 'yes' } } }, { type: 'unknown', lacks: 'id' }],
  [REPLIES, pub('mine', part), PUSH],
  [REPLIES, { connect: {} }, { type: 'unknown', lacks: 'id' }],
  [PUBLICATIONS, { id: 2, publish: {} }, IGNORED],
  [PUBLICATIONS, { id: 2, rpc: { data: {} } }, IGNORED],
  [PUBLICATIONS, { id: 2, error: { code: 103 } }, { type: 'error', id: '1' }],
  [PUBLICATIONS, pub('mine', part), partOfOne],
  [PUBLICATIONS, pub('mine', { ...part, done: true }), chunk('1', 'x')],
  [PUBLICATIONS, pub('mine', {}), { type: 'bad', lacks: 'id' }],
  [PUBLICATIONS, pub('mine'), { type: 'bad', lacks: 'id' }],
  [PUBLICATIONS, pub('room', part), { type: 'push', sentAt: 5 }],
  [PUBLICATIONS, pub(7, part), { type: 'bad', lacks: 'channel' }],
  [PUBLICATIONS, { push: { pub: { data: part } } }, { type: 'bad', lacks: 'channel' }],
  [PUBLICATIONS, { push: { message: { data: part } } }, partOfOne],
  [{}, { push: { channel: 'room', join: { info: { user: 'x' } } } }, PUSH],
  [{}, { push: { channel: 'room', leave: { info: { user: 'x' } } } }, PUSH],
  [{}, { push: { channel: 'room', subscribe: {} } }, IGNORED],
  [{}, { push: { refresh: { expires: true, ttl: 5 } } }, IGNORED],
  [{}, { push: { channel: 'room', unsubscribe: { code: 2000 } } }, { type: 'unknown' }],
  [{}, { push: { disconnect: { code: 3503, reason: 'no' } } }, { type: 'error', id: null }],
  [{}, { push: { channel: 'room', pub: null } }, { type: 'unknown' }],
  [{}, { push: {} }, { type: 'unknown' }],
  [{}, { push: 'x' }, { type: 'bad', lacks: 'push' }],
  [{}, { push: null }, { type: 'bad', lacks: 'push' }],
  [{}, {}, { type: 'reply', text: '{}' }],
  [{}, [], { type: 'bad' }],
  [{}, null, { type: 'bad' }],
  [{}, 'text', { type: 'bad' }],
];

describe('messages of Centrifugo', () => {
  for (const [words, message, meaning] of TABLE)
    test(`${Object.keys(words).join()} ${JSON.stringify(message)}`, () =>
      assert.deepEqual(heard(words, WELCOME, JSON.stringify(message)), [READY, meaning]));

  test('pings are answered where the server wants that', () => {
    assert.deepEqual(heard({}, '{"id":1,"connect":{}}', '{}'), [READY, IGNORED]);
    assert.deepEqual(heard({}, '{}'), [IGNORED]);
    const protocol = protocolOf({});
    assert.deepEqual(heardIn(protocol, WELCOME), [READY]);
    assert.deepEqual(heardIn(begun(protocol), '{}'), [IGNORED]);
  });

  test('what is none is bad, never an exception', () => {
    for (const frame of ['', '{', 'null', '1e999', '{"push":', 'x'.repeat(100_000), '{}{}'])
      assert.deepEqual(heard(REPLIES, frame), [{ type: 'bad' }], frame.slice(0, 20));
    assert.deepEqual(heard(REPLIES, new ArrayBuffer(3)), [{ type: 'bad' }]);
    assert.deepEqual(heard(REPLIES, '\n', '\n\n'), []);
  });

  test('may share a frame, and be cut off anywhere', () => {
    const lines = [WELCOME, '{}', JSON.stringify(pub('mine', { id: '1', text: 'Ä\u2028\n' })), '{"id":2}'];
    const stream = `${lines.join('\n')}\n`;
    const whole = heard(PUBLICATIONS, stream);
    assert.deepEqual(whole, heard(PUBLICATIONS, ...lines));
    assert.equal(whole.length, 4);
    for (let at = 0; at <= stream.length; at++) {
      const ended = stream.slice(0, at).split('\n').length - 1;
      const start = heard(PUBLICATIONS, stream.slice(0, at));
      assert.deepEqual(start.slice(0, ended), whole.slice(0, ended));
      for (const message of start.slice(ended)) assert.ok([whole[ended]?.type, 'bad'].includes(message.type));
    }
  });
});

describe('what is said to Centrifugo', () => {
  const json = (text: unknown): unknown => JSON.parse(String(text));

  test('begins with the token, if there is one', () => {
    const { hello, socket } = protocolOf({});
    const withToken = { ...IDS, token: 't' };
    assert.equal(socket(withToken).path, '/connection/websocket');
    assert.deepEqual(json(hello?.(withToken)), { id: 1, connect: { token: 't' } });
    assert.deepEqual(json(hello?.(IDS)), { id: 1, connect: {} });
    const other = protocolOf({ connect: ({ user }) => ({ data: { user } }) });
    assert.deepEqual(json(other.hello?.(withToken)), { id: 1, connect: { data: { user: 'me' } } });
  });

  test('goes on with the subscriptions, all of which must be there before a question is', () => {
    const words = {
      ...REPLIES,
      subscriptions: ({ user }: typeof IDS) => [{ channel: user }, { channel: 'room', token: 's' }],
    };
    const first = '{"id":2,"subscribe":{"channel":"me"}}';
    const second = '{"id":3,"subscribe":{"channel":"room","token":"s"}}';
    const subscribing = { type: 'reply', text: `${first}\n${second}` };
    const [done, alsoDone] = ['{"id":3,"subscribe":{}}', '{"id":2,"subscribe":{}}'];
    assert.deepEqual(heard(words, WELCOME, done, alsoDone), [subscribing, IGNORED, READY]);
    const refusals = ['{"id":3,"error":{"code":103}}', '{"id":2}'];
    assert.deepEqual(heard(words, WELCOME, ...refusals), [
      subscribing,
      { type: 'error', id: null },
      { type: 'bad', lacks: 'subscribe' },
    ]);
    const question = { id: 4, rpc: { method: 'ask', data: { id: '1' } } };
    assert.deepEqual(json(protocolOf(words).question('1', 'c', 't')), question);
    const yes = chunk('1', 'yes');
    assert.deepEqual(heard(words, '{"id":4,"rpc":{"data":{"text":"yes"}}}'), [yes]);
    assert.deepEqual(heard(words, '{"id":4,"error":{"code":100}}'), [{ type: 'error', id: '1' }]);
  });

  test('a question is a call or a publication, of a user', () => {
    assert.deepEqual(json(protocolOf({}).question('1', 'c', 't')), {
      id: 2,
      rpc: { method: 'ask', data: { id: '1' } },
    });
    const { question } = protocolOf({
      ask: (id, course, text, { user }) => ({ publish: { channel: user, data: { id, course, text } } }),
    });
    assert.deepEqual(json(question('3', 'c', 't')), {
      id: 4,
      publish: { channel: 'me', data: { id: '3', course: 'c', text: 't' } },
    });
  });
});
