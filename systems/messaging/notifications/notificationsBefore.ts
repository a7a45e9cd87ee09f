/** What only the first evaluation of `notifications` needs. Pure; it reaches the script as text (`./notificationsBefore.ts?text`). */
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { messagesOf, type Messages } from './notificationTimes.ts';
import { NOTIFICATIONS_SECTIONS } from './notificationsSettings.ts';
import { NOTIFICATIONS_WORDS } from './notificationsWords.ts';

/** Users share what is sent when. */
const NOTIFICATIONS: SystemBefore<Messages, typeof NOTIFICATIONS_SECTIONS> = {
  words: NOTIFICATIONS_WORDS,
  sections: NOTIFICATIONS_SECTIONS,
  has: () => [],
  share: (config) => ({ facts: messagesOf(config), texts: [] }),
  longestVisit: ({ hold, connectTimeoutSeconds, httpTimeoutSeconds }) =>
    httpTimeoutSeconds + connectTimeoutSeconds + hold.seconds,
  longestEnd: ({ heartbeatTimeoutSeconds, deliverySeconds, settleSeconds, httpTimeoutSeconds }) =>
    Math.max(heartbeatTimeoutSeconds, 5 * httpTimeoutSeconds, deliverySeconds) + settleSeconds,
  fanout: (config) => {
    const { publishers, messages } = messagesOf(config);
    return { channel: 'all conversations', publishers, messages, heard: 1 };
  },
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<Messages> | string {
  return prepareRun(NOTIFICATIONS, input);
}
