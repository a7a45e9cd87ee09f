/** What only the first evaluation of `chat-http` needs. Pure; it reaches the script as text (`./chatBefore.ts?text`). */
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { WATCHED_LOOPS } from '../../../lib/before/loops.ts';
import { CHAT_SECTIONS } from './chatSettings.ts';
import { CHAT_WORDS } from './chatWords.ts';

/** Clients share nothing but their settings. */
const CHAT: SystemBefore<null, typeof CHAT_SECTIONS> = {
  words: CHAT_WORDS,
  sections: CHAT_SECTIONS,
  has: () => [],
  share: () => ({ facts: null, texts: [] }),
  longestVisit: ({ httpTimeoutSeconds }) => httpTimeoutSeconds,
  longestEnd: ({ httpTimeoutSeconds }) => httpTimeoutSeconds,
  ...WATCHED_LOOPS,
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<null> | string {
  return prepareRun(CHAT, input);
}
