/** What only the first evaluation of `broadcast` needs. Pure; it reaches the script as text (`./broadcastBefore.ts?text`). */
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { BROADCAST_SECTIONS } from './broadcastSettings.ts';
import { broadcastTimes } from './broadcastTimes.ts';
import { BROADCAST_WORDS } from './broadcastWords.ts';

/** Clients share nothing but their settings. */
const BROADCAST: SystemBefore<null, typeof BROADCAST_SECTIONS> = {
  words: BROADCAST_WORDS,
  sections: BROADCAST_SECTIONS,
  has: () => [],
  share: () => ({ facts: null, texts: [] }),
  longestVisit: (config) => {
    const { replySeconds, deliverySeconds, settleSeconds, connectTimeoutSeconds } = config;
    const last = broadcastTimes(config, 0).last / 1000;
    return last + replySeconds + deliverySeconds + settleSeconds + connectTimeoutSeconds;
  },
  longestEnd: ({ deliverySeconds, settleSeconds }) => deliverySeconds + settleSeconds,
  fanout: ({ channel, publishers, messages }) => ({ channel, publishers, messages, heard: publishers }),
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<null> | string {
  return prepareRun(BROADCAST, input);
}
