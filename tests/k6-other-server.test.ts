// Does any other server that speaks the protocol work, and is each of its mistakes what it is called?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import { parseLogLine } from '../cli/k6/k6Log.ts';
import { parseExampleLine, type Example } from '../lib/words/exampleText.ts';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { node, NONCE_BYTES } from './support/frames.ts';
import {
  otherServer,
  soundly,
  type Answering,
  type Codec,
  type Manners,
  type Reply,
} from './support/otherServer.ts';

async function against(
  t: TestContext,
  answer: Answering,
  more: Record<string, string> = {},
  codec?: Codec,
  manners?: Manners,
): Promise<{ run: K6Run; summary: Summary }> {
  const { url, websocketUrl } = await otherServer(t, answer, codec, manners);
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

/** The first failures that each VU has logged. */
const examplesIn = ({ stderr }: K6Run): Example[] =>
  stderr.split('\n').flatMap((line) => parseExampleLine(parseLogLine(line)?.message ?? '') ?? []);

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
    'with a byte order mark before each message': ({ id, socket }) => {
      for (const seq of [0, 1])
        socket.send(
          `\ufeff${JSON.stringify({ type: 'chunk', id, seq, text: 'word', complete_response: seq === 1 })}`,
        );
    },
    'with an end that only the last chunk tells': ({ id, socket }) => {
      socket.send(JSON.stringify({ type: 'chunk', id, seq: 0, text: 'word' }));
      socket.send(JSON.stringify({ type: 'chunk', id, seq: 1, text: 'word', complete_response: true }));
    },
    'with an end whose number leaves a gap, without text': ({ id, chunk, socket }) => {
      chunk(0, false);
      chunk(1, false);
      socket.send(JSON.stringify({ type: 'chunk', id, seq: 99, text: '', complete_response: true }));
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
      assert.doesNotMatch(run.stderr, /First of its kind/);
      assert.deepEqual([summary.questions.answered, summary.sessions.completed], [6, 2]);
      assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout);
    });
});

describe('a server with manners of its own', () => {
  const GREETINGS = {
    'an event without a type': '{"presence": 3}',
    'an event of another type': '{"type": "welcome"}',
    'JSON that is no object': '"welcome"',
  };
  for (const [name, greeting] of Object.entries(GREETINGS))
    test(`${name} when a socket opens is unknown, counted, and harms nothing`, async (t) => {
      const { run, summary } = await against(t, soundly, {}, undefined, { greeting });
      assert.deepEqual(failureCounts(summary), {});
      assert.deepEqual([summary.messages.unknown, summary.sessions.completed, run.exitCode], [2, 2, 0]);
    });

  test('numbers as ids, and a byte order mark before replies', async (t) => {
    const REPLIES: Record<string, Reply> = {
      'POST /auth/token': [200, '\ufeff{"token": "t"}'],
      'POST /chat/sessions': [201, '\ufeff{"session_id": 42, "connection_id": 7}'],
      'DELETE /chat/sessions/42': [204],
    };
    const { run, summary } = await against(t, soundly, {}, undefined, { reply: (call) => REPLIES[call] });
    assert.deepEqual(failureCounts(summary), {});
    assert.deepEqual([summary.sessions.completed, run.exitCode], [2, 0]);
  });
});

test('each VU shows the first of each class, in each phase, once', async (t) => {
  let asked = 0;
  const answer: Answering = ({ id, socket }) =>
    socket.send(asked++ % 4 < 2 ? 'hello' : JSON.stringify({ type: 'error', id, text: String(asked) }));
  const { run, summary } = await against(t, answer, {
    ON_FAILURE: 'continue',
    QUESTIONS: 'MED1060:20',
    NUM_SESSIONS: '1',
  });
  assert.equal(summary.questions.failed, 20);
  assert.deepEqual(
    examplesIn(run).map(({ reason, text }) => [reason, text]),
    [
      ['bad_json', 'hello'],
      ['server_error', '{"type":"error","id":"…","text":"3"}'],
    ],
  );
});

test('a refused handshake is its status, and nothing is shown that says no more', async (t) => {
  const { run, summary } = await against(t, soundly, { SOCKET_PATH: '/elsewhere' });
  assert.deepEqual(failureCounts(summary), { 'connect:handshake_refused:400': 2 });
  assert.deepEqual(examplesIn(run), []);
});

