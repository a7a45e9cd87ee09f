// Does the dialect of STOMP hold what every dialect must, and read what a server may send?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { seededRandom } from '../lib/words/random.ts';
import type { ServerMessage } from '../systems/chatbot/dialect.ts';
import { stomp, type StompWords } from '../systems/chatbot/dialects/stomp.ts';
import { stompFrame, stompReader, type StompFrame } from '../systems/chatbot/dialects/stompFrames.ts';
import { assertBalanced, summaryOf } from './support/books.ts';
import { dialectContract } from './support/dialects/contract.ts';
import { begun, chunk, heardIn, IDS } from './support/dialects/frames.ts';
import { stompServer, type StompManner } from './support/dialects/stompServer.ts';
import { runK6 } from './support/k6.ts';

const SCRIPT = 'tests/k6/stomp.ts';

for (const ANSWERS of ['whole', 'parts', 'topic'] as const)
  dialectContract({
    title: `a server of STOMP, written from its specification, that answers by ${ANSWERS}`,
    script: SCRIPT,
    serve: (t) => stompServer(t, ANSWERS),
    right: { ANSWERS, CHAT_SECRET: 'open' },
    wrong: { ANSWERS, CHAT_SECRET: 'wrong' },
    refusal: 'connect:server_error',
    shown: /wrong passcode/,
    other: 'tests/k6/graphqlWs.ts',
  });

/** Three sessions of three questions, again and again for seconds. */
async function chat(t: TestContext, manner: StompManner) {
  const { url, websocketUrl, counts } = await stompServer(t, manner);
  const env = {
    ANSWERS: manner,
    CHAT_SECRET: 'open',
    API_BASE_URL: url,
    WEBSOCKET_BASE_URL: websocketUrl,
    ENCRYPTION: 'none',
    RAMP_START_SESSIONS: '3',
    RAMP_INCREMENT: '1',
    RAMP_MAX_SESSIONS: '3',
    RAMP_INTERVAL_SECONDS: '2',
    QUESTIONS: 'MED1060:3',
    THINK_SECONDS: '0.15',
    GENERATOR_LAG_LIMIT_MS: '100000',
  };
  const run = await runK6({ source: SCRIPT, env });
  const summary = summaryOf(run);
  assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout + run.stderr);
  assertBalanced(summary);
  const count = (name: string): number => summary.metrics[name]?.['count'] ?? 0;
  return { counts, count };
}

test('of a topic everybody hears everything, and both sides say heartbeats', async (t) => {
  const { counts, count } = await chat(t, 'topic');
  const pushed = count('messages_pushed');
  assert.ok(pushed > 0 && pushed <= counts.others, `${pushed} of ${counts.others}`);
  assert.equal(count('push_latency'), pushed);
  assert.ok(counts.beats > 0);
  assert.equal(counts.strange, 0);
});

test('four messages of a frame are four', async (t) => {
  const { counts, count } = await chat(t, 'parts');
  assert.deepEqual([count('messages_batched'), counts.strange], [3 * counts.questions, 0]);
});

/** Frames in these pieces; `undefined`: what is none. */
function framesIn(...pieces: string[]): (StompFrame | undefined)[] {
  const frames: (StompFrame | undefined)[] = [];
  const reader = stompReader();
  for (const piece of pieces) reader.take(piece, (frame) => frames.push(frame));
  return frames;
}

const frame = (command: string, headers: Record<string, string> = {}, body = ''): StompFrame => ({
  command,
  headers,
  body,
});

