// Does the dialect of XMPP hold what every dialect must, and read what a server may send?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { childOf } from '../lib/words/xml.ts';
import type { ServerMessage } from '../systems/chatbot/dialect.ts';
import { xmpp, type XmppWords } from '../systems/chatbot/dialects/xmpp.ts';
import { assertBalanced, summaryOf } from './support/books.ts';
import { dialectContract } from './support/dialects/contract.ts';
import { begun, chunk, heardIn, IDS, textOf } from './support/dialects/frames.ts';
import { prosodyServer, prosodyUnavailable } from './support/dialects/prosodyServer.ts';
import { runK6 } from './support/k6.ts';
import { readXml } from './support/xmlReader.ts';

const SCRIPT = 'tests/k6/xmpp.ts';

const chats = {
  alone: 'in parts',
  anonymous: 'whole',
  room: 'whole',
} as const;

for (const [CHAT, answers] of Object.entries(chats))
  dialectContract({
    title: `Prosody, with a bot that answers ${answers}: ${CHAT}`,
    script: SCRIPT,
    serve: (t) => prosodyServer(t, answers),
    right: { CHAT, CHAT_SECRET: 'open' },
    wrong: { CHAT: CHAT === 'anonymous' ? 'alone' : CHAT, CHAT_SECRET: 'wrong' },
    refusal: 'connect:server_error',
    shown: /not-authorized/,
    other: 'tests/k6/graphqlWs.ts',
    unavailable: prosodyUnavailable(),
  });

test(
  'in a room everybody hears what others ask and are answered',
  { skip: prosodyUnavailable() },
  async (t) => {
    const { url, websocketUrl, counts } = await prosodyServer(t, 'whole');
    const env = {
      CHAT: 'room',
      CHAT_SECRET: 'open',
      API_BASE_URL: url,
      WEBSOCKET_BASE_URL: websocketUrl,
      ENCRYPTION: 'none',
      RAMP_START_SESSIONS: '3',
      RAMP_INCREMENT: '1',
      RAMP_MAX_SESSIONS: '3',
      RAMP_INTERVAL_SECONDS: '2',
      QUESTIONS: 'MED1060:3',
      THINK_SECONDS: '0.05',
      GENERATOR_LAG_LIMIT_MS: '100000',
    };
    const run = await runK6({ source: SCRIPT, env });
    const summary = summaryOf(run);
    assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout + run.stderr);
    assertBalanced(summary);
    const count = (name: string): number => summary.metrics[name]?.['count'] ?? 0;
    const [pushed, timed] = [count('messages_pushed'), count('pushes_timed')];
    assert.ok(pushed > 0 && pushed <= 2 * (counts.questions + counts.answers), String(pushed));
    assert.ok(timed > 0 && timed < pushed, 'answers to others say when they were sent, questions do not');
  },
);

const BOT = 'bot@bots.example';
const ALONE: XmppWords = {
  domain: 'chat.example',
  account: ({ user }) => ({ name: user, password: "päss<'" }),
  bot: 'Bot@Bots.Example',
};
const ROOM: XmppWords = { ...ALONE, bot: 'Lobby@Rooms.Example/Bot', nickname: ({ user }) => user };
const SELF = 'lobby@rooms.example/me';

const FEATURES = (inner: string) =>
  `<stream:features xmlns:stream="http://etherx.jabber.org/streams">${inner}</stream:features>`;
const MECHANISMS = (...names: string[]) =>
  FEATURES(
    `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${names.map((name) => `<mechanism>${name}</mechanism>`).join('')}</mechanisms>`,
  );
const BINDING = (session = '') => FEATURES(`<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>${session}`);
const SUCCESS = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
const BOUND =
  "<iq xmlns='jabber:client' id='bind' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@chat.example/1</jid></bind></iq>";

const message = (attributes: string, inner: string) =>
  `<message xmlns='jabber:client' ${attributes}>${inner}</message>`;

