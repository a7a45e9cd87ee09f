// Does the dialect of NATS hold what every dialect must, with a real server, and read whatever comes?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServerMessage } from '../systems/chatbot/dialect.ts';
import { nats, type NatsWords } from '../systems/chatbot/dialects/nats.ts';
import { assertUnharmedByNoise, frame } from './support/dialects/byteFrames.ts';
import { dialectContract } from './support/dialects/contract.ts';
import { assertHeardInPieces, begun, chunk, heardIn, IDS, textOf } from './support/dialects/frames.ts';
import { natsServer, natsUnavailable } from './support/dialects/natsServer.ts';

const unavailable = natsUnavailable();

/** Sessions last long enough for a few pings. */
const BEATS = { KEEP_ALIVE: '0.2', THINK_SECONDS: '0.3' };

for (const ANSWERS of ['replies', 'events'])
  dialectContract({
    title: `a real NATS server, answers as ${ANSWERS}`,
    script: 'tests/k6/nats.ts',
    serve: natsServer,
    right: { ...BEATS, ANSWERS, CHAT_SECRET: 'open' },
    wrong: { ANSWERS, CHAT_SECRET: 'wrong' },
    refusal: 'connect:server_error',
    shown: /Authorization Violation/,
    other: 'tests/k6/socketIo.ts',
    unavailable,
  });

const protocol = (more: Partial<NatsWords> = {}) =>
  nats({
    subject: () => 'q',
    payload: (id, _course, text, { user }) => `${user} ${id} ${text}`,
    inbox: ({ user }) => `in.${user}`,
    answer: (text) => (text === 'no' ? undefined : text),
    heard: (subject, text, id) => chunk(id ?? `nobody's, of ${subject}`, text),
    ...more,
  });

const refused = (id: string | null): ServerMessage => ({ type: 'error', id });
const came = (...lines: string[]): ArrayBuffer => frame(`"${lines.map((line) => `${line}\r\n`).join('')}"`);
const headed = (headers: string, payload: string, subject = 'in.me.7'): string => {
  const [ours, all] = [Buffer.byteLength(headers), Buffer.byteLength(headers + payload)];
  return `HMSG ${subject} 1 ${ours} ${all}\r\n${headers}${payload}`;
};

const LOST: ServerMessage = { type: 'bad', lacks: 'length' };
const IGNORED: ServerMessage = { type: 'ignored' };

/** What comes, and what is heard in it. */
const FRAMES: [what: string, came: ArrayBuffer, messages: ServerMessage[]][] = [
  ['nothing', frame(), []],
  ['INFO', came('INFO {"max_payload":1048576}'), [IGNORED]],
  ['+OK', came('+OK'), [IGNORED]],
  ['PING', came('PING'), [{ type: 'reply', text: 'PONG\r\n' }]],
  ['PING in small letters', came('ping'), [{ type: 'reply', text: 'PONG\r\n' }]],
  ['PONG, and PONG', came('PONG', 'PONG'), [{ type: 'ready' }, { type: 'pong' }]],
  [
    '-ERR',
    came("-ERR 'Authorization Violation'"),
    [{ ...refused(null), text: "-ERR 'Authorization Violation'" }],
  ],
  ['lines that there are not', came('', 'MSGS', 'PINGS'), Array(3).fill({ type: 'unknown' })],
  ['a reply', came('MSG in.me.7 1 2', 'so'), [chunk('7', 'so')]],
  ['a reply that wants one', came('MSG in.me.7 1 a.b 2', 'so'), [chunk('7', 'so')]],
  ['a reply that wants one at a number', came('MSG in.me.7 1 5 2', 'so'), [chunk('7', 'so')]],
  ['a reply with wide blanks', came('msg  in.me.7\t1 2 ', 'so'), [chunk('7', 'so')]],
  ['a reply of nothing', came('MSG in.me.7 1 0', ''), [chunk('7', '')]],
  ['a reply of lines', came('MSG in.me.7 1 8', 'PING\r\nso'), [chunk('7', 'PING\r\nso')]],
  ['a reply of other letters', came('MSG in.me.é 1 6', 'é😀'), [chunk('é', 'é😀')]],
  ['a reply of no UTF-8', frame('"MSG in.me.7 1 2\r\n"', 'ff 61 0d0a'), [chunk('7', '\ufffda')]],
  ['a reply that refuses', came('MSG in.me.7 1 2', 'no'), [refused('7')]],
  ['an event', came('MSG a.b 2 2', 'no'), [chunk("nobody's, of a.b", 'no')]],
  ['a reply with headers', came(headed('NATS/1.0\r\nA: b\r\n\r\n', 'so')), [chunk('7', 'so')]],
  ['a reply with headers and a place for one', came('HMSG in.me.7 1 9 1 3', 'xso'), [chunk('7', 'so')]],
  ['that nobody listens', came(headed('NATS/1.0 503\r\n\r\n', '')), [refused('7')]],
  [
    'that a service has no answer',
    came(headed('NATS/1.0\r\nNats-Service-Error: none\r\n\r\n', '')),
    [refused('7')],
  ],
  ['an event with headers', came(headed('NATS/1.0 503\r\n\r\n', 'é', 'a')), [chunk("nobody's, of a", 'é')]],
  ['a huge length', came('MSG in.me.7 1 999999999', 'so'), []],
];

