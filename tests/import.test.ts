// Does `crescendo import` find in a recording what a replay needs, copy no secret, and refuse what is no recording?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { check } from 'prettier';
import { unusedLookalikes } from '../lib/before/settings/unknownNames.ts';
import { parseThink } from '../lib/words/think.ts';
import { parsePools, parseShares } from '../systems/chatbot/questions.ts';
import type { ChatIds, ChatProtocol, ServerMessage } from '../systems/chatbot/dialect.ts';
import { OwnSettings } from '../cli/import/chain/ownSettings.ts';
import { joined, made, quoted, termCode, textCode } from '../cli/import/code/term.ts';
import { looksSecret, RecordedSecrets } from '../cli/import/recording/recordedSecrets.ts';
import { SECTIONS } from '../cli/setup/knownSettings.ts';
import { readDotEnv } from '../cli/setup/dotEnv.ts';
import { ROOT } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { BEGAN, callEntry, har, REFERENCE, referenceHar, socketEntry } from './support/harFile.ts';
import {
  anonymousRecording,
  cookieRecording,
  plainRecording,
  roomsRecording,
  sealedRecording,
  socketIoRecording,
  graphqlRecording,
  tokensRecording,
  wordsRecording,
} from './support/recordings.ts';
import type { ScriptSettings } from '../lib/words/sections.ts';
import { importHar, type ImportedFolder } from './support/replay.ts';

const RECORDINGS = {
  reference: { har: referenceHar(), secrets: [...Object.values(REFERENCE), 'anna'] },
  rooms: roomsRecording(),
  cookies: cookieRecording(),
  anonymous: anonymousRecording(),
  acks: socketIoRecording('ack'),
  events: socketIoRecording('events'),
  sealed: sealedRecording('aes-256-gcm', 'ab'.repeat(32)),
  plain: plainRecording(),
  tokens: tokensRecording(),
  pageWords: wordsRecording('page'),
  serverWords: wordsRecording('server'),
  graphql: graphqlRecording(),
};

/** The protocol that a folder holds, with these settings of its own. */
async function protocolOf(
  { here, name, files }: ImportedFolder,
  own: Record<string, string> = {},
): Promise<ChatProtocol> {
  const path = join(here, name, 'protocol.ts');
  const { protocol, SETTINGS = {} } = (await import(pathToFileURL(path).href)) as {
    protocol?: (settings: unknown, own: Record<string, string>) => ChatProtocol;
    SETTINGS?: ScriptSettings;
  };
  assert.ok(protocol, files['protocol.ts']);
  const values = Object.entries(SETTINGS).map(([one, { env }]) => [one, own[env] ?? '']);
  return protocol({}, Object.fromEntries(values) as Record<string, string>);
}

const IDS: ChatIds = { user: 'u1', token: 't/1', sessionId: 's 1', connectionId: 'c1' };
const OWN = { MY_USER: 'me', MY_PASSWORD: 'pw&1', MY_API_KEY: 'k1', MY_COOKIE: 'session=1' };

function heard({ read, readFrame }: ChatProtocol, message: unknown): ServerMessage[] {
  if (read !== undefined) return [read(message)];
  const all: ServerMessage[] = [];
  readFrame?.(typeof message === 'string' ? message : JSON.stringify(message), (one) => all.push(one));
  return all;
}

const parsed = (frames: unknown): unknown => JSON.parse(String(frames));