/** The frames of a reply, each of which is XML. */
function replies(messages: readonly ServerMessage[]) {
  return messages
    .flatMap((one) => (one.type === 'reply' ? [one.text].flat() : []))
    .map((frame) => readXml(textOf(frame)));
}

const REFUSED: ServerMessage[] = [{ type: 'error', id: null }];
const IGNORED: ServerMessage[] = [{ type: 'ignored' }];
const READY: ServerMessage[] = [{ type: 'ready' }];
const BROKEN: ServerMessage[] = [{ type: 'bad', lacks: 'well-formed XML' }];

describe('getting in', () => {
  test('takes a stream, a password, another stream, a resource, presence', () => {
    const protocol = begun(xmpp(ALONE));
    const open = readXml(textOf(protocol.hello?.(IDS)));
    assert.deepEqual([open.name, open.attributes['to']], ['open', 'chat.example']);
    assert.deepEqual(
      heardIn(protocol, "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='1'/>"),
      IGNORED,
    );

    const [auth] = replies(heardIn(protocol, MECHANISMS('SCRAM-SHA-1', 'PLAIN')));
    assert.equal(auth?.attributes['mechanism'], 'PLAIN');
    assert.equal(Buffer.from(auth.text, 'base64').toString(), "\0me\0päss<'");

    assert.deepEqual(replies(heardIn(protocol, SUCCESS)), [open]);
    const [bind] = replies(heardIn(protocol, BINDING('<session><optional/></session>')));
    assert.deepEqual([bind?.name, bind?.attributes['type'], bind?.children[0]?.name], ['iq', 'set', 'bind']);

    const messages = heardIn(protocol, BOUND);
    assert.deepEqual([replies(messages)[0]?.name, messages.slice(1)], ['presence', READY]);
  });

  test('asks for a session where the server wants one', () => {
    const protocol = begun(xmpp(ALONE));
    heardIn(protocol, BINDING("<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"));
    const [session] = replies(heardIn(protocol, BOUND));
    assert.equal(session?.children[0]?.name, 'session');
    const messages = heardIn(protocol, "<iq xmlns='jabber:client' id='session' type='result'/>");
    assert.deepEqual(messages.slice(1), READY);
  });

  test('needs no account where the server takes anybody', () => {
    const protocol = begun(xmpp({ domain: 'chat.example', bot: BOT }));
    const [auth] = replies(heardIn(protocol, MECHANISMS('ANONYMOUS')));
    assert.equal(auth?.attributes['mechanism'], 'ANONYMOUS');
    assert.notEqual(auth.text, '');
  });

  test('to a room ends when the room says so', () => {
    const protocol = begun(xmpp(ROOM));
    heardIn(protocol, BINDING());
    const [presence, join, ...none] = replies(heardIn(protocol, BOUND));
    assert.deepEqual([presence?.attributes['to'], join?.attributes['to'], none], [undefined, SELF, []]);
    const of = (attributes: string, inner = '') =>
      heardIn(protocol, `<presence xmlns='jabber:client' ${attributes}>${inner}</presence>`);
    assert.deepEqual(of("from='lobby@rooms.example/bot'"), IGNORED);
    assert.deepEqual(of("from='crescendo@chat.example/1'"), IGNORED);
    assert.deepEqual(of(`from='${SELF}' type='error'`), REFUSED);
    assert.deepEqual(of("from='lobby@rooms.example' type='error'"), REFUSED);
    assert.deepEqual(of(`from='${SELF}'`), READY);
    assert.deepEqual(
      of("from='lobby@rooms.example/another'", '<y/><x><item/><status code="110"/></x>'),
      READY,
      'the room gave another name',
    );
    assert.deepEqual(of(`from='${SELF}'`), IGNORED);
    assert.deepEqual(of("from='lobby@rooms.example/another' type='unavailable'"), REFUSED);
  });

  const refusals: [string, ServerMessage[]][] = [
    ["<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>", REFUSED],
    ["<iq xmlns='jabber:client' id='bind' type='error'/>", REFUSED],
    ["<iq xmlns='jabber:client' id='session' type='error'/>", REFUSED],
    ["<stream:error xmlns:stream='http://etherx.jabber.org/streams'><conflict/></stream:error>", REFUSED],
    [MECHANISMS('SCRAM-SHA-1'), [{ type: 'bad', lacks: 'mechanism PLAIN' }]],
    [FEATURES(''), [{ type: 'bad', lacks: 'mechanism PLAIN' }]],
    ["<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", [{ type: 'unknown' }]],
  ];
  for (const [frame, messages] of refusals)
    test(`is refused by ${frame}`, () => assert.deepEqual(heardIn(begun(xmpp(ALONE)), frame), messages));
});

