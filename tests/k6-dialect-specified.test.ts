// Do the dialects whose servers the tests write from a specification hold what every dialect must?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { textField } from '../lib/words/jsonFields.ts';
import { framesOf } from '../systems/chatbot/dialect.ts';
import { jsonRpc } from '../systems/chatbot/dialects/jsonRpc.ts';
import { partOf } from '../systems/chatbot/dialects/partOf.ts';
import { phoenix } from '../systems/chatbot/dialects/phoenix.ts';
import { dialectContract } from './support/dialects/contract.ts';
import { chunk, IDS } from './support/dialects/frames.ts';
import { assertHeard, assertUnharmed } from './support/dialects/heard.ts';
import { jsonRpcServer } from './support/dialects/jsonRpcServer.ts';
import { phoenixServer } from './support/dialects/phoenixServer.ts';

const JSON_RPC = 'tests/k6/jsonRpc.ts';
const PHOENIX = 'tests/k6/phoenix.ts';

for (const ANSWERS of ['results', 'notifications'])
  dialectContract({
    title: `a server of JSON-RPC, written from its specification, that answers by ${ANSWERS}`,
    script: JSON_RPC,
    serve: jsonRpcServer,
    right: { ANSWERS, CHAT_SECRET: 'open' },
    wrong: { ANSWERS, CHAT_SECRET: 'wrong' },
    refusal: 'connect:server_error',
    shown: /wrong password/,
    other: PHOENIX,
  });

for (const ANSWERS of ['replies', 'events'])
  dialectContract({
    title: `a server of Phoenix channels, written from their guide, that answers by ${ANSWERS}`,
    script: PHOENIX,
    serve: phoenixServer,
    right: { ANSWERS, CHAT_SECRET: 'open', THINK_SECONDS: '0.2' },
    wrong: { ANSWERS, CHAT_SECRET: 'wrong' },
    refusal: 'connect:server_error',
    shown: /wrong password/,
    other: JSON_RPC,
  });

describe('messages of JSON-RPC', () => {
  const words = {
    login: { method: 'login', params: ({ user }: typeof IDS) => ({ user }) },
    method: 'ask',
    params: (id: string, course: string, text: string) => ({ id, course, text }),
    heard: (_method: string, params: unknown) => partOf(params),
  };
  const byResult = jsonRpc({ ...words, answer: (result) => textField(result, 'text') });
  const inParts = jsonRpc(words);

  test('what is said', () => {
    assert.equal(byResult.hello?.(IDS), '{"jsonrpc":"2.0","id":0,"method":"login","params":{"user":"me"}}');
    assert.equal(
      byResult.question('7', 'c', 't'),
      '{"jsonrpc":"2.0","id":7,"method":"ask","params":{"id":"7","course":"c","text":"t"}}',
    );
    const { hello, awaitsReady } = jsonRpc({ method: 'ask', params: () => ({}) });
    assert.deepEqual([hello, awaitsReady], [undefined, undefined], 'without a log-in nothing is waited for');
  });

  test('what is heard', () => {
    const part = '{"jsonrpc":"2.0","method":"part","params":{"id":"7","text":"a"}}';
    const a = chunk('7', 'a', false);
    assertHeard(byResult, [
      ['{"jsonrpc":"2.0","id":0,"result":null}', [{ type: 'ready' }]],
      ['{"jsonrpc":"2.0","id":0,"error":{"code":1}}', [{ type: 'error', id: null }]],
      ['{"jsonrpc":"2.0","id":7,"result":{"text":"yes"}}', [chunk('7', 'yes')]],
      ['{"id":7,"result":{"text":"yes"},"error":null}', [chunk('7', 'yes')]],
      ['{"jsonrpc":"2.0","id":7,"result":"yes"}', [{ type: 'bad', lacks: 'result' }]],
      ['{"jsonrpc":"2.0","id":7,"error":{"code":1}}', [{ type: 'error', id: '7' }]],
      ['{"jsonrpc":"2.0","id":null,"error":{"code":1}}', [{ type: 'error', id: null }]],
      ['{"jsonrpc":"2.0","id":7}', [{ type: 'unknown', lacks: 'result' }]],
      ['{"jsonrpc":"2.0","result":{"text":"yes"}}', [{ type: 'bad', lacks: 'id' }]],
      [part, [a]],
      [`[${part},${part}]`, [a, a]],
      [`[1,${part}]`, [{ type: 'bad' }, a]],
      ['[]', [{ type: 'bad' }]],
      ['', [{ type: 'bad' }]],
      [part.slice(0, -1), [{ type: 'bad' }]],
      [new ArrayBuffer(3), [{ type: 'bad' }]],
    ]);
    assertHeard(inParts, [
      ['{"jsonrpc":"2.0","id":7,"result":{}}', [{ type: 'ignored' }]],
      ['{"jsonrpc":"2.0","method":"part"}', [{ type: 'bad', lacks: 'id' }]],
      ['{"method":"part","params":{"id":7,"done":true}}', [chunk('7', '')]],
    ]);
    assertHeard(jsonRpc({ method: 'ask', params: () => ({}) }), [[part, [{ type: 'ignored' }]]]);
  });

  test('what is strange', () => {
    const messages = [
      { jsonrpc: '2.0', id: 7, result: { text: 'yes' } },
      { jsonrpc: '2.0', id: 7, error: { code: 1, message: 'no' } },
      { jsonrpc: '2.0', method: 'part', params: { id: '7', text: 'a', done: true } },
    ];
    for (const protocol of [byResult, inParts]) assertUnharmed(protocol, [...messages, messages]);
  });
});

