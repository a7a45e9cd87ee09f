// Does everything that a session counts belong to the stage in which it was decided, also across the end of a stage?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { levels } from '../lib/plans/load.ts';
import { PlanClock } from '../lib/vu/stages.ts';
import type * as Books from '../systems/chatbot/session/session.ts';
import { CHATBOT_VU_WORDS, newWorld, withoutK6, type World } from './support/withoutK6.ts';

/** Three stages of 10 s from 1,000,000 on; the first second of each settles. */
const START = 1_000_000;
const PLAN = levels([1, 1, 1], 10);

/** A session that starts `at` so many milliseconds of the plan. */
async function sessionAt(
  at: number,
): Promise<{ world: World; books: Books.Session; to: (at: number) => void }> {
  const world = { ...newWorld(), time: START + at };
  const { sessionBooks } = await withoutK6<typeof Books>('systems/chatbot/session/session.ts', world);
  const begin = sessionBooks(CHATBOT_VU_WORDS, []);
  const to = (later: number) => {
    world.time = START + later;
  };
  return { world, books: begin(new PlanClock(PLAN, START, 1)), to };
}

/** Samples of these metrics as `metric value stage reason`. */
const told = ({ samples }: World, ...metrics: string[]): string[] =>
  samples
    .filter(({ metric }) => metrics.includes(metric))
    .map(({ metric, value, tags }) =>
      [metric, value, tags['stage'], tags['reason']].filter((part) => part !== undefined).join(' '),
    );

const OUTCOMES = [
  'sessions_completed',
  'sessions_failed',
  'sessions_stopped',
  'sessions_ended',
  'session_success',
];
const ANSWER = { chunks: 5, duplicates: 0, firstAt: 0, fault: undefined };

describe('a session that fails in one stage and ends in another', () => {
  test('has failed in the first, once, by its first reason', async () => {
    const { world, books, to } = await sessionAt(2000);
    books.questionSent(START + 3000);
    to(5000);
    books.questionFailed('answer_timeout', START + 3000, START + 5000);
    books.questionSent(START + 12_000);
    to(13_000);
    books.questionFailed('server_error', START + 12_000, START + 13_000);
    to(25_000);
    books.end(true);
    assert.deepEqual(told(world, ...OUTCOMES), [
      'sessions_failed 1 1 answer_timeout',
      'sessions_ended 1 1',
      'session_success 0 1',
    ]);
    assert.deepEqual(told(world, 'questions_failed', 'failures', 'sessions_affected'), [
      'questions_failed 1 1 answer_timeout',
      'failures 1 1 answer_timeout',
      'sessions_affected 1 1 answer_timeout',
      'questions_failed 1 2 server_error',
      'failures 1 2 server_error',
      'sessions_affected 1 2 server_error',
    ]);
  });
  test('also when the plan stopped it, or its clean-up failed as well', async () => {
    const { world, books, to } = await sessionAt(2000);
    books.questionSent(START + 3000);
    books.questionFailed('server_error', START + 3000, START + 3010);
    books.questionSent(START + 12_000);
    to(13_000);
    books.fail('cleanup', 'http_500');
    books.end(false);
    assert.deepEqual(told(world, ...OUTCOMES), [
      'sessions_failed 1 1 server_error',
      'sessions_ended 1 1',
      'session_success 0 1',
    ]);
  });
  test('that failed while a stage settled counts for that stage', async () => {
    const { world, books, to } = await sessionAt(500);
    books.fail('token', 'http_503');
    to(12_000);
    books.end(false);
    assert.deepEqual(told(world, 'failures', ...OUTCOMES), [
      'failures 1 1 http_503',
      'sessions_failed 1 1 http_503',
      'sessions_ended 1 1',
      'session_success 0 1',
    ]);
  });
  test('was open in the judged parts of both', async () => {
    const { world, books, to } = await sessionAt(3000);
    to(4000);
    books.connected(10);
    books.questionSent(START + 4000);
    books.questionFailed('server_error', START + 4000, START + 4010);
    to(15_000);
    books.disconnected(0);
    to(17_000);
    books.end(true);
    // With an open socket: 4 to 10 s of stage 1, and 11 to 15 s of stage 2.
    assert.deepEqual(told(world, 'hold_session_time').sort(), [
      'hold_session_time 4000 2',
      'hold_session_time 6000 1',
    ]);
  });
});

