// Does `crescendo probe` show what goes over a socket, recognise what is spoken there, and keep secrets?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { conclusionOf } from '../cli/probe/conclusion.ts';
import type { Seen } from '../cli/probe/dialects/dialect.ts';
import { payloadOf } from '../cli/probe/dialects/payload.ts';
import { DIALECTS, messagesOf, recognise } from '../cli/probe/dialects/recognise.ts';
import { mqttRefusal } from '../cli/probe/dialects/wireDialects.ts';
import { brokenLines, dialLines, endLines, frameLines } from '../cli/probe/eventLines.ts';
import { endMarksOf, idFieldsOf, sequenceFieldsOf, textFieldsOf } from '../cli/probe/fields/fieldRoles.ts';
import { leavesOf } from '../cli/probe/fields/leaves.ts';
import { typeFieldOf } from '../cli/probe/fields/typeField.ts';
import type { Conversation, Frame } from '../cli/probe/frames.ts';
import { orderOf, secretsOf, type ProbeOptions, type Send } from '../cli/probe/order.ts';
import { failureText, refusalText } from '../cli/probe/refusals.ts';
import { isSecretName } from '../cli/probe/secretNames.ts';
import { Secrets } from '../cli/probe/secrets.ts';
import { frameOfLine } from '../cli/probe/typed.ts';
import { freePort } from '../cli/process/freePort.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { HOSTILE, STEERING } from './support/hostile.ts';
import { problems } from './support/problems.ts';
import { probeWithInput, refusingServer, silentServer, socketServer, tlsServer } from './support/probe.ts';
import { noTerminal, TestTerminal } from './support/pty.ts';

const NONE: Seen = { texts: [], binaries: [], ours: [], subprotocol: '' };
const END = '\u001e';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

interface Row {
  /** How the names of what is recognised begin. */
  names: string[];
  seen: Partial<Seen>;
  /** What the messages are read as, where that differs from their JSON. */
  messages?: unknown[];
}

/** True frames of each dialect. */
const ROWS: Record<string, Row> = {
  'Engine.IO before Socket.IO': {
    names: ['Engine.IO'],
    seen: { texts: ['0{"sid":"lv_VI97HAXpY","upgrades":[],"pingInterval":25000,"pingTimeout":20000}', '2'] },
  },
  'Socket.IO': {
    names: ['Socket.IO'],
    seen: {
      ours: ['40', '420["ask",{"q":"?"}]'],
      texts: [
        '0{"sid":"lv_VI97HAXpY","upgrades":[]}',
        '40{"sid":"wZX3oN0b"}',
        '42["part",{"text":"a"}]',
        '2',
      ],
    },
    messages: [{ event: 'part', data: { text: 'a' } }],
  },
  'Socket.IO of a namespace, from the middle': {
    names: ['Socket.IO'],
    seen: { texts: ['42["end","b",2]', '42/admin,17["hello"]'] },
    messages: [
      { event: 'end', data: ['b', 2] },
      { event: 'hello', data: undefined },
    ],
  },
  SockJS: {
    names: ['SockJS'],
    seen: { texts: ['o', 'a["{\\"type\\":\\"x\\"}"]', 'h', 'c[3000,"Go away!"]'] },
    messages: [{ type: 'x' }],
  },
  'STOMP in SockJS': {
    names: ['SockJS', 'STOMP'],
    seen: { texts: ['o', 'a["CONNECTED\\nversion:1.1\\nheart-beat:0,0\\n\\n\\u0000"]'] },
    messages: [{ command: 'CONNECTED', body: '' }],
  },
  SignalR: {
    names: ['SignalR'],
    seen: {
      texts: [`{}${END}`, `{"type":1,"target":"Receive","arguments":["a"]}${END}{"type":6}${END}`],
    },
    messages: [{}, { type: 1, target: 'Receive', arguments: ['a'] }, { type: 6 }],
  },
  STOMP: {
    names: ['STOMP'],
    seen: { texts: ['CONNECTED\nversion:1.2\n\n\0', '\n', 'MESSAGE\ndestination:/topic/a\n\n{"a":1}\0\n'] },
    messages: [
      { command: 'CONNECTED', body: '' },
      { command: 'MESSAGE', body: { a: 1 } },
    ],
  },
  'graphql-transport-ws': {
    names: ['graphql-transport-ws'],
    seen: {
      texts: [
        '{"type":"connection_ack"}',
        '{"id":"1","type":"next","payload":{"data":{}}}',
        '{"id":"1","type":"complete"}',
      ],
    },
  },
  'graphql-transport-ws, by its subprotocol alone': {
    names: ['graphql-transport-ws'],
    seen: { subprotocol: 'graphql-transport-ws' },
  },
  'the older graphql-ws': {
    names: ['graphql-ws'],
    seen: {
      texts: ['{"type":"connection_ack"}', '{"type":"ka"}', '{"type":"data","id":"1","payload":{"data":{}}}'],
    },
  },
  Phoenix: {
    names: ['Phoenix'],
    seen: { texts: ['["1","2","room:lobby","phx_reply",{"status":"ok","response":{}}]'] },
    messages: [
      {
        ...{ join_ref: '1', ref: '2', topic: 'room:lobby', event: 'phx_reply' },
        payload: { status: 'ok', response: {} },
      },
    ],
  },
  'Phoenix, version 1': {
    names: ['Phoenix'],
    seen: { texts: ['{"topic":"room:lobby","event":"phx_reply","payload":{"status":"ok"},"ref":"1"}'] },
  },
  Centrifugo: {
    names: ['Centrifugo'],
    seen: {
      texts: [
        '{"id":1,"connect":{"client":"ab","version":"5.4.0","ping":25}}\n{"push":{"channel":"a","pub":{"data":{}}}}',
        '{}',
      ],
    },
  },
  'Action Cable': {
    names: ['Action Cable'],
    seen: {
      texts: ['{"type":"welcome"}', '{"identifier":"{\\"channel\\":\\"A\\"}","type":"confirm_subscription"}'],
    },
  },
  Pusher: {
    names: ['Pusher'],
    seen: { texts: ['{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"1.2\\"}"}'] },
    messages: [{ event: 'pusher:connection_established', data: { socket_id: '1.2' } }],
  },
  DDP: {
    names: ['DDP'],
    seen: { texts: ['{"server_id":"0"}', '{"msg":"connected","session":"a"}'] },
  },
  'JSON-RPC': {
    names: ['JSON-RPC'],
    seen: { texts: ['{"jsonrpc":"2.0","id":1,"result":null}'] },
  },
  'MQTT 3.1.1': { names: ['MQTT'], seen: { binaries: [Buffer.from('20020000', 'hex')] } },
  'MQTT 5': { names: ['MQTT'], seen: { binaries: [Buffer.from('200900000622000a210014', 'hex')] } },
  NATS: { names: ['NATS'], seen: { texts: ['INFO {"server_id":"ND","version":"2.10.7"} \r\n', 'PING\r\n'] } },
  XMPP: {
    names: ['XMPP'],
    seen: { texts: ['<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="a" version="1.0"/>'] },
  },
  'XMPP, by its features': {
    names: ['XMPP'],
    seen: { texts: ["<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>"] },
  },
  'JSON of its own': { names: [], seen: { texts: ['{"event":"welcome"}', '{"type":"complete"}', '{}'] } },
  'lists that are no Phoenix': { names: [], seen: { texts: ['[1,2,3,4,5]', '["a","b","c","d"]'] } },
  'numbers that are no Socket.IO': { names: [], seen: { texts: ['42 is the answer', '2', '40'] } },
  'words that are no SockJS': { names: [], seen: { texts: ['o', 'oh', 'hello'] } },
  'bytes that are no MQTT': {
    names: [],
    seen: { binaries: [Buffer.from('20ff0000', 'hex'), Buffer.from('0a', 'hex')] },
  },
  silence: { names: [], seen: {} },
};

