// Is an answer judged by all of its chunks, in whatever order and however often they come?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAnswer, type AnswerResult } from '../systems/chatbot/answer.ts';
import { chatbot as chatbotOf } from '../systems/chatbot/protocol.ts';
import { CHATBOT } from '../systems/chatbot/protocolSettings.ts';

function answered(sequence: (number | null)[], text = 'word'): AnswerResult {
  const answer = createAnswer();
  answer.begin();
  for (const [index, seq] of sequence.entries()) answer.add(seq, text, 1000 + index);
  return answer.result();
}

function outcome(sequence: (number | null)[]): Omit<AnswerResult, 'firstAt'> {
  const { fault, chunks, duplicates } = answered(sequence);
  return { fault, chunks, duplicates };
}

describe('an answer', () => {
  const table: [
    name: string,
    sequence: (number | null)[],
    fault: string | undefined,
    chunks: number,
    duplicates: number,
  ][] = [
    ['in order', [0, 1, 2, 3], undefined, 4, 0],
    ['of one chunk', [0], undefined, 1, 0],
    ['numbered from 1', [1, 2, 3], undefined, 3, 0],
    ['without numbers', [null, null], undefined, 2, 0],
    ['backwards', [3, 2, 1, 0], undefined, 4, 0],
    ['out of order', [0, 2, 1, 3], undefined, 4, 0],
    ['the last one first', [3, 0, 1, 2], undefined, 4, 0],
    ['a chunk twice in a row', [0, 1, 1, 2], undefined, 3, 1],
    ['a chunk again later', [0, 1, 2, 0, 3], undefined, 4, 1],
    ['everything twice', [0, 1, 2, 0, 1, 2], undefined, 3, 3],
    ['out of order and twice', [2, 0, 2, 1, 0], undefined, 3, 2],
    ['a gap', [0, 1, 3], 'missing_chunk', 3, 0],
    ['a gap that a repetition must not fill', [0, 1, 1, 3], 'missing_chunk', 3, 1],
    ['a gap after disorder', [1, 0, 3], 'missing_chunk', 3, 0],
    ['a gap that is filled at last', [0, 2, 3, 1], undefined, 4, 0],
    ['two gaps', [0, 2, 4], 'missing_chunk', 3, 0],
  ];
  for (const [name, sequence, fault, chunks, duplicates] of table)
    test(name, () => assert.deepEqual(outcome(sequence), { fault, chunks, duplicates }));

  test('without any text is no answer', () => {
    assert.equal(answered([0, 1], '').fault, 'empty_answer');
    assert.equal(answered([]).fault, 'empty_answer');
  });

  test('one chunk with text is enough', () => {
    const answer = createAnswer();
    answer.begin();
    answer.add(0, '', 1);
    answer.add(1, 'x', 2);
    assert.equal(answer.result().fault, undefined);
  });

  test('a chunk without a number among others is no gap', () => {
    assert.deepEqual(outcome([0, 1, null]), { fault: undefined, chunks: 3, duplicates: 0 });
  });

  test('the first chunk is the first to arrive', () => assert.equal(answered([2, 0, 1]).firstAt, 1000));

  test('nothing of an answer is left for the next one', () => {
    const answer = createAnswer();
    for (const [round, sequence] of [[0, 2, 2, 1], [0, 1], [5]].entries()) {
      answer.begin();
      for (const seq of sequence) answer.add(seq, 'x', round);
      const { firstAt, fault, chunks, duplicates } = answer.result();
      assert.deepEqual(
        [firstAt, fault, chunks, duplicates],
        [round, undefined, new Set(sequence).size, round === 0 ? 1 : 0],
      );
    }
    answer.begin();
    assert.equal(answer.result().fault, 'empty_answer');
  });
});