describe('a session that did not fail', () => {
  test('whose socket was lost was open until then, and one without a socket never was', async () => {
    const lost = await sessionAt(2000);
    lost.books.connected(10);
    lost.to(5000);
    lost.books.lost();
    lost.to(9000);
    lost.books.disconnected(0);
    lost.books.end(false);
    assert.deepEqual(told(lost.world, 'hold_session_time'), ['hold_session_time 3000 1']);
    const never = await sessionAt(2000);
    never.to(9000);
    never.books.disconnected(0);
    never.books.end(false);
    assert.deepEqual(told(never.world, 'hold_session_time'), []);
  });
  test('is completed in the stage of its last question', async () => {
    const { world, books, to } = await sessionAt(2000);
    books.questionSent(START + 3000);
    books.questionAnswered(ANSWER, START + 3000, START + 3100);
    books.questionSent(START + 12_000);
    to(25_000);
    books.questionAnswered({ ...ANSWER, firstAt: START + 12_500 }, START + 12_000, START + 24_990);
    books.end(true);
    assert.deepEqual(told(world, ...OUTCOMES), [
      'sessions_completed 1 2',
      'sessions_ended 1 2',
      'session_success 1 2',
    ]);
    assert.deepEqual(told(world, 'answer_latency', 'generator_lag').slice(-2), [
      'answer_latency 12990 2',
      'generator_lag 10 2',
    ]);
  });
  test('keeps an answer in the stage of its question when a later one was asked meanwhile', async () => {
    const { world, books, to } = await sessionAt(2000);
    books.questionSent(START + 9000);
    books.questionSent(START + 12_000);
    to(13_000);
    const answer = { ...ANSWER, duplicates: 1, firstAt: START + 9500 };
    books.questionAnswered(answer, START + 9000, START + 12_990);
    const metrics = ['first_chunk_latency', 'generator_lag', 'chunks_duplicated', 'answer_latency'];
    assert.deepEqual(told(world, ...metrics), [
      'answer_latency 3990 1',
      'first_chunk_latency 500 1',
      'generator_lag 10 1',
      'chunks_duplicated 1 1',
    ]);
  });
  test('whose last question came while a stage settled is completed in that stage', async () => {
    const { world, books } = await sessionAt(2000);
    books.questionSent(START + 10_500);
    books.end(true);
    assert.deepEqual(told(world, 'questions_sent', ...OUTCOMES), [
      'questions_sent 1 settle-2',
      'sessions_completed 1 2',
      'sessions_ended 1 2',
      'session_success 1 2',
    ]);
  });
  test('that the plan stopped is neither completed nor failed', async () => {
    const { world, books } = await sessionAt(2000);
    books.questionSent(START + 3000);
    books.end(false);
    assert.deepEqual(told(world, ...OUTCOMES), ['sessions_stopped 1 1']);
  });
  test('whose clean-up alone failed is completed', async () => {
    const { world, books } = await sessionAt(2000);
    books.questionSent(START + 3000);
    books.fail('cleanup', 'http_500');
    books.end(true);
    assert.deepEqual(told(world, 'failures', ...OUTCOMES), [
      'failures 1 1 http_500',
      'sessions_completed 1 1',
      'sessions_ended 1 1',
      'session_success 1 1',
    ]);
  });
  test('asks questions of the part that settles apart from those that are judged', async () => {
    const { world, books } = await sessionAt(100);
    for (const at of [200, 999, 1000, 9999, 10_000, 11_000]) books.questionSent(START + at);
    assert.deepEqual(
      told(world, 'questions_sent').map((text) => text.split(' ')[2]),
      ['settle-1', 'settle-1', '1', '1', 'settle-2', '2'],
    );
  });
});

test('a class of failures affects a session once, but is counted each time', async () => {
  const { world, books } = await sessionAt(2000);
  for (let index = 0; index < 3; index++) books.fail('answer', 'answer_timeout');
  books.fail('socket', 'closed_1001');
  assert.equal(told(world, 'failures').length, 4);
  assert.deepEqual(told(world, 'sessions_affected'), [
    'sessions_affected 1 1 answer_timeout',
    'sessions_affected 1 1 closed_1001',
  ]);
});