describe('dialects', () => {
  for (const [name, { names, seen, messages }] of Object.entries(ROWS))
    test(name, () => {
      const all = { ...NONE, ...seen };
      const found = recognise(all);
      assert.deepEqual(
        found.map((dialect, index) => dialect.name.startsWith(names[index] ?? '?')),
        names.map(() => true),
        found.map((dialect) => dialect.name).join(),
      );
      if (messages !== undefined) assert.deepEqual(messagesOf(all, found), messages);
    });

  test('each is in these rows', () => {
    const seen = Object.values(ROWS).flatMap((row) => recognise({ ...NONE, ...row.seen }));
    assert.deepEqual(
      DIALECTS.filter((dialect) => !seen.includes(dialect)).map(({ name }) => name),
      [],
    );
  });

  test('their signs of life', () => {
    const cases: [dialect: string, ping: string, other: string][] = [
      ['Engine.IO', '2', '3'],
      ['Socket.IO', '2', '42["2"]'],
      ['SockJS', 'h', 'a["h"]'],
      ['SignalR', `{"type":6}${END}`, `{"type":1}${END}`],
      ['STOMP', '\n', 'MESSAGE\n\n\0'],
      ['graphql-transport-ws', '{"type":"ping"}', '{"type":"next"}'],
      ['graphql-ws', '{"type":"ka"}', '{"type":"data"}'],
      ['Centrifugo', '{}', '{"id":1}'],
      ['Action Cable', '{"type":"ping","message":1}', '{"type":"welcome"}'],
      ['Pusher', '{"event":"pusher:ping"}', '{"event":"ping"}'],
      ['DDP', '{"msg":"ping"}', '{"msg":"pong"}'],
      ['NATS', 'PING\r\n', 'MSG PING\r\n'],
    ];
    for (const [name, ping, other] of cases) {
      const dialect = DIALECTS.find((one) => one.name.startsWith(name));
      assert.deepEqual([dialect?.isPing?.(ping), dialect?.isPing?.(other)], [true, false], name);
    }
  });

  test('why an MQTT broker refused', () => {
    assert.equal(mqttRefusal(Buffer.from('20020005', 'hex')), 'CONNACK refuses with 5: not authorised');
    assert.equal(mqttRefusal(Buffer.from('20020087', 'hex')), 'CONNACK refuses with 135');
    assert.equal(mqttRefusal(Buffer.from('20020000', 'hex')), undefined);
  });
});

describe('JSON in frames', () => {
  const cases: [text: string, form: string, values: unknown[]][] = [
    ['{"a":1}', 'one', [{ a: 1 }]],
    ['{\n "a": 1\n}\n', 'one', [{ a: 1 }]],
    ['{"a":1}\n{"a":2}\n', 'several', [{ a: 1 }, { a: 2 }]],
    ['{"a":1}{"a":2}', 'several', [{ a: 1 }, { a: 2 }]],
    [`{"a":1}${END}`, 'several', [{ a: 1 }]],
    ['[{"a":1},{"a":2}]', 'list', [{ a: 1 }, { a: 2 }]],
    ['[1,2]', 'one', [[1, 2]]],
    ['data: {"a":1}\n\n', 'prefixed', [{ a: 1 }]],
    ['42["a"]', 'prefixed', [['a']]],
    ['hello {you}', 'none', []],
    ['12', 'none', []],
    ['"text"', 'none', []],
    ['{"a":1}\nnot', 'none', []],
    ['', 'none', []],
  ];
  for (const [text, form, values] of cases)
    test(JSON.stringify(text), () => {
      const payload = payloadOf(text);
      assert.deepEqual([payload.form, payload.values], [form, values]);
    });
});