describe('messages of Phoenix', () => {
  const words = {
    topic: ({ user }: typeof IDS) => `chat:${user}`,
    event: 'ask',
    data: (id: string) => ({ id }),
    heard: (event: string, payload: unknown) =>
      event === 'part' ? partOf(payload) : ({ type: 'push' } as const),
  };
  const byReply = phoenix({ ...words, answer: (response) => textField(response, 'text') });
  const inParts = phoenix(words);

  test('what is said', () => {
    byReply.begin?.(IDS, 0);
    assert.deepEqual(byReply.socket(IDS), { path: '/socket/websocket?vsn=2.0.0', headers: {} });
    assert.equal(
      phoenix({ ...words, path: '/live?a=b' }).socket(IDS).path,
      '/live?a=b&vsn=2.0.0',
      'with a query of its own',
    );
    assert.equal(byReply.hello?.(IDS), '["join","join","chat:me","phx_join",{}]');
    assert.equal(byReply.question('7', 'c', 't'), '["join","7","chat:me","ask",{"id":"7"}]');
    const { seconds, frames, awaitsPong } = byReply.heartbeat ?? {};
    assert.deepEqual(
      [seconds, frames && framesOf(frames()), awaitsPong],
      [30, ['[null,"beat","phoenix","heartbeat",{}]'], true],
    );
  });

  test('what is heard', () => {
    const reply = (ref: unknown, payload: unknown) =>
      JSON.stringify(['join', ref, 'chat:me', 'phx_reply', payload]);
    const event = (name: unknown, payload: unknown) =>
      JSON.stringify(['join', null, 'chat:me', name, payload]);
    const yes = { status: 'ok', response: { text: 'yes' } };
    assertHeard(byReply, [
      [reply('join', { status: 'ok', response: {} }), [{ type: 'ready' }]],
      [reply('join', { status: 'error', response: {} }), [{ type: 'error', id: null }]],
      [reply('beat', { status: 'ok', response: {} }), [{ type: 'pong' }]],
      [reply('7', yes), [chunk('7', 'yes')]],
      [reply('7', { status: 'ok', response: {} }), [{ type: 'bad', lacks: 'response' }]],
      [reply('7', { status: 'error', response: {} }), [{ type: 'error', id: '7' }]],
      [reply('7', null), [{ type: 'error', id: '7' }]],
      [reply(null, yes), [{ type: 'bad', lacks: 'ref' }]],
      [event('phx_error', {}), [{ type: 'error', id: null }]],
      [event('phx_close', {}), [{ type: 'ignored' }]],
      [event('presence_diff', {}), [{ type: 'push' }]],
      [event(7, {}), [{ type: 'unknown', lacks: 'event' }]],
      ['[]', [{ type: 'unknown', lacks: 'event' }]],
      ['{"event":"phx_reply"}', [{ type: 'unknown', lacks: 'event' }]],
    ]);
    assertHeard(inParts, [
      [reply('7', yes), [{ type: 'ignored' }]],
      [event('part', { id: '7', text: 'a' }), [chunk('7', 'a', false)]],
      [event('part', { id: '7', done: true }), [chunk('7', '')]],
      [event('part', null), [{ type: 'bad', lacks: 'id' }]],
    ]);
    const deaf = phoenix({ topic: words.topic, event: 'ask', data: words.data });
    assertHeard(deaf, [[event('part', {}), [{ type: 'ignored' }]]]);
  });

  test('what is strange', () => {
    const messages = [
      ['join', '7', 'chat:me', 'phx_reply', { status: 'ok', response: { text: 'yes' } }],
      ['join', null, 'chat:me', 'part', { id: '7', text: 'a', done: true }],
    ];
    for (const protocol of [byReply, inParts]) assertUnharmed(protocol, messages);
  });
});
