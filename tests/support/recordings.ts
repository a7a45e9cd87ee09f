/** Recordings of back ends that are no reference target, written by hand, and what in them is secret. */
import { createCodec } from '../../target/chatbot/encryption.ts';
import { BEGAN, callEntry, har, REFERENCE, referenceHar, socketEntry, type HarSocket } from './harFile.ts';

/** A recording, and the texts that may stand in no file that is made of it. */
export interface Recorded {
  har: object;
  secrets: readonly string[];
}

type Messages = HarSocket['messages'];

const json = { 'content-type': 'application/json' };
const send = (at: number, value: unknown): Messages[number] => [at, 'send', JSON.stringify(value)];
const receive = (at: number, value: unknown): Messages[number] => [at, 'receive', JSON.stringify(value)];
const jwt = (name: string) =>
  [
    { alg: 'HS256', typ: 'JWT' },
    { sub: name, iat: 1_763_000_000 },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('c2lnbmF0dXJlLW9mLXRlc3Rz')
    .join('.');

/** Log-in with user, password and key, a room, the token as a subprotocol, heartbeats, a goodbye. */
export function roomsRecording(): Recorded {
  const [access, old] = [jwt('anna'), jwt('before')];
  const room = 'r-8812af90';
  const device = '3f1c2b4a-5d6e-4f70-8a9b-0c1d2e3f4a5b';
  const bearer = { authorization: `Bearer ${access}` };
  const key = { 'x-api-key': 'k-live-5b1f8c0d77', 'x-client': 'web 4.2' };
  const question = (at: number, mid: string, text: string) =>
    send(at, {
      ...{ type: 'msg', mid, room, sentAt: BEGAN + at },
      body: { text, model: 'gpt-4o-mini-2024-07-18', temperature: 0.2 },
    });
  const answer = (at: number, mid: string): Messages => [
    receive(at, { type: 'status', mid, state: 'thinking' }),
    receive(at + 100, { type: 'delta', mid, d: { content: 'It is ' } }),
    receive(at + 200, { type: 'delta', mid, d: { content: 'like this.' } }),
    receive(at + 300, { type: 'finish', mid, reason: 'stop' }),
  ];
  const beats = [5000, 10_000, 15_000, 20_000, 25_000].flatMap((at, n): Messages => [
    send(at, { type: 'hb', n }),
    receive(at + 30, { type: 'hb_ack', n }),
  ]);
  const messages: Messages = [
    send(1000, { type: 'join', room, token: access, device, ts: BEGAN + 1000 }),
    receive(1100, { type: 'joined', room, members: 3 }),
    send(1900, { type: 'typing', on: true }),
    question(2000, 'm-1', 'What is a ramp?'),
    ...answer(2400, 'm-1'),
    receive(4000, { type: 'presence', user: 'bert', online: true }),
    send(6900, { type: 'typing', on: true }),
    question(7000, 'm-2', 'And a stage?'),
    ...answer(7500, 'm-2'),
    question(12_000, 'm-3', 'My password is hunter2-Zebra, is it good?'),
    ...answer(12_600, 'm-3'),
    ...beats,
    send(26_000, { type: 'leave' }),
  ];
  return {
    secrets: [access, old, 'hunter2-Zebra', 'k-live-5b1f8c0d77', 'theme=dark', 'anna@example.com'],
    har: har([
      callEntry({
        ...{ at: 100, method: 'POST', url: 'https://api.example.com/v1/login?lang=en' },
        headers: {
          ...json,
          ...key,
          cookie: `theme=dark; old_token=${old}`,
          origin: 'https://app.example.com',
        },
        body: JSON.stringify({ email: 'anna@example.com', password: 'hunter2-Zebra', remember: true }),
        reply: { user: { id: 471_100_815, name: 'Anna' }, tokens: { access, token_type: 'bearer' } },
      }),
      callEntry({
        ...{ at: 200, method: 'GET', url: 'https://api.example.com/v1/users/471100815', headers: bearer },
        reply: { id: 471_100_815, plan: 'pro' },
      }),
      callEntry({
        ...{
          at: 300,
          method: 'POST',
          url: 'https://api.example.com/v1/rooms',
          headers: { ...json, ...key, ...bearer },
        },
        ...{
          body: JSON.stringify({ owner: 471_100_815, title: 'New chat' }),
          status: 201,
          reply: { room: { id: room } },
        },
      }),
      socketEntry({
        at: 400,
        url: `wss://live.example.com/v1/rooms/${room}/live?v=2&compress=`,
        headers: {
          ...{ Origin: 'https://app.example.com', Cookie: `theme=dark; old_token=${old}` },
          'Sec-WebSocket-Protocol': `chat.v2, bearer.${access}`,
        },
        replyHeaders: { 'Sec-WebSocket-Protocol': 'chat.v2' },
        messages,
      }),
      callEntry({
        at: 27_000,
        method: 'DELETE',
        url: `https://api.example.com/v1/rooms/${room}`,
        headers: bearer,
        status: 204,
      }),
    ]),
  };
}

/** A log-in that sets a cookie, messages without a type, ids that count. */
export function cookieRecording(): Recorded {
  const sid = 's%3Aq8Zr1mV0c2XyT7';
  const messages = [1, 2].flatMap((id): Messages => [
    send(1000 * id, { id, prompt: `Question ${id}, please?` }),
    receive(1000 * id + 100, { id, delta: 'Yes, ' }),
    receive(1000 * id + 200, { id, delta: 'indeed.' }),
    receive(1000 * id + 300, { id, finished: true, usage: { max_tokens: 12 } }),
  ]);
  return {
    secrets: [sid, 'correct horse'],
    har: har([
      callEntry({
        ...{ at: 0, method: 'POST', url: 'https://chat.example.org/login' },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'login=anna&password=correct+horse&next=%2Fchat',
        ...{ reply: { ok: true }, replyHeaders: { 'set-cookie': `sid=${sid}; Path=/; HttpOnly` } },
      }),
      socketEntry({
        ...{ at: 500, url: 'wss://chat.example.org/chat' },
        headers: { Origin: 'https://chat.example.org', Cookie: `sid=${sid}` },
        messages: [receive(600, { hello: 'there', version: 3 }), ...messages],
      }),
    ]),
  };
}

/** Who was there before the recording began: a cookie alone says who asks; answers carry no ids and come in one part. */
export function anonymousRecording(): Recorded {
  const cookie = 'session=fe7a1c90b2d84e55a3; locale=de';
  const messages = ['Wo ist die Mensa?', 'Bis wann?', 'Und am Sonntag?'].flatMap((text, index): Messages => [
    send(1000 + index * 2000, { kind: 'say', text }),
    receive(1500 + index * 2000, { kind: 'typing' }),
    receive(1900 + index * 2000, { kind: 'said', text: 'Im Erdgeschoss.' }),
  ]);
  return {
    secrets: ['fe7a1c90b2d84e55a3', cookie],
    har: har([
      socketEntry({
        ...{ at: 0, url: 'wss://chat.example.net/ws' },
        headers: { Origin: 'https://chat.example.net', Cookie: cookie },
        messages,
      }),
    ]),
  };
}

/** Socket.IO: questions that are acknowledged; or answered by events, on a socket that began with polling. */
export function socketIoRecording(by: 'ack' | 'events', address = 'ws://127.0.0.1:3000'): Recorded {
  const packet = (prefix: string, ...list: unknown[]) => `${prefix}${JSON.stringify(list)}`;
  const questions = ['Who are you?', 'Since when is that so?'];
  const messages = questions.flatMap((text, index): Messages => {
    const at = 2000 + 3000 * index;
    const id = String(index + 1);
    const ask = (prefix: string): Messages[number] => [
      at,
      'send',
      packet(prefix, 'ask', { id, course: 'c1', text }),
    ];
    if (by === 'ack')
      return [
        ask(`42/chat,${index}`),
        [at + 90, 'receive', packet(`43/chat,${index}`, { text: `You said: ${text}` })],
      ];
    return [
      ask('42/chat,'),
      [at + 50, 'receive', packet('42/chat,', 'part', { id, text: 'You ', done: false })],
      [at + 90, 'receive', packet('42/chat,', 'part', { id, text: 'said so.', done: true })],
    ];
  });
  const polled = by === 'events' ? '&sid=Lbo5JLzTotvW3g2LAAAA' : '';
  return {
    secrets: ['open-sesame-77'],
    har: har([
      socketEntry({
        ...{ at: 0, url: `${address}/socket.io/?EIO=4&transport=websocket${polled}` },
        headers: { Origin: 'http://127.0.0.1:3000' },
        messages: [
          [
            100,
            'receive',
            '0{"sid":"Lbo5JLzTotvW3g2LAAAA","upgrades":[],"pingInterval":25000,"pingTimeout":20000}',
          ],
          [110, 'send', '40/chat,{"user":"anna","password":"open-sesame-77"}'],
          [150, 'receive', '40/chat,{"sid":"oSO0OpakMV_3jnilAAAA"}'],
          ...messages,
          [8500, 'receive', packet('42/chat,', 'room', { at: BEGAN + 8500 })],
          [9000, 'receive', '2'],
          [9001, 'send', '3'],
          [9900, 'send', '41/chat,'],
        ],
      }),
    ]),
  };
}

/** The reference target's, with frames that nobody can read without the key. */
export function sealedRecording(mode: 'aes-256-gcm' | 'aes-256-cbc-hmac' | 'openssl', key: string): Recorded {
  const codec = createCodec(mode, key);
  const recording = referenceHar();
  for (const entry of recording.log.entries)
    for (const message of '_webSocketMessages' in entry ? entry._webSocketMessages : [])
      message.data = codec.seal(message.data);
  return { har: recording, secrets: Object.values(REFERENCE) };
}

/** A back end that answers each line of text with a line. */
export function plainRecording(): Recorded {
  return {
    secrets: [],
    har: har([
      socketEntry({
        ...{ at: 0, url: 'ws://echo.example.com/' },
        headers: { Origin: 'http://echo.example.com' },
        messages: [
          [1000, 'send', 'hello there'],
          [1100, 'receive', 'hello yourself'],
          [2500, 'send', 'how are you?'],
          [2600, 'receive', 'well, and you?'],
        ],
      }),
    ]),
  };
}

/** One socket, and nothing before it. */
function alone(messages: Messages, subprotocol?: string): object {
  const chosen = subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol };
  const url = 'wss://chat.example.com/live';
  const headers = { Origin: 'https://chat.example.com', ...chosen };
  return har([socketEntry({ at: 0, url, headers, replyHeaders: chosen, messages })]);
}

