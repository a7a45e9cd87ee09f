/** Levels of connections to a graph service, and what they cost its memory, in words. Pure. */
import { MEMORY_METRICS, MEMORY_RULES, READING, READING_WORDS } from '../../../lib/vocabulary/memoryWords.ts';
import { count } from '../../../lib/vocabulary/metricWords.ts';
import { CONNECTION, FRAMES_LINE } from '../../../lib/vocabulary/socketWords.ts';
import type { Metric, Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import {
  CLIENTS_AT_TARGET,
  CLIENTS_TARGET_RULES,
  CLIENT_LOOKS,
  CLIENT_METRICS,
  CLIENT_OPERATIONS,
  CLIENT_PHASES,
  CLIENT_SIGNS,
  clientRules,
} from '../clientWords.ts';

const METRICS: Vocabulary['metrics'] = {
  ...CLIENT_METRICS,
  ...inEveryStage(['connection_success', 'connection_latency', 'ping_success', 'ping_latency']),
  ...keptByStage(['pings_sent', 'pings_ponged']),
  ...Object.fromEntries(
    ['subscription_success', 'subscription_latency'].map((name) => [
      name,
      { ...own(name), setting: 'CHANNEL' },
    ]),
  ),
  connections_held: count('+1 when one opens, −1 when it ends'),
  ...MEMORY_METRICS,
};

/** A level without any of these was not measured. */
function inEveryStage(names: readonly string[]): Vocabulary['metrics'] {
  return Object.fromEntries(
    names.map((name) => [name, { ...own(name), limit: 'every stage', stages: true }]),
  );
}

function keptByStage(names: readonly string[]): Vocabulary['metrics'] {
  return Object.fromEntries(names.map((name) => [name, { ...own(name), stages: true }]));
}

function own(name: string): Metric {
  const metric = CLIENT_METRICS[name];
  if (metric === undefined) throw new RangeError(`Clients have no metric "${name}".`);
  return metric;
}

const RULES: Vocabulary['rules'] = [
  ...clientRules(),
  {
    left: ['generator_lag'],
    is: '=',
    right: [
      'pings_ponged',
      'subscriptions_confirmed',
      'replies_late',
      'failures{phase:stray,reason:misrouted}',
    ],
  },
  {
    left: ['pings_ponged', 'subscriptions_confirmed'],
    is: '<=',
    right: ['frames_received'],
    only: 'whole',
  },
  { left: ['connections_held'], is: '=', right: [], only: 'whole' },
  ...MEMORY_RULES,
];

/** What the clients of `connections` do, and how it is judged. */
export const CONNECTIONS_WORDS: Vocabulary = {
  system: 'graph',
  level: { one: 'connection', many: 'connections' },
  visit: 'client',
  headline: 'connection',
  answer: 'a connection',
  shorter: 'LEVEL_SECONDS shorter',
  spread: 'STAGGER_SECONDS or PING_SECONDS',
  unknown: 'frames_unknown',
  held: { metric: 'hold_connection_time', did: 'were open' },
  operations: {
    ...CLIENT_OPERATIONS,
    connection: { ...CONNECTION, lasts: 'connections_held' },
    [READING]: READING_WORDS,
  },
  metrics: METRICS,
  phases: CLIENT_PHASES,
  columns: [
    { head: 'opened', title: 'opened in time', metric: 'connection_success', aggregate: 'rate' },
    {
      head: 'p50',
      title: 'dial to open connection, p50',
      metric: 'connection_latency',
      aggregate: 'med',
      wide: true,
    },
    { head: 'p95', title: 'dial to open connection, p95', metric: 'connection_latency', aggregate: 'p(95)' },
    { head: 'slowest', title: 'slowest connection', metric: 'connection_latency', aggregate: 'max' },
    { head: 'pings', title: 'pings that got their pong', metric: 'ping_success', aggregate: 'rate' },
    {
      head: 'memory',
      title: 'most memory of the target',
      metric: 'target_memory',
      aggregate: 'max',
    },
    {
      head: 'each',
      title: 'memory of the target by connection',
      metric: 'target_memory_per_connection',
      aggregate: 'max',
    },
  ],
  lines: [
    {
      title: 'latency',
      trend: 'connection_latency',
      about: 'from the dial to the open connection',
      without: 'none',
      all: true,
    },
    { title: 'pings', trend: 'ping_latency', about: 'from the ping to its pong', without: 'none' },
    {
      title: 'lost',
      counts: [
        {
          metric: 'disconnects',
          word: 'connections ended before their time',
          one: 'connection ended before its time',
          ifAny: true,
        },
      ],
    },
    { title: 'late', counts: [{ metric: 'replies_late', word: 'late replies', ifAny: true }] },
    FRAMES_LINE,
  ],
  rules: RULES,
  atTarget: [...CLIENTS_AT_TARGET, { what: 'broadcasts', theirs: 'graph.published' }],
  targetRules: CLIENTS_TARGET_RULES,
  signs: CLIENT_SIGNS,
  looks: {
    ...CLIENT_LOOKS,
    target_memory: 'caches without a limit, and what the service keeps of connections that are gone',
    target_memory_per_connection:
      'the buffers of a connection (compression is dear), its TLS state, what the service keeps of it',
  },
  reasons: {
    answer_timeout: {
      title: 'no reply in time',
      why: 'none within REPLY_TIMEOUT_SECONDS',
      look: "the service's event loop at that moment, and whether it lost what it was told",
    },
  },
};
