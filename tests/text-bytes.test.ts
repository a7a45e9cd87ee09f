// Are texts turned into bytes, and these into base64, as Node does it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Of } from '../lib/words/base64.ts';
import { utf8Length } from '../lib/words/utf8Length.ts';

const TEXTS = [
  '',
  'f',
  'fo',
  'foo',
  'foob',
  'fooba',
  'foobar',
  '\0name\0pass word%41',
  'größe',
  '€',
  '😀',
  '\n\x7f?>~',
];

test('base64 of texts', () => {
  for (const text of TEXTS) assert.equal(base64Of(text), Buffer.from(text).toString('base64'), text);
});

test('the length of texts in bytes', () => {
  for (const text of TEXTS) assert.equal(utf8Length(text), Buffer.byteLength(text), text);
  assert.equal(utf8Length('a\ud800'), 6);
});