/** The answer of a back end that numbers its parts. */
const ANSWER = [
  { event: 'welcome', at: '2026-11-21T06:34:56Z' },
  { event: 'part', ref: 'q1', seq: 0, content: 'Hello you' },
  { event: 'part', ref: 'q1', seq: 1, content: 'there' },
  { event: 'part', ref: 'q1', seq: 2, content: 'Now' },
  { event: 'end', ref: 'q1', seq: 3 },
].map(leavesOf);

describe('fields', () => {
  test('the type of a message', () => {
    const event = typeFieldOf(ANSWER);
    assert.equal(event?.path, 'event');
    assert.deepEqual(
      [...event.counts],
      [
        ['welcome', 1],
        ['part', 3],
        ['end', 1],
      ],
    );
    const pathOf = (...messages: unknown[]) => typeFieldOf(messages.map(leavesOf))?.path;
    assert.equal(pathOf({ type: 'message', event: 'a' }, { type: 'message', event: 'b' }), 'event');
    assert.equal(pathOf({ op: 10, d: {} }, { op: 11 }), 'op');
    assert.equal(pathOf({ head: { kind: 'a' }, x: 1 }), 'head.kind');
    const unnamed = [
      { w: 'a', l: 'x', p: 1 },
      { w: 'b', l: 'x' },
      { w: 'a', l: 'y', p: 2 },
      { w: 'b', l: 'y' },
    ];
    assert.equal(pathOf(...unnamed), 'w', 'its values go with the same fields');
    assert.equal(pathOf({ w: 'a' }, { w: 'b' }), undefined, 'too few');
    assert.equal(pathOf({ ref: 'a' }, { ref: 'a' }, { ref: 'b' }, { ref: 'b' }), undefined, 'an id');
    assert.equal(pathOf({ type: 'some words of text' }), undefined, 'no name');
    assert.equal(pathOf({ type: 'a' }, { x: 1 }, { x: 1 }), undefined, 'few have it');
  });

  test('ids, and which of ours they give back', () => {
    const ours = [leavesOf({ action: 'ask', ref: 'q1' })];
    assert.deepEqual(idFieldsOf(ANSWER, ours), [{ path: 'ref', ofOurs: 'ref' }]);
    assert.deepEqual(idFieldsOf(ANSWER, []), [{ path: 'ref' }]);
    const renamed = [
      leavesOf({ reply_to_id: 'q1', sessionId: 7, n: '0b7f3a4e-1111-4222-8333-444455556666' }),
    ];
    assert.deepEqual(idFieldsOf(renamed, [leavesOf({ message: { id: 'q1' } })]), [
      { path: 'reply_to_id', ofOurs: 'message.id' },
      { path: 'sessionId' },
      { path: 'n' },
    ]);
    assert.deepEqual(idFieldsOf([leavesOf({ id: 'some words', valid: 'x' })], []), []);
  });

  test('numbers of a sequence', () => {
    const of = (...messages: unknown[]) => sequenceFieldsOf(messages.map(leavesOf));
    assert.deepEqual(sequenceFieldsOf(ANSWER), ['seq']);
    assert.deepEqual(of({ n: 0 }, { n: 1 }, { n: 2 }, { n: 0 }, { n: 1 }), ['n'], 'it begins again');
    assert.deepEqual(of({ offset: 0 }, { offset: 17 }), ['offset']);
    assert.deepEqual(of({ n: 0 }, { n: 17 }, { n: 30 }), []);
    assert.deepEqual(of({ seq: 3 }, { seq: 2 }), []);
    assert.deepEqual(of({ seq: 1 }), []);
    assert.deepEqual(of({ id: 1 }, { id: 2 }, { id: 3 }), [], 'an id');
  });

  test('text', () => {
    assert.deepEqual(textFieldsOf(ANSWER, typeFieldOf(ANSWER)), ['content']);
    const of = (message: unknown) => textFieldsOf([leavesOf(message)], undefined);
    assert.deepEqual(of({ choices: [{ delta: { content: 'Hi' } }] }), ['choices.0.delta.content']);
    assert.deepEqual(of({ words: 'Some of them', at: '2026-11-21 06:34:56', token: JWT }), ['words']);
    assert.deepEqual(of({ name: 'Ann', text: '' }), []);
  });

  test('the mark of an end', () => {
    const of = (...messages: unknown[]) => {
      const leaves = messages.map(leavesOf);
      return endMarksOf(leaves, typeFieldOf(leaves)).map(({ path, value }) => `${path} ${value}`);
    };
    assert.deepEqual(endMarksOf(ANSWER, typeFieldOf(ANSWER)), [{ path: 'event', value: 'end' }]);
    assert.deepEqual(of({ done: false }, { done: true }), ['done true']);
    assert.deepEqual(of({ done: false }), []);
    assert.deepEqual(of({ c: [{ finish_reason: null }] }, { c: [{ finish_reason: 'stop' }] }), [
      'c.0.finish_reason stop',
    ]);
    assert.deepEqual(of({ type: 'response.done' }), ['type response.done']);
    assert.deepEqual(of({ text: '[DONE]' }), ['text [DONE]']);
    assert.deepEqual(of({ type: 'endless' }, { type: 'friend' }), []);
  });
});

