// Do settings change the chatbot's dialect as they say, are wrong ones refused, and is the docs' example the real one?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import { idField, textField, valueAt } from '../lib/words/jsonFields.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { supportDesk } from '../examples/support-desk/protocol.ts';
import { readConfig } from '../lib/before/config.ts';
import { CHATBOT_SECTIONS } from '../systems/chatbot/settings.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import { CHATBOT, FIELD_NAMES } from '../systems/chatbot/protocolSettings.ts';
import type { Environment } from '../lib/words/settings.ts';
import { ROOT } from './support/bundle.ts';
import { problems } from './support/problems.ts';

const config = (env: Environment) => readConfig({ ENCRYPTION: 'none', ...env }, CHATBOT_SECTIONS);
const wrong = (env: Environment): readonly string[] => problems(() => config(env));
const dialect = (fieldNames: string) => chatbot(config({ FIELD_NAMES: fieldNames }).chatbot);
const ids = { user: 'u', token: 't', sessionId: 's', connectionId: 'c' };

describe('paths', () => {
  test("are the chatbot's own by default", () => assert.deepEqual(config({}).chatbot, CHATBOT));

  test('are settings, and name their requests', () => {
    const paths = { TOKEN_PATH: '/v1/login', SESSIONS_PATH: '/v1/talks', SOCKET_PATH: '/live' };
    const mine = chatbot(config(paths).chatbot);
    const { name, path } = mine.requestToken('u');
    assert.deepEqual([name, path], ['POST /v1/login', '/v1/login']);
    assert.equal(mine.createSession('t').path, '/v1/talks');
    assert.deepEqual(
      [mine.deleteSession(ids).name, mine.deleteSession(ids).path],
      ['DELETE /v1/talks/{id}', '/v1/talks/s'],
    );
    assert.equal(mine.socket(ids).path, '/live?session_id=s&connection_id=c');
  });

  for (const name of ['TOKEN_PATH', 'SESSIONS_PATH', 'SOCKET_PATH'])
    for (const value of ['login', '?a=1', '/a#b', '/a b', '/a?b c', 'http://h/a'])
      test(`${name}=${value} is refused`, () => {
        const [found = '', ...more] = wrong({ [name]: value });
        assert.deepEqual(more, []);
        const shown = value.replace(/\?.*/, '?…');
        assert.ok(
          found.startsWith(`${name} is "${shown}": it must be a path that starts with / and has no blanks`),
          found,
        );
      });

  const sockets: [setting: string, path: string][] = [
    ['/', '/?session_id=s&connection_id=c'],
    ['/ws/', '/ws/?session_id=s&connection_id=c'],
    ['/ws?room=1', '/ws?room=1&session_id=s&connection_id=c'],
    ['/ws?room=1&', '/ws?room=1&session_id=s&connection_id=c'],
    ['/ws?', '/ws?session_id=s&connection_id=c'],
    ['/a//b', '/a//b?session_id=s&connection_id=c'],
  ];
  for (const [setting, path] of sockets)
    test(`SOCKET_PATH=${setting}`, () =>
      assert.equal(chatbot(config({ SOCKET_PATH: setting }).chatbot).socket(ids).path, path));

  const sessions: [setting: string, path: string, name: string, cleanUp: string][] = [
    ['/chat/sessions/', '/chat/sessions/', 'POST /chat/sessions/', '/chat/sessions/s'],
    ['/', '/', 'POST /', '/s'],
    ['/v1/talks?key=k', '/v1/talks?key=k', 'POST /v1/talks', '/v1/talks/s?key=k'],
    ['/v1/talks/?key=k', '/v1/talks/?key=k', 'POST /v1/talks/', '/v1/talks/s?key=k'],
  ];
  for (const [setting, path, name, cleanUp] of sessions)
    test(`SESSIONS_PATH=${setting}`, () => {
      const mine = chatbot(config({ SESSIONS_PATH: setting }).chatbot);
      const { path: created, name: called } = mine.createSession('t');
      assert.deepEqual([created, called, mine.deleteSession(ids).path], [path, name, cleanUp]);
      assert.doesNotMatch(mine.deleteSession(ids).name, /[?]|\/\//);
    });

  test('TOKEN_PATH=/login/?client=c is no name of a metric', () => {
    const { name, path } = chatbot(config({ TOKEN_PATH: '/login/?client=c' }).chatbot).requestToken('u');
    assert.deepEqual([name, path], ['POST /login/', '/login/?client=c']);
  });
});

describe('names', () => {
  test('are written and read as the back end has them', () => {
    const mine = dialect(
      'type=kind, id=ref ,course=topic,text=body,complete_response=last,seq=n,question=ask,chunk=part,error=no',
    );
    assert.deepEqual(JSON.parse(mine.question('i', 'C', 'Why?')), {
      kind: 'ask',
      ref: 'i',
      topic: 'C',
      body: 'Why?',
    });
    const chunk = { kind: 'part', ref: 'i', n: 2, body: 'so', last: true };
    assert.deepEqual(mine.read(chunk), { type: 'chunk', id: 'i', seq: 2, text: 'so', complete: true });
    assert.deepEqual(mine.read({ kind: 'no', ref: 'i' }), { type: 'error', id: 'i' });
    assert.deepEqual(mine.read({ kind: 'chunk' }), { type: 'unknown' });
    assert.deepEqual(mine.read({ type: 'chunk', id: 'i', complete_response: true }), {
      type: 'unknown',
      lacks: 'kind',
    });
    assert.deepEqual(mine.read({ kind: 'part', last: true }), { type: 'bad', lacks: 'ref' });
  });

  test('are those of log-in and session, too', () => {
    const mine = dialect('user=name,token=access_token,session_id=sid,connection_id=cid');
    assert.deepEqual(JSON.parse(mine.requestToken('me').body), { name: 'me' });
    const credentials = { user: 'me', password: 'p', realm: 'r' };
    assert.deepEqual(JSON.parse(mine.requestToken('me', credentials).body), {
      name: 'me',
      password: 'p',
      realm: 'r',
    });
    assert.equal(mine.readToken({ access_token: 't', token: 'no' }), 't');
    assert.deepEqual(mine.readSession({ sid: 's', cid: 'c' }), { sessionId: 's', connectionId: 'c' });
    assert.equal(mine.socket(ids).path, '/ws/chat?sid=s&cid=c');
  });

  test('with dots are paths where they are read; their last part is what is written', () => {
    const mine = dialect(
      'token=data.auth.token,session_id=data.id,connection_id=links.0.id,id=meta.ref,text=body.text,complete_response=meta.last',
    );
    assert.equal(mine.readToken({ data: { auth: { token: 't' } } }), 't');
    assert.deepEqual(mine.readSession({ data: { id: 's' }, links: [{ id: 'c' }] }), {
      sessionId: 's',
      connectionId: 'c',
    });
    const chunk = { type: 'chunk', meta: { ref: 'i', last: false }, body: { text: 'so' } };
    const expected = { type: 'chunk', id: 'i', seq: null, text: 'so', complete: false };
    assert.deepEqual(mine.read(chunk), expected);
    assert.deepEqual(mine.read({ type: 'chunk', meta: { ref: 'i' }, body: { text: 'so' } }), expected);
    assert.deepEqual(mine.read({ type: 'chunk', meta: null }), { type: 'bad', lacks: 'meta.ref' });
    assert.deepEqual(mine.readToken({ data: {} }), { lacks: 'data.auth.token' });
    assert.deepEqual(mine.readSession({ data: { id: 1 } }), { lacks: 'links.0.id' });
    assert.deepEqual(mine.read({ type: 'error', meta: { ref: 'i' } }), { type: 'error', id: 'i' });
    assert.deepEqual(mine.read(3), { type: 'unknown', lacks: 'type' });
    assert.deepEqual(JSON.parse(mine.question('i', 'C', 'Why?')), {
      type: 'question',
      ref: 'i',
      course: 'C',
      text: 'Why?',
    });
  });

  test('of message types may be any text', () => {
    const mine = dialect('chunk=response.text:delta,error=an error');
    assert.equal(mine.read({ type: 'response.text:delta', id: 'i', complete_response: true }).type, 'chunk');
    assert.equal(mine.read({ type: 'an error' }).type, 'error');
  });

  const ours = Object.keys(FIELD_NAMES).join(', ');
  const REFUSED: [list: string, remedy: string][] = [
    ['tokn=access_token', '"tokn=access_token" must begin with a name of ours, probably token'],
    ['toString=x', `"toString=x" must begin with one of ${ours}`],
    ['x=y', `"x=y" must begin with one of ${ours}`],
    [',', `"" must begin with one of ${ours}`],
    ['token', `"token" must be token= and the back end's name of the field, such as token=data.token`],
    ['text=', `"text=" must be text= and the back end's name of the field, such as text=data.text`],
    ['text=a.', `"text=a." must be text= and the back end's name of the field, such as text=data.text`],
    ['text=a=b', `"text=a=b" must be text= and the back end's name of the field, such as text=data.text`],
    ['chunk=', `"chunk=" must be chunk= and the back end's type of such a message`],
    ['text=a,text=b', '"text=b" names text for the second time'],
  ];
  for (const [list, remedy] of REFUSED)
    test(`${list} is refused`, () => {
      const [found, ...more] = wrong({ FIELD_NAMES: list });
      assert.equal(found, `FIELD_NAMES is "${list}": ${remedy}.`);
      if (list !== ',') assert.deepEqual(more, []);
    });

  test('all that is wrong is told at once', () =>
    assert.equal(wrong({ FIELD_NAMES: 'x=y,text=,token=t' }).length, 2));
});

test('a path of parsed JSON', () => {
  const value = { a: { b: [{ c: 'd' }, null] }, e: '' };
  assert.equal(valueAt(value, 'a.b.0.c'), 'd');
  for (const path of ['a.x', 'a.b.1.c', 'a.b.0.c.d', 'e.f', ''])
    assert.equal(valueAt(value, path), undefined, path);
  assert.equal(textField(value, 'a.b.0.c'), 'd');
  for (const path of ['a', 'e', 'x']) assert.equal(textField(value, path), undefined, path);
  assert.deepEqual(
    [7, 's', 2 ** 53, NaN, '', null].map((id) => idField({ id }, 'id')),
    ['7', 's', undefined, undefined, undefined, undefined],
  );
});

describe('the example', () => {
  const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
  const FILES = ['examples/support-desk/protocol.ts', 'examples/support-desk/support-desk.ts'];

  test('is less than 60 lines', () => {
    const lines = FILES.flatMap((path) => read(path).trimEnd().split('\n'));
    assert.ok(lines.length < 60, `${lines.length} lines`);
  });

  for (const path of FILES)
    test(`is in the docs as it is: ${path}`, () =>
      assert.ok(read('docs/your-own-back-end.md').includes(`\`\`\`ts\n${read(path)}\`\`\``)));

  test('reads what the support desk says', () => {
    const { read: readMessage } = supportDesk();
    assert.ok(readMessage);
    const part = { type: 'chunk', id: 'i', seq: null, text: 'so', complete: false };
    assert.deepEqual(readMessage({ event: 'part', ref: 'i', content: 'so' }), part);
    assert.deepEqual(readMessage({ event: 'end', ref: 'i' }), { ...part, text: '', complete: true });
    assert.deepEqual(readMessage({ event: 'failed' }), { type: 'error', id: null });
    const types = ['welcome', 'ping', 'typing', 'news', undefined].map(
      (event) => readMessage({ event }).type,
    );
    assert.deepEqual(types, ['ready', 'reply', 'ignored', 'unknown', 'unknown']);
    assert.deepEqual(readMessage('text'), { type: 'bad' });
  });
});
