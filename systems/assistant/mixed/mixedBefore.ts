/** What only the first evaluation of `mixed-io` needs. Pure; it reaches the script as text (`./mixedBefore.ts?text`). */
import { WATCHED_LOOPS } from '../../../lib/before/loops.ts';
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { runPrefix } from '../redis/runPrefix.ts';
import { MIXED_SECTIONS } from './mixedSettings.ts';
import { MIXED_WORDS } from './mixedWords.ts';

/** Clients share what their keys and files begin with. All file operations have one VU, which keeps a connection for each. */
const MIXED: SystemBefore<string, typeof MIXED_SECTIONS> = {
  words: MIXED_WORDS,
  sections: MIXED_SECTIONS,
  has: () => [],
  share: ({ keyPrefix }) => ({ facts: runPrefix(keyPrefix), texts: [] }),
  longestVisit: ({ httpTimeoutSeconds, redisTimeoutSeconds }) =>
    2 * Math.max(httpTimeoutSeconds, redisTimeoutSeconds),
  longestEnd: ({ httpTimeoutSeconds, redisTimeoutSeconds }) =>
    2 * Math.max(httpTimeoutSeconds, redisTimeoutSeconds),
  k6Options: ({ kinds }) => ({ batchPerHost: kinds.file }),
  ...WATCHED_LOOPS,
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<string> | string {
  return prepareRun(MIXED, input);
}
