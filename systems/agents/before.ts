/** What only the first evaluation of an agents' script needs of the agents. Pure; it reaches scripts as text (`./before.ts?text`). */
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../lib/before/prepare.ts';
import { batchSeconds } from './batches.ts';
import { AGENTS_SECTIONS } from './settings.ts';
import { AGENTS_WORDS } from './words.ts';

/** The agents before the load; they share nothing but their settings. */
export const AGENTS: SystemBefore<null, typeof AGENTS_SECTIONS> = {
  words: AGENTS_WORDS,
  sections: AGENTS_SECTIONS,
  has: () => [],
  share: () => ({ facts: null, texts: [] }),
  longestVisit: (config) => {
    const { numSessions, channels, pings, messages, messageSeconds, replySeconds } = config;
    const exchanges = channels.length + 1 + pings + messages + 1;
    return batchSeconds(config, numSessions) + messages * messageSeconds + exchanges * replySeconds;
  },
  perVisit: ({ messages }) => messages,
  longestEnd: ({ replySeconds }) => 4 * replySeconds,
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<null> | string {
  return prepareRun(AGENTS, input);
}
