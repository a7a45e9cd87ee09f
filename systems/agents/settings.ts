/** The agents' own settings, and the sections that an agents' script has. Pure data; VUs get the values only. */
import { connectionsPerVu, replySeconds } from '../../lib/before/settings/connections.ts';
import { JUDGEMENT } from '../../lib/before/settings/judgement.ts';
import { LOAD } from '../../lib/before/settings/load.ts';
import { PHASES } from '../../lib/before/settings/phases.ts';
import { UNLOGGED_OUTPUT } from '../../lib/before/settings/output.ts';
import { ANY_SECONDS, LOAD_SCALES, OF_SESSIONS, timeScales } from '../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../lib/before/settings/retries.ts';
import { socketSection } from '../../lib/before/settings/target.ts';
import { section, type VuConfigOf } from '../../lib/words/sections.ts';

const COUNT = { kind: 'whole', ...OF_SESSIONS } as const;

const TARGET = socketSection("address of the agents' sockets, with its path");

const AGENTS_LOAD = section({
  title: 'Load',
  families: ['RAMP', 'HOLD', 'OUTAGE'],
  settings: {
    ...LOAD.settings,
    numSessions: {
      kind: 'whole',
      unit: 'connections',
      min: 1,
      max: 1e6,
      env: 'CONNECTIONS',
      ...LOAD_SCALES,
      default: 100,
      meaning: 'connections at the same time',
      shapes: 'plan',
      loads: ['burst', 'hold', 'recovery'],
    },
    connectionsPerVu,
    profile: {
      kind: 'choice',
      env: 'PROFILE',
      default: null,
      choices: ['quick', 'medium', 'heavy', 'staging'],
      meaning: 'one of the usual sizes of `stress`',
      shapes: 'plan',
    },
  },
});

const OWN = section({
  title: 'Agents',
  families: ['MESSAGE'],
  settings: {
    batch: {
      ...COUNT,
      unit: 'connections',
      min: 1,
      max: 1e6,
      env: 'BATCH',
      default: 100,
      meaning: 'connections that are opened together, where they do not arrive by a rate',
    },
    batchSeconds: {
      ...ANY_SECONDS,
      env: 'BATCH_SECONDS',
      default: 0.1,
      meaning: 'from one batch to the next',
      ...OF_SESSIONS,
    },
    channels: {
      kind: 'custom',
      env: 'CHANNELS',
      default: 'none',
      parse: readChannels,
      meaning: 'that each user subscribes, with commas between; unsubscribes the first; or `none`',
      ...OF_SESSIONS,
    },
    pings: {
      ...COUNT,
      unit: 'pings',
      min: 0,
      max: 1e6,
      env: 'PINGS',
      ...timeScales(1),
      default: 0,
      meaning: 'ping/pong cycles of each user, a message after each as long as there are any',
    },
    messages: {
      ...COUNT,
      unit: 'messages',
      min: 1,
      max: 1e6,
      env: 'MESSAGES',
      ...timeScales(2),
      default: 10,
      meaning: 'messages to an agent, of each connection',
    },
    messageSeconds: {
      ...ANY_SECONDS,
      env: 'MESSAGE_SECONDS',
      default: 0,
      meaning: 'from the send of a message to that of the next; 0: at once',
      ...OF_SESSIONS,
    },
    inFlight: {
      ...COUNT,
      unit: 'messages',
      min: 1,
      max: 1e6,
      env: 'IN_FLIGHT',
      default: 10,
      meaning:
        'messages of a connection that may wait for their responses; one more waits until one has come',
    },
    replySeconds,
  },
});

/** Every setting that an agents' script reads. */
export const AGENTS_SECTIONS = [
  TARGET,
  AGENTS_LOAD,
  PHASES,
  OWN,
  RETRIES,
  JUDGEMENT,
  UNLOGGED_OUTPUT,
] as const;

/** The values that VUs read. */
export type AgentsVuConfig = VuConfigOf<typeof AGENTS_SECTIONS>;

const MOST_CHANNELS = 100;

function readChannels(text: string, reject: (remedy: string) => void): readonly string[] | undefined {
  if (text === 'none') return [];
  const channels = text.split(',').map((channel) => channel.trim());
  if (channels.length <= MOST_CHANNELS && channels.every((channel) => channel !== '')) return channels;
  reject(
    `it must be names of channels with commas between, at most ${MOST_CHANNELS}, or none, for example CHANNELS=agents,metrics`,
  );
  return undefined;
}