describe('a reply that is no use is shown, without what may be secret', () => {
  const USELESS: [name: string, call: string, reply: Reply, failure: string, first: string][] = [
    [
      'without a token',
      'POST /auth/token',
      [200, '{"access_token":"canary 1","data":{"key":"canary2"},"user":"canary3","expires":3600,"ok":true}'],
      'token:bad_body',
      'the reply of POST /auth/token lacks "token": {"access_token":"…","data":{"key":"…"},"user":"…","expires":"…","ok":true}',
    ],
    [
      'with words instead',
      'POST /auth/token',
      [200, '{"error":"there is no such user"}'],
      'token:bad_body',
      'the reply of POST /auth/token lacks "token": {"error":"there is no such user"}',
    ],
    [
      'with a text that may be the token',
      'POST /auth/token',
      [200, 'canary'],
      'token:bad_body',
      'the reply of POST /auth/token is not JSON: …',
    ],
    [
      'with a page',
      'POST /auth/token',
      [200, '<html>\n<title>Log in</title>'],
      'token:bad_body',
      'the reply of POST /auth/token is not JSON: ‹html> ‹title>Log in‹/title>',
    ],
    ['without a body', 'POST /auth/token', [204], 'token:bad_body', 'the reply of POST /auth/token is empty'],
    [
      'without a connection',
      'POST /chat/sessions',
      [200, '{"session_id":"canary4"}'],
      'session:bad_body',
      'the reply of POST /chat/sessions lacks "connection_id": {"session_id":"…"}',
    ],
    [
      'of a status that nobody expects',
      'POST /chat/sessions',
      [418, '{"why":"I am a teapot","token":"canary5"}'],
      'session:http_other',
      `POST /chat/sessions answered 418 I'm a Teapot: {"why":"I am a teapot","token":"…"}`,
    ],
    [
      'of a status with its body',
      'DELETE /chat/sessions/s',
      [409, 'still open'],
      'cleanup:http_409',
      'DELETE /chat/sessions/{id} answered 409 Conflict: still open',
    ],
  ];
  for (const [name, call, reply, failure, first] of USELESS)
    test(`${name}: ${first}`, async (t) => {
      const { run, summary } = await against(t, soundly, {}, undefined, {
        reply: (asked) => (asked === call ? reply : undefined),
      });
      assert.deepEqual(failureCounts(summary), { [failure]: 2 });
      const shown = new Set(examplesIn(run).map(({ phase, reason, text }) => `${phase}:${reason}: ${text}`));
      assert.deepEqual([...shown], [`${failure}: ${first}`]);
      assert.doesNotMatch(run.stdout + run.stderr + (run.file('summary.json') ?? ''), /canary/);
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
  const MISTAKES: [name: string, failure: string, answer: Answering, first?: string][] = [
    [
      'a binary frame',
      'answer:bad_type',
      ({ socket }) => socket.send(Buffer.from('{}')),
      'a binary frame came',
    ],
    ['no JSON', 'answer:bad_json', ({ socket }) => socket.send('hello'), 'hello'],
    ['an empty message', 'answer:bad_json', ({ socket }) => socket.send(''), 'the message is empty'],
    [
      'JSON about the question without a type',
      'answer:bad_message',
      ({ id, socket }) => socket.send(JSON.stringify({ id, text: 'hello' })),
      'the message lacks "type": {"id":"…","text":"hello"}',
    ],
    [
      'JSON without a type or a question',
      'answer:answer_timeout',
      json({ text: 'hello' }),
      'a message came of a type that the protocol does not know: {"text":"hello"}',
    ],
    [
      'a chunk without an id',
      'answer:bad_message',
      json({ type: 'chunk', text: 'hello' }),
      'the message lacks "id": {"type":"chunk","text":"hello"}',
    ],
    [
      'a chunk without its end',
      'answer:answer_incomplete',
      ({ id, socket }) => socket.send(JSON.stringify({ type: 'chunk', id })),
      '1 chunk came, and none was the last one',
    ],
    [
      'an end of an unknown type',
      'answer:answer_incomplete',
      ({ chunk, socket }) => {
        chunk(0, false);
        socket.send('{"type":"done"}');
      },
      '1 chunk came, and none was the last one; a message came of a type that the protocol does not know: {"type":"done"}',
    ],
    [
      'answers of an unknown type',
      'answer:answer_timeout',
      ({ socket }) => socket.send('{"type":"delta","text":"so"}'),
      'a message came of a type that the protocol does not know: {"type":"delta","text":"so"}',
    ],
    [
      'the answer to another question',
      'answer:misrouted',
      json({ type: 'chunk', id: 'x', seq: 0, text: 'y', complete_response: true }),
      'a chunk is read as {"type":"chunk","id":"x","seq":0,"text":"y","complete":true}',
    ],
    [
      'an error about nothing in particular',
      'answer:server_error',
      json({ type: 'error', code: 'x', message: 'y' }),
      '{"type":"error","code":"x","message":"y"}',
    ],
    [
      'an answer without text',
      'answer:empty_answer',
      ({ id, socket }) =>
        socket.send(JSON.stringify({ type: 'chunk', id, seq: 0, text: '', complete_response: true })),
      '1 chunk came; the last is read as {"type":"chunk","id":"…","seq":0,"text":"","complete":true}',
    ],
    [
      'a gap before an end without text',
      'answer:missing_chunk',
      ({ id, chunk, socket }) => {
        chunk(0, false);
        chunk(2, false);
        socket.send(JSON.stringify({ type: 'chunk', id, seq: 3, text: '', complete_response: true }));
      },
      '3 chunks came; the last is read as {"type":"chunk","id":"…","seq":3,"text":"","complete":true}',
    ],
    [
      'a gap',
      'answer:missing_chunk',
      ({ chunk }) => [0, 2].forEach((seq) => chunk(seq, seq === 2)),
      '2 chunks came; the last is read as {"type":"chunk","id":"…","seq":2,"text":"word ","complete":true}',
    ],
    ['silence', 'answer:answer_timeout', () => undefined],
    [
      'an answer that never ends',
      'answer:answer_incomplete',
      ({ chunk }) => [0, 1].forEach((seq) => chunk(seq, false)),
      '2 chunks came, and none was the last one',
    ],
    ['a close without a code', 'answer:closed_1005', ({ socket }) => socket.close()],
    ['a regular close', 'answer:closed_1000', ({ socket }) => socket.close(1000)],
    [
      'a close that says why',
      'answer:closed_4401',
      ({ socket }) => socket.close(4401, 'you have been here too long'),
      'closed with 4401: you have been here too long',
    ],
    ['a restart', 'answer:closed_1012', ({ socket }) => socket.close(1012)],
    ['a code of its own', 'answer:closed_other', ({ socket }) => socket.close(4999), 'closed with 4999'],
    [
      'the end of the connection without a close',
      'answer:closed_1006',
      ({ connection }) => connection.end(),
      'closed with 1006: unexpected EOF',
    ],
    ['a reset', 'answer:connection_lost', ({ connection }) => connection.resetAndDestroy()],
    [
      'bytes that are no WebSocket frame',
      'answer:connection_lost',
      ({ connection }) => connection.write('HTTP/1.1 200 OK\r\n\r\n'),
    ],
  ];
  /** A server that does so to every question may as well be spoken to in a wrong way. */
  const STRANGE = /:(bad_|misrouted|empty_answer|closed_4401)|without a type|answers of an unknown type/;
  for (const [name, failure, answer, first] of MISTAKES)
    test(`${name}: ${failure}`, async (t) => {
      const { run, summary } = await against(t, answer);
      assert.deepEqual(failureCounts(summary), { [failure]: 2 });
      const shown = new Set(examplesIn(run).map(({ phase, reason, text }) => `${phase}:${reason}: ${text}`));
      assert.deepEqual([...shown], first === undefined ? [] : [`${failure}: ${first}`]);
      assert.deepEqual(
        [summary.questions.sent, summary.questions.failed, summary.sessions.failed],
        [2, 2, 2],
      );
      assert.deepEqual([metric(summary, 'answer_latency'), summary.generator.scriptErrors], [0, 0]);
      const result = STRANGE.test(`${name}: ${failure}`) ? 'INVALID' : 'FAIL';
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
