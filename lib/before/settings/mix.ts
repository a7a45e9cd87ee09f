/** The settings of plans that do several things, each alone and all together. Pure data. */
import { MAX_STAGES } from '../../plans/load.ts';
import type { Parts } from '../../plans/mix.ts';
import { setting } from '../../words/sections.ts';
import { levelsParser } from './load.ts';
import { LOAD_SCALES, SOME_SECONDS, timeScales } from './ranges.ts';

const PLAN = { shapes: 'plan', loads: ['mix'] } as const;

/** All but what is done, which a system names. */
export const MIX = {
  levels: setting({
    kind: 'custom',
    env: 'CONCURRENCY_LEVELS',
    ...LOAD_SCALES,
    default: '5,10,20,50',
    quick: '5,10',
    // Each is a stage for every part and one more.
    parse: levelsParser('clients', 'CONCURRENCY_LEVELS', { most: MAX_STAGES / 10, digits: 6 }),
    meaning: 'at a time, with commas between',
    ...PLAN,
  }),
  seconds: setting({
    ...SOME_SECONDS,
    env: 'STAGE_SECONDS',
    ...timeScales(3),
    default: 10,
    quick: '3',
    meaning: 'length of each stage',
    ...PLAN,
  }),
  stressLevel: setting({
    kind: 'whole',
    unit: 'at a time',
    min: 0,
    max: 1e6,
    env: 'STRESS_LEVEL',
    ...LOAD_SCALES,
    default: 100,
    quick: '20',
    meaning: 'of one more stage, of all together, behind which the first level comes again; 0: none',
    ...PLAN,
  }),
};

/** What a system says of what it does. */
interface PartsWords {
  tag: string;
  env: string;
  values: readonly string[];
  meaning: string;
}

/** The setting of what is done: some or all of these values of a tag. */
export function partsSetting({ tag, env, values, meaning }: PartsWords) {
  return setting({
    kind: 'custom',
    env,
    default: values.join(','),
    parse: readParts,
    meaning,
    ...PLAN,
  });

  function readParts(text: string, reject: (remedy: string) => void): Parts | undefined {
    const parts = text.split(',').map((part) => part.trim());
    const isSound = parts.every((part) => values.includes(part)) && new Set(parts).size === parts.length;
    if (isSound) return { tag, values: parts };
    reject(
      `it must be some of ${values.join(', ')}, each once, for example ${env}=${values.slice(0, 2).join(',')}`,
    );
    return undefined;
  }
}
