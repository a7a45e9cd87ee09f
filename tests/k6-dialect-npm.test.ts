// Do the dialects of npm's own servers hold what every dialect must?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { graphqlWs } from '../systems/chatbot/dialects/graphqlWs.ts';
import { partOf } from '../systems/chatbot/dialects/partOf.ts';
import { socketIo } from '../systems/chatbot/dialects/socketIo.ts';
import { dialectContract } from './support/dialects/contract.ts';
import { graphqlServer } from './support/dialects/graphqlServer.ts';
import { chunk, heardIn, IDS } from './support/dialects/frames.ts';
import { assertHeard, assertUnharmed } from './support/dialects/heard.ts';
import { socketIoServer } from './support/dialects/socketIoServer.ts';

const SOCKET_IO = 'tests/k6/socketIo.ts';
const GRAPHQL_WS = 'tests/k6/graphqlWs.ts';

for (const ANSWERS of ['acknowledgements', 'events'])
  dialectContract({
    title: `a real Socket.IO server that answers by ${ANSWERS}`,
    script: SOCKET_IO,
    serve: socketIoServer,
    right: { ANSWERS, CHAT_SECRET: 'open' },
    wrong: { ANSWERS, CHAT_SECRET: 'wrong' },
    refusal: 'connect:server_error',
    shown: /wrong password/,
    other: GRAPHQL_WS,
  });

dialectContract({
  title: 'a real server of graphql-ws',
  script: GRAPHQL_WS,
  serve: graphqlServer,
  right: { CHAT_SECRET: 'open' },
  wrong: { CHAT_SECRET: 'wrong' },
  refusal: 'connect:closed_4403',
  other: SOCKET_IO,
});

describe('packets of Socket.IO', () => {
  const words = {
    namespace: '/chat',
    event: 'ask',
    data: (id: string) => ({ id }),
    heard: (_event: string, data: unknown) => partOf(data),
  };
  const byAck = socketIo({
    ...words,
    answer: (data) => (typeof data === 'string' ? data : undefined),
  });
  const inParts = socketIo(words);

  test('what is said', () => {
    assert.equal(byAck.socket(IDS).path, '/socket.io/?EIO=4&transport=websocket');
    assert.equal(byAck.hello?.(IDS), '40/chat,');
    assert.equal(byAck.question('7', 'c', 't'), '42/chat,7["ask",{"id":"7"}]');
    assert.equal(byAck.goodbye?.(), '41/chat,');
    assert.equal(inParts.question('7', 'c', 't'), '42/chat,["ask",{"id":"7"}]');
    const plain = socketIo({
      event: 'a"b',
      data: () => null,
      auth: ({ user }) => ({ user }),
      path: '/io?v=1',
    });
    assert.equal(plain.socket(IDS).path, '/io?v=1&EIO=4&transport=websocket');
    assert.equal(plain.hello?.(IDS), '40{"user":"me"}');
    assert.equal(plain.question('7', 'c', 't'), '42["a\\"b",null]');
  });

  test('what is heard', () => {
    assertHeard(byAck, [
      ['0{"sid":"a"}', [{ type: 'ignored' }]],
      ['6', [{ type: 'ignored' }]],
      ['2', [{ type: 'reply', text: '3' }]],
      ['40/chat,{"sid":"b"}', [{ type: 'ready' }]],
      ['44/chat,{"message":"no"}', [{ type: 'error', id: null }]],
      ['43/chat,7["yes"]', [chunk('7', 'yes')]],
      ['43/chat,7[null]', [{ type: 'error', id: '7' }]],
      ['43/chat,7', [{ type: 'bad', lacks: 'id' }]],
      ['43/chat,x', [{ type: 'bad', lacks: 'id' }]],
      ['42/chat,["part",{"id":"7","text":"y"}]', [chunk('7', 'y', false)]],
      ['42/chat,12["part",{"id":7,"done":true}]', [chunk('7', '')]],
      ['42/chat,["part",{}]', [{ type: 'bad', lacks: 'id' }]],
      ['42/chat,["part"]', [{ type: 'bad', lacks: 'id' }]],
      ['42/chat,{}', [{ type: 'bad', lacks: 'event' }]],
      ['42/other,["part",{"id":"7","text":"y"}]', [{ type: 'bad', lacks: 'event' }]],
      ['41/chat,', [{ type: 'ignored' }]],
      ['9', [{ type: 'unknown' }]],
      ['', [{ type: 'unknown' }]],
      [new ArrayBuffer(3), [{ type: 'ignored' }]],
    ]);
    assertHeard(inParts, [['43/chat,7["yes"]', [{ type: 'ignored' }]]]);
    assertHeard(socketIo({ event: 'ask', data: () => 0 }), [['42["x"]', [{ type: 'ignored' }]]]);
  });

  test('what is strange, and each beginning of a packet', () => {
    for (const packet of [
      '43/chat,7["yes"]',
      '42/chat,["part",{"id":"7","text":"y"}]',
      '40/chat,{"sid":"b"}',
    ])
      for (let length = 0; length < packet.length; length++)
        for (const { type } of heardIn(byAck, packet.slice(0, length)))
          assert.notEqual(type, 'chunk', packet.slice(0, length));
    for (const start of ['42/chat,', '43/chat,7', '44/chat,', '4', '9'])
      assertUnharmed(byAck, [['part', { id: '7', text: 'a', done: true }]], (json) => start + json);
  });
});

