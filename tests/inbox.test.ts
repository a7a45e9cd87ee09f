// Does a client know of each message whether it came once, twice, in another order or never, and when all have come?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Attempts } from '../lib/vu/deliveries/attempts.ts';
import { Inbox } from '../lib/vu/deliveries/inbox.ts';
import { readStamp, stampWriter } from '../lib/vu/deliveries/stamp.ts';
import { broadcastTimes } from '../systems/graph/broadcast/broadcastTimes.ts';

/** The inbox of a client who was there from the start, of two publishers with four messages each. */
function inTime(): Inbox {
  const inbox = new Inbox(2, 4);
  inbox.expectAll();
  return inbox;
}

/** Takes messages of publisher 1, and tells what each was. */
const take = (inbox: Inbox, ...numbers: number[]) => numbers.map((number) => inbox.receive(1, number, 4));

/** `publisher.number`. */
function missing(inbox: Inbox, isCut = false): string[] {
  const all: string[] = [];
  inbox.eachMissing(isCut, (publisher, number) => all.push(`${publisher}.${number}`));
  return all;
}

describe('a client who was there from the start', () => {
  test('has everything when the last message of the last publisher has come', () => {
    const inbox = inTime();
    assert.deepEqual(take(inbox, 0, 1, 2, 3), ['in order', 'in order', 'in order', 'in order']);
    assert.deepEqual([inbox.isComplete(), missing(inbox)], [false, ['2.0', '2.1', '2.2', '2.3']]);
    for (const number of [0, 1, 2, 3]) inbox.receive(2, number, 4);
    assert.deepEqual([inbox.isComplete(), missing(inbox)], [true, []]);
  });

  test('tells the first message that comes after a later one from the same that comes twice', () => {
    const inbox = inTime();
    assert.deepEqual(take(inbox, 0, 2, 1, 2, 1, 0, 3), [
      ...['in order', 'in order', 'behind', 'doubled', 'doubled', 'doubled', 'in order'],
    ]);
    assert.deepEqual(missing(inbox), ['2.0', '2.1', '2.2', '2.3']);
  });

  test('misses the first, the last, and all of them', () => {
    const inbox = inTime();
    take(inbox, 1, 2);
    assert.deepEqual(missing(inbox), ['1.0', '1.3', '2.0', '2.1', '2.2', '2.3']);
  });

  test('and was cut misses only what a later one of its publisher had overtaken', () => {
    const inbox = inTime();
    take(inbox, 0, 2);
    assert.deepEqual(missing(inbox, true), ['1.1']);
  });

  test('waits no longer for a publisher who has ended, but for what it had sent', () => {
    const inbox = inTime();
    take(inbox, 0, 1, 2, 3);
    inbox.end(2, 2);
    assert.deepEqual([inbox.isComplete(), missing(inbox)], [false, ['2.0', '2.1']]);
    inbox.receive(2, 1, 4);
    inbox.receive(2, 0, 4);
    assert.deepEqual([inbox.isComplete(), missing(inbox)], [true, []]);
  });

  test('needs nothing of one who never sent anything', () => {
    const inbox = inTime();
    take(inbox, 0, 1, 2, 3);
    inbox.end(2, 0);
    inbox.end(2, 0);
    assert.deepEqual([inbox.isComplete(), missing(inbox)], [true, []]);
  });

  test('believes a publisher who says that it has fewer messages than planned', () => {
    const inbox = inTime();
    inbox.end(2, 0);
    inbox.receive(1, 0, 2);
    assert.equal(inbox.isComplete(), false);
    inbox.receive(1, 1, 2);
    assert.equal(inbox.isComplete(), true);
  });
});

