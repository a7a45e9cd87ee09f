// Does a session ask the questions it was told to, and the same ones for the same seed?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  flatten,
  inOrder,
  parsePools,
  parseShares,
  shuffle,
  type Pools,
  type SessionQuestions,
} from '../systems/chatbot/questions.ts';
import { seededRandom, shuffled } from '../lib/words/random.ts';
import { ROOT } from './support/bundle.ts';
import { problems } from './support/problems.ts';

const POOLS: Pools = {
  A: Array.from({ length: 20 }, (_, index) => `a${index}`),
  B: Array.from({ length: 5 }, (_, index) => `b${index}`),
};

type Place = [seed: number, vu: number, iteration: number];

function asked(setting: string, order: 'order' | 'shuffle', place: Place = [1, 1, 0]): SessionQuestions {
  const { texts, slices } = flatten(POOLS, parseShares(setting, POOLS));
  const textAt = (index: number): string => texts[index] ?? '';
  return order === 'order' ? inOrder(slices, textAt) : shuffle(slices, textAt, seededRandom(...place));
}

describe('the shipped pools', () => {
  const pools = parsePools(readFileSync(join(ROOT, 'data', 'questions.json'), 'utf8'), 'data/questions.json');
  test('two courses and a general pool, 20 different questions each', () => {
    assert.equal(Object.keys(pools).length, 3);
    assert.ok('MED1060' in pools && 'BUMA1000' in pools);
    for (const [pool, questions] of Object.entries(pools)) assert.equal(new Set(questions).size, 20, pool);
  });
  test('the default session asks 20 of each course', () => {
    const { slices } = flatten(pools, parseShares('MED1060:20,BUMA1000:20', pools));
    assert.deepEqual(
      slices.map(({ pool, count, first, size }) => [pool, count, first, size]),
      [
        ['MED1060', 20, 0, 20],
        ['BUMA1000', 20, 20, 20],
      ],
    );
  });
});

test('a pool file that can not be used is refused in a sentence', () => {
  const refused = (text: string): readonly string[] => problems(() => parsePools(text, 'q.json'));
  const shape = 'It must hold JSON such as {"COURSE": ["question", "question"]}.';
  for (const text of ['', ' \n']) assert.deepEqual(refused(text), [`q.json:1: the file is empty. ${shape}`]);
  assert.deepEqual(refused('{\n  "A": ["a",\n  ]\n}'), [
    `q.json:2: there is a comma too many in column 12. ${shape}`,
  ]);
  for (const text of ['{}', '[]', 'null', '3'])
    assert.deepEqual(refused(text), [`q.json:1: there are no pools. ${shape}`]);
  assert.deepEqual(
    refused('{\n"A":[],\n"B":"x",\n"C":["ok",""],\n"D":[\n"ok",\n42,\n{"x":1}]\n,"A":["ok"]}'),
    [
      'q.json:9: "A" stands here a second time, after line 2. Put both together or rename one.',
      'q.json:3: pool "B" must be a list of questions and has none.',
      'q.json:4: question 2 of pool "C" must be a text and is "".',
      'q.json:7: question 2 of pool "D" must be a text and is 42.',
      'q.json:8: question 3 of pool "D" must be a text and is {"x":1}.',
    ],
  );
  assert.deepEqual(refused('{"A":[\n"ok"],"B":\n[]}'), [
    'q.json:3: pool "B" must be a list of questions and has none.',
  ]);
});

test('QUESTIONS: shares of pools', () => {
  assert.deepEqual(parseShares('A:3, B', POOLS), [
    { pool: 'A', count: 3 },
    { pool: 'B', count: 5 },
  ]);
  const refused = (setting: string): string => problems(() => parseShares(setting, POOLS)).join('\n');
  assert.equal(refused('C:3'), 'QUESTIONS is "C:3": there is no pool "C". There are A, B.');
  assert.match(
    refused('B:6'),
    /^QUESTIONS is "B:6": pool B has only 5 questions\. Ask for 5 or add some to the file\.$/,
  );
  for (const count of ['0', '-1', '1.5', 'x', ''])
    assert.match(refused(`B:${count}`), /must be a whole number, for example B:5\.$/);
  assert.match(refused(''), /there is no pool ""/);
  assert.equal(refused('C,A:99').split('\n').length, 2);
});

