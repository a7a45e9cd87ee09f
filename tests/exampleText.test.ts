// Is what failed shown in one short, plain line, and is no secret in it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseLogLine, TroubleCount } from '../cli/k6/k6Log.ts';
import { exampleLine, exampleText, parseExampleLine } from '../lib/words/exampleText.ts';
import { HOSTILE, STEERING } from './support/hostile.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

describe('an example', () => {
  const SHOWN: [what: string, text: string, shown: string, secrets?: string[]][] = [
    ['a message', '{"type":"chunk","seq":3}', '{"type":"chunk","seq":3}'],
    [
      'what the system says',
      'read tcp 127.0.0.1:5000->127.0.0.1:80: EOF',
      'read tcp 127.0.0.1:5000->127.0.0.1:80: EOF',
    ],
    [
      'a status and a place',
      'POST /auth/token answered 307 Temporary Redirect to https://chat2.eu-west-1.example.com/auth/token/',
      'POST /auth/token answered 307 Temporary Redirect to https://chat2.eu-west-1.example.com/auth/token/',
    ],
    ['markup', '<!doctype html><p>a < b -> c</p>', '‹!doctype html>‹p>a < b -> c‹/p>'],
    ['several lines', 'a\n\n  b\tc\r\n', 'a b c'],
    ['a known secret', 'user tok-1 has no session', 'user … has no session', ['tok-1']],
    ['the same in an address', '/ws?s=a%2Fb%201', '/ws?s=…', ['a/b 1']],
    ['the same in JSON', String.raw`{"said":"x\"y\\z"}`, '{"said":"…"}', [String.raw`x"y\z`]],
    ['every place of it', 'ab12 ab12', '… …', ['ab12']],
    ['a very short one, as a word only', 'id 42 of 421', 'id … of 421', ['42']],
    ['what is no secret: nothing, one letter', 'a test', 'a test', ['', 't']],
    ['characters that mean something elsewhere', 'x a.b* y aab y', 'x … y aab y', ['a.b*']],
    ['credentials', 'Authorization: Bearer abc.def-1, Basic dXNlcg==', 'Authorization: Bearer …, Basic …'],
    ['a JSON web token', `no access for ${JWT}!`, 'no access for …!'],
    ['the start of one', 'got eyJhbGciOi', 'got …'],
    [
      'fields of JSON',
      '{"access_token":"a b","n":1,"sessionId": 12345}',
      '{"access_token":"…","n":1,"sessionId": "…"}',
    ],
    ['a token that is cut off', '{"token":"abc', '{"token":"…"'],
    ['a quote in a token', String.raw`{"token":"a\"b","c":1}`, '{"token":"…","c":1}'],
    [
      'JSON within JSON',
      String.raw`{"body":"{\"api_key\":\"a1\",\"ok\":true}"}`,
      String.raw`{"body":"{\"api_key\":…,\"ok\":true}"}`,
    ],
    [
      'fields of other notations',
      "{'password': 'x y'} key=abc&n=1; secret: a1b2",
      "{'password': '…'} key=…&n=1; secret: …",
    ],
    [
      'that a secret is missing',
      '{"token":null,"session":"","key":false,"sid":7}',
      '{"token":null,"session":"","key":false,"sid":7}',
    ],
    ['words about tokens', 'invalid token: expired', 'invalid token: expired'],
    ['a long random word', 'see 0123456789abcdef0123456789abcdef now', 'see … now'],
    ['base64', `is ${Buffer.from('a canary of some length').toString('base64')}`, 'is …'],
    ['a long word', 'Donaudampfschifffahrtsgesellschaft', 'Donaudampfschifffahrtsgesellschaft'],
  ];
  for (const [what, text, shown, secrets] of SHOWN)
    test(`${what}: ${shown}`, () => assert.equal(exampleText(text, secrets), shown));

  test('has 200 characters at most, and no half ones', () => {
    for (const text of ['x '.repeat(5000), '🙂 '.repeat(5000), 'y'.repeat(5000), '€'.repeat(5000)]) {
      const shown = exampleText(text);
      assert.ok(Array.from(shown).length <= 200, shown);
      assert.doesNotMatch(shown, /[\ud800-\udbff](?![\udc00-\udfff])/);
    }
    assert.match(exampleText('x '.repeat(5000)), /x…$/);
  });

  test('never shows the beginning of a secret that was cut', () => {
    const secret = 'canary-of-many-letters';
    for (let before = 1960; before < 2010; before++) {
      // All but the end is left out, so that the end comes to stand within what is shown.
      const text = `${`"${JWT}" `.repeat(60).slice(0, before)} ${secret}`;
      assert.doesNotMatch(exampleText(text, [secret]), /can/, String(before));
    }
  });

  test('steers nothing', () => assert.doesNotMatch(exampleText(HOSTILE), STEERING));
});

describe('the line of the log', () => {
  const example = { phase: 'answer', reason: 'bad_message', text: 'the message lacks "id": {"a":": "}' };

  test('is read as it was written', () => {
    assert.deepEqual(parseExampleLine(exampleLine(example)), example);
    for (const line of [
      '',
      'First of all',
      'First of its kind in this VU: x',
      'x First of its kind in this VU: a b: c',
    ])
      assert.equal(parseExampleLine(line), undefined, line);
  });

  test('is made harmless by whoever reads it, too', () => {
    const text = `a\u001b[31m\u202e\n${'b '.repeat(300)}`;
    const read = parseExampleLine(exampleLine({ ...example, text }))?.text ?? '';
    assert.match(read, /^a b b .*…$/);
    assert.ok(read.length <= 200);
  });

  const logged = (message: string, level = 'warning'): string =>
    `time="2026-11-21T07:40:20Z" level=${level} msg=${JSON.stringify(message)} source=console`;

  test('of the log, the first of each class in each phase counts; none of them is a trouble', () => {
    const troubles = new TroubleCount();
    const others = [
      { ...example, text: 'later' },
      { ...example, phase: 'socket', text: 'a\\b "c"' },
    ];
    for (const one of [example, ...others]) troubles.add(logged(exampleLine(one)));
    const json = { level: 'warning', msg: exampleLine({ ...example, reason: 'other' }), source: 'console' };
    troubles.add(JSON.stringify(json));
    assert.deepEqual(troubles.examples, [example, others[1], { ...example, reason: 'other' }]);
    assert.deepEqual([troubles.errors, troubles.warnings, troubles.first], [0, 0, undefined]);
    troubles.add(logged('boom', 'error'));
    assert.deepEqual([troubles.errors, troubles.first], [1, 'boom']);
  });

  test('a log in JSON is read like one in text', () => {
    const line = JSON.stringify({ level: 'error', msg: ' boom\n', time: '2026-11-21T07:40:20Z' });
    assert.deepEqual(parseLogLine(line), { level: 'error', message: 'boom' });
    for (const other of ['{"level":"info","msg":"x"}', '{"level":"error"}', '{', '{}'])
      assert.equal(parseLogLine(other), undefined, other);
  });
});
