// Does every operation end in the bucket and the stage that are its own, however many are under way in one VU?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { levels } from '../lib/plans/load.ts';
import type * as Operations from '../lib/vu/operationBooks.ts';
import type * as Visits from '../lib/vu/visitBooks.ts';
import { PlanClock } from '../lib/vu/stages.ts';
import { CHATBOT_VU_WORDS, newWorld, withoutK6, type World } from './support/withoutK6.ts';

/** Three stages of 10 s from 1,000,000 on; the first second of each settles. */
const START = 1_000_000;
const PLAN = levels([1, 1, 1], 10);

interface Vu {
  world: World;
  questions: Operations.OperationBooks;
  /** A visit starts at this time of the plan. */
  visitAt: (at: number) => Visits.VisitBooks;
}

async function vu(): Promise<Vu> {
  const world = newWorld();
  const { booksOf, visitBooks } = await withoutK6<typeof Operations & typeof Visits>(
    ['lib/vu/operationBooks.ts', 'lib/vu/visitBooks.ts'],
    world,
  );
  const begin = visitBooks(CHATBOT_VU_WORDS);
  const clock = new PlanClock(PLAN, START, 1);
  const visitAt = (at: number): Visits.VisitBooks => {
    world.time = START + at;
    return begin(clock);
  };
  return { world, questions: booksOf(CHATBOT_VU_WORDS, 'question'), visitAt };
}

/** What was added since the last call: `metric value stage`, and in brackets the tags that were given beside the VU's. */
function added({ world }: Vu): string[] {
  return world.samples.splice(0).map(({ metric, value, tags, given }) => {
    const own = Object.entries(given ?? {}).map(([name, tag]) => `${name}=${tag}`);
    return `${metric} ${value} ${tags['stage'] ?? ''}${own.length > 0 ? ` [${own.join(' ')}]` : ''}`;
  });
}

const begunIn = (stage: string): string[] => [`questions_sent 1 ${stage}`, `questions_open 1 ${stage}`];
const goodIn = (stage: string, latency: number, own = ''): string[] =>
  ['questions_answered 1', 'questions_open -1', 'answer_success 1', `answer_latency ${latency}`].map(
    (sample) => `${sample} ${stage}${own}`,
  );

describe('operations of one stage', () => {
  test('carry the tag of the VU, and none of their own', async () => {
    const one = await vu();
    one.visitAt(2000);
    added(one);
    one.questions.began(START + 3000);
    one.questions.began(START + 3100);
    one.questions.good(START + 3100, START + 3300);
    one.questions.good(START + 3000, START + 3400);
    assert.deepEqual(added(one), [
      ...begunIn('1'),
      ...begunIn('1'),
      ...goodIn('1', 200),
      ...goodIn('1', 400),
    ]);
  });
  test('that end badly say why, and how long they took', async () => {
    const one = await vu();
    one.visitAt(2000);
    one.questions.began(START + 3000);
    added(one);
    one.questions.bad(START + 3000, START + 3250, 'answer_timeout');
    assert.deepEqual(added(one), [
      'questions_failed 1 1 [reason=answer_timeout]',
      'questions_open -1 1',
      'failed_question_time 250 1',
      'answer_success 0 1',
    ]);
  });
});

