/** What only the first evaluation of `connections` needs. Pure; it reaches the script as text (`./connectionsBefore.ts?text`). */
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { memoryReadings } from '../../../lib/before/scenarios.ts';
import { CONNECTIONS_SECTIONS } from './connectionsSettings.ts';
import { CONNECTIONS_WORDS } from './connectionsWords.ts';

/** Its clients share nothing but their settings. */
const CONNECTIONS: SystemBefore<null, typeof CONNECTIONS_SECTIONS> = {
  words: CONNECTIONS_WORDS,
  sections: CONNECTIONS_SECTIONS,
  has: () => [],
  share: () => ({ facts: null, texts: [] }),
  longestVisit: ({ levels, replySeconds }) => levels.seconds + 2 * replySeconds,
  longestEnd: ({ replySeconds }) => 2 * replySeconds,
  beside: ({ memoryUrl }, plan) => (memoryUrl === undefined ? {} : { memory: memoryReadings(plan) }),
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<null> | string {
  return prepareRun(CONNECTIONS, input);
}
