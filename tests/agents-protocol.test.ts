// Is each response matched to its message by what the protocol gives, whatever comes in which order?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Correlation } from '../systems/agents/correlation.ts';
import { messageWriter, readMessage, subscribe } from '../systems/agents/protocol.ts';

const NOW = 1_764_178_478_123;

/** Messages sent in the same moment, and their timestamps. */
function sent(count: number): { messages: Correlation; times: number[] } {
  const messages = new Correlation();
  return { messages, times: Array.from({ length: count }, () => messages.begin(NOW)) };
}

describe('messages of the same millisecond', () => {
  const { messages, times } = sent(3);
  const [first = NaN, second = NaN, third = NaN] = times;

  test('have timestamps of their own, which JSON keeps', () => {
    assert.equal(first, NOW);
    assert.equal(new Set(times.map((time) => JSON.stringify(time))).size, 3);
    assert.ok(third - first < 0.01, `${third - first} ms`);
    assert.deepEqual(JSON.parse(JSON.stringify(times)), times);
  });

  test('are answered in any order, each once', () => {
    assert.deepEqual(messages.receive(second, 1), { is: 'answer', number: 1, isOvertaken: false });
    assert.deepEqual(messages.receive(first, 0), { is: 'answer', number: 0, isOvertaken: true });
    assert.deepEqual(messages.receive(third, undefined), { is: 'answer', number: 2, isOvertaken: false });
    assert.deepEqual([messages.open, messages.oldest()], [0, undefined]);
    assert.deepEqual(messages.receive(first, 0), { is: 'doubled', number: 0 });
  });
});

describe('a response', () => {
  test("with another's timestamp fails the message whose data it has, and not the other", () => {
    const { messages, times } = sent(2);
    assert.deepEqual(messages.receive(times[0] ?? NaN, 1), { is: 'mixed up', number: 1 });
    assert.equal(messages.oldest(), 0);
    assert.deepEqual(messages.receive(times[0] ?? NaN, 0), { is: 'answer', number: 0, isOvertaken: false });
    assert.deepEqual(messages.receive(-1, 1), { is: 'stray' });
  });

  test('to a message that failed is late; to none it is stray', () => {
    const { messages, times } = sent(1);
    messages.fail(0);
    assert.deepEqual(messages.receive(times[0] ?? NaN, 0), { is: 'late', number: 0 });
    for (const number of [undefined, 7, -1, 0.5])
      assert.deepEqual(messages.receive(5, number), { is: 'stray' });
  });
});

describe('the wire', () => {
  test('a message is that of the protocol, with its timestamp digit for digit', () => {
    const text = messageWriter({ user: 'user_1', agent: 'agent_2' })(3, NOW + 0.25);
    assert.ok(text.includes(`"timestamp":${NOW}.25,`), text);
    assert.deepEqual(JSON.parse(text), {
      type: 'agent_message',
      from: 'user_1',
      to: 'agent_2',
      payload: { action: 'status', timestamp: NOW + 0.25, data: { number: 3 } },
    });
    assert.equal(subscribe('a"b'), '{"type":"subscribe","channel":"a\\"b"}');
  });

  test('a response is read; what lacks something is not', () => {
    const response = {
      type: 'agent_response',
      from: 'agent_2',
      to: 'user_1',
      payload: { status: 'processed', action: 'status', data: { number: 3 } },
      timestamp: NOW,
    };
    const read = (changes: object) => readMessage(JSON.stringify({ ...response, ...changes }));
    const good = { type: 'agent_response', from: 'agent_2', to: 'user_1', timestamp: NOW };
    assert.deepEqual(read({}), { ...good, number: 3, isProcessed: true });
    assert.deepEqual(read({ payload: { status: 'failed' } }), {
      ...good,
      number: undefined,
      isProcessed: false,
    });
    for (const wrong of [{ timestamp: '5' }, { to: null }, { payload: {} }, { payload: [] }, { type: 5 }])
      assert.deepEqual(read(wrong), { type: 'bad' }, JSON.stringify(wrong));
    assert.deepEqual(read({ type: 'news' }), { type: 'unknown' });
    assert.deepEqual(readMessage('{"type":"subscribed","channel":"a"}'), {
      type: 'subscribed',
      channel: 'a',
    });
    assert.deepEqual(readMessage('{"type":"subscribed"}'), { type: 'bad' });
    assert.deepEqual(readMessage('{"type":"agent_'), { type: 'no JSON' });
  });
});
