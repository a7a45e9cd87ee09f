/** The settings of `reconnect`. Pure data. */
import { connectionsPerVu } from '../../../lib/before/settings/connections.ts';
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { partsSetting } from '../../../lib/before/settings/mix.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { LOAD_SCALES, OF_SESSIONS, SOME_SECONDS } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { BACKOFFS } from '../../../lib/words/backoff.ts';
import { section, setting, type VuConfigOf } from '../../../lib/words/sections.ts';
import { REPLIES, SOCKET_TARGET } from '../settings.ts';
import { DROPS } from './drops.ts';

const PLAN = { shapes: 'plan', loads: ['cycles'] } as const;

const CYCLES = section({
  title: 'Cycles',
  families: ['CYCLE'],
  settings: {
    ...LOAD.settings,
    cycles: {
      level: {
        kind: 'whole',
        unit: 'clients',
        min: 1,
        max: 1e6,
        env: 'CLIENTS',
        ...LOAD_SCALES,
        default: 10,
        meaning: 'clients at the same time',
        ...PLAN,
      },
      count: {
        kind: 'whole',
        unit: 'cycles',
        min: 1,
        max: 1000,
        env: 'CYCLES',
        default: 5,
        quick: '2',
        meaning: 'drops of each connection, with each back-off',
        ...PLAN,
        vu: true,
      },
      seconds: {
        kind: 'number',
        unit: 'seconds',
        where: ', at least 0.5',
        min: 0.5,
        max: 1e5,
        env: 'CYCLE_SECONDS',
        default: 4,
        quick: '2',
        meaning: 'from one drop to the next; one more before the first is for coming',
        ...PLAN,
        vu: true,
      },
      parts: {
        ...partsSetting({
          tag: 'backoff',
          env: 'BACKOFFS',
          values: BACKOFFS,
          meaning: `how clients wait before they dial, each in a stage of its own: ${BACKOFFS.map((name) => `\`${name}\``).join(', ')}`,
        }),
        default: 'full-jitter',
        ...PLAN,
      },
    },
    connectionsPerVu,
  },
});

const dropUrl = setting({
  kind: 'url',
  env: 'DROP_URL',
  default: 'http://127.0.0.1:8000/graph/drop',
  schemes: ['http', 'https'],
  meaning: 'address that gets a POST whenever the server is to drop all connections',
  shapes: 'nothing',
  vu: true,
  ofTarget: { by: 'http', path: '/graph/drop' },
});

/** Refuses to ask one server for drops, by default, and to watch another. */
const DROPPING = section({
  title: 'Drops',
  families: ['DROP'],
  settings: {
    drops: {
      kind: 'choice',
      env: 'DROPS',
      default: 'client',
      choices: DROPS,
      meaning:
        'who drops connections: `client`, each its own at its own time; `together`, all clients theirs at once; `server`, all when `DROP_URL` is called',
      ...OF_SESSIONS,
    },
    dropUrl,
    dropBody: {
      kind: 'text',
      env: 'DROP_BODY',
      default: '{}',
      meaning:
        'JSON of that POST; with the reference target `"mode"`, `"code"` and `"refusals"`, as in `{"mode": "close", "code": 1012}`',
      shapes: 'load',
      vu: true,
    },
  },
  check: ({ drops }, refusal) => {
    if (
      drops === 'server' &&
      refusal.isSet(SOCKET_TARGET.settings.websocketBaseUrl) &&
      !refusal.isSet(dropUrl)
    )
      refusal.reject(
        dropUrl,
        'DROPS is server and WS_URL is set, so set the address that makes that server drop all connections',
      );
  },
});

const BACK = section({
  title: 'Coming back',
  families: ['RECONNECT', 'BACKOFF'],
  settings: {
    channel: {
      kind: 'text',
      env: 'CHANNEL',
      default: 'graph',
      meaning: 'channel that each client subscribes, again after each drop',
      ...OF_SESSIONS,
    },
    reconnectSeconds: {
      ...SOME_SECONDS,
      env: 'RECONNECT_TIMEOUT_SECONDS',
      default: 10,
      meaning: 'from a drop until the connection is open and subscribed again',
      ...OF_SESSIONS,
    },
    backoffBaseSeconds: {
      ...SOME_SECONDS,
      env: 'BACKOFF_BASE_SECONDS',
      default: 0.05,
      meaning: 'longest wait before the first dial after a drop; doubles with each',
      ...OF_SESSIONS,
    },
    backoffCapSeconds: {
      ...SOME_SECONDS,
      env: 'BACKOFF_CAP_SECONDS',
      default: 2,
      meaning: 'longest wait of all',
      ...OF_SESSIONS,
    },
  },
});

/** Every setting that `reconnect` reads. */
export const RECONNECT_SECTIONS = [
  SOCKET_TARGET,
  CYCLES,
  DROPPING,
  BACK,
  REPLIES,
  RETRIES,
  JUDGEMENT,
  UNLOGGED_OUTPUT,
] as const;

/** The values that VUs read. */
export type ReconnectVuConfig = VuConfigOf<typeof RECONNECT_SECTIONS>;
