/** The settings of `mixed-io`. Pure data. */
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { LOAD_SCALES, OF_SESSIONS } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { ROUNDS } from '../../../lib/before/settings/rounds.ts';
import { section, setting, type VuConfigOf } from '../../../lib/words/sections.ts';
import { REDIS } from '../redis/redisSettings.ts';
import { API_TARGET } from '../settings.ts';

function atOnce<const E extends string>(env: E, meaning: string) {
  return setting({
    kind: 'whole',
    unit: 'at a time',
    min: 1,
    max: 1000,
    env,
    ...LOAD_SCALES,
    default: 25,
    quick: '10',
    meaning,
    shapes: 'plan',
    loads: ['kinds'],
  });
}

const OPERATIONS = section({
  title: 'Load',
  families: ['FILE', 'CONTENT', 'ROUND', 'SLOWDOWN'],
  settings: {
    ...LOAD.settings,
    rounds: ROUNDS,
    kinds: {
      file: atOnce('FILE_OPERATIONS', 'file operations that begin at the same moment'),
      redis: atOnce('REDIS_OPERATIONS', 'commands that begin at the same moment'),
    },
    contentBytes: {
      kind: 'whole',
      unit: 'bytes',
      min: 1,
      max: 10_000_000,
      env: 'CONTENT_BYTES',
      default: 10_000,
      meaning: 'length of each file, which is written and read back',
      ...OF_SESSIONS,
    },
    leastMs: {
      kind: 'number',
      unit: 'ms',
      where: ' above 0',
      min: 0.001,
      max: 60_000,
      env: 'SLOWDOWN_LEAST_MS',
      default: 25,
      meaning:
        'a p95 below that counts as that where kinds are compared, for the load generator itself may be late by so much',
      ...OF_SESSIONS,
    },
  },
});

/** Every setting that `mixed-io` reads. */
export const MIXED_SECTIONS = [API_TARGET, OPERATIONS, REDIS, RETRIES, JUDGEMENT, UNLOGGED_OUTPUT] as const;

/** The values that VUs read. */
export type MixedVuConfig = VuConfigOf<typeof MIXED_SECTIONS>;
