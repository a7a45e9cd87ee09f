// Does the dialect of MQTT hold what every dialect must, with a real broker, and read whatever comes?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServerMessage } from '../systems/chatbot/dialect.ts';
import { mqtt, type MqttWords } from '../systems/chatbot/dialects/mqtt.ts';
import { assertUnharmedByNoise, frame } from './support/dialects/byteFrames.ts';
import { dialectContract } from './support/dialects/contract.ts';
import { assertHeardInPieces, begun, chunk, heardIn, IDS } from './support/dialects/frames.ts';
import { mosquittoServer, mosquittoUnavailable } from './support/dialects/mosquittoServer.ts';

const unavailable = mosquittoUnavailable();

/** Sessions last long enough for a few pings. */
const BEATS = { KEEP_ALIVE: '0.2', THINK_SECONDS: '0.3' };

for (const QOS of ['0', '1'])
  dialectContract({
    title: `a real MQTT broker, QoS ${QOS}`,
    script: 'tests/k6/mqtt.ts',
    serve: mosquittoServer,
    right: { ...BEATS, QOS, CHAT_SECRET: 'open' },
    wrong: { QOS, CHAT_SECRET: 'wrong' },
    refusal: 'connect:server_error',
    shown: /not authorised/,
    other: 'tests/k6/graphqlWs.ts',
    unavailable,
  });

const protocol = (more: Partial<MqttWords> = {}) =>
  mqtt({
    topic: () => 'q',
    payload: (id, _course, text, { user }) => `${user} ${id} ${text}`,
    answers: ({ user }) => `a/${user}`,
    heard: (topic, text) => chunk(topic, text),
    ...more,
  });

const bad = (lacks: string): ServerMessage => ({ type: 'bad', lacks });
const reply = (text: ArrayBuffer): ServerMessage => ({ type: 'reply', text });
const refused = (text: string): ServerMessage => ({ type: 'error', id: null, text });
const SUBSCRIBE = frame('82 09 0001 0004', '"a/me"', '00');

/** What comes, and what is heard in it. */
const FRAMES: [what: string, came: ArrayBuffer, messages: ServerMessage[]][] = [
  ['nothing', frame(), []],
  ['CONNACK', frame('20 02 00 00'), [reply(SUBSCRIBE)]],
  [
    'CONNACK: a wrong password',
    frame('20 02 00 04'),
    [refused('the broker refused the connection: bad user name or password')],
  ],
  [
    'CONNACK: not authorised',
    frame('20 02 00 05'),
    [refused('the broker refused the connection: not authorised')],
  ],
  ['CONNACK without a code', frame('20 01 00'), [bad('return code')]],
  ['CONNACK of MQTT 5', frame('20 03 00 00 00'), [bad('return code')]],
  ['SUBACK', frame('90 03 0001 01'), [{ type: 'ready' }]],
  ['SUBACK that refuses', frame('90 03 0001 80'), [refused('the broker refused the subscription')]],
  ['SUBACK without a code', frame('90 02 0001'), [bad('return code')]],
  ['PINGRESP', frame('d0 00'), [{ type: 'pong' }]],
  ['PUBACK', frame('40 02 0001'), [{ type: 'ignored' }]],
  ['a kind that only clients send', frame('c0 00'), [{ type: 'unknown' }]],
  ['kinds that there are not', frame('00 00 f0 00'), [{ type: 'unknown' }, { type: 'unknown' }]],
  ['PUBLISH', frame('30 05 0001', '"t"', '"so"'), [chunk('t', 'so')]],
  ['PUBLISH of nothing', frame('30 03 0001', '"t"'), [chunk('t', '')]],
  ['PUBLISH of other letters', frame('30 0a 0002', '"é"', '"é😀"'), [chunk('é', 'é😀')]],
  ['PUBLISH of no UTF-8', frame('30 06 0001 ff ff 61 c3'), [chunk('\ufffd', '\ufffda\ufffd')]],
  [
    'PUBLISH that wants an acknowledgement',
    frame('32 07 0001', '"t"', '1234', '"so"'),
    [chunk('t', 'so'), reply(frame('40 02 1234'))],
  ],
  ['PUBLISH that was kept', frame('31 05 0001', '"t"', '"so"'), [{ type: 'push' }]],
  [
    'PUBLISH that was kept, of QoS 1',
    frame('33 07 0001', '"t"', '1234', '"so"'),
    [{ type: 'push' }, reply(frame('40 02 1234'))],
  ],
  ['PUBLISH of QoS 2', frame('34 07 0001', '"t"', '1234', '"so"'), [bad('QoS 0 or 1')]],
  ['PUBLISH of QoS 3', frame('36 07 0001', '"t"', '1234', '"so"'), [bad('QoS 0 or 1')]],
  ['PUBLISH that is empty', frame('30 00'), [bad('topic')]],
  ['PUBLISH whose topic is longer', frame('30 05 0004', '"tso"', 'd0 00'), [bad('topic'), { type: 'pong' }]],
  ['PUBLISH without its number', frame('32 04 0001', '"t"', '12'), [bad('topic')]],
  ['a huge length', frame('30 ff ff ff 7f 00 01', '"t"'), []],
];

