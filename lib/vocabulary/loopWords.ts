/** Event loops in words: that of the target, as its health tells it, and that of the load generator itself. Pure. */
import { GENERATOR_BLOCKED, GENERATOR_DELAY, TARGET_DELAY } from '../measures/loops.ts';
import { count, share, time, totalTime } from './metricWords.ts';
import { observation, openMetric } from './operationWords.ts';
import type { Operation, Rule, Vocabulary } from './vocabulary.ts';

/** The loop of the load generator, which every script with an observer of loops has. */
export const GENERATOR_LOOP_METRICS: Vocabulary['metrics'] = {
  [GENERATOR_DELAY]: time('how late a timer of 1 ms was in k6, the worst of each tenth of a second', {
    stages: true,
  }),
  [GENERATOR_BLOCKED]: totalTime(
    'by which such timers were late, where it was GENERATOR_LAG_LIMIT_MS or more',
    {
      stages: true,
    },
  ),
};

/** The setting without which nobody looks. */
const HEALTH_URL = 'HEALTH_URL';

const LOOK_NOUN = { one: 'look', many: 'looks' };
const VERBS = ['begun', 'taken'] as const;

/** A look as an operation; a health that does not answer fails no visit. */
export const LOOK_WORDS: Operation = observation(LOOK_NOUN, VERBS);

/** Both loops. */
export const LOOP_METRICS: Vocabulary['metrics'] = {
  ...GENERATOR_LOOP_METRICS,
  [TARGET_DELAY]: time("the worst delay of the target's event loop since the look before", {
    limit: 'every stage',
    samples: 'looks_taken',
    setting: HEALTH_URL,
    stages: true,
  }),
  looks_begun: count("looks at the target's health"),
  looks_taken: count('those that told the delay of its event loop', { stages: true }),
  looks_failed: count('those that did not, by `reason`', { limit: 'run' }),
  ...openMetric(LOOK_NOUN, VERBS),
  look_success: share('taken (1) or failed (0)', {
    limit: 'run',
    samples: 'looks_begun',
    setting: HEALTH_URL,
  }),
};

/** What must hold of looks. */
export const LOOP_RULES: readonly Rule[] = [{ left: [TARGET_DELAY], is: '=', right: ['looks_taken'] }];

/** Where to look when the target's loop is blocked. */
export const LOOP_LOOKS: Vocabulary['looks'] = {
  [TARGET_DELAY]:
    'what the back end does without giving way: synchronous calls, large JSON, password hashes, loops over many items',
  look_success: 'the log of the back end at its health, and what may ask for it',
};