describe('frames', () => {
  const table: [string, (StompFrame | undefined)[]][] = [
    ['RECEIPT\nreceipt-id:1\n\n\0', [frame('RECEIPT', { 'receipt-id': '1' })]],
    ['\n\r\nMESSAGE\r\na:1\r\n\r\nbody\0\n', [frame('MESSAGE', { a: '1' }, 'body')]],
    ['MESSAGE\na:1\n\nb\n\nc\0ERROR\n\n\0\n', [frame('MESSAGE', { a: '1' }, 'b\n\nc'), frame('ERROR')]],
    ['MESSAGE\na\\cb:1\\n2\\r3\\\\n4\n\n\0', [frame('MESSAGE', { 'a:b': '1\n2\r3\\n4' })]],
    ['CONNECTED\na:1\\n2:3\n\n\0', [frame('CONNECTED', { a: '1\\n2:3' })]],
    ['MESSAGE\na:1\na:2\n\n\0', [frame('MESSAGE', { a: '1' })]],
    ['MESSAGE\na:\n\n\0', [frame('MESSAGE', { a: '' })]],
    ['M\ncontent-length:3\n\na\0b\0', [frame('M', { 'content-length': '3' }, 'a\0b')]],
    ['M\ncontent-length:3\n\n\0\0\0\0\n', [frame('M', { 'content-length': '3' }, '\0\0\0')]],
    ['M\ncontent-length:8\n\né\0€\0x\0', [frame('M', { 'content-length': '8' }, 'é\0€\0x')]],
    ['M\ncontent-length:4\n\n😀\0', [frame('M', { 'content-length': '4' }, '😀')]],
    ['M\ncontent-length:many\n\nab\0', [frame('M', { 'content-length': 'many' }, 'ab')]],
    ['M\ncontent-length:1\n\nab\0', [undefined]],
    ['M\ncontent-length:3\n\n€é\0', [undefined]],
    ['M\ncontent-length:99999999999999999999\n\nab\0M\n\n\0', []],
    ['MESSAGE\na\n\n\0', [undefined]],
    ['MESSAGE\na:\\t\n\n\0', [undefined]],
    ['MESSAGE\na:b\\\n\n\0', [undefined]],
    ['MESSAGE\n__proto__:1\n\nb\0', [frame('MESSAGE', {}, 'b')]],
    ['\0', [undefined]],
    ['MESSAGE\0', [undefined]],
    ['{"type":"ready"}\0\0', [undefined, undefined]],
    ['MESSAGE\n\nnot ended', []],
    ['\n\n\r\n', []],
    ['', []],
  ];
  for (const [text, frames] of table)
    test(`are read in any pieces: ${JSON.stringify(text)}`, () => {
      const rest = text.endsWith('\0') || text.endsWith('\n') ? [frame('NEXT')] : [];
      const expected = frames.length > 0 || /^[\r\n]*$/.test(text) ? [...frames, ...rest] : frames;
      const whole = rest.length > 0 ? `${text}NEXT\n\n\0` : text;
      for (let cut = 0; cut <= whole.length; cut++)
        assert.deepEqual(framesIn(whole.slice(0, cut), whole.slice(cut)), expected);
      assert.deepEqual(framesIn(...whole.split('')), expected);
    });

  test('that are not ended are forgotten', () => {
    const reader = stompReader();
    const heard: unknown[] = [];
    for (const unended of ['MESSAGE\n\nold', 'M\ncontent-length:9\n\nold\0old']) {
      reader.take(unended, (one) => heard.push(one));
      reader.clear();
      reader.take('NEXT\n\nnew\0', (one) => heard.push(one));
    }
    assert.deepEqual(heard, [frame('NEXT', {}, 'new'), frame('NEXT', {}, 'new')]);
  });

  test('take no longer than they are long', { timeout: 30_000 }, () => {
    const many = 300_000;
    const nul = '\0'.repeat(many);
    assert.equal(framesIn(`M\ncontent-length:${many}\n\n${nul}\0`)[0]?.body, nul);
    assert.equal(framesIn(`M\n${'a:1\n'.repeat(many / 4)}\n\0`).length, 1);
    assert.equal(framesIn('\n'.repeat(many), 'M\n\n\0').length, 1);
  });

  test('are written as they are read, whatever their headers and bodies hold', () => {
    for (const text of ['', 'plain', 'a:b', 'C:\\new\\r', '1\r\n2', 'é😀']) {
      const headers = { [`x${text}`]: text };
      assert.deepEqual(framesIn(stompFrame('SEND', headers, text)), [frame('SEND', headers, text)]);
      const body = `${text}\0${text}`;
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      assert.deepEqual(framesIn(stompFrame('SEND', headers, body)), [
        frame('SEND', { ...headers, ...length }, body),
      ]);
    }
  });
});

const WORDS: StompWords = { subscribe: () => ['/queue/one', '/queue/two'], destination: '/queue/questions' };
const REFUSED: ServerMessage[] = [{ type: 'error', id: null }];
const CONNECTED = 'CONNECTED\nversion:1.2\nheart-beat:0,100\n\n\0';