/** Several packets, one of them of 200 bytes. */
const STREAM = frame(
  ...['20 02 00 00', '90 03 0001 01', '30 05 0001', '"t"', '"so"', 'd0 00', '32 cb 01 0001'],
  ...['"t"', '1234', `"${'é'.repeat(99)}"`, '30 05 0001', '"t"', '"so"', '20 02 00 05'],
);

describe('the dialect of MQTT hears', () => {
  for (const [what, came, messages] of FRAMES)
    test(what, () => {
      assert.deepEqual(heardIn(begun(protocol()), came), messages);
      assertHeardInPieces(protocol(), came);
    });

  test('each packet of a stream once, however it is cut', () => {
    const types = heardIn(begun(protocol()), STREAM).map(({ type }) => type);
    assert.deepEqual(types, ['reply', 'ready', 'chunk', 'pong', 'chunk', 'reply', 'chunk', 'error']);
    assertHeardInPieces(protocol(), STREAM);
  });

  test('that a text is no packet', () =>
    assert.deepEqual(heardIn(begun(protocol()), '30'), [bad('binary frame')]));

  test('nothing but garbage once a length has no end, until it dials again', () => {
    const garbled = protocol();
    const lost = heardIn(begun(garbled), frame('d0 00 30 80 80 80 80 00 d0 00'), frame('d0 00'));
    assert.deepEqual(lost, [{ type: 'pong' }, bad('length'), bad('length')]);
    assert.deepEqual(heardIn(begun(garbled), frame('d0 00')), [{ type: 'pong' }]);
  });

  test('noise, and is not harmed', () => {
    assertUnharmedByNoise(protocol(), STREAM);
    for (const [, came] of FRAMES.filter(([, { byteLength }]) => byteLength > 0))
      assertUnharmedByNoise(protocol(), came);
  });
});

describe('the dialect of MQTT says', () => {
  const said = (more: Partial<MqttWords> = {}) => begun(protocol(more));

  test('who it is', () => {
    const hello = (more: Partial<MqttWords>) => said(more).hello?.(IDS);
    const head = '0004 4d515454 04';
    assert.deepEqual(hello({}), frame('10 0c', head, '02 001e 0000'));
    assert.deepEqual(hello({ keepAliveSeconds: 0.2 }), frame('10 0c', head, '02 0001 0000'));
    const login = () => ({ username: 'ü', password: 'open' });
    assert.deepEqual(
      hello({ clientId: ({ user }) => user, login }),
      frame('10 18', head, 'c2 001e 0002', '"me"', '0002', '"ü"', '0004', '"open"'),
    );
    assert.deepEqual(
      hello({ login: () => ({ username: 'me' }) }),
      frame('10 10', head, '82 001e 0000 0002', '"me"'),
    );
  });

  test('what it asks', () => {
    assert.deepEqual(said().question('7', 'C', 'wö'), frame('30 0b 0001', '"q"', '"me 7 wö"'));
    const atLeastOnce = said({ qos: 1 });
    for (const number of ['0001', '0002'])
      assert.deepEqual(atLeastOnce.question('7', 'C', 'wo'), frame('32 0c 0001', '"q"', number, '"me 7 wo"'));
    for (let asked = 2; asked < 65_535; asked++) atLeastOnce.question('7', 'C', '');
    assert.deepEqual(atLeastOnce.question('7', 'C', ''), frame('32 0a 0001', '"q"', '0001', '"me 7 "'));
  });

  test('what it wants to hear of, that it is there, and that it leaves', () => {
    const [first] = heardIn(said({ qos: 1 }), frame('20 02 00 00'));
    assert.deepEqual(first, reply(frame('82 09 0001 0004', '"a/me"', '01')));
    const { heartbeat, goodbye, socket } = said();
    assert.deepEqual([heartbeat?.frames(), goodbye?.()], [frame('c0 00'), frame('e0 00')]);
    assert.deepEqual(socket(IDS), { path: '/mqtt', headers: {}, subprotocols: ['mqtt'] });
  });
});
