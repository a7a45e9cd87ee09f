/** The settings of `connections`. Pure data. */
import { connectionsPerVu } from '../../../lib/before/settings/connections.ts';
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { levelsParser, LOAD } from '../../../lib/before/settings/load.ts';
import { memorySection } from '../../../lib/before/settings/memory.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { ANY_SECONDS, OF_SESSIONS, SOME_SECONDS, timeScales } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { section, type VuConfigOf } from '../../../lib/words/sections.ts';
import { REPLIES, SOCKET_TARGET } from '../settings.ts';

const PLAN = { shapes: 'plan', loads: ['apart'] } as const;

const LEVELS = section({
  title: 'Levels',
  families: ['LEVEL', 'CONNECTION'],
  settings: {
    ...LOAD.settings,
    levels: {
      sessions: {
        kind: 'custom',
        env: 'CONNECTION_LEVELS',
        // The memory of a few connections is lost in that of the service.
        scales: { by: 'load', least: 10 },
        default: '10,50,100',
        parse: levelsParser('connections', 'CONNECTION_LEVELS'),
        meaning: 'connections of each stage',
        ...PLAN,
      },
      seconds: {
        ...SOME_SECONDS,
        env: 'LEVEL_SECONDS',
        ...timeScales(10),
        default: 20,
        meaning: 'length of each stage',
        ...PLAN,
      },
      quietSeconds: {
        ...ANY_SECONDS,
        env: 'QUIET_SECONDS',
        default: 2,
        meaning: 'at the start of each stage, in which nobody is connected; not judged',
        ...PLAN,
      },
      staggerSeconds: {
        ...ANY_SECONDS,
        env: 'STAGGER_SECONDS',
        default: 0.02,
        meaning: 'from the dial of one connection of a stage to that of the next',
        ...OF_SESSIONS,
      },
    },
    connectionsPerVu,
  },
});

const CONNECTIONS = section({
  title: 'Connections',
  families: ['PING'],
  settings: {
    pingSeconds: {
      ...SOME_SECONDS,
      env: 'PING_SECONDS',
      default: 1,
      meaning: 'from one ping of an open connection to its next',
      ...OF_SESSIONS,
    },
    channel: {
      kind: 'text',
      env: 'CHANNEL',
      meaning: 'channel that each connection subscribes as soon as it is open',
      ...OF_SESSIONS,
      otherwise: 'none',
    },
  },
});

/** Every setting that `connections` reads. */
export const CONNECTIONS_SECTIONS = [
  SOCKET_TARGET,
  LEVELS,
  CONNECTIONS,
  memorySection(SOCKET_TARGET.settings.websocketBaseUrl),
  REPLIES,
  RETRIES,
  JUDGEMENT,
  UNLOGGED_OUTPUT,
] as const;

/** The values that VUs read. */
export type ConnectionsVuConfig = VuConfigOf<typeof CONNECTIONS_SECTIONS>;