describe('a session', () => {
  test('connects, subscribes, and is ready with the receipt of the last subscription', () => {
    const protocol = begun(stomp({ ...WORDS, connect: ({ user }) => ({ login: user, passcode: 'a:b\\' }) }));
    assert.equal(
      protocol.hello?.(IDS),
      'CONNECT\naccept-version:1.2\nhost:/\nheart-beat:10000,10000\nlogin:me\npasscode:a:b\\\n\n\0',
    );
    assert.deepEqual(heardIn(protocol, CONNECTED), [
      {
        type: 'reply',
        text: [
          'SUBSCRIBE\nid:0\ndestination:/queue/one\n\n\0',
          'SUBSCRIBE\nid:1\ndestination:/queue/two\nreceipt:subscribed\n\n\0',
        ],
      },
    ]);
    assert.deepEqual(heardIn(protocol, 'RECEIPT\nreceipt-id:subscribed\n\n\0'), [{ type: 'ready' }]);
    assert.equal(protocol.goodbye?.(), 'DISCONNECT\n\n\0');
  });

  test('is ready at once where there are no receipts', () => {
    const messages = heardIn(begun(stomp({ ...WORDS, withoutReceipts: true })), CONNECTED);
    assert.deepEqual(messages.slice(1), [{ type: 'ready' }]);
    assert.doesNotMatch(JSON.stringify(messages[0]), /receipt/);
  });

  test('says heartbeats where the server wants them', () => {
    const protocol = stomp({ ...WORDS, heartbeatSeconds: 3 });
    const beats = (connected: string) => {
      heardIn(begun(protocol), connected);
      return protocol.heartbeat?.frames();
    };
    assert.deepEqual([protocol.heartbeat?.seconds, beats(CONNECTED)], [3, '\n']);
    for (const header of ['heart-beat:100,0\n', 'heart-beat:100\n', 'heart-beat:a,b\n', ''])
      assert.deepEqual(beats(`CONNECTED\nversion:1.2\n${header}\n\0`), []);
    assert.equal(stomp({ ...WORDS, heartbeatSeconds: 0 }).heartbeat, undefined);
  });

  const table: [string, ServerMessage[]][] = [
    ['\n', []],
    ['RECEIPT\nreceipt-id:7\n\n\0', [{ type: 'ignored' }]],
    ['ERROR\nmessage:no\n\nsorry\0', REFUSED],
    ['ERROR\nreceipt-id:7\n\n\0', [{ type: 'error', id: '7' }]],
    ['ERROR\nreceipt-id:8\n\n\0', REFUSED],
    ['MESSAGE\nsubscription:0\n\nb\0', [{ type: 'unknown', lacks: 'correlation-id' }]],
    ['MESSAGE\ncorrelation-id:7\n\nb\0', [chunk('7', 'b')]],
    ['CONNECTED\nversion:1.1\n\n\0', [{ type: 'bad', lacks: 'version 1.2' }]],
    ['CONNECTED\n\n\0', [{ type: 'bad', lacks: 'version 1.2' }]],
    ['STRANGE\n\n\0', [{ type: 'unknown' }]],
    ['strange\0', [{ type: 'bad', lacks: 'a well-formed frame' }]],
  ];
  for (const [text, messages] of table)
    test(`hears ${JSON.stringify(text)}`, () => {
      const protocol = begun(stomp(WORDS));
      assert.equal(
        protocol.question('7', 'c', 't'),
        'SEND\ndestination:/queue/questions\ncorrelation-id:7\n\nt\0',
      );
      assert.deepEqual(heardIn(protocol, text), messages);
    });

  test('wants text', () => {
    const messages = heardIn(begun(stomp(WORDS)), new ArrayBuffer(3));
    assert.deepEqual(messages, [{ type: 'bad', lacks: 'text' }]);
  });

  test('does not know the questions, nor the unfinished frame, of the one before', () => {
    const heard: StompWords['heard'] = ({ headers }, isAsked) =>
      isAsked(headers['id'] ?? '') ? { type: 'ready' } : { type: 'push' };
    const protocol = begun(stomp({ ...WORDS, heard }));
    protocol.question('7', 'c', 't');
    assert.deepEqual(heardIn(protocol, 'MESSAGE\nid:7\n\n\0MESSAGE\n'), [{ type: 'ready' }]);
    assert.deepEqual(heardIn(begun(protocol), 'MESSAGE\nid:7\n\n\0'), [{ type: 'push' }]);
  });

  test('throws at nothing that a server sends', () => {
    const random = seededRandom(2, 0, 0);
    const pieces = [
      CONNECTED,
      'MESSAGE\n',
      'content-length:5\n',
      'a:\\',
      ':',
      '\n',
      '\r\n',
      '\0',
      '\\c',
      '\ud800',
    ];
    const any = () => pieces[Math.floor(random() * pieces.length)] ?? '';
    const protocol = begun(stomp(WORDS));
    for (let round = 0; round < 20_000; round++) heardIn(protocol, any() + any());
    assert.equal(heardIn(begun(protocol), CONNECTED)[0]?.type, 'reply');
  });
});