const THREE = ['Hi there', 'More, please', 'And now?'];

/** Answers in single words, without types and ids. */
export function tokensRecording(): Recorded {
  const messages = THREE.flatMap((message, index): Messages => {
    const at = 1000 + 3000 * index;
    const tokens = ['Hello', 'world', 'again'].map((token, place) => receive(at + 100 + place, { token }));
    return [send(at, { message }), ...tokens, receive(at + 200, { done: true })];
  });
  return { secrets: [], har: alone(messages) };
}

/** Plain words between messages of JSON: the page's heartbeat, or the server's. */
export function wordsRecording(by: 'page' | 'server'): Recorded {
  const messages = THREE.flatMap((text, index): Messages => {
    const at = 1000 + 3000 * index;
    return [send(at, { type: 'q', text }), receive(at + 100, { type: 'a', text: 'So it is.' })];
  });
  const beats = [2500, 5000, 7500].flatMap((at): Messages =>
    by === 'page'
      ? [
          [at, 'send', 'ping'],
          [at + 20, 'receive', 'pong'],
        ]
      : [
          [at, 'receive', '#1'],
          [at + 20, 'send', '#2'],
        ],
  );
  return { secrets: [], har: alone([...messages, ...beats]) };
}

/** GraphQL over a WebSocket. */
export function graphqlRecording(): Recorded {
  const query = 'subscription($text: String!) { answer(text: $text) { part } }';
  const messages = THREE.flatMap((text, index): Messages => {
    const [at, id] = [1000 + 3000 * index, `${index}e9c1f2a-5b7f-4f63-9a5e-3a1b2c3d4e5f`];
    const next = (part: string) => ({ id, type: 'next', payload: { data: { answer: { part } } } });
    return [
      send(at, { id, type: 'subscribe', payload: { query, variables: { text } } }),
      receive(at + 100, next('It ')),
      receive(at + 150, next('is so.')),
      receive(at + 200, { id, type: 'complete' }),
    ];
  });
  const start = [
    send(10, { type: 'connection_init', payload: { authToken: 'a-secret-123' } }),
    receive(20, { type: 'connection_ack' }),
  ];
  return { secrets: ['a-secret-123'], har: alone([...start, ...messages], 'graphql-transport-ws') };
}