describe('secrets', () => {
  test('which names have them', () => {
    const secret =
      'Authorization authorization Cookie Set-Cookie Proxy-Authorization X-Api-Key apiKey token access_token accessToken ' +
      'idtoken key secret client_secret password pass PASSWORD passcode auth authToken sig signature jwt credentials tokens';
    for (const name of secret.split(' ')) assert.equal(isSecretName(name), true, name);
    for (const name of [
      'author',
      'monkey',
      'compass',
      'design',
      'text',
      'passage',
      'authenticated',
      'id',
      '',
    ])
      assert.equal(isSecretName(name), false, name);
  });

  test('fields of JSON, wherever it stands', () => {
    const cases: [text: string, shown: string][] = [
      ['{"a":1,"token":"abc","b":2}', '{"a":1,"token":"…","b":2}'],
      [
        '{"a": {"accessToken" : "x\\"y" }, "id": 12345678901234567890}',
        '{"a": {"accessToken" : "…" }, "id": 12345678901234567890}',
      ],
      ['{"auth":{"user":"a","deep":[{"x":"}"}]},"b":2}', '{"auth":…,"b":2}'],
      ['{"keys":["a","b"],"pin":1,"password":1234}', '{"keys":…,"pin":1,"password":…}'],
      [
        '{"max_tokens":120,"tokens":["abc"],"auth":true,"key":null}',
        '{"max_tokens":120,"tokens":…,"auth":true,"key":null}',
      ],
      ['42["login",{"password":"abc"}]', '42["login",{"password":"…"}]'],
      ['a["{\\"token\\":\\"abc\\"}"]', 'a["{\\"token\\":\\"…\\"}"]'],
      ['CONNECT {"auth_token":"abc","verbose":false}\r\n', 'CONNECT {"auth_token":"…","verbose":false}\r\n'],
      ['{"token":"abc"}\n{"token":"def"}', '{"token":"…"}\n{"token":"…"}'],
      ['{"\\u0074oken":"abc"}', '{"\\u0074oken":"…"}'],
      ['{"token":"cut o', '{"token":"…"'],
      ['{"auth":{"a":"b"', '{"auth":…'],
      ['5" {"token":"abc"}', '5" {"token":"…"}'],
      ['{"a":"https://x.example/?token=abc&b=1"}', '{"a":"https://x.example/?token=…&b=1"}'],
      ['CONNECT\nlogin:ann\npasscode:abc\n\n\0', 'CONNECT\nlogin:ann\npasscode:…\n\n\0'],
      ['Bearer abcdefgh, Basic YWxhZGRpbjpv', 'Bearer …, Basic …'],
      ['Basic questions', 'Basic questions'],
      ['wss://ann:abc@x.example/', 'wss://…@x.example/'],
      ["<auth mechanism='PLAIN'>AGFubgBhYmM=</auth>", "<auth mechanism='PLAIN'>…</auth>"],
      [`say ${JWT} twice`, 'say … twice'],
      ['{"a":"no secret"} "open', '{"a":"no secret"} "open'],
      ['www.chat.example.com', 'www.chat.example.com'],
    ];
    for (const [text, shown] of cases) assert.equal(new Secrets([]).hide(text), shown, text);
  });

  test('the values that were given, wherever they come back', () => {
    const secrets = new Secrets(['s3cr3t-value', 'abc', '', '7']);
    assert.equal(secrets.hide('{"echo":"a s3cr3t-value b"}'), '{"echo":"a … b"}');
    assert.equal(secrets.hide('{"echo":"s3cr3t\\u002dvalue"}'), '{"echo":"…"}');
    assert.equal(secrets.hide('abc abcd xabc (abc) 7'), '… abcd xabc (…) 7');
  });

  test('what was said under a secret name is known from then on', () => {
    const secrets = new Secrets([]);
    secrets.learnFromUs({ a: [{ auth: { token: 'my-token' } }] });
    secrets.learnFromServer({ token: 'Hello you', ticket_token: '0123456789abcdef0' });
    assert.equal(secrets.hide('my-token Hello you 0123456789abcdef0'), '… Hello you …');
  });
});

const OPTIONS: ProbeOptions = { seconds: '10' };
const order = (address: string, options: Partial<ProbeOptions> = {}, sends: Send[] = []) =>
  orderOf(address, { ...OPTIONS, ...options }, sends);

