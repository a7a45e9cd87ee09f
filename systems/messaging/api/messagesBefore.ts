/** What only the first evaluation of `messages-api` and `sustained` needs. Pure; it reaches scripts as text (`./messagesBefore.ts?text`). */
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { MESSAGES_SECTIONS } from './messagesSettings.ts';
import { MESSAGES_WORDS } from './messagesWords.ts';

/** A request may need a log-in and be made twice. */
const CALLS = 3;

/** Its users share nothing but their settings. */
const MESSAGES: SystemBefore<null, typeof MESSAGES_SECTIONS> = {
  words: MESSAGES_WORDS,
  sections: MESSAGES_SECTIONS,
  has: () => [],
  share: () => ({ facts: null, texts: [] }),
  longestVisit: ({ httpTimeoutSeconds }) => CALLS * httpTimeoutSeconds,
  longestEnd: ({ httpTimeoutSeconds }) => CALLS * httpTimeoutSeconds,
  staysToEnd: true,
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<null> | string {
  return prepareRun(MESSAGES, input);
}
