/** What only the first evaluation of `redis` needs. Pure; it reaches the script as text (`./redisBefore.ts?text`). */
import { WATCHED_LOOPS } from '../../../lib/before/loops.ts';
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { runPrefix } from './runPrefix.ts';
import { REDIS_SECTIONS } from './redisSettings.ts';
import { REDIS_WORDS } from './redisWords.ts';

/** Clients share what their keys begin with. */
const REDIS: SystemBefore<string, typeof REDIS_SECTIONS> = {
  words: REDIS_WORDS,
  sections: REDIS_SECTIONS,
  has: () => [],
  share: ({ keyPrefix }) => ({ facts: runPrefix(keyPrefix), texts: [] }),
  longestVisit: ({ redisTimeoutSeconds, commands }) => 2 * redisTimeoutSeconds * (commands.length + 1),
  longestEnd: ({ redisTimeoutSeconds, commands }) => 2 * redisTimeoutSeconds * commands.length,
  ...WATCHED_LOOPS,
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<string> | string {
  return prepareRun(REDIS, input);
}
