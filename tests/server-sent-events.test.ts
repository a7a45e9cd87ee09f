// Are server-sent events read as the WHATWG says, whatever their lines end with and wherever the stream ends?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serverSentEvents, type ServerSentEvent } from '../lib/words/serverSentEvents.ts';

function eventsIn(body: string): ServerSentEvent[] {
  const heard: ServerSentEvent[] = [];
  const count = serverSentEvents(body, (event) => heard.push(event));
  assert.equal(count, heard.length);
  return heard;
}

const message = (data: string, id = '', event = 'message'): ServerSentEvent => ({ event, data, id });

/** Those of the specification's own page first. */
const BODIES: [name: string, body: string, events: ServerSentEvent[]][] = [
  ['lines of data', 'data: YHOO\ndata: +2\ndata: 10\n\n', [message('YHOO\n+2\n10')]],
  [
    'a comment, ids, an id that is taken back, an end without a blank line',
    ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n',
    [message('first event', '1'), message('second event')],
  ],
  ['data without a value', 'data\n\ndata\ndata\n\ndata:', [message(''), message('\n')]],
  ['one space behind the colon, or none', 'data:test\n\ndata: test\n\n', [message('test'), message('test')]],
  ['more than one space', 'data:  x\n\n', [message(' x')]],
  ['types', 'event: add\ndata: 1\n\ndata: 2\n\n', [message('1', '', 'add'), message('2')]],
  ['a type without data, which is forgotten', 'event: add\n\ndata: 2\n\n', [message('2')]],
  ['an empty type', 'event\ndata: 2\n\n', [message('2')]],
  ['ids that stay', 'id: 7\ndata: a\n\ndata: b\n\n', [message('a', '7'), message('b', '7')]],
  ['an id alone', 'id: 7\n\ndata: b\n\n', [message('b', '7')]],
  [
    'an id with NUL, which is none',
    'id: 7\ndata: a\n\nid: 8\0\ndata: b\n\n',
    [message('a', '7'), message('b', '7')],
  ],
  ['a mark of the byte order', '\uFEFFdata: x\n\n', [message('x')]],
  ['a second mark, which is part of a name', '\uFEFF\uFEFFdata: x\n\ndata: y\n\n', [message('y')]],
  ['colons in data', 'data: a:b: c\n\n', [message('a:b: c')]],
  ['unknown fields', 'retry: 10\ndatum: x\n data: y\ndata: z\n\n', [message('z')]],
  ['blank lines', '\n\n\ndata: x\n\n\n\n\ndata: y\n\n\n', [message('x'), message('y')]],
  ['nothing', '', []],
  ['a comment alone', ': ping\n\n', []],
  ['a page', '<!doctype html>\n\n<p>data: x</p>\n\n', []],
];

const ENDINGS: [string, string][] = [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
];

for (const [ending, end] of ENDINGS)
  describe(`lines that end with ${ending}`, () => {
    for (const [name, body, events] of BODIES)
      test(name, () => assert.deepEqual(eventsIn(body.replaceAll('\n', end)), events));
  });

describe('a stream that ends anywhere', () => {
  for (const [ending, end] of ENDINGS)
    test(`has the events that were whole: ${ending}`, () => {
      const body = BODIES.map(([, text]) => `${text}\n\n`)
        .join('')
        .replaceAll('\n', end);
      const all = eventsIn(body);
      let most = 0;
      for (let length = 0; length <= body.length; length++) {
        const some = eventsIn(body.slice(0, length));
        assert.deepEqual(some, all.slice(0, some.length), JSON.stringify(body.slice(0, length)));
        assert.ok(some.length >= most, 'none goes again');
        most = some.length;
      }
      assert.equal(most, all.length);
    });
  test('endings may differ from line to line', () => {
    const events = [message('a\nb', '1'), message('c', '1')];
    assert.deepEqual(eventsIn('id: 1\rdata: a\r\ndata: b\n\rdata: c\r\r\n'), events);
  });
});