describe('what is made of a recording', () => {
  test('of the reference target: every step, with the values of replies in their places', async (t) => {
    const imported = await importHar(t, RECORDINGS.reference.har, 'odd-chat');
    const protocol = await protocolOf(imported);
    assert.deepEqual(protocol.requestToken?.('bert'), {
      ...{ name: 'POST /auth/token', method: 'POST', path: '/auth/token' },
      ...{ body: '{"user":"bert"}', headers: { 'Content-Type': 'application/json' } },
    });
    assert.deepEqual(
      [protocol.readToken?.({ token: 't' }, {}), protocol.readToken?.({}, {})],
      ['t', { lacks: 'token' }],
    );
    assert.deepEqual(protocol.createSession?.('t'), {
      ...{ name: 'POST /chat/sessions', method: 'POST', path: '/chat/sessions', body: '{}' },
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer t' },
    });
    const reply = { session_id: 's', connection_id: 'c' };
    assert.deepEqual(protocol.readSession?.(reply, {}), { sessionId: 's', connectionId: 'c' });
    assert.deepEqual(protocol.readSession({ session_id: 's' }, {}), { lacks: 'connection_id' });
    assert.deepEqual(protocol.socket(IDS), {
      path: '/ws/chat?session_id=s%201&connection_id=c1',
      headers: { Authorization: 'Bearer t/1' },
    });
    assert.deepEqual(protocol.deleteSession?.(IDS), {
      ...{ name: 'DELETE /chat/sessions/{id}', method: 'DELETE', path: '/chat/sessions/s%201' },
      headers: { Authorization: 'Bearer t/1' },
    });
    const question = { type: 'question', id: 'q1', course: 'MED1060', text: 'Why?' };
    assert.deepEqual(parsed(protocol.question('q1', 'recorded', 'Why?')), question);
    const chunk = { type: 'chunk', id: 'q1', seq: 4, text: 'So.', complete_response: true };
    assert.deepEqual(heard(protocol, chunk), [
      { type: 'chunk', id: 'q1', seq: 4, text: 'So.', complete: true },
    ]);
    assert.deepEqual(
      [heard(protocol, { type: 'other' }), heard(protocol, null)],
      [[{ type: 'unknown' }], [{ type: 'bad' }]],
    );
    assert.deepEqual(
      [protocol.hello, protocol.awaitsReady, protocol.withoutIds, protocol.countedIds],
      [undefined, undefined, undefined, undefined],
    );
  });

  test('its questions and settings are such as a run reads', async (t) => {
    const { here, name, files } = await importHar(t, RECORDINGS.reference.har, 'odd-chat');
    const { variables } = readDotEnv(join(here, name));
    assert.deepEqual(variables, {
      ...{ API_BASE_URL: 'http://127.0.0.1:8000', WEBSOCKET_BASE_URL: 'ws://127.0.0.1:8000' },
      ...{ ENCRYPTION: 'none', QUESTIONS_FILE: 'questions.json', QUESTIONS: 'recorded:3' },
      THINK_SECONDS: '2.6',
    });
    const pools = parsePools(files['questions.json'] ?? '', 'questions.json');
    assert.deepEqual(pools['recorded'], [
      'Where do I find my grades?',
      'Who teaches the course?',
      'What is "k6"? It\'s new to me.',
    ]);
    assert.deepEqual(parseShares('recorded:3', pools), [{ pool: 'recorded', count: 3 }]);
    assert.ok(parseThink(variables.THINK_SECONDS));
  });

  test('of rooms: account and keys are settings, and a value that no id is for is kept', async (t) => {
    const imported = await importHar(t, RECORDINGS.rooms.har, 'odd-rooms');
    const protocol = await protocolOf(imported, OWN);
    const login = protocol.requestToken?.('crescendo-1-0');
    assert.deepEqual(parsed(login?.body), { email: 'me', password: 'pw&1', remember: true });
    assert.deepEqual([login?.path, login?.headers['X-Api-Key']], ['/v1/login?lang=en', 'k1']);
    assert.deepEqual(Object.keys(login?.headers ?? {}), ['Content-Type', 'X-Api-Key', 'X-Client']);
    const reply = { user: { id: 12 }, tokens: { access: 'tok' } };
    assert.equal(protocol.readToken?.(reply, {}), 'tok');
    assert.deepEqual(parsed(protocol.createSession?.('tok').body), { owner: 12, title: 'New chat' });
    assert.deepEqual(protocol.readSession?.({ room: { id: 'r' } }, {}), { sessionId: 'r', connectionId: '' });
    assert.deepEqual(protocol.socket(IDS), {
      ...{ path: '/v1/rooms/s%201/live?v=2&compress=', headers: {} },
      subprotocols: ['chat.v2', 'bearer.t/1'],
    });
    const { ts, device, ...hello } = parsed(protocol.hello?.(IDS)) as Record<string, unknown>;
    assert.deepEqual(hello, { type: 'join', room: 's 1', token: 't/1' });
    assert.ok(Number(ts) > BEGAN - 86_400_000 * 365 && /^[\da-f-]{36}$/.test(String(device)));
    assert.notEqual(device, '3f1c2b4a-5d6e-4f70-8a9b-0c1d2e3f4a5b');
    protocol.begin?.(IDS, 0);
    const { sentAt, ...question } = parsed(protocol.question('q', 'recorded', 'Why?')) as Record<
      string,
      unknown
    >;
    assert.equal(typeof sentAt, 'number');
    assert.deepEqual(question, {
      ...{ type: 'msg', mid: 'q', room: 's 1' },
      body: { text: 'Why?', model: 'gpt-4o-mini-2024-07-18', temperature: 0.2 },
    });
    assert.deepEqual(
      [
        { type: 'joined' },
        { type: 'status', mid: 'q' },
        { type: 'delta', mid: 'q', d: { content: 'a' } },
        { type: 'finish', mid: 'q' },
        { type: 'hb_ack', n: 1 },
        { type: 'presence' },
      ].flatMap((message) => heard(protocol, message)),
      [
        { type: 'ready' },
        { type: 'ignored' },
        { type: 'chunk', id: 'q', seq: null, text: 'a', complete: false },
        { type: 'chunk', id: 'q', seq: null, text: '', complete: true },
        { type: 'pong' },
        { type: 'push' },
      ],
    );
    const { heartbeat } = protocol;
    assert.deepEqual([heartbeat?.seconds, heartbeat?.awaitsPong], [5, true]);
    assert.deepEqual(parsed(protocol.goodbye?.()), { type: 'leave' });
    assert.match(imported.made.stdout, /typing 2×/);
    assert.match(imported.made.stdout, /In heartbeats, n counted up/);
    const { variables } = readDotEnv(join(imported.here, imported.name));
    assert.deepEqual(
      [variables['API_BASE_URL'], variables['WEBSOCKET_BASE_URL'], variables['WEBSOCKET_ORIGIN']],
      ['https://api.example.com', 'wss://live.example.com', 'https://app.example.com'],
    );
    assert.deepEqual([variables['MY_USER'], variables['MY_PASSWORD'], variables['MY_API_KEY']], ['', '', '']);
    assert.match(imported.files['questions.json'] ?? '', /My password is …, is it good\?/);
  });

  test('of messages without a type, and ids that count', async (t) => {
    const protocol = await protocolOf(await importHar(t, RECORDINGS.cookies.har, 'odd-cookies'), OWN);
    assert.equal(protocol.requestToken?.('x').body, 'login=me&password=pw%261&next=%2Fchat');
    assert.deepEqual(
      [protocol.readToken, protocol.countedIds, protocol.awaitsReady],
      [undefined, true, true],
    );
    assert.deepEqual(parsed(protocol.question('3', '', 'Why?')), { id: 3, prompt: 'Why?' });
    assert.deepEqual(
      [{ hello: 'x' }, { id: 3, delta: 'a' }, { id: 3, finished: true }, {}].flatMap((one) =>
        heard(protocol, one),
      ),
      [
        { type: 'ready' },
        { type: 'chunk', id: '3', seq: null, text: 'a', complete: false },
        { type: 'chunk', id: '3', seq: null, text: '', complete: true },
        { type: 'unknown' },
      ],
    );
  });

  test('of somebody who was logged in before: the cookie is a setting, and answers have no ids', async (t) => {
    const imported = await importHar(t, RECORDINGS.anonymous.har, 'odd-cookie');
    const protocol = await protocolOf(imported, OWN);
    assert.deepEqual(protocol.socket(IDS), { path: '/ws', headers: { Cookie: 'session=1' } });
    assert.deepEqual([protocol.withoutIds, protocol.requestToken], [true, undefined]);
    assert.deepEqual(heard(protocol, { kind: 'said', text: 'a' }), [
      { type: 'chunk', id: null, seq: null, text: 'a', complete: true },
    ]);
  });

  test('of plain text', async (t) => {
    const protocol = await protocolOf(await importHar(t, RECORDINGS.plain.har, 'odd-lines'));
    assert.equal(protocol.question('1', '', 'Why?'), 'Why?');
    assert.deepEqual(heard(protocol, 'So.'), [
      { type: 'chunk', id: null, seq: null, text: 'So.', complete: true },
    ]);
  });

  test('of single words, whose field is called like a secret', async (t) => {
    const protocol = await protocolOf(await importHar(t, RECORDINGS.tokens.har, 'odd-tokens'));
    assert.deepEqual(parsed(protocol.question('1', '', 'Why?')), { message: 'Why?' });
    assert.deepEqual(
      [{ token: 'a' }, { done: true }].flatMap((one) => heard(protocol, one)),
      [
        { type: 'chunk', id: null, seq: null, text: 'a', complete: false },
        { type: 'chunk', id: null, seq: null, text: '', complete: true },
      ],
    );
  });

  test('with plain words between messages', async (t) => {
    const page = await protocolOf(await importHar(t, RECORDINGS.pageWords.har, 'page-words'));
    assert.deepEqual([page.heartbeat?.seconds, page.heartbeat?.frames()], [3, 'ping']);
    assert.deepEqual(
      ['pong', '{"type":"a","text":"b"}', 'x'].flatMap((one) => heard(page, one)),
      [{ type: 'pong' }, { type: 'chunk', id: null, seq: null, text: 'b', complete: true }, { type: 'bad' }],
    );
    const server = await protocolOf(await importHar(t, RECORDINGS.serverWords.har, 'server-words'));
    assert.deepEqual([server.heartbeat, heard(server, '#1')], [undefined, [{ type: 'reply', text: '#2' }]]);
  });

  test('of Socket.IO: what the dialect says by itself is no setting', async (t) => {
    const imported = await importHar(t, RECORDINGS.events.har, 'odd-events');
    const { variables } = readDotEnv(join(imported.here, imported.name));
    assert.deepEqual(
      Object.keys(variables).filter((name) => name.startsWith('MY_')),
      ['MY_USER', 'MY_PASSWORD'],
    );
  });

  test('of GraphQL: the question is a variable, and the dialect that ships is named', async (t) => {
    const imported = await importHar(t, RECORDINGS.graphql.har, 'odd-graphs');
    const protocol = await protocolOf(imported, { MY_AUTH_TOKEN: 'x' });
    const { payload } = parsed(protocol.question('q', '', 'Why?')) as { payload: { variables: unknown } };
    assert.deepEqual(payload.variables, { text: 'Why?' });
    assert.deepEqual(protocol.socket(IDS).subprotocols, ['graphql-transport-ws']);
    assert.match(imported.files['protocol.ts'] ?? '', /systems\/chatbot\/dialects\/graphqlWs\.ts fits it/);
  });

  test('is what people write: it passes the compiler and Prettier', async (t) => {
    const here = folder(t);
    const options = { parser: 'typescript', singleQuote: true, printWidth: 110 };
    for (const [name, { har: recording }] of Object.entries(RECORDINGS)) {
      const { files } = await importHar(t, recording, `a-${name.toLowerCase()}`);
      mkdirSync(join(here, name));
      for (const [file, text] of Object.entries(files)) {
        writeFileSync(
          join(here, name, file),
          text.replaceAll(/'(\.\.\/)+[^']*?(?=(lib|systems|thresholds)\/)/g, `'${ROOT}`),
        );
        if (file.endsWith('.ts')) assert.ok(await check(text, options), `${name}/${file}\n${text}`);
      }
    }
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')] },
      include: ['.', join(ROOT, 'lib/textImports.d.ts')],
    };
    writeFileSync(join(here, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', here], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
});

/** As it is, or as forms and addresses have it. */
function isIn(secret: string, file: string): boolean {
  return [secret, secret.replaceAll(' ', '+'), encodeURIComponent(secret)].some((form) =>
    file.includes(form),
  );
}

describe('secrets of a recording', () => {
  for (const [name, { har: recording, secrets }] of Object.entries(RECORDINGS))
    test(`${name}: are in no file, and not on the terminal`, async (t) => {
      const { files, made: end } = await importHar(t, recording, `b-${name.toLowerCase()}`);
      const texts = { ...files, stdout: end.stdout, stderr: end.stderr };
      for (const secret of secrets)
        for (const [file, text] of Object.entries(texts)) {
          assert.ok(isIn(secret, JSON.stringify(recording)), `${secret} is in no recording`);
          assert.ok(!isIn(secret, text), `${secret} is in ${file}:\n${text}`);
        }
    });

  test('stand in no sentence, and in no address that is shown', async (t) => {
    const path = 'k4jhf83hjd92kd0sa8f7';
    const messages = [[10, 'send', '{"text":"a b"}'] as const, [20, 'receive', '{"text":"c d"}'] as const];
    const recording = har([
      socketEntry({
        ...{
          at: 0,
          url: `wss://anna:s3cret-word@h.example/live/${path}?ticket=9f8e7d6c5b4a39281706&key=s3cret-key`,
        },
        messages: messages.map((one) => [...one]),
      }),
    ]);
    const hidden = [path, '9f8e7d6c5b4a39281706', 's3cret-key', 's3cret-word'];
    const { files, made: end, here } = await importHar(t, recording, 'in-address');
    const { stderr } = await crescendo(['import', 'visit.har', '--name', 'x-y', '--socket', '7'], {
      folder: here,
    });
    for (const one of [...Object.values(files), end.stdout, stderr])
      for (const secret of hidden) assert.ok(!one.includes(secret), one);
    assert.match(files['.env'] ?? '', /^MY_PATH=$/m);
  });

  test('look like keys, which words, versions, ids and paths do not', () => {
    const key = ['k4jhf83hjd92kd0sa8f7', 'sk-proj-4f9a8b7c6d5e4f3a2b1c', 'Zm9vYmFy1QmF6cXV4MTIzNDU2Nzg5'];
    const none = [
      ...['gpt-4o-mini-2024-07-18', 'claude-3-5-sonnet-20241022', 'a-long-name-of-a-thing-without-digits'],
      ...[
        '3f1c2b4a-5d6e-4f70-8a9b-0c1d2e3f4a5b',
        '/api/v1/chat/conversations/',
        'application/json; charset=utf-8',
      ],
    ];
    assert.deepEqual(
      [key.map(looksSecret), none.map(looksSecret)],
      [key.map(() => true), none.map(() => false)],
    );
  });

  test('are hidden wherever they stand, short ones where they stand alone', () => {
    const secrets = new RecordedSecrets(['abc', 'hunter2-Zebra', 'hunter2', 'bearer', '7']);
    assert.equal(secrets.hide('abc abcd xhunter2-Zebray hunter2 bearer 7'), '… abcd x…y … bearer 7');
  });

  test('have settings whose names resemble none of Crescendo’s', () => {
    const settings = new OwnSettings();
    const names = ['password', 'x-api-key', 'accessToken', 'Cookie', 'encryption_key', 'ws.url', 'user', '…'];
    for (const [index, name] of names.entries()) settings.use(`value ${index}`, name, 'a place');
    settings.use('value 0', 'pwd', 'another place');
    settings.use('value 100', 'password', 'another place');
    const all = settings.all().map(({ name }) => name);
    assert.deepEqual(all, [
      ...['MY_PASSWORD', 'MY_API_KEY', 'MY_ACCESS_TOKEN', 'MY_COOKIE', 'MY_ENCRYPTION_KEY', 'MY_WS_URL'],
      ...['MY_USER', 'MY_SECRET', 'MY_PASSWORD_2'],
    ]);
    assert.deepEqual(unusedLookalikes(Object.fromEntries(all.map((name) => [name, 'x'])), SECTIONS), []);
  });
});

test('code of values says what they are, whatever is in them', () => {
  const evaluated = (code: string) =>
    (runInThisContext(`(id) => (${code})`) as (id: string) => unknown)('q1');
  const values = [
    "it's",
    'say "x"',
    `both ' and "`,
    'back`tick ${id} \\ \n\r\t\u2028 \0',
    '\ud83d\ude00 \ud800',
    { 'a-b': [1, null, true, { c: -0.5 }], __x: {}, id: 'x' },
  ];
  for (const value of values) assert.deepEqual(evaluated(termCode(value)), value);
  for (const text of values.filter((value) => typeof value === 'string')) {
    assert.equal(evaluated(quoted(text)), text);
    assert.equal(evaluated(textCode(joined(text, made('id'), text))), `${text}q1${text}`);
  }
  assert.equal(termCode({ id: made('id'), other: made('id') }), '{ id, other: id }');
});

/** Runs the command on a file of this text, or on none. */
async function refusal(t: TestContext, text: string | Buffer | undefined, more: readonly string[] = []) {
  const here = folder(t);
  if (text !== undefined) writeFileSync(join(here, 'x.har'), text);
  const { exitCode, stdout, stderr } = await crescendo(['import', 'x.har', '--name', 'my-x', ...more], {
    folder: here,
  });
  assert.deepEqual([exitCode, stdout, stderr.split('\n').length], [2, '', 2], stderr);
  assert.deepEqual(readdirSync(here), text === undefined ? [] : ['x.har'], 'something was made');
  return stderr;
}

const text = (value: unknown) => JSON.stringify(value);
const socket = { at: 0, url: 'ws://h/a', messages: [] };
const whole = text(referenceHar());

describe('what is no recording is refused in a sentence, and nothing is made', () => {
  const cases: [what: string, file: string | Buffer | undefined, sentence: RegExp][] = [
    ['no file', undefined, /^There is no file x\.har: check the path\.$/],
    ['an empty one', '', /^x\.har is empty: export the recording again\.$/],
    ['no JSON', '<html>', /^x\.har is no JSON.*: give the file that the browser's "Export HAR" wrote\.$/],
    ['no text', Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0xfe]), /^x\.har is no UTF-8 text/],
    [
      'JSON that is no HAR',
      '{"log":{"entries":{}}}',
      /^x\.har is JSON and no HAR, for it has no list log\.entries/,
    ],
    ['null', 'null', /^x\.har is JSON and no HAR/],
    [
      'no socket',
      text(har([callEntry({ at: 0, method: 'GET', url: 'http://h/' })])),
      /^x\.har has no WebSocket: record again/,
    ],
    ['entries of nothing', text(har([{}])), /^x\.har has no WebSocket/],
    [
      'no messages',
      text(har([socketEntry(socket)])),
      /^x\.har has 1 socket, and no message of it: Chrome, Edge/,
    ],
    ['a cut file', whole.slice(0, -200), /^x\.har ends too early, as a file that was cut off does: export/],
    ['a file cut in a text', whole.slice(0, whole.indexOf('Bearer tok') + 10), /^x\.har ends too early/],
  ];
  for (const [what, file, sentence] of cases)
    test(what, async (t) => {
      const stderr = await refusal(t, file);
      assert.match(stderr.trim(), sentence);
      assert.doesNotMatch(stderr, /tok-/);
    });

  test('a file that is too large is not read', async (t) => {
    const here = folder(t);
    const { status } = spawnSync('truncate', ['-s', '300M', join(here, 'x.har')]);
    assert.equal(status, 0);
    const { exitCode, stderr } = await crescendo(['import', 'x.har'], { folder: here });
    assert.equal(exitCode, 2);
    assert.match(stderr, /^x\.har has 300 MB, and 256 MB are the most that is read: record again/);
  });

  test('a folder, a taken name, a name that is none, a socket that is not there', async (t) => {
    const here = folder(t);
    mkdirSync(join(here, 'taken'));
    writeFileSync(join(here, 'ok.har'), whole);
    const refused: [string[], RegExp][] = [
      [['taken'], /^There is something at taken already: choose another name\.\n$/],
      [['.'], /^\. is no file: give the \.har file itself\.\n$/],
      [['ok.har', '--name', 'taken'], /^There is something at taken already/],
      [['ok.har', '--name', 'My Chat'], /^"My Chat" can't be the name of a script/],
      [['ok.har', '--name', 'ramp'], /^"ramp" is a script that ships/],
      [['ok.har', '--socket', '2'], /^--socket is "2", which is none of the sockets of ok\.har: 1 ws:.*\n$/],
      [['ok.har', '--socket', '/other'], /^--socket is "\/other", which is none/],
    ];
    for (const [args, sentence] of refused) {
      const { exitCode, stderr } = await crescendo(['import', ...args], { folder: here });
      assert.deepEqual([exitCode, sentence.test(stderr)], [2, true], stderr);
    }
    assert.deepEqual(readdirSync(here).sort(), ['ok.har', 'taken']);
    assert.deepEqual(readdirSync(join(here, 'taken')), []);
  });
});

describe('what is odd in a recording is borne', () => {
  test('entries in any order, and fields that are missing', async (t) => {
    const { log } = referenceHar();
    const straight = await importHar(t, { log }, 'odd-order');
    const entries = [null, {}, 7, ...[...log.entries].reverse()];
    const turned = await importHar(t, { log: { entries } }, 'odd-order');
    const lines = (file = '') => file.split('\n').filter((line) => !line.startsWith('import '));
    assert.deepEqual(lines(turned.files['protocol.ts']), lines(straight.files['protocol.ts']));
    const bare = log.entries.map((entry): object => {
      const { url, method } = entry.request;
      if (!('_webSocketMessages' in entry)) return { request: { url, method }, response: { status: 200 } };
      const messages = entry._webSocketMessages.map(({ type, data }) => ({ type, data }));
      return { request: { url }, _webSocketMessages: messages };
    });
    const { files } = await importHar(t, { log: { entries: bare } }, 'bare');
    assert.match(files['questions.json'] ?? '', /Who teaches the course\?/);
  });

  test('halves of characters', async (t) => {
    const messages = [
      [10, 'send', '{"type":"ask","id":"11111111-1111-4111-8111-111111111111","text":"half \\ud800 of it"}'],
      [20, 'receive', '{"type":"said","id":"11111111-1111-4111-8111-111111111111","text":"\\udfff"}'],
      [30, 'receive', '\ud800'],
    ] as const;
    const recording = har([
      socketEntry({ at: 0, url: 'ws://h.example/\ud800', messages: messages.map((one) => [...one]) }),
    ]);
    const { files } = await importHar(t, recording, 'halves');
    assert.ok(files['protocol.ts']);
  });

  test('a hundred megabytes', async (t) => {
    const { log } = referenceHar();
    const filler = callEntry({
      at: 50,
      method: 'GET',
      url: 'http://127.0.0.1:8000/app.js',
      reply: 'x'.repeat(1e6),
    });
    const entries = [...Array.from({ length: 100 }, () => filler), ...log.entries];
    const { files } = await importHar(t, { log: { entries } }, 'large');
    assert.match(files['protocol.ts'] ?? '', /readToken: \(reply\) => textField\(reply, 'token'\)/);
  });

  test('several sockets: the one with questions and answers is taken, and another when it is asked for', async (t) => {
    const { log } = referenceHar();
    const ticker = socketEntry({
      ...{ at: 250, url: 'ws://127.0.0.1:8000/prices?key=0' },
      messages: Array.from({ length: 30 }, (_, index) => [300 + index, 'receive', `{"price":${index}}`]),
    });
    const recording = { log: { entries: [ticker, ...log.entries] } };
    const { made: end } = await importHar(t, recording, 'busiest');
    assert.match(
      end.stdout.replace(/\s+/g, ' '),
      /\/ws\/chat, number 2 of 2, with the most questions and answers/,
    );
    const other = await importHar(t, recording, 'other', ['--socket', '/prices']);
    assert.match(other.files['protocol.ts'] ?? '', /path: '\/prices\?key=0'/);
    assert.match(other.made.stdout.replace(/\s+/g, ' '), /number 1 of 2, as --socket has it/);
  });
});

test('the output and the help are at most 80 columns wide', async (t) => {
  const { made: end } = await importHar(t, RECORDINGS.rooms.har, 'narrow');
  const help = await crescendo(['import', '--help'], { folder: folder(t) });
  for (const line of [...end.stdout.split('\n'), ...help.stdout.split('\n')])
    if (!line.includes('build.mjs')) assert.ok(Array.from(line).length <= 80, line);
  assert.match(help.stdout, /Exit codes: 0 the folder was made, 2 it was not, and why\./);
  assert.equal(readFileSync(join(ROOT, 'README.md'), 'utf8').includes('crescendo import'), true);
});