/** The same, but nobody knows where the next one begins. */
const GARBLED: [what: string, came: ArrayBuffer][] = [
  ['without a length', came('MSG in.me.7 1', 'so')],
  ['with a length of ten digits', came('MSG in.me.7 1 1000000000', 'so')],
  ['with a length below zero', came('MSG in.me.7 1 -2', 'so')],
  ['with a length that is none', came('MSG in.me.7 1 0x2', 'so')],
  ['with too many words', came('MSG in.me.7 1 a b 2', 'so')],
  ['with too few words', came('MSG 2', 'so')],
  ['that is longer than it says', came('MSG in.me.7 1 1', 'some')],
  ['with headers that are longer than all', came('HMSG in.me.7 1 3 2', 'so')],
  ['with headers and one length', came('HMSG in.me.7 1 2', 'so')],
];

const STREAM = came(
  'INFO {}',
  'PING',
  'PONG',
  'MSG in.me.7 1 2',
  'so',
  headed('NATS/1.0\r\nA: b\r\n\r\n', 'é'.repeat(99)),
  'PONG',
  'MSG a.b 2 10',
  'MSG a 1 2\n',
  "-ERR 'Stale Connection'",
);

describe('the dialect of NATS hears', () => {
  for (const [what, frames, messages] of FRAMES)
    test(what, () => {
      assert.deepEqual(heardIn(begun(protocol()), frames), messages);
      assertHeardInPieces(protocol(), frames);
    });

  for (const [what, frames] of GARBLED)
    test(`nothing but garbage behind a message ${what}, until it dials again`, () => {
      const garbled = protocol();
      assert.deepEqual(heardIn(begun(garbled), frames, came('+OK')), [LOST, LOST]);
      assert.deepEqual(heardIn(begun(garbled), came('+OK')), [IGNORED]);
    });

  test('each message of a stream once, however it is cut', () => {
    const types = heardIn(begun(protocol()), STREAM).map(({ type }) => type);
    assert.deepEqual(types, ['ignored', 'reply', 'ready', 'chunk', 'chunk', 'pong', 'chunk', 'error']);
    assertHeardInPieces(protocol(), STREAM);
  });

  test('texts as it hears bytes', () =>
    assert.deepEqual(heardIn(begun(protocol()), 'MSG in.me.7 1 2\r', '\né\r\nPONG\r\n'), [
      chunk('7', 'é'),
      { type: 'ready' },
    ]));

  test('replies in parts, where none is the whole answer', () => {
    const inParts = nats({
      subject: () => 'q',
      payload: () => '',
      inbox: () => 'in',
      heard: (subject, text, id) => chunk(`${id ?? ''} of ${subject}`, text),
    });
    assert.deepEqual(heardIn(begun(inParts), came('MSG in.7 1 2', 'so')), [chunk('7 of in.7', 'so')]);
  });

  test('noise, and is not harmed', () => {
    assertUnharmedByNoise(protocol(), STREAM);
    for (const [, frames] of FRAMES.filter(([, { byteLength }]) => byteLength > 0))
      assertUnharmedByNoise(protocol(), frames);
  });
});

describe('the dialect of NATS says', () => {
  test('who it is, what it wants to hear of, and that it is there', () => {
    const login = () => ({ user: 'me', pass: 'open' });
    const words = begun(protocol({ login, subjects: () => ['a.>', 'b'] }));
    const [connect = '', ...lines] = textOf(words.hello?.(IDS)).split('\r\n');
    assert.deepEqual(lines, ['SUB in.me.* 1', 'SUB a.> 2', 'SUB b 3', 'PING', '']);
    const { user, pass, verbose, headers } = JSON.parse(connect.replace('CONNECT ', '')) as Record<
      string,
      unknown
    >;
    assert.deepEqual([user, pass, verbose, headers], ['me', 'open', false, true]);
    assert.equal(words.heartbeat?.frames(), 'PING\r\n');
    assert.deepEqual(words.socket(IDS), { path: '/', headers: {} });
  });

  test('what it asks', () => {
    assert.equal(begun(protocol()).question('7', 'C', 'wö'), 'PUB q in.me.7 8\r\nme 7 wö\r\n');
  });

  test('another inbox on each connection, where nothing names one', () => {
    const words = nats({ subject: () => 'q', payload: () => '' });
    const asked = () => textOf(begun(words).question('7', '', ''));
    const [first, second] = [asked(), asked()];
    assert.match(first, /^PUB q _INBOX\.[-0-9a-f]{36}\.7 0\r\n\r\n$/);
    assert.notEqual(first, second);
  });
});
