// Does any other server that speaks the protocol work, and is each of its mistakes what it is called?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { node, NONCE_BYTES } from './support/frames.ts';
import { otherServer, soundly, type Answering, type Codec } from './support/otherServer.ts';

async function against(
  t: TestContext,
  answer: Answering,
  more: Record<string, string> = {},
  codec?: Codec,
): Promise<{ run: K6Run; summary: Summary }> {
  const { url, websocketUrl } = await otherServer(t, answer, codec);
  const env = {
    API_BASE_URL: url,
    WEBSOCKET_BASE_URL: websocketUrl,
    ENCRYPTION: 'none',
    NUM_SESSIONS: '2',
    QUESTIONS: 'MED1060:3',
    ANSWER_TIMEOUT_SECONDS: '0.4',
    ON_FAILURE: 'end',
    GENERATOR_LAG_LIMIT_MS: '100000',
    ...more,
  };
  const run = await runK6({ source: 'scripts/burst.ts', env });
  const summary = summaryOf(run);
  assertBalanced(summary);
  return { run, summary };
}

const metric = ({ metrics }: Summary, name: string): number => metrics[name]?.['count'] ?? 0;

describe('a server that answers soundly, each in its own way', () => {
  const SOUND: Record<string, Answering> = {
    plainly: soundly,
    'in one chunk': ({ chunk }) => chunk(0, true),
    'without numbers': ({ id, socket }) =>
      socket.send(JSON.stringify({ type: 'chunk', id, text: 'all', complete_response: true })),
    'out of order, the last one last': ({ chunk }) => [1, 0, 2].forEach((seq) => chunk(seq, seq === 2)),
    'with pings between': ({ socket, chunk }) => {
      chunk(0, false);
      socket.ping();
      chunk(1, true);
    },
    'with messages of its own between': ({ socket, chunk }) => {
      socket.send('{"type": "typing"}');
      chunk(0, true);
    },
    'with a very long text': ({ id, socket }) => {
      const text = '€'.repeat(300_000);
      socket.send(JSON.stringify({ type: 'chunk', id, seq: 0, text, complete_response: true }));
    },
  };
  for (const [name, answer] of Object.entries(SOUND))
    test(name, async (t) => {
      const { run, summary } = await against(t, answer);
      assert.deepEqual(failureCounts(summary), {});
      assert.deepEqual([summary.questions.answered, summary.sessions.completed], [6, 2]);
      assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout);
    });
});

test('encrypted frames that come just before the end of the connection are still read', async (t) => {
  const mode = 'aes-256-gcm';
  const key = 'c0'.repeat(32);
  const codec = {
    seal: (text: string) => node.seal(mode, key, text, randomBytes(NONCE_BYTES[mode])),
    open: (frame: string) => node.open(mode, key, frame),
  };
  const answer: Answering = (asked) => {
    // Enough of them to wait for their turn when the end comes.
    for (let seq = 0; seq < 200; seq++) asked.chunk(seq, seq === 199);
    asked.socket.close(1000);
  };
  const env = { ENCRYPTION: mode, ENCRYPTION_KEY: key, QUESTIONS: 'MED1060:1' };
  const { summary } = await against(t, answer, env, codec);
  assert.deepEqual([summary.questions.answered, summary.questions.failed], [2, 0]);
});

describe('a server that does not', () => {
  const json =
    (message: object): Answering =>
    ({ socket }) =>
      socket.send(JSON.stringify(message));
  const MISTAKES: [name: string, failure: string, answer: Answering][] = [
    ['a binary frame', 'answer:bad_type', ({ socket }) => socket.send(Buffer.from('{}'))],
    ['no JSON', 'answer:bad_json', ({ socket }) => socket.send('hello')],
    ['an empty message', 'answer:bad_json', ({ socket }) => socket.send('')],
    ['JSON without a type', 'answer:bad_message', json({ text: 'hello' })],
    [
      'a chunk without its end',
      'answer:bad_message',
      ({ id, socket }) => socket.send(JSON.stringify({ type: 'chunk', id })),
    ],
    [
      'the answer to another question',
      'answer:misrouted',
      json({ type: 'chunk', id: 'x', seq: 0, text: 'y', complete_response: true }),
    ],
    [
      'an error about nothing in particular',
      'answer:server_error',
      json({ type: 'error', code: 'x', message: 'y' }),
    ],
    [
      'an answer without text',
      'answer:empty_answer',
      ({ id, socket }) =>
        socket.send(JSON.stringify({ type: 'chunk', id, seq: 0, text: '', complete_response: true })),
    ],
    ['a gap', 'answer:missing_chunk', ({ chunk }) => [0, 2].forEach((seq) => chunk(seq, seq === 2))],
    ['silence', 'answer:answer_timeout', () => undefined],
    ['an answer that never ends', 'answer:answer_incomplete', ({ chunk }) => chunk(0, false)],
    ['a close without a code', 'answer:closed_1005', ({ socket }) => socket.close()],
    ['a regular close', 'answer:closed_1000', ({ socket }) => socket.close(1000)],
    ['a restart', 'answer:closed_1012', ({ socket }) => socket.close(1012)],
    ['a code of its own', 'answer:closed_other', ({ socket }) => socket.close(4999)],
    ['the end of the connection without a close', 'answer:closed_1006', ({ connection }) => connection.end()],
    ['a reset', 'answer:connection_lost', ({ connection }) => connection.resetAndDestroy()],
    [
      'bytes that are no WebSocket frame',
      'answer:connection_lost',
      ({ connection }) => connection.write('HTTP/1.1 200 OK\r\n\r\n'),
    ],
  ];
  /** A server that does so to every question may as well be spoken to in a wrong way. */
  const STRANGE = /:(bad_|misrouted|empty_answer)/;
  for (const [name, failure, answer] of MISTAKES)
    test(`${name}: ${failure}`, async (t) => {
      const { run, summary } = await against(t, answer);
      assert.deepEqual(failureCounts(summary), { [failure]: 2 });
      assert.deepEqual(
        [summary.questions.sent, summary.questions.failed, summary.sessions.failed],
        [2, 2, 2],
      );
      assert.deepEqual([metric(summary, 'answer_latency'), summary.generator.scriptErrors], [0, 0]);
      const result = STRANGE.test(failure) ? 'INVALID' : 'FAIL';
      assert.deepEqual([run.exitCode, summary.verdict.result], [99, result], run.stdout);
      const waited = summary.questions.averageConcurrent * summary.durationMs;
      if (name === 'silence')
        assert.ok(waited >= 790, `two questions waited 400 ms each, ${waited} ms in all`);
    });

  for (const [name, message] of [
    ['a frame that is no JSON', 'hello'],
    ['a chunk of nobody', '{"type":"chunk","id":"x","seq":0,"text":"y","complete_response":true}'],
    ['a chunk with an empty id', '{"type":"chunk","id":"","seq":0,"text":"y","complete_response":true}'],
  ] as const)
    test(`${name}, while no question is open: the session fails, no question does`, async (t) => {
      const { summary } = await against(
        t,
        (asked) => {
          soundly(asked);
          asked.socket.send(message);
        },
        { THINK_SECONDS: '0.05' },
      );
      const reason = name.includes('JSON') ? 'socket:bad_json' : 'socket:misrouted';
      assert.deepEqual(Object.keys(failureCounts(summary)), [reason]);
      const { sent, answered, failed } = summary.questions;
      assert.deepEqual([sent, answered, failed], [6, 6, 0]);
      assert.equal(summary.sessions.failed, 2);
    });
});
