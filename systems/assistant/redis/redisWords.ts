/** Commands to a Redis server in words. Pure. */
import { GENERATOR_LOOP_METRICS } from '../../../lib/vocabulary/loopWords.ts';
import { byTag, count, share, time } from '../../../lib/vocabulary/metricWords.ts';
import {
  judgedMetrics,
  latencyColumns,
  openMetric,
  openOf,
  operation,
} from '../../../lib/vocabulary/operationWords.ts';
import { ROUND_LINE } from '../../../lib/vocabulary/roundWords.ts';
import type { Operation, PhaseWords, Sign, Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import {
  ALL_DONE,
  ASSISTANT,
  CLIENT,
  CLIENT_LOOKS,
  CLIENT_METRICS,
  CLIENT_OPERATION,
  clientRules,
} from '../clientWords.ts';
import { COMMANDS } from './keys.ts';

const COMMAND_NOUN = { one: 'command', many: 'commands' };
const CONNECTION_NOUN = { one: 'connection', many: 'connections' };
const COMMAND_VERBS = ['sent', 'answered'] as const;
const CONNECTION_VERBS = ['dialled', 'opened'] as const;

const COMMAND_METRICS = judgedMetrics(COMMAND_NOUN, COMMAND_VERBS, {
  began: 'commands',
  good: 'commands whose answer came in time, and was the right one',
  failed: 'those without, by `reason`',
  latency: 'from the command to its answer; answered commands only',
});

/** The metrics of commands, each told apart by its name. */
export const REDIS_METRICS: Vocabulary['metrics'] = {
  ...COMMAND_METRICS,
  ...byTag(COMMAND_METRICS, 'command', COMMANDS),
  ...openMetric(COMMAND_NOUN, COMMAND_VERBS),
  connections_dialled: count('connections that clients opened, each by its first PING'),
  connections_opened: count('those whose PING was answered'),
  connections_failed: count('those that failed, by `reason`', { limit: 'run' }),
  ...openMetric(CONNECTION_NOUN, CONNECTION_VERBS),
  connection_success: share('opened (1) or failed (0)', { limit: 'run', samples: 'connections_dialled' }),
  connection_latency: time('from the dial to the answer to the first PING', {
    limit: 'run',
    samples: 'connections_opened',
  }),
};

/** The command and the connection as operations. */
export const REDIS_OPERATIONS: Readonly<Record<string, Operation>> = {
  command: operation(COMMAND_NOUN, COMMAND_VERBS, 'REDIS', {
    open: openOf(COMMAND_NOUN),
    phase: 'command',
    by: { tag: 'command', values: COMMANDS },
  }),
  connection: operation(CONNECTION_NOUN, CONNECTION_VERBS, 'REDIS', {
    open: openOf(CONNECTION_NOUN),
    phase: 'connect',
    setUp: true,
  }),
};

/** Where clients of a Redis server fail. */
export const REDIS_PHASES: Readonly<Record<string, PhaseWords>> = {
  connect: { title: 'connection', prefix: 'connection: ', families: ['redis'], repeats: true },
  command: { title: 'command', prefix: 'command: ', families: ['redis'], repeats: true },
};

/** Failures that only a wrong setting explains. */
export const REDIS_SIGNS: readonly Sign[] = [
  {
    phases: ['connect', 'command'],
    reasons: '^redis_(noauth|wrongpass|moved|readonly)$',
    expected: 'a server that takes commands from this user, and has all keys itself',
    check: 'REDIS_URL and REDIS_PASSWORD',
  },
];

/** Where to look when limits on commands break. */
export const REDIS_LOOKS: Vocabulary['looks'] = {
  command_latency:
    'what SLOWLOG GET and LATENCY DOCTOR say: commands over many keys, a fork for a snapshot, swapping; the server has one thread for all',
  command_success: 'what INFO errorstats and the log of the server say: memory, passwords, a failover',
  commands_answered: 'what INFO commandstats says: which command takes the time of the one thread',
  connection_latency: 'the backlog of the server (tcp-backlog), TLS, and the network',
  connection_success: 'its maxclients, the log of the server, and what stands before it',
};

/** What clients of `redis` do, and how it is judged. */
export const REDIS_WORDS: Vocabulary = {
  ...ASSISTANT,
  level: CLIENT,
  headline: 'command',
  spread: 'more stages with fewer OPERATIONS each',
  operations: { ...CLIENT_OPERATION, ...REDIS_OPERATIONS },
  metrics: {
    ...CLIENT_METRICS,
    ...REDIS_METRICS,
    ...GENERATOR_LOOP_METRICS,
  },
  phases: REDIS_PHASES,
  columns: [
    { head: 'commands', title: 'commands sent', metric: 'commands_sent', aggregate: 'count' },
    { head: 'success', title: 'commands answered', metric: 'command_success', aggregate: 'rate' },
    ...latencyColumns('command'),
    ALL_DONE,
  ],
  lines: [
    {
      title: 'latency',
      trend: 'command_latency',
      about: 'from command to answer',
      without: 'none',
      all: true,
    },
    {
      title: 'connections',
      trend: 'connection_latency',
      about: 'from dial to the first answer',
      without: 'none',
    },
    ROUND_LINE,
  ],
  rules: [...clientRules('commands_answered', 'commands_failed')],
  atTarget: [],
  signs: REDIS_SIGNS,
  looks: { ...CLIENT_LOOKS, ...REDIS_LOOKS },
  secrets: ['REDIS_PASSWORD'],
};
