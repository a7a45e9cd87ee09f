/** The settings of plans of rounds. Pure data. */
import { setting } from '../../words/sections.ts';
import { levelsParser, LOAD } from './load.ts';
import { LOAD_SCALES, SOME_SECONDS } from './ranges.ts';

const PLAN = { shapes: 'plan', loads: ['rounds', 'kinds'] } as const;

/** How many rounds, and how long each; a script may have other defaults. */
export const ROUNDS = {
  count: setting({
    kind: 'whole',
    unit: 'rounds',
    min: 1,
    max: 10_000,
    env: 'ROUNDS',
    default: 1,
    meaning: 'in each stage: all begin at once, so many times',
    ...PLAN,
    vu: true,
  }),
  seconds: setting({
    ...SOME_SECONDS,
    env: 'ROUND_SECONDS',
    default: 10,
    meaning: 'from the start of a round to that of the next; who is not done by then misses that one',
    ...PLAN,
    vu: true,
  }),
  gatherSeconds: setting({
    ...SOME_SECONDS,
    env: 'GATHER_SECONDS',
    default: 1,
    meaning: 'at the start of each stage, in which all come, open what connections they need, and wait',
    ...PLAN,
  }),
};

/** Levels of rounds: `many` begin at once; `usual`: how many when nobody says it. */
export function levelsAtOnce(env: string, many: string, usual: string, quick: string) {
  return {
    ...LOAD.settings.levels,
    sessions: setting({
      kind: 'custom',
      env,
      ...LOAD_SCALES,
      default: usual,
      quick,
      parse: levelsParser(many, env),
      meaning: `${many} that begin at the same moment, a stage for each number`,
      shapes: 'plan',
      loads: ['rounds'],
    }),
  };
}