describe('operations under way over the end of a stage', () => {
  test('stay in theirs when others begin in the next', async () => {
    const one = await vu();
    one.visitAt(2000);
    for (const at of [8000, 9000]) one.questions.began(START + at);
    one.questions.began(START + 10_500);
    one.questions.began(START + 12_000);
    added(one);
    one.questions.good(START + 9000, START + 12_100);
    one.questions.bad(START + 8000, START + 12_200, 'server_error');
    one.questions.good(START + 10_500, START + 12_300);
    one.questions.good(START + 12_000, START + 12_400);
    assert.deepEqual(added(one), [
      ...goodIn('1', 3100, ' [stage=1]'),
      'questions_failed 1 1 [stage=1 reason=server_error]',
      'questions_open -1 1 [stage=1]',
      'failed_question_time 4200 1 [stage=1]',
      'answer_success 0 1 [stage=1]',
      ...goodIn('settle-2', 1800, ' [stage=settle-2]'),
      ...goodIn('2', 400),
    ]);
  });
  test('carry the tag of the VU as long as none does, and after a whole stage', async () => {
    const one = await vu();
    one.visitAt(2000);
    one.questions.began(START + 9000);
    added(one);
    one.questions.good(START + 9000, START + 15_000);
    assert.deepEqual(added(one), goodIn('1', 6000));
    one.questions.began(START + 9500);
    one.questions.began(START + 25_000);
    added(one);
    one.questions.good(START + 9500, START + 26_000);
    assert.deepEqual(added(one), goodIn('1', 16_500, ' [stage=1]'));
  });
  test('stay in theirs when another visit of the VU starts or ends in another stage', async () => {
    const one = await vu();
    one.visitAt(500);
    one.questions.began(START + 600);
    const second = one.visitAt(700);
    added(one);
    one.questions.good(START + 600, START + 800);
    assert.deepEqual(added(one), goodIn('settle-1', 200, ' [stage=settle-1]'));
    one.questions.began(START + 900);
    one.questions.began(START + 12_000);
    one.world.time = START + 13_000;
    second.end(false);
    added(one);
    one.questions.good(START + 12_000, START + 13_100);
    one.questions.good(START + 900, START + 13_200);
    assert.deepEqual(added(one), [
      ...goodIn('2', 1100, ' [stage=2]'),
      ...goodIn('settle-1', 12_300, ' [stage=settle-1]'),
    ]);
    one.questions.began(START + 13_300);
    assert.deepEqual(added(one), begunIn('2'));
  });
  test('begin and end in one stage also when the clock is set back over its start', async () => {
    const one = await vu();
    one.visitAt(2000);
    one.questions.began(START + 11_000);
    one.questions.began(START + 9990);
    assert.deepEqual(added(one).slice(-2), begunIn('1'));
    one.questions.good(START + 11_000, START + 11_100);
    one.questions.good(START + 9990, START + 11_200);
    assert.deepEqual(added(one), [...goodIn('2', 100, ' [stage=2]'), ...goodIn('1', 1210)]);
  });
  test('carry the tag of the VU behind the end of the plan, too', async () => {
    const one = await vu();
    one.visitAt(29_000);
    one.questions.began(START + 29_500);
    one.questions.began(START + 31_000);
    added(one);
    one.questions.good(START + 29_500, START + 31_100);
    one.questions.good(START + 31_000, START + 31_200);
    assert.deepEqual(added(one), [...goodIn('3', 1600), ...goodIn('3', 200)]);
  });
  test('have the very same tags as long as their stage is asked for', () => {
    const clock = new PlanClock(PLAN, START, 1);
    clock.operationTags(START + 25_000);
    const [past, settled] = [9000, 500].map((at) => clock.operationTags(START + at));
    assert.deepEqual([past, settled], [{ stage: '1' }, { stage: 'settle-1' }]);
    assert.equal(clock.operationTags(START + 9500), past);
    assert.equal(clock.operationTags(START + 800), settled);
    assert.deepEqual(clock.operationTags(START - 5), { stage: 'settle-1' });
    assert.deepEqual(clock.stageTags(START + 10_100), { stage: '2' });
    assert.deepEqual(clock.stageTags(START + 99_999), { stage: '3' });
  });
});

describe('a visit', () => {
  test('is decided in the stage in which its first failed operation began', async () => {
    const one = await vu();
    const visit = one.visitAt(2000);
    visit.operationBegins(START + 9000);
    one.questions.began(START + 9000);
    visit.operationBegins(START + 12_000);
    one.questions.began(START + 12_000);
    one.questions.bad(START + 9000, START + 13_000, 'answer_timeout');
    added(one);
    visit.fail('answer', 'answer_timeout', '', START + 9000);
    visit.fail('socket', 'bad_json');
    one.world.time = START + 25_000;
    visit.end(true);
    assert.deepEqual(added(one), [
      'failures 1 1 [stage=1 phase=answer reason=answer_timeout]',
      'sessions_affected 1 1 [stage=1 phase=answer reason=answer_timeout]',
      'failures 1 2 [phase=socket reason=bad_json]',
      'sessions_affected 1 2 [phase=socket reason=bad_json]',
      'sessions_open -1 2',
      'session_duration 23000 2',
      'sessions_failed 1 1 [stage=1 reason=answer_timeout]',
      'sessions_ended 1 1 [stage=1]',
      'session_success 0 1 [stage=1]',
    ]);
  });
  test('beside another of the VU that asks in a later stage fails in its own', async () => {
    const one = await vu();
    const early = one.visitAt(2000);
    one.visitAt(12_000);
    one.questions.began(START + 12_000);
    added(one);
    early.fail('token', 'http_503');
    assert.deepEqual(added(one), [
      'failures 1 1 [stage=1 phase=token reason=http_503]',
      'sessions_affected 1 1 [stage=1 phase=token reason=http_503]',
    ]);
  });
});

test('what visits begin with counts in the whole of its stage, settling included', async () => {
  const world = newWorld();
  const { booksOf, visitBooks } = await withoutK6<typeof Operations & typeof Visits>(
    ['lib/vu/operationBooks.ts', 'lib/vu/visitBooks.ts'],
    world,
  );
  const { question = assert.fail() } = CHATBOT_VU_WORDS.operations;
  const words = { ...CHATBOT_VU_WORDS, operations: { question: { ...question, setUp: true as const } } };
  const questions = booksOf(words, 'question');
  world.time = START + 200;
  visitBooks(words)(new PlanClock(PLAN, START, 1));
  world.samples.splice(0);
  questions.began(START + 300);
  questions.began(START + 10_300);
  questions.good(START + 300, START + 10_400);
  questions.bad(START + 10_300, START + 10_500, 'http_401');
  const stages = world.samples.map(({ metric, tags }) => `${metric} ${tags['stage'] ?? ''}`);
  assert.deepEqual(stages, [
    ...['questions_sent 1', 'questions_open 1', 'questions_sent 2', 'questions_open 2'],
    ...['questions_answered 1', 'questions_open 1', 'answer_success 1', 'answer_latency 1'],
    ...['questions_failed 2', 'questions_open 2', 'failed_question_time 2', 'answer_success 2'],
  ]);
});