describe('the command line', () => {
  test('what is wrong with it, a sentence each, and no secret in any', () => {
    const wrong = problems(() =>
      order(
        'https://x.example/?token=hidden1',
        {
          header: ['hidden2', 'A: b', 'Upgrade: x', 'Sec-WebSocket-Protocol: x'],
          seconds: '-1',
          subprotocol: ['a', 'a'],
        },
        [{ kind: 'hex', value: '1g' }],
      ),
    );
    assert.equal(wrong.length, 5, wrong.join('\n'));
    assert.match(wrong[0] ?? '', /wss:\/\//);
    for (const problem of wrong) {
      assert.match(problem, /^[A-Z-].*\.$/);
      assert.doesNotMatch(problem, /hidden/);
    }
    for (const address of ['chat', 'ftp://x', 'ws://', 'ws://x/#a'])
      assert.equal(problems(() => order(address)).length, 1, address);
    for (const seconds of ['', 'x', '-1', '1e99'])
      assert.match(problems(() => order('ws://x', { seconds })).join(), /^--seconds is /, seconds);
    assert.match(
      problems(() => order('ws://x', { header: ['Upgrade: h2c'] })).join(),
      /Upgrade is the handshake's own/,
    );
  });

  test('frames keep their order, and headers of one name stand together', () => {
    const { sends, headers, seconds } = order('ws://x', { header: ['A: 1', 'B:2', 'A: 3'], seconds: '0' }, [
      { kind: 'text', value: 'a' },
      { kind: 'hex', value: '20 02' },
      { kind: 'text', value: 'b' },
    ]);
    assert.deepEqual(sends, ['a', Buffer.from([0x20, 2]), 'b']);
    assert.deepEqual([headers, seconds], [{ A: ['1', '3'], B: ['2'] }, 0]);
  });

  test('lines of stdin', () => {
    assert.equal(frameOfLine('{"a":1} '), '{"a":1} ');
    assert.deepEqual(frameOfLine('\\x20 02'), Buffer.from([0x20, 2]));
    for (const line of ['', '\\x', '\\x2', '\\xyz']) assert.equal(frameOfLine(line), undefined, line);
  });

  test('its secrets are not shown, and known in frames', () => {
    const asked = order(
      'wss://ann:pass-word@x.example/live?token=query%2Dsecret&room=7',
      {
        header: [
          'Authorization: Basic YW5uOmJhc2ljLXNlY3JldA==',
          'Cookie: sid=cookie-secret; theme=dark1',
          'X-Api-Key: key-secret',
          'X-Room: 7',
        ],
      },
      [{ kind: 'text', value: '{"auth":{"token":"sent-secret"}}' }],
    );
    const secrets = secretsOf(asked);
    assert.deepEqual(dialLines(asked, secrets), [
      ' 0.000 dial wss://…@x.example/live?token=…&room=7',
      '         Authorization: …',
      '         Cookie: …',
      '         X-Api-Key: …',
      '         X-Room: 7',
    ]);
    const values =
      'pass-word query-secret query%2Dsecret YW5uOmJhc2ljLXNlY3JldA== basic-secret cookie-secret key-secret sent-secret';
    assert.equal(secrets.hide(`${values} 7`), `${'… '.repeat(8)}7`);
  });
});

const frame = (kind: Frame['kind'], data: string | Buffer, by: Frame['by'] = 'server', at = 12): Frame => ({
  ...{ at, by, kind },
  bytes: Buffer.from(data),
});

test('nothing breaks on what a server sends, however deep and long', () => {
  const length = 60_000;
  const long = ['a', 'a.', 'a-', '-eyJ', '<auth', '//a:', '"\\"', '"a":', 'Basic ', '{"key":[', '['].map(
    (part) => part.repeat(length / part.length),
  );
  const secrets = new Secrets(['s3cr3t']);
  const deep = '['.repeat(length) + ']'.repeat(length);
  const frames = [...long, deep, `{"token":${deep}}`].map((text) => frame('text', text));
  for (const one of frames) {
    assert.ok(frameLines(one, secrets).length <= 10);
    secrets.learnFromServer(payloadOf(one.bytes.toString()).values);
  }
  assert.ok(conclusionOf(conversation(frames), (text) => secrets.hide(text)).length > 5);
});

describe('lines', () => {
  const none = new Secrets([]);
  test('of frames', () => {
    assert.deepEqual(frameLines(frame('text', '{"type":"ping"}', 'us'), none), [
      ' 0.012 → text 15 {"type":"ping"}',
    ]);
    assert.deepEqual(frameLines(frame('text', 'äöü'), none), [' 0.012 ← text 6 äöü']);
    assert.deepEqual(frameLines(frame('text', `{}${END}a\nb\0`), none), [' 0.012 ← text 7 {}\\x1ea\\nb\\0']);
    assert.deepEqual(frameLines(frame('ping', ''), none), [' 0.012 ← ping']);
    assert.deepEqual(frameLines(frame('binary', Buffer.from('20020041', 'hex')), none), [
      ' 0.012 ← binary 4 20 02 00 41   ..A',
    ]);
    assert.deepEqual(frameLines(frame('binary', 'I say: abcdef!'), new Secrets(['abcdef'])), [
      ' 0.012 ← binary 14 49 20 73 61 79 3a 20 …  21  I say: …!',
    ]);
  });

  test('a secret in bytes is hidden as JSON, too, and all that follows the head of an MQTT CONNECT', () => {
    const shown = (data: string | Buffer) => frameLines(frame('binary', data), none).join('\n');
    assert.doesNotMatch(shown('\u0001{"token":"abc"}'), /61 62 63|abc/);
    const connect = Buffer.from('\x10\x16\0\x04MQTT\x04\xc2\0\x3c\0\x02c1\0\x03ann\0\x05sesam', 'latin1');
    assert.doesNotMatch(shown(connect), /sesam|73 65 73|ann/);
    assert.match(shown(connect), /MQTT/);
  });

  test('long frames are wrapped, then cut; their bytes are told', () => {
    const lines = frameLines(frame('text', `a ${'x'.repeat(100)} `.repeat(40)), none);
    assert.equal(lines.length, 10);
    assert.match(lines[0] ?? '', /^ 0\.012 ← text 4120 a x+$/);
    assert.match(lines.at(-1) ?? '', /…$/);
    for (const line of lines) assert.ok(Array.from(line).length <= 80, line);
    assert.match(frameLines(frame('text', 'x'.repeat(100)), none).join(''), /^ 0\.012 ← text 100 x+ {9}x+$/);
    const bytes = frameLines(frame('binary', Buffer.alloc(5000)), none);
    assert.equal(bytes.length, 9);
    for (const line of [...bytes, ...frameLines(frame('text', '漢'.repeat(60)), none)])
      assert.ok(Array.from(line).length <= 80, line);
  });

  test('nothing that a server says steers the terminal', () => {
    const said = [
      ...frameLines(frame('text', HOSTILE), none),
      ...frameLines(frame('binary', HOSTILE), none),
      ...frameLines(frame('ping', HOSTILE), none),
      ...brokenLines(1, new Error(HOSTILE), none),
      ...endLines(1, { how: 'closed', by: 'server', code: 4000, reason: HOSTILE }, none),
      ...endLines(
        1,
        { how: 'refused', status: 400, words: HOSTILE, body: HOSTILE, location: undefined },
        none,
      ),
      ...conclusionOf(
        conversation([
          frame(
            'text',
            JSON.stringify({ type: 'a', [HOSTILE.slice(0, 40)]: HOSTILE, '\u001b[1mtext': 'a b' }),
          ),
        ]),
        (text) => text,
      ),
    ];
    assert.ok(said.length > 20);
    for (const line of said) assert.doesNotMatch(line, STEERING);
  });

  test('of ends', () => {
    const closed = (by: 'us' | 'server', code: number, reason: string) =>
      endLines(1500, { how: 'closed', by, code, reason }, new Secrets(['s3cr3t'])).join();
    assert.equal(
      closed('server', 1008, 'bad s3cr3t'),
      ' 1.500 close 1008 policy violation, "bad …" (by the server)',
    );
    assert.equal(closed('us', 1000, ''), ' 1.500 close 1000 normal closure (ours)');
    assert.equal(closed('server', 1006, ''), ' 1.500 close 1006 without a close frame');
    assert.equal(closed('server', 4401, ''), ' 1.500 close 4401 of its own (by the server)');
    const refused = { how: 'refused', status: 401, words: 'Unauthorized', location: undefined } as const;
    const lines = endLines(1, { ...refused, body: `{"token":"abc"}${'x'.repeat(900)}` }, none)
      .join('')
      .replaceAll(' '.repeat(9), '');
    assert.match(lines, /^ 0\.001 refused 401 Unauthorized \{"token":"…"\}x{187}…$/);
  });
});

function conversation(frames: Frame[], more: Partial<Conversation> = {}): Conversation {
  const ending = { how: 'closed', by: 'us', code: 1000, reason: '' } as const;
  return { openedAt: 10, endedAt: 10_010, subprotocol: '', frames, notKept: 0, ending, ...more };
}

/** The lines of a conclusion by their names. */
function concluded(talk: Conversation): Record<string, string> {
  const lines: Record<string, string> = {};
  let name = '';
  const [head = '', ...rest] = conclusionOf(talk, (text) => text);
  assert.match(head, /^what a protocol file needs, as 10\.0 s and \d+ messages? of the server show it/);
  for (const line of rest) {
    assert.ok(line.length <= 80, line);
    const start = line.slice(0, 12).trim();
    if (line.startsWith(' ') && start !== '') name = start;
    lines[name] = `${lines[name] ?? ''} ${line.slice(12)}`.trim();
  }
  return lines;
}

describe('the conclusion', () => {
  test('of JSON of its own', () => {
    const texts = [
      '{"event":"welcome"}',
      '{"event":"part","ref":"q1","seq":0,"content":"Some words"}',
      '{"event":"ping"}',
      '{"event":"part","ref":"q1","seq":1,"content":"and more"}',
      '{"event":"end","ref":"q1"}',
      '{"event":"ping"}',
    ];
    const frames = [
      ...texts.slice(0, 1).map((text) => frame('text', text, 'server', 14)),
      frame('text', '{"action":"ask","ref":"q1"}', 'us', 20),
      ...texts.slice(1).map((text, index) => frame('text', text, 'server', 1000 * (index + 1))),
      ...[1000, 3500, 6000].map((at) => frame('ping', '', 'server', at)),
    ];
    assert.deepEqual(concluded(conversation(frames)), {
      frames: '6 of JSON, one value each (read)',
      dialect: 'none that is known here: messages of its own',
      'first word':
        "the server's, 4.0 ms after opening: awaitsReady, if it means that questions may be asked",
      pings:
        'of WebSocket 3 times, about every 2.50 s, which k6 answers by itself; as a message 2 times, about every 3.00 s: ignored, or a reply',
      type: 'seems event: welcome 1×, part 2×, ping 2×, end 1×',
      id: 'seems ref (of part, end), which gives back ref of ours',
      number: 'seems seq (of part)',
      text: 'seems content (of part)',
      end: 'seems event = end',
      close: "none of the server's; it answered ours with 1000",
    });
  });

  test('of silence: only that', () => {
    const { type, frames, pings, close, ...more } = concluded(conversation([]));
    assert.deepEqual(
      [type, frames, pings],
      [undefined, 'none came, so nothing can be said of them', 'none came in this time'],
    );
    assert.match(more['first word'] ?? '', /nobody spoke.*--send/);
    assert.match(close ?? '', /^none of the server's/);
    assert.equal(more['dialect'], undefined);
    assert.match(
      concluded(conversation([frame('text', 'a', 'us')]))['first word'] ?? '',
      /^ours, and the server said nothing/,
    );
    assert.match(
      concluded(conversation([frame('text', 'a', 'us'), frame('text', 'b')]))['first word'] ?? '',
      /^ours; .*shows when nothing is sent/,
    );
  });

  test('of bytes, plain text, several values, and dialects', () => {
    const of = (...frames: Frame[]) => concluded(conversation(frames));
    assert.match(
      of(frame('binary', Buffer.from('0801ff', 'hex')))['dialect'] ?? '',
      /^binary of no kind that is known here$/,
    );
    assert.match(of(frame('binary', Buffer.from('1f8b0800', 'hex')))['dialect'] ?? '', /compressed/);
    assert.equal(
      of(frame('binary', '{"a":1}'))['frames'],
      '1 of JSON, one value each (read); 1 text came in a binary frame (readFrame)',
    );
    assert.equal(of(frame('binary', Buffer.alloc(4)))['frames'], '1 binary without text (readFrame)');
    assert.match(of(frame('text', 'hello'))['dialect'] ?? '', /^plain text/);
    assert.match(of(frame('text', '{"a":1}\n{"a":2}'))['frames'] ?? '', /^1 of JSON, several values/);
    assert.match(
      of(frame('binary', Buffer.from('20020005', 'hex')))['dialect'] ?? '',
      /^seems MQTT: .*refuses with 5/,
    );
    const io = of(
      frame('text', '0{"sid":"a"}'),
      frame('text', '40{"sid":"b"}'),
      frame('text', '42["part",{"text":"a b"}]'),
      frame('text', '2'),
    );
    assert.match(io['dialect'] ?? '', /^seems Socket\.IO/);
    assert.match(
      io['dialect'] ?? '',
      / a file for it ships: systems\/chatbot\/dialects\/socketIo\.ts, see docs\/dialects\/socket-io\.md;/,
    );
    assert.deepEqual([io['type'], io['text']], ['seems event: part 1×', 'seems data.text']);
    assert.match(io['pings'] ?? '', /^as a message once/);
  });

  test('of ends, and of what was not kept', () => {
    const close = (ending: Conversation['ending']) => concluded(conversation([], { ending }))['close'];
    assert.equal(
      close({ how: 'closed', by: 'server', code: 4401, reason: 'who?' }),
      'by the server: 4401 of its own, "who?"',
    );
    assert.match(close({ how: 'closed', by: 'server', code: 1006, reason: '' }) ?? '', /lost/);
    assert.match(close({ how: 'cut' }) ?? '', /did not answer our close/);
    assert.match(
      conclusionOf(conversation([], { notKept: 7 }), (text) => text)[0] ?? '',
      /7 more were not looked at/,
    );
  });
});

describe('handshakes that fail', () => {
  test('by status, with what to do', () => {
    const cases: [status: number, body: string, location: string | undefined, expected: RegExp][] = [
      [401, '', undefined, /log-in/],
      [403, '', undefined, /--origin/],
      [404, '', undefined, /path/],
      [200, '<html>', undefined, /no socket/],
      [302, '', 'https://x.example/login?next=secret', /leads to https:\/\/x\.example\/login\?…:/],
      [400, 'Missing subprotocol', undefined, /give --subprotocol/],
      [400, '{"code":0,"message":"Transport unknown"}', undefined, /EIO=4/],
      [400, '', undefined, /handshake/],
      [426, '', undefined, /Upgrade/],
      [503, '', undefined, /log/],
      [418, '', undefined, /log/],
    ];
    for (const [status, body, location, expected] of cases) {
      const text = refusalText({ how: 'refused', status, words: '', body, location }, order('ws://x'));
      assert.match(
        text,
        new RegExp(`^The handshake was refused with ${status}\\. .*${expected.source}.*\\.$`),
        text,
      );
    }
  });

  test('by error, in a sentence', () => {
    const cases: [code: string, expected: RegExp][] = [
      ['ECONNREFUSED', /^Nobody listens at x\.example:81:/],
      ['ENOTFOUND', /^No address is known for the name x\.example:/],
      ['ETIMEDOUT', /does not answer/],
      ['EPROTO', /no TLS/],
      ['ECONNRESET', /hung up/],
      ['HPE_INVALID_CONSTANT', /no HTTP/],
      ['CERT_HAS_EXPIRED', /expired/],
      ['DEPTH_ZERO_SELF_SIGNED_CERT', /--insecure/],
      ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
      ['OTHER', /^There was no handshake with x\.example:81: it broke\.$/],
    ];
    for (const [code, expected] of cases) {
      const error = Object.assign(new Error('it broke'), { code });
      assert.match(failureText(error, order('wss://x.example:81')), expected, code);
    }
    const unknown = new Error('Server sent no subprotocol');
    assert.match(failureText(unknown, order('ws://x', { subprotocol: ['a'] })), /knows none/);
  });
});

describe('crescendo probe', () => {
  test('a server that speaks first, until Ctrl-C, with its secrets kept', async (t) => {
    const { host, closeCodes, handshakes } = await socketServer(t, (socket) => {
      socket.ping();
      socket.send('{"auth":"0123456789abcdef0"}');
      socket.send('{"event":"again","of":"0123456789abcdef0"}');
      socket.send(`{"event":"welcome","token":"${JWT}","echo":"my-query-token"}`);
    });
    const address = `ws://${host}/live?token=my-query-token`;
    const headers = ['--header', 'Authorization: Bearer my-header-token', '--origin', 'https://x.example'];
    const { exitCode, stdout, stderr } = await crescendo(['probe', address, ...headers, '--seconds', '0'], {
      folder: folder(t),
      interruptAt: '"welcome"',
    });
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.match(stdout, /^ 0\.000 dial ws:\/\/127\.0\.0\.1:\d+\/live\?token=…\n/);
    assert.match(stdout, /\n +\d+\.\d{3} open\n/);
    assert.match(stdout, /\n +\d+\.\d{3} ← ping\n/);
    assert.match(stdout, /← text \d+ \{"event":"welcome","token":"…","echo":"…"\}/);
    assert.match(stdout, /close 1000 normal closure \(ours\)\n\nwhat a protocol file needs/);
    assert.match(stdout, /\n first word the server's, /);
    assert.match(stdout, /← text \d+ \{"event":"again","of":"…"\}/);
    assert.match(stdout, /\n frames {5}3 of JSON, one value each \(read\)\n/);
    assert.doesNotMatch(stdout, /my-query-token|my-header-token|eyJ|0123456789abcdef0/);
    assert.deepEqual(closeCodes, [1000]);
    const { authorization, origin } = handshakes[0]?.headers ?? {};
    assert.deepEqual([authorization, origin], ['Bearer my-header-token', 'https://x.example']);
  });

  test('frames of the command line and of stdin, in their order, text and binary', async (t) => {
    const { host, received } = await socketServer(t, (socket) =>
      socket.on('message', (data: Buffer, isBinary) => {
        socket.send(data, { binary: isBinary });
        if (data.toString() === 'bye') socket.close(1000);
      }),
    );
    const sends = ['--send', 'one', '--binary-hex', '20 02 00 00', '--send', 'two', '--seconds', '0'];
    const { exitCode, stdout, stderr } = await probeWithInput(
      t,
      [`ws://${host}`, ...sends],
      'three\n\n\\x0aff\n\\xno\nbye\n',
    );
    assert.equal(exitCode, 0);
    assert.deepEqual(received, ['one', '20020000', 'two', 'three', '0aff', 'bye']);
    assert.match(stdout, /→ binary 4 20 02 00 00 {3}\.\.\.\n/);
    assert.match(stdout, /← binary 2 0a ff {2}\.\.\n/);
    assert.match(stdout, /close 1000 normal closure \(by the server\)/);
    assert.match(stderr, /^A line that begins with \\x must hold/);
  });

  test('its time is over although stdin is open, and closes with 1000', async (t) => {
    const { host, closeCodes } = await socketServer(t, () => undefined);
    const { exitCode, stdout } = await probeWithInput(t, [`ws://${host}`, '--seconds', '0.05'], '');
    assert.equal(exitCode, 0);
    assert.match(stdout, /close 1000 normal closure \(ours\)[^]*nobody spoke/);
    assert.deepEqual(closeCodes, [1000]);
  });

  test('a server that closes with 1008 is told, and no failure', async (t) => {
    const { host } = await socketServer(t, (socket) => socket.close(1008, 'no token'));
    const { exitCode, stdout } = await crescendo(['probe', `ws://${host}`, '--seconds', '0'], {
      folder: folder(t),
    });
    assert.equal(exitCode, 0);
    assert.match(stdout, /close 1008 policy violation, "no token" \(by the server\)\n/);
    assert.match(stdout, /\n close {6}by the server: 1008 policy violation, "no token"\n$/);
  });

  test('a server that does not answer the close is cut off', async (t) => {
    const { host } = await socketServer(t, (socket) => socket.send('hello', () => socket.pause()));
    const { exitCode, stdout } = await crescendo(['probe', `ws://${host}`, '--seconds', '0'], {
      folder: folder(t),
      interruptAt: 'hello',
    });
    assert.equal(exitCode, 0);
    assert.match(stdout, /cut off: no answer to our close\n\n[^]*did not answer our close within 2 s\n$/);
  });

  test('a server whose frames are broken is told', async (t) => {
    const { host } = await socketServer(t, (socket) => socket.send(Buffer.from([0xff]), { binary: false }));
    const { exitCode, stdout } = await crescendo(['probe', `ws://${host}`, '--seconds', '0'], {
      folder: folder(t),
    });
    assert.equal(exitCode, 0);
    assert.match(stdout, /broken: Invalid WebSocket frame: invalid UTF-?8 sequence\n/i);
  });

  test('a subprotocol: that which is chosen, and none that is known', async (t) => {
    const { host } = await socketServer(t, (socket) => socket.close(1000), {
      handleProtocols: (names) => (names.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
    });
    const offer = async (...names: string[]) =>
      crescendo(['probe', `ws://${host}`, ...names.flatMap((name) => ['--subprotocol', name])], {
        folder: folder(t),
      });
    const { exitCode, stdout } = await offer('other', 'graphql-transport-ws');
    assert.equal(exitCode, 0);
    assert.match(
      stdout,
      / open, subprotocol graphql-transport-ws\n[^]*\n dialect {4}seems graphql-transport-ws/,
    );
    const refused = await offer('other');
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /^The server knows none of the subprotocols: .*\.\n$/);
  });

  test('a refusal: status, body and what to do', async (t) => {
    const host = await refusingServer(
      t,
      401,
      {},
      `{"error":"no \u001b[31mlog-in\u001b[0m"}${'x'.repeat(500)}`,
    );
    const { exitCode, stdout, stderr } = await crescendo(['probe', `ws://${host}`], { folder: folder(t) });
    assert.equal(exitCode, 2);
    assert.match(stdout, / refused 401 Unauthorized \{"error":"no  log-in "\}x+\n/);
    assert.match(stdout, /x…\n$/);
    assert.match(stderr, /^The handshake was refused with 401\. It wants a log-in: [^\n]+\.\n$/);
  });

  test('a dead port', async (t) => {
    const address = `ws://127.0.0.1:${await freePort()}`;
    const { exitCode, stderr } = await crescendo(['probe', address], { folder: folder(t) });
    assert.equal(exitCode, 2);
    assert.match(stderr, /^Nobody listens at 127\.0\.0\.1:\d+: [^\n]+\n$/);
  });

  test('Ctrl-C before the handshake is answered', async (t) => {
    const host = await silentServer(t);
    const { exitCode, stderr } = await crescendo(['probe', `ws://${host}`], {
      folder: folder(t),
      interruptAt: 'dial',
    });
    assert.deepEqual([exitCode, stderr], [2, 'It was stopped before the socket was open.\n']);
  });

  test('a certificate that nobody has signed, with and without --insecure', async (t) => {
    const { host } = await tlsServer(t, (socket) => socket.close(1000));
    const refused = await crescendo(['probe', `wss://${host}`], { folder: folder(t) });
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /^The certificate of 127\.0\.0\.1:\d+ .*--insecure/);
    const { exitCode, stdout } = await crescendo(['probe', `wss://${host}`, '--insecure'], {
      folder: folder(t),
    });
    assert.equal(exitCode, 0);
    assert.match(stdout, / open\n/);
  });

  test('on a terminal: lines are sent, Ctrl-C concludes', { skip: noTerminal() }, async (t) => {
    const { host, received } = await socketServer(t, (socket) =>
      socket.on('message', () => socket.send('{"event":"end"}')),
    );
    const terminal = new TestTerminal(t, ['probe', `ws://${host}`, '--seconds', '0'], { folder: folder(t) });
    await terminal.until((lines) => lines.some((line) => line.endsWith(' open')));
    terminal.press('typed\n');
    await terminal.until((lines) => lines.some((line) => line.includes('← text 15 {"event":"end"}')));
    terminal.press('\u0003');
    assert.equal(await terminal.ended, 0);
    assert.deepEqual(received, ['typed']);
    assert.match(terminal.raw, /close 1000 normal closure \(ours\)/);
    assert.match(terminal.raw, /seems event = end/);
  });

  test('wrong usage is one sentence and 2; the help has examples', async (t) => {
    const { exitCode, stderr } = await crescendo(['probe', 'http://127.0.0.1:1/'], { folder: folder(t) });
    assert.deepEqual([exitCode, stderr.trim().split('\n').length], [2, 1]);
    const help = await crescendo(['probe', '--help'], { folder: folder(t) });
    assert.equal(help.exitCode, 0);
    assert.match(help.stdout, /Examples:\n {2}crescendo probe wss:/);
    for (const line of help.stdout.split('\n')) assert.ok(line.length <= 80, line);
    const { stdout } = await crescendo(['--help'], { folder: folder(t) });
    assert.match(stdout, /\n {2}probe .*open one socket/);
  });
});
