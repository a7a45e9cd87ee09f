/** The settings of `messages-api` and `sustained`. Pure data. */
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { LOAD_SCALES, OF_SESSIONS } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { spawnRate } from '../../../lib/before/settings/spawn.ts';
import { thinkSetting } from '../../../lib/before/settings/think.ts';
import { section, type VuConfigOf } from '../../../lib/words/sections.ts';
import { API_TARGET, LOGIN } from '../settings.ts';

const USERS = section({
  title: 'Load',
  families: ['HOLD', 'SPAWN'],
  settings: {
    ...LOAD.settings,
    numSessions: {
      kind: 'whole',
      unit: 'users',
      min: 1,
      max: 1e6,
      env: 'NUM_USERS',
      ...LOAD_SCALES,
      default: 1000,
      quick: '100',
      meaning: 'users at the same time',
      shapes: 'plan',
      loads: ['hold'],
    },
    hold: { ...LOAD.settings.hold, spawnRate: spawnRate('users', 100) },
  },
});

const REQUESTS = section({
  title: 'Requests',
  families: ['MESSAGE', 'CONVERSATION'],
  settings: {
    think: thinkSetting('pause of a user between an answer and the next request', '1-3'),
    readShare: {
      kind: 'number',
      unit: 'a share',
      where: ' of 1',
      min: 0,
      max: 1,
      env: 'READ_SHARE',
      default: 0.1,
      meaning: 'of requests that ask for the conversations; the others are messages',
      ...OF_SESSIONS,
    },
    messageBytes: {
      kind: 'whole',
      unit: 'bytes',
      min: 1,
      max: 1e6,
      env: 'MESSAGE_BYTES',
      default: 100,
      meaning: 'length of the text of a message, which is generated',
      ...OF_SESSIONS,
    },
    conversationId: {
      kind: 'text',
      env: 'CONVERSATION_ID',
      default: 'conv-#',
      meaning: 'conversation of a message; `#` is a number from 1 to `CONVERSATIONS`',
      ...OF_SESSIONS,
    },
    conversations: {
      kind: 'whole',
      unit: 'conversations',
      min: 1,
      max: 1e9,
      env: 'CONVERSATIONS',
      default: 100,
      meaning: 'number of conversations',
      ...OF_SESSIONS,
    },
    messagesPerMinute: {
      kind: 'number',
      unit: 'messages',
      where: ' above 0',
      min: 1,
      max: 1e12,
      env: 'TARGET_MESSAGES_PER_MINUTE',
      ...LOAD_SCALES,
      default: 10_000_000,
      meaning:
        'throughput that the whole platform is to have: the report says what share of it this run made',
      shapes: 'nothing',
    },
  },
});

/** Every setting that these scripts read. */
export const MESSAGES_SECTIONS = [
  API_TARGET,
  USERS,
  LOGIN,
  REQUESTS,
  RETRIES,
  JUDGEMENT,
  UNLOGGED_OUTPUT,
] as const;

/** The values that VUs read. */
export type MessagesVuConfig = VuConfigOf<typeof MESSAGES_SECTIONS>;
