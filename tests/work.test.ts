// How much of what visits are to do must have begun for a verdict, by the limits on what may fail?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { leastVisits, leastWork, workOf } from '../lib/measures/work.ts';
import { planOf, type Plan } from '../lib/plans/load.ts';
import { phases } from '../lib/plans/rate.ts';
import type { Limit } from '../lib/words/limits.ts';
import { AGENTS_WORDS } from '../systems/agents/words.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';

const plan = (more: Partial<Plan>): Plan => ({
  ...planOf([{ level: 20, transition: 0, settle: 0, hold: 1 }]),
  end: null,
  ...more,
});
const limit = (metric: string, operator: Limit['operator'], bound: number) => ({ metric, operator, bound });
const FIFTY = plan({ perVisit: 50 });

describe('the planned work', () => {
  test('is what each visit does, for all of them', () => {
    assert.equal(workOf(FIFTY, leastVisits(FIFTY)), 1000);
  });

  test('is none where visits last as long as the plan, or do what they can', () => {
    assert.equal(leastVisits(plan({ end: 1000 })), 0);
    assert.equal(workOf(plan({}), 20), undefined);
    assert.equal(leastWork(plan({}), 20, AGENTS_WORDS, []), undefined);
  });

  test('is that of arrivals by a rate, of which k6 may leave out the last', () => {
    const arrivals = phases([{ name: 'one', from: 2, to: 4, seconds: 10 }]);
    assert.equal(leastVisits(arrivals), 29);
  });
});

describe('of 1,000 messages must have begun', () => {
  for (const [what, limits, least] of [
    ['almost all', [], 990],
    ['almost all, however many may fail', [limit('message_success', '>', 0.5)], 990],
    ['almost all, however many other things fail', [limit('ping_success', '>', 0.5)], 990],
    ['almost all, also where no user may fail', [limit('user_success', '>=', 1)], 990],
    ['what users need who may fail', [limit('user_success', '>', 0.8)], 800],
    ['what connections need that may fail', [limit('connection_success', '>', 0.95)], 950],
    ['almost all where a limit is on the other side', [limit('user_success', '<', 0.3)], 990],
    [
      'what the weakest allows',
      [limit('user_success', '>', 0.7), limit('connection_success', '>', 0.95)],
      700,
    ],
  ] as const)
    test(`${what}: ${least}`, () => {
      assert.equal(leastWork(FIFTY, 20, AGENTS_WORDS, limits), least);
    });
});

test('of a chatbot, sessions and their sockets decide', () => {
  assert.equal(leastWork(FIFTY, 20, CHATBOT_WORDS, [limit('socket_success', '>', 0.95)]), 950);
  assert.equal(leastWork(FIFTY, 20, CHATBOT_WORDS, [limit('session_success', '>', 0.9)]), 900);
  assert.equal(leastWork(FIFTY, 20, CHATBOT_WORDS, [limit('answer_success', '>', 0.9)]), 990);
});
