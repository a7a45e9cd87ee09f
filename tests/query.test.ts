// Is an address shown without its user and without what its query holds, whoever gave it, and is a query put together?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  shownLocation,
  withHiddenQuery,
  withoutCredentials,
  withoutQuery,
  withParameters,
} from '../lib/words/query.ts';

/** Each text, and what stays of it: as a server's address or path, and as a person's text. */
const SHOWN: readonly [text: string, ofServer: string, ofPerson: string][] = [
  ['https://h/a/b', 'https://h/a/b', 'https://h/a/b'],
  ['/a/b', '/a/b', '/a/b'],
  ['http://h:80/p', 'http://h:80/p', 'http://h:80/p'],
  ['https://me:secret@h/p', 'https://…@h/p', 'https://…@h/p'],
  ['https://me@h/p?token=x', 'https://…@h/p?…', 'https://…@h/p?…'],
  ['https://u:p@h/a/b?token=x#y', 'https://…@h/a/b?…', 'https://…@h/a/b?…'],
  ['https://h/p#token', 'https://h/p?…', 'https://h/p?…'],
  ['https://h/p@q', 'https://h/p@q', 'https://h/p@q'],
];

test('an address is shown without user, query and fragment', () => {
  for (const [text, ofServer, ofPerson] of SHOWN)
    assert.deepEqual([shownLocation(text), withoutCredentials(text)], [ofServer, ofPerson], text);
});

test('a path of a server has a query without an address before it; in a text, a ? is no query', () => {
  assert.equal(shownLocation('/login?token=x'), '/login?…');
  assert.equal(withoutCredentials('--tag=why?=because'), '--tag=why?=because');
  assert.equal(withoutCredentials('--out=json=http://u:p@h/x?key=y'), '--out=json=http://…@h/x?…');
});

test('a password that a person gave may hold what parts an address', () => {
  assert.equal(withoutCredentials('http://user:p@ss/w?rd@h/p'), 'http://…@h/p');
});

test('a path of a server may hold an @ behind a port', () =>
  assert.equal(shownLocation('https://h:8443/users/me@example'), 'https://h:8443/users/me@example'));

test('a path is named without its query, and shown with a sign of it', () => {
  assert.deepEqual([withoutQuery('/ws?key=x'), withHiddenQuery('/ws?key=x')], ['/ws', '/ws?…']);
  assert.deepEqual([withoutQuery('/ws?a\nb'), withHiddenQuery('/ws?a\nb')], ['/ws', '/ws?…']);
  assert.deepEqual([withoutQuery('/ws'), withHiddenQuery('/ws?')], ['/ws', '/ws?']);
});

test('parameters are added to a path, with a query or without', () => {
  const table: [path: string, parameters: Record<string, string>, url: string][] = [
    ['/ws', {}, '/ws'],
    ['/ws', { id: '', token: '' }, '/ws'],
    ['/ws', { id: 'a b', token: 'x&y=z' }, '/ws?id=a%20b&token=x%26y%3Dz'],
    ['/ws?', { id: '1' }, '/ws?id=1'],
    ['/ws?room=1', { id: '', token: '2' }, '/ws?room=1&token=2'],
    ['/ws?room=1&', { id: '2' }, '/ws?room=1&id=2'],
    ['/ws', { id: '\ud83d\ude00' }, '/ws?id=%F0%9F%98%80'],
  ];
  for (const [path, parameters, url] of table) assert.equal(withParameters(path, parameters), url);
});