test('QUESTIONS: names that every object has are no pools', () =>
  assert.match(
    problems(() => parseShares('constructor:1', POOLS))[0] ?? '',
    /there is no pool "constructor"/,
  ));

describe('a session', () => {
  test('in order: the first of each pool, pools as the setting has them', () => {
    assert.deepEqual(asked('B:2,A:3', 'order'), {
      courses: ['B', 'B', 'A', 'A', 'A'],
      texts: ['b0', 'b1', 'a0', 'a1', 'a2'],
    });
  });

  test('shuffled: as many of each pool, none twice, each with its own course', () => {
    for (let iteration = 0; iteration < 50; iteration++) {
      const { courses, texts } = asked('A:7,B', 'shuffle', [1, 3, iteration]);
      assert.equal(new Set(texts).size, 12);
      assert.equal(courses.filter((course) => course === 'A').length, 7);
      assert.deepEqual(
        texts.map(([pool]) => pool),
        courses.map((course) => course.toLowerCase()),
      );
    }
  });

  test('shuffled: the same for the same seed, VU and iteration, another for any other', () => {
    const first = asked('A:20', 'shuffle', [1, 2, 3]).texts.join();
    assert.equal(asked('A:20', 'shuffle', [1, 2, 3]).texts.join(), first);
    for (const place of [
      [2, 2, 3],
      [1, 3, 3],
      [1, 2, 4],
      [3, 2, 1],
    ] as Place[])
      assert.notEqual(asked('A:20', 'shuffle', place).texts.join(), first);
  });

  test('shuffled: every question of a pool gets its turn', () => {
    const seen = new Set<string>();
    for (let vu = 1; vu <= 100; vu++)
      for (const text of asked('A:3', 'shuffle', [1, vu, 0]).texts) seen.add(text);
    assert.equal(seen.size, 20);
  });
});

describe('seeded random numbers', () => {
  const take = (count: number, ...seed: number[]): number[] => {
    const random = seededRandom(...seed);
    return Array.from({ length: count }, random);
  };

  test('repeat for the same seed and differ for others', () => {
    assert.deepEqual(take(5, 1, 2, 3), take(5, 1, 2, 3));
    const first = new Set(Array.from({ length: 3000 }, (_, vu) => take(1, 1, vu, 0)[0]));
    assert.ok(first.size > 2995, `${first.size} of 3000 VUs start with a number of their own`);
  });

  test('are spread evenly over [0, 1)', () => {
    const numbers = take(20_000, 7);
    assert.ok(numbers.every((number) => number >= 0 && number < 1));
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => numbers.filter((number) => Math.floor(number * 10) === tenth).length,
    );
    for (const count of tenths) assert.ok(Math.abs(count - 2000) < 200, tenths.join());
  });

  test('are spread evenly over VUs too', () => {
    const firsts = Array.from({ length: 5000 }, (_, vu) => take(1, 1, vu + 1, 0)[0] ?? 0);
    const mean = firsts.reduce((sum, number) => sum + number, 0) / firsts.length;
    assert.ok(Math.abs(mean - 0.5) < 0.03, String(mean));
  });

  test('shuffled keeps every item, reaches every order and leaves the list alone', () => {
    const items = [1, 2, 3];
    const orders = new Set(
      Array.from({ length: 200 }, (_, seed) => shuffled(items, seededRandom(seed)).join()),
    );
    assert.equal(orders.size, 6);
    assert.deepEqual(items, [1, 2, 3]);
    assert.deepEqual(shuffled([], seededRandom(1)), []);
  });
});
