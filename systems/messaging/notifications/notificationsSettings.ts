/** The settings of `notifications`. Pure data. */
import { connectionsPerVu, replySeconds } from '../../../lib/before/settings/connections.ts';
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { ANY_SECONDS, OF_SESSIONS, SOME_SECONDS } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { spawnRate } from '../../../lib/before/settings/spawn.ts';
import { TARGET } from '../../../lib/before/settings/target.ts';
import { section, type VuConfigOf } from '../../../lib/words/sections.ts';
import { LOGIN } from '../settings.ts';

const MOST = 1e6;
const { planFile } = LOAD.settings;

const USERS = section({
  title: 'Load',
  families: ['HOLD'],
  settings: {
    ...LOAD.settings,
    numSessions: {
      kind: 'whole',
      unit: 'connections',
      min: 1,
      max: MOST,
      env: 'CONNECTIONS',
      scales: { by: 'load', least: 10 },
      default: 10_000,
      meaning: 'users, each with one connection',
      shapes: 'plan',
      loads: ['hold'],
    },
    hold: { ...LOAD.settings.hold, spawnRate: spawnRate('connections', 1000) },
    connectionsPerVu,
    profile: {
      kind: 'choice',
      env: 'PROFILE',
      default: null,
      choices: ['small', 'five-thousand'],
      meaning: 'one of the usual sizes of `notifications`',
      shapes: 'plan',
    },
  },
  check: (_, refusal) => {
    if (refusal.isSet(planFile))
      refusal.reject(
        planFile,
        'users of this script come once and stay, so unset it and set CONNECTIONS and HOLD_SECONDS',
      );
  },
});

const NOTIFICATIONS = section({
  title: 'Notifications',
  families: ['MESSAGE', 'HEARTBEAT', 'CONVERSATION'],
  settings: {
    conversations: {
      kind: 'whole',
      unit: 'conversations',
      min: 1,
      max: MOST,
      env: 'CONVERSATIONS',
      scales: { by: 'load', least: 2 },
      default: 100,
      meaning:
        'conversations: users are in them by turns, each in one, and the first user of each publishes in it',
      ...OF_SESSIONS,
    },
    conversationId: {
      kind: 'text',
      env: 'CONVERSATION_ID',
      default: 'conv-#',
      meaning: 'id of a conversation; `#` is its number, from 1',
      ...OF_SESSIONS,
    },
    messageSeconds: {
      ...SOME_SECONDS,
      env: 'MESSAGE_SECONDS',
      default: 10,
      meaning:
        'from one message of a conversation to its next; each user gets a notification in this time, whatever their number',
      ...OF_SESSIONS,
    },
    deliverySeconds: {
      ...SOME_SECONDS,
      env: 'DELIVERY_TIMEOUT_SECONDS',
      default: 5,
      meaning: 'from the send of a message to its notification',
      ...OF_SESSIONS,
    },
    settleSeconds: {
      ...ANY_SECONDS,
      env: 'SETTLE_SECONDS',
      default: 0.5,
      meaning: 'that a user who has got everything stays, for what comes twice',
      ...OF_SESSIONS,
    },
    heartbeatSeconds: {
      ...SOME_SECONDS,
      env: 'HEARTBEAT_SECONDS',
      default: 30,
      meaning: 'from one heartbeat of a connection to its next; the first comes at some time within',
      ...OF_SESSIONS,
    },
    heartbeatTimeoutSeconds: {
      ...SOME_SECONDS,
      env: 'HEARTBEAT_TIMEOUT_SECONDS',
      default: 10,
      meaning: 'from a heartbeat to its ack',
      ...OF_SESSIONS,
    },
    replySeconds: {
      ...replySeconds,
      meaning: 'from a subscription to its confirmation',
    },
  },
});

/** Every setting that `notifications` reads. */
export const NOTIFICATIONS_SECTIONS = [
  TARGET,
  LOGIN,
  USERS,
  NOTIFICATIONS,
  RETRIES,
  JUDGEMENT,
  UNLOGGED_OUTPUT,
] as const;

/** The values that VUs read. */
export type NotificationsVuConfig = VuConfigOf<typeof NOTIFICATIONS_SECTIONS>;