describe('a client who came later', () => {
  test('expects of each publisher what follows the first message that it got', () => {
    const inbox = new Inbox(3, 4);
    assert.equal(inbox.receive(1, 2, 4), 'in order');
    inbox.receive(2, 1, 4);
    inbox.receive(2, 3, 4);
    assert.deepEqual(missing(inbox), ['1.3', '2.2']);
  });

  test('gets what it did not expect, once', () => {
    const inbox = new Inbox(1, 4);
    assert.deepEqual(take(inbox, 2, 1, 1, 3), ['in order', 'behind', 'doubled', 'in order']);
    assert.deepEqual([inbox.isComplete(), missing(inbox)], [true, []]);
  });

  test('waits for a publisher of whom it has got nothing', () => {
    const inbox = new Inbox(2, 2);
    inbox.receive(1, 1, 2);
    assert.deepEqual([inbox.isComplete(), missing(inbox)], [false, []]);
  });
});

describe('a stamp', () => {
  const known = { run: 7, first: 1, publishers: 2, messages: 4 };
  const sender = { run: 7, publisher: 2 };
  const read = (text: string) => readStamp(JSON.parse(text) as Record<string, unknown>, known);

  test('is read as it was written, with all digits of its time', () => {
    const sentAt = 1_700_000_000_123.4567;
    const write = stampWriter(sender);
    const said = { publisher: 2, of: 4, sentAt };
    assert.deepEqual(read(write.message(4, 3, sentAt)), { ...said, number: 3, attempt: 0 });
    assert.deepEqual(read(write.message(4, 3, sentAt, 2)), { ...said, number: 3, attempt: 2 });
    assert.deepEqual(read(write.notice(0, sentAt)), { ...said, of: 0 });
  });

  test('of a publisher who is not among the known ones is not of them', () => {
    const text = stampWriter(sender).message(4, 3, 1);
    const of = (first: number) =>
      readStamp(JSON.parse(text) as Record<string, unknown>, { ...known, first, publishers: 1 });
    assert.deepEqual(
      [1, 2, 3].map((first) => of(first)?.publisher),
      [undefined, 2, undefined],
    );
  });

  const OTHERS: Record<string, object> = {
    'another run': { run: 8 },
    'a publisher who is none': { publisher: 3 },
    'a number beyond the last': { number: 4 },
    'more messages than there are': { of: 5 },
    'half a number': { number: 0.5 },
    'less than no attempt': { attempt: -1 },
    'no time': { sentAt: '1' },
  };
  for (const [what, change] of Object.entries(OTHERS))
    test(`with ${what} is not of this run`, () => {
      const own = { run: 7, publisher: 2, of: 4, number: 3, sentAt: 1 };
      assert.notEqual(read(JSON.stringify(own)), undefined);
      assert.equal(read(JSON.stringify({ ...own, ...change })), undefined);
    });
});

describe('a message that its publisher sent again', () => {
  const message = (attempt: number) => ({ publisher: 1, number: 3, of: 9, sentAt: 1, attempt });

  test('is another attempt once, and doubled when that comes again', () => {
    const attempts = new Attempts();
    attempts.first(message(0));
    assert.deepEqual(
      [1, 1, 0, 2].map((attempt) => attempts.isAnother(message(attempt))),
      [...[true, false, false, true]],
    );
  });

  test('and whose second attempt came first is another attempt as well', () => {
    const attempts = new Attempts();
    attempts.first(message(1));
    assert.deepEqual(
      [1, 0, 0].map((attempt) => attempts.isAnother(message(attempt))),
      [false, true, false],
    );
  });
});

test('publishers take turns behind the fence, which the last client has time to reach', () => {
  const settings = { numSessions: 11, publishers: 2, messages: 3, staggerSeconds: 0.1 };
  const times = broadcastTimes({ ...settings, subscribeSeconds: 5, messageSeconds: 0.5 }, 1000);
  assert.deepEqual([times.comes(1), times.comes(11), times.fence], [1000, 2000, 7000]);
  const published = [0, 1, 2].flatMap((place) =>
    [1, 2].map((publisher) => times.published(publisher, place)),
  );
  assert.deepEqual(published, [7020, 7270, 7520, 7770, 8020, 8270]);
  assert.equal(times.last, 8270);
});