describe('messages of graphql-ws', () => {
  const protocol = graphqlWs({
    init: ({ user }) => ({ user }),
    query: 'subscription { answer { text } }',
    variables: (_id, _course, text) => ({ text }),
    text: 'answer.text',
  });

  test('what is said', () => {
    assert.deepEqual(protocol.socket(IDS), {
      path: '/graphql',
      headers: {},
      subprotocols: ['graphql-transport-ws'],
    });
    assert.equal(protocol.hello?.(IDS), '{"type":"connection_init","payload":{"user":"me"}}');
    assert.equal(
      protocol.question('q7', 'c', 't'),
      '{"id":"q7","type":"subscribe","payload":{"query":"subscription { answer { text } }","variables":{"text":"t"}}}',
    );
  });

  test('what is heard', () => {
    const part = chunk('q7', 'a', false);
    const next = (payload: string) => `{"id":"q7","type":"next","payload":${payload}}`;
    assertHeard(protocol, [
      ['{"type":"connection_ack"}', [{ type: 'ready' }]],
      ['{"type":"ping"}', [{ type: 'reply', text: '{"type":"pong"}' }]],
      ['{"type":"pong","payload":{}}', [{ type: 'pong' }]],
      [next('{"data":{"answer":{"text":"a"}}}'), [part]],
      [next('{"data":{"answer":{"text":"a"}},"errors":[]}'), [part]],
      [next('{"data":{"answer":null}}'), [chunk('q7', '', false)]],
      [next('{"data":null,"errors":[{"message":"no"}]}'), [{ type: 'error', id: 'q7' }]],
      ['{"id":"q7","type":"error","payload":[{"message":"no"}]}', [{ type: 'error', id: 'q7' }]],
      ['{"type":"error"}', [{ type: 'error', id: null }]],
      ['{"id":"q7","type":"complete"}', [chunk('q7', '')]],
      ['{"type":"next","payload":{}}', [{ type: 'bad', lacks: 'id' }]],
      ['{"type":"complete"}', [{ type: 'bad', lacks: 'id' }]],
      ['{"id":"q7","type":"data"}', [{ type: 'unknown' }]],
      ['{"id":"q7"}', [{ type: 'unknown', lacks: 'type' }]],
      ['[]', [{ type: 'unknown', lacks: 'type' }]],
      ['"next"', [{ type: 'bad' }]],
      ['null', [{ type: 'bad' }]],
    ]);
  });

  test('what is strange', () =>
    assertUnharmed(protocol, [
      { id: 'q7', type: 'next', payload: { data: { answer: { text: 'a' } }, errors: [{ message: 'no' }] } },
      { id: 'q7', type: 'complete' },
    ]));
});
