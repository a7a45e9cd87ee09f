// Is a redirect followed within the host, as browsers do, and never to anybody else?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRedirect, redirected, type Sent } from '../lib/vu/redirects.ts';

const HEADERS = { 'Content-Type': 'application/json', Authorization: 'Bearer t' };
const sent = (url: string, method = 'POST'): Sent => ({ url, method, body: '{}', headers: HEADERS });
const place = (from: string, location: string) => redirected(sent(from), 307, location)?.url;

describe('where to', () => {
  const FOLLOWED: [from: string, location: string, to: string][] = [
    ['http://h:80/a', '/a/', 'http://h:80/a/'],
    ['http://h/a?x=1', '/b?y=2#z', 'http://h/b?y=2'],
    ['http://h/a/b', 'c', 'http://h/a/c'],
    ['http://h/a/b', './c/', 'http://h/a/c/'],
    ['http://h/a/b/c', '../d?e=../f', 'http://h/a/d?e=../f'],
    ['http://h/a', '../../d', 'http://h/d'],
    ['http://h/a?x=1', '?y=2', 'http://h/a?y=2'],
    ['http://h/a', '//h/b', 'http://h/b'],
    ['http://h/a', 'http://H:80/b', 'http://H:80/b'],
    ['https://h/a', 'https://h:443/b', 'https://h:443/b'],
    ['http://h/a', 'https://h/a', 'https://h/a'],
    ['http://h:8000/a', 'https://h:8000/a', 'https://h:8000/a'],
    ['http://h:8000/a', 'https://h/a', 'https://h/a'],
    ['http://[::1]:80/a', 'http://[::1]/b', 'http://[::1]/b'],
  ];
  for (const [from, location, to] of FOLLOWED)
    test(`${from} → ${location}`, () => assert.equal(place(from, location), to));

  const REFUSED: [from: string, location: string][] = [
    ['http://h/a', 'http://other/a'],
    ['http://h/a', '//other/a'],
    ['http://h/a', 'http://h.other/a'],
    ['http://h/a', 'http://other.h/a'],
    ['http://h/a', 'http://h:81/a'],
    ['http://h/a', 'https://h:444/a'],
    ['https://h/a', 'http://h/a'],
    ['https://h/a', 'http://h:443/a'],
    ['http://h/a', 'http://h@other/a'],
    ['http://h/a', 'http://u:p@h/a'],
    ['http://h/a', 'http://h\\@other/a'],
    ['http://h/a', '/\\other/a'],
    ['http://h/a', '\\\\other/a'],
    ['http://h/a', 'http://h /a'],
    ['http://h/a', '/a\nHost: other'],
    ['http://h/a', '/ä'],
    ['http://h/a', 'ftp://h/a'],
    ['http://h/a', 'javascript:alert(1)'],
    ['http://h/a', 'http:/other'],
    ['http://h/a', 'http:///other'],
  ];
  for (const [from, location] of REFUSED)
    test(`${from} → ${JSON.stringify(location)} is not followed`, () =>
      assert.equal(place(from, location), undefined));

  test('an @ in a query is none of a user', () =>
    assert.equal(place('http://h/a', 'http://h?@other'), 'http://h?@other'));
});

describe('how', () => {
  const METHODS: [method: string, status: number, then: string][] = [
    ['POST', 301, 'GET'],
    ['POST', 302, 'GET'],
    ['POST', 303, 'GET'],
    ['POST', 307, 'POST'],
    ['POST', 308, 'POST'],
    ['DELETE', 301, 'DELETE'],
    ['DELETE', 303, 'GET'],
    ['PUT', 302, 'PUT'],
    ['GET', 303, 'GET'],
  ];
  for (const [method, status, then] of METHODS)
    test(`${method}, ${status} → ${then}`, () => {
      const next = redirected(sent('http://h/a', method), status, '/b');
      assert.ok(next);
      assert.equal(next.method, then);
      const changed = then !== method;
      assert.equal(next.body, changed ? null : '{}');
      assert.deepEqual(next.headers, changed ? { Authorization: 'Bearer t' } : HEADERS);
    });

  test('which statuses are redirects', () =>
    assert.deepEqual(
      [200, 300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 404].filter(isRedirect),
      [301, 302, 303, 307, 308],
    ));
});
