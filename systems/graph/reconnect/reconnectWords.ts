/** Clients whose connections are dropped and come back, in words. Pure. */
import { count, time, totalTime } from '../../../lib/vocabulary/metricWords.ts';
import { ATTEMPTS, DROPPED } from '../../../lib/measures/reconnections.ts';
import { judgedMetrics, openOf, operation } from '../../../lib/vocabulary/operationWords.ts';
import { FRAMES_LINE } from '../../../lib/vocabulary/socketWords.ts';
import type { Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import {
  CLIENT,
  CLIENTS_AT_TARGET,
  CLIENTS_TARGET_RULES,
  CLIENT_LOOKS,
  CLIENT_METRICS,
  CLIENT_OPERATIONS,
  CLIENT_PHASES,
  CLIENT_SIGNS,
  clientRules,
} from '../clientWords.ts';

const RECONNECTION = { one: 'reconnection', many: 'reconnections' };
const VERBS = ['begun', 'completed'] as const;

/** What is made only where the server is asked for drops. */
export const BY_SERVER = 'drops by the server';

const METRICS: Vocabulary['metrics'] = {
  ...CLIENT_METRICS,
  ...judgedMetrics(RECONNECTION, VERBS, {
    began: 'connections that were dropped or lost, and have to come back',
    good: 'connections that were open and subscribed again in time',
    failed: 'connections that were not, by `reason`',
    success: 'back in time (1) or not (0)',
    latency: 'drop of a connection until it is open and subscribed again',
  }),
  reconnections_open: count('+1 when dropped, −1 when back or given up'),
  failed_reconnection_time: totalTime('until connections were given up'),
  [ATTEMPTS]: count('dials of connections that were to come back', { limit: 'run', stages: true }),
  first_message_latency: time('drop of a connection to the first message after it, the pong of a ping', {
    limit: 'run',
    samples: 'pings_ponged',
    stages: true,
  }),
  [DROPPED]: count('connections that were dropped as planned', { stages: true }),
  drops_asked: count('calls of `DROP_URL` that were obeyed', { only: BY_SERVER }),
  drops_failed: count('calls of `DROP_URL` that were not', { only: BY_SERVER }),
};

const RULES: Vocabulary['rules'] = [
  ...clientRules(),
  { left: [DROPPED], is: '<=', right: ['reconnections_begun'], stages: true },
  { left: [ATTEMPTS], is: '<=', right: ['connections_attempted'] },
  { left: ['reconnections_completed'], is: '<=', right: [ATTEMPTS] },
  { left: ['reconnections_completed'], is: '<=', right: ['subscriptions_confirmed'] },
  { left: ['pings_sent'], is: '=', right: ['reconnections_completed'], only: 'whole' },
  { left: ['first_message_latency'], is: '=', right: ['pings_ponged'] },
  { left: ['subscriptions_confirmed', 'pings_ponged'], is: '<=', right: ['generator_lag'] },
  {
    left: ['subscriptions_confirmed', 'pings_ponged'],
    is: '<=',
    right: ['frames_received'],
    only: 'whole',
  },
];

/** What clients whose connections are dropped do, and how it is judged. */
export const RECONNECT_WORDS: Vocabulary = {
  system: 'graph',
  level: CLIENT,
  visit: 'client',
  headline: 'reconnection',
  answer: 'its connection back',
  shorter: 'CYCLES fewer',
  spread: 'DROPS=client',
  unknown: 'frames_unknown',
  held: { metric: 'hold_connection_time', did: 'were connected' },
  operations: {
    ...CLIENT_OPERATIONS,
    reconnection: operation(RECONNECTION, VERBS, 'WS', {
      good: { metric: 'reconnections_completed', word: 'back' },
      open: openOf(RECONNECTION),
      badTime: 'failed_reconnection_time',
      phase: 'reconnection',
      row: { type: 'WS', name: 'reconnect' },
    }),
  },
  metrics: METRICS,
  phases: {
    ...CLIENT_PHASES,
    connect: {
      title: 'connect',
      prefix: '',
      families: ['handshake', 'transport'],
      repeats: true,
      retried: true,
    },
    reconnection: { title: 'reconnection', prefix: 'reconnection: ', families: ['reply'], repeats: true },
    socket: { title: 'between drops', prefix: 'between drops: ', families: ['lost'], repeats: true },
  },
  columns: [
    { head: 'drops', title: 'connections dropped as planned', metric: DROPPED, aggregate: 'count' },
    { head: 'back', title: 'back in time', metric: 'reconnection_success', aggregate: 'rate' },
    { head: 'dials', title: 'dials to come back', metric: ATTEMPTS, aggregate: 'count' },
    {
      head: 'clients OK',
      title: 'clients without a failure',
      metric: 'client_success',
      aggregate: 'rate',
      wide: true,
    },
    { head: 'p50', title: 'reconnection p50', metric: 'reconnection_latency', aggregate: 'med' },
    { head: 'p95', title: 'reconnection p95', metric: 'reconnection_latency', aggregate: 'p(95)' },
    { head: 'longest', title: 'longest reconnection', metric: 'reconnection_latency', aggregate: 'max' },
    {
      head: 'first message p95',
      title: 'drop to first message, p95',
      metric: 'first_message_latency',
      aggregate: 'p(95)',
      wide: true,
    },
  ],
  lines: [
    {
      title: 'back',
      trend: 'reconnection_latency',
      about: 'from the drop until open and subscribed',
      without: 'none',
      all: true,
    },
    {
      title: 'first message',
      trend: 'first_message_latency',
      about: 'from the drop',
      without: 'none',
    },
    {
      title: 'drops',
      counts: [
        { metric: DROPPED, word: 'connections dropped as planned' },
        { metric: ATTEMPTS, word: 'dials to come back' },
        { metric: 'drops_asked', word: 'calls of DROP_URL', one: 'call of DROP_URL', ifAny: true },
        { metric: 'drops_failed', word: 'of them failed besides', ifAny: true },
      ],
    },
    { title: 'late', counts: [{ metric: 'replies_late', word: 'late replies', ifAny: true }] },
    FRAMES_LINE,
  ],
  rules: RULES,
  atTarget: [
    ...CLIENTS_AT_TARGET,
    { what: 'drops', theirs: 'graph.drops.count', ours: 'drops_asked' },
    { what: 'dropped connections', theirs: 'graph.drops.sockets', ours: 'disconnects' },
  ],
  targetRules: [
    ...CLIENTS_TARGET_RULES,
    { left: ['graph.drops.refused'], is: '<=', right: ['agents.refused.*'] },
    { left: ['graph.drops.handshakes'], is: '<=', right: ['agents.attempts'] },
  ],
  signs: CLIENT_SIGNS,
  looks: {
    ...CLIENT_LOOKS,
    reconnection_success:
      'what the service does with many handshakes at once: its backlog, its limits, its log',
    reconnection_latency:
      'what a client waits for that comes back: its own back-off, the backlog, the log-in, the subscription',
    first_message_latency:
      'what a client waits for that comes back: its own back-off, the backlog, the log-in, the subscription',
  },
  reasons: {
    answer_timeout: {
      title: 'not in time',
      why: 'no reply within REPLY_TIMEOUT_SECONDS, or not back within RECONNECT_TIMEOUT_SECONDS',
      look: 'what the service does with many handshakes at once: its backlog, its limits, its log',
    },
  },
};
