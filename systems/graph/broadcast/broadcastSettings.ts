/** The settings of `broadcast`. Pure data. */
import { connectionsPerVu } from '../../../lib/before/settings/connections.ts';
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import {
  ANY_SECONDS,
  LOAD_SCALES,
  OF_SESSIONS,
  SOME_SECONDS,
  timeScales,
} from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { section, setting, type VuConfigOf } from '../../../lib/words/sections.ts';
import { REPLIES, SOCKET_TARGET } from '../settings.ts';

const MOST = 1e6;

const numSessions = setting({
  kind: 'whole',
  unit: 'clients',
  min: 1,
  max: MOST,
  env: 'CLIENTS',
  scales: { by: 'load', least: 2 },
  default: 10,
  meaning: 'clients, all of whom subscribe',
  shapes: 'plan',
  loads: ['burst'],
  vu: true,
});

const publishers = setting({
  kind: 'whole',
  unit: 'clients',
  min: 1,
  max: MOST,
  env: 'PUBLISHERS',
  ...LOAD_SCALES,
  default: { from: numSessions, by: Number, is: 'all' },
  meaning: 'so many of them, the first ones, publish too',
  ...OF_SESSIONS,
});

const { planFile } = LOAD.settings;

const CLIENTS = section({
  title: 'Load',
  settings: {
    ...LOAD.settings,
    numSessions,
    publishers,
    staggerSeconds: {
      ...ANY_SECONDS,
      env: 'STAGGER_SECONDS',
      default: 0.02,
      meaning: 'from one client to the next',
      ...OF_SESSIONS,
    },
    connectionsPerVu,
    profile: {
      kind: 'choice',
      env: 'PROFILE',
      default: null,
      choices: ['ten', 'twenty', 'fifty'],
      meaning: 'one of the usual sizes of `broadcast`',
      shapes: 'plan',
    },
  },
  check: (values, refusal) => {
    if (values.publishers > values.numSessions)
      refusal.reject(publishers, `it must be at most CLIENTS, which is ${values.numSessions}`);
    if (refusal.isSet(planFile))
      refusal.reject(planFile, 'all clients of this script come at once, so unset it and set CLIENTS');
  },
});

const BROADCAST = section({
  title: 'Broadcast',
  families: ['MESSAGE'],
  settings: {
    channel: {
      kind: 'text',
      env: 'CHANNEL',
      default: 'graph',
      meaning: 'that all subscribe',
      ...OF_SESSIONS,
    },
    messages: {
      kind: 'whole',
      unit: 'messages',
      min: 1,
      max: MOST,
      env: 'MESSAGES',
      ...timeScales(20),
      default: 100,
      meaning: 'messages of each publisher',
      ...OF_SESSIONS,
    },
    messageSeconds: {
      ...SOME_SECONDS,
      env: 'MESSAGE_SECONDS',
      default: 0.1,
      meaning: 'from one message of a publisher to its next; publishers take turns at even distances',
      ...OF_SESSIONS,
    },
    subscribeSeconds: {
      ...ANY_SECONDS,
      env: 'SUBSCRIBE_SECONDS',
      default: 5,
      meaning:
        'from the last client to the first message; whose subscription is not confirmed by then is late',
      ...OF_SESSIONS,
    },
    deliverySeconds: {
      ...SOME_SECONDS,
      env: 'DELIVERY_TIMEOUT_SECONDS',
      default: 5,
      meaning: 'from the send of a message to its arrival',
      ...OF_SESSIONS,
    },
    settleSeconds: {
      ...ANY_SECONDS,
      env: 'SETTLE_SECONDS',
      default: 0.5,
      meaning: 'that a client who has got everything stays, for what comes twice',
      ...OF_SESSIONS,
    },
  },
});

/** Every setting that `broadcast` reads. */
export const BROADCAST_SECTIONS = [
  SOCKET_TARGET,
  CLIENTS,
  BROADCAST,
  REPLIES,
  RETRIES,
  JUDGEMENT,
  UNLOGGED_OUTPUT,
] as const;

/** The values that VUs read. */
export type BroadcastVuConfig = VuConfigOf<typeof BROADCAST_SECTIONS>;