const THREAD = '<thread>7</thread>';

describe('alone with a bot', () => {
  test('a question is a message, whatever its text', () => {
    const asked = readXml(textOf(begun(xmpp(ALONE)).question('7', 'c', '</body>&"\'\0')));
    const { type, to, id } = asked.attributes;
    assert.deepEqual([asked.name, type, to, id], ['message', 'chat', BOT, '7']);
    assert.deepEqual(
      asked.children.map(({ name, text }) => [name, text]),
      [
        ['body', '</body>&"\'\ufffd'],
        ['thread', '7'],
      ],
    );
  });

  const table: [string, ServerMessage[]][] = [
    [message(`from='${BOT}'`, `<body>1 &lt; 2</body>${THREAD}`), [chunk('7', '1 < 2')]],
    [
      message(`from='${BOT}/desk' type="chat"`, `<html><body>no</body></html><body/>${THREAD}`),
      [chunk('7', '')],
    ],
    [message(`from='${BOT}'`, `<composing/>${THREAD}`), IGNORED],
    [message(`from='${BOT}'`, '<body>Welcome!</body>'), [{ type: 'unknown', lacks: 'thread' }]],
    [message(`from='${BOT}x'`, `<body>b</body>${THREAD}`), [{ type: 'push' }]],
    [message('', '<body>The server ends at noon.</body>'), [{ type: 'push' }]],
    [message("from='chat.example'", '<subject>s</subject>'), IGNORED],
    [message(`from='${BOT}' type='error' id='7'`, '<error/>'), [{ type: 'error', id: '7' }]],
    [message(`from='${BOT}' type='error'`, '<error/>'), REFUSED],
    ["<presence xmlns='jabber:client' from='chat.example' type='error'/>", IGNORED],
    ["<iq xmlns='jabber:client' type='result' id='other'/>", IGNORED],
    [' \n', IGNORED],
    ['', IGNORED],
    ['{"type":"ready"}', BROKEN],
    ['<message/><message/>', BROKEN],
    ['<message><body>&unknown;</body></message>', BROKEN],
    ['<strange/>', [{ type: 'unknown' }]],
  ];
  for (const [frame, messages] of table)
    test(`hears ${JSON.stringify(frame)}`, () => {
      const protocol = begun(xmpp(ALONE));
      protocol.question('7', 'c', 't');
      assert.deepEqual(heardIn(protocol, frame), messages);
    });

  test('wants text', () => {
    const messages = heardIn(begun(xmpp(ALONE)), new ArrayBuffer(3));
    assert.deepEqual(messages, [{ type: 'bad', lacks: 'text' }]);
  });

  test('answers pings, refuses other requests, and closes', () => {
    const protocol = begun(xmpp(ALONE));
    const ask = (inner: string, from = "from='chat.example'") =>
      replies(
        heardIn(protocol, `<iq xmlns='jabber:client' type='get' id='p&amp;1' ${from}>${inner}</iq>`),
      )[0];
    const pong = ask("<ping xmlns='urn:xmpp:ping'/>");
    assert.deepEqual(
      [pong?.attributes['type'], pong?.attributes['id'], pong?.attributes['to'], pong?.children],
      ['result', 'p&1', 'chat.example', []],
    );
    assert.equal(ask("<ping xmlns='urn:xmpp:ping'/>", '')?.attributes['to'], undefined);
    const refusal = ask("<query xmlns='jabber:iq:version'/>");
    assert.deepEqual([refusal?.attributes['type'], refusal?.children[0]?.name], ['error', 'error']);
    const close = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";
    assert.deepEqual(heardIn(protocol, close), [{ type: 'reply', text: close }]);
    assert.equal(protocol.goodbye?.(), close);
  });

  test('an answer in parts ends where the back end says so', () => {
    const isLast = (part: Parameters<typeof childOf>[0]) => childOf(part, 'active') !== undefined;
    const protocol = begun(xmpp({ ...ALONE, isLast }));
    const part = (inner: string) => heardIn(protocol, message(`from='${BOT}'`, inner + THREAD));
    assert.deepEqual(part('<body>You </body><composing/>'), [chunk('7', 'You ', false)]);
    assert.deepEqual(part('<composing/>'), IGNORED);
    assert.deepEqual(part('<active/>'), [chunk('7', '')]);
  });

  test('a bot without threads answers the open question', () => {
    const protocol = begun(xmpp({ ...ALONE, withoutIds: true }));
    assert.equal(protocol.withoutIds, true);
    assert.deepEqual(heardIn(protocol, message(`from='${BOT}'`, '<body>b</body>')), [chunk(null, 'b')]);
  });

  test('the thread of another question is not hidden', () => {
    const protocol = begun(xmpp(ALONE));
    const stray = message(`from='${BOT}'`, '<body>b</body><thread>8</thread>');
    assert.deepEqual(heardIn(protocol, stray), [chunk('8', 'b')]);
  });
});