describe('the chatbot on the wire', () => {
  const chatbot = chatbotOf(CHATBOT);

  test('a chunk', () => {
    const message = { type: 'chunk', id: 'q', seq: 3, text: 'x', complete_response: true };
    assert.deepEqual(chatbot.read(message), { type: 'chunk', id: 'q', seq: 3, text: 'x', complete: true });
  });

  test('a chunk without number or text', () => {
    assert.deepEqual(chatbot.read({ type: 'chunk', id: 'q', complete_response: false }), {
      type: 'chunk',
      id: 'q',
      seq: null,
      text: '',
      complete: false,
    });
  });

  test('an error, with and without the question it is about', () => {
    assert.deepEqual(chatbot.read({ type: 'error', id: 'q', code: 'overloaded' }), {
      type: 'error',
      id: 'q',
    });
    assert.deepEqual(chatbot.read({ type: 'error', code: 'overloaded' }), { type: 'error', id: null });
  });

  test('an end that only the last chunk tells', () => {
    for (const end of [{}, { complete_response: null }, { complete_response: false }]) {
      const read = chatbot.read({ type: 'chunk', id: 'q', ...end });
      assert.deepEqual(read, { type: 'chunk', id: 'q', seq: null, text: '', complete: false });
    }
  });

  test('what lacks fields names them; what does not say its type is unknown', () => {
    // The id of a question is a text of ours, so no number is one.
    for (const [message, lacks] of [
      [{ type: 'chunk' }, 'id'],
      [{ type: 'chunk', id: 1, complete_response: true }, 'id'],
      [{ type: 'chunk', id: 'q', complete_response: 'yes' }, 'complete_response'],
    ] as const)
      assert.deepEqual(chatbot.read(message), { type: 'bad', lacks }, JSON.stringify(message));
    for (const message of [null, 3, 'text', [], {}, { id: 'q', complete_response: true }])
      assert.deepEqual(chatbot.read(message), { type: 'unknown', lacks: 'type' }, JSON.stringify(message));
    assert.deepEqual(chatbot.read({ type: 'typing' }), { type: 'unknown' });
  });

  test('log-in, session, socket, question and clean-up', () => {
    assert.deepEqual(JSON.parse(chatbot.requestToken('me').body), { user: 'me' });
    assert.equal(chatbot.readToken({ token: 't' }), 't');
    for (const reply of [undefined, {}, { token: '' }, { token: 3 }])
      assert.deepEqual(chatbot.readToken(reply), { lacks: 'token' });
    assert.equal(chatbot.createSession('t').headers['Authorization'], 'Bearer t');
    assert.deepEqual(chatbot.readSession({ session_id: 's', connection_id: 'c' }), {
      sessionId: 's',
      connectionId: 'c',
    });
    assert.deepEqual(chatbot.readSession({ session_id: 42, connection_id: 0 }), {
      sessionId: '42',
      connectionId: '0',
    });
    assert.deepEqual(chatbot.readSession({ connection_id: 'c' }), { lacks: 'session_id' });
    // JSON numbers beyond 2⁵³ are not exact, so this would be the id of another session.
    for (const id of ['', null, true, {}, 2 ** 53, Infinity])
      assert.deepEqual(chatbot.readSession({ session_id: 's', connection_id: id }), {
        lacks: 'connection_id',
      });
    const ids = { user: 'u', token: 't', sessionId: 's/1', connectionId: 'c&2' };
    assert.deepEqual(chatbot.socket(ids), {
      path: '/ws/chat?session_id=s%2F1&connection_id=c%262',
      headers: { Authorization: 'Bearer t' },
    });
    const { method, path, name } = chatbot.deleteSession(ids);
    assert.deepEqual([method, path, name], ['DELETE', '/chat/sessions/s%2F1', 'DELETE /chat/sessions/{id}']);
    assert.deepEqual(JSON.parse(chatbot.question('i', 'C', 'Why "so"?')), {
      type: 'question',
      id: 'i',
      course: 'C',
      text: 'Why "so"?',
    });
  });
});