describe('in a room', () => {
  const from = (name: string, inner: string) =>
    message(`from='lobby@rooms.example/${name}' type='groupchat'`, inner);
  const answer = `<body>b</body>${THREAD}`;

  test('own questions come back, answers to others and their questions are pushes', () => {
    const sentAt = (part: Parameters<typeof childOf>[0]) => Number(childOf(part, 'sent')?.attributes['at']);
    const protocol = begun(xmpp({ ...ROOM, sentAt }));
    const asked = readXml(textOf(protocol.question('7', 'c', 't')));
    assert.deepEqual(
      [asked.attributes['to'], asked.attributes['type']],
      ['lobby@rooms.example', 'groupchat'],
    );
    const stranger = '<body>b</body><thread>8</thread>';
    assert.deepEqual(heardIn(protocol, from('Bot', answer)), [chunk('7', 'b')]);
    assert.deepEqual(heardIn(protocol, from('Bot', stranger)), [{ type: 'push' }]);
    assert.deepEqual(heardIn(protocol, from('Bot', `${stranger}<sent at="5"/>`)), [
      { type: 'push', sentAt: 5 },
    ]);
    assert.deepEqual(heardIn(protocol, from('Bot/x', answer)), [{ type: 'push' }]);
    assert.deepEqual(heardIn(protocol, from('me', answer)), IGNORED);
    assert.deepEqual(heardIn(protocol, from('crescendo-2-0', stranger)), [{ type: 'push' }]);
    assert.deepEqual(heardIn(protocol, from('', '<subject>s</subject>')), IGNORED);
  });

  test('a session does not know the questions of the one before', () => {
    const protocol = begun(xmpp(ROOM));
    protocol.question('7', 'c', 't');
    assert.deepEqual(heardIn(begun(protocol), from('Bot', answer)), [{ type: 'push' }]);
  });
});

test('no beginning and no end of a stanza is one', () => {
  for (const frame of [
    MECHANISMS('PLAIN'),
    SUCCESS,
    BOUND,
    message(`from='${BOT}'`, `<body>b</body>${THREAD}`),
  ])
    for (let cut = 1; cut < frame.length; cut++)
      for (const piece of [frame.slice(0, cut), frame.slice(cut)]) {
        const messages = heardIn(begun(xmpp(ALONE)), piece);
        assert.deepEqual(messages, BROKEN, piece);
      }
});
