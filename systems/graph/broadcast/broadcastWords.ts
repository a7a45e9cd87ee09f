/** Clients of a channel in words: what they publish, and what of it is delivered to each. Pure. */
import { DOUBLED, FANOUT, LATE_CLIENTS, REORDERED, UNPUBLISHED } from '../../../lib/measures/fanout.ts';
import { count, time } from '../../../lib/vocabulary/metricWords.ts';
import { judgedMetrics, latencyColumns, operation } from '../../../lib/vocabulary/operationWords.ts';
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

const DELIVERY_NOUN = { one: 'delivery', many: 'deliveries' };
const DELIVERY_VERBS = ['expected', 'received'] as const;

const METRICS: Vocabulary['metrics'] = {
  ...CLIENT_METRICS,
  [LATE_CLIENTS]: count('clients whose subscription was confirmed after the first message was due', {
    limit: 'run',
  }),
  messages_published: count('messages that publishers handed to their connections', { limit: 'run' }),
  [UNPUBLISHED]: count('messages that publishers could not, because they had no connection', {
    limit: 'run',
  }),
  notices_sent: count('of publishers, that fewer messages come than planned'),
  notices_received: count('such notices that clients got'),
  broadcasts_sent: count('messages and notices that were handed to connections'),
  broadcasts_received: count('those that clients got, doubled ones included'),
  broadcasts_foreign: count('broadcasts that clients got and that are not of this run', { limit: 'run' }),
  ...judgedMetrics(DELIVERY_NOUN, DELIVERY_VERBS, {
    began: 'messages × clients that were there',
    good: 'those that came in time',
    failed: 'those that did not, by `reason`',
    success: 'came in time (1) or not (0)',
    latency: 'send of a message to its arrival at one client; what came in time only',
  }),
  [DOUBLED]: count('messages that a client got once more', { limit: 'run' }),
  [REORDERED]: count('messages that a client got after a later one of the same publisher', {
    limit: 'run',
  }),
  [FANOUT]: time('the same, of up to 200 messages, each with its own tag `message`'),
};

const RULES: Vocabulary['rules'] = [
  ...clientRules(['broadcasts_sent']),
  { left: ['broadcasts_sent'], is: '=', right: ['messages_published', 'notices_sent'] },
  {
    left: ['broadcasts_received'],
    is: '=',
    right: [
      'deliveries_received',
      'failures{phase:delivery,reason:delivery_late}',
      DOUBLED,
      'notices_received',
    ],
    only: 'whole',
    ledger: { name: 'broadcasts', left: 'received', right: ['in time', 'late', 'doubled', 'notices'] },
  },
  {
    left: ['broadcasts_received', 'broadcasts_foreign', 'subscriptions_confirmed'],
    is: '<=',
    right: ['frames_received'],
    only: 'whole',
  },
  {
    left: ['generator_lag'],
    is: '=',
    right: [
      'broadcasts_received',
      'broadcasts_foreign',
      'messages_published',
      'subscriptions_confirmed',
      'replies_late',
      'failures{phase:stray,reason:misrouted}',
    ],
    only: 'whole',
  },
  { left: [REORDERED], is: '<=', right: ['broadcasts_received'], only: 'whole' },
  { left: [FANOUT], is: '<=', right: ['deliveries_received'] },
  { left: [LATE_CLIENTS], is: '<=', right: ['subscriptions_confirmed'] },
];

/** One message for one client; nobody knows that it began before it came, or is known to be lost. */
const DELIVERY = operation(DELIVERY_NOUN, DELIVERY_VERBS, 'WS', {
  phase: 'delivery',
});

/** What clients of a channel do, and how it is judged. */
export const BROADCAST_WORDS: Vocabulary = {
  system: 'graph',
  level: CLIENT,
  visit: 'client',
  headline: 'delivery',
  answer: 'a delivery',
  shorter: 'MESSAGES fewer',
  spread: 'MESSAGE_SECONDS',
  unknown: 'frames_unknown',
  held: { metric: 'hold_connection_time', did: 'were connected' },
  operations: {
    ...CLIENT_OPERATIONS,
    delivery: DELIVERY,
  },
  metrics: METRICS,
  phases: {
    ...CLIENT_PHASES,
    delivery: { title: 'delivery', prefix: '', families: ['delivery'], repeats: true },
  },
  columns: [
    { head: 'expected', title: 'deliveries expected', metric: 'deliveries_expected', aggregate: 'count' },
    {
      head: 'success',
      title: 'deliveries that came in time',
      metric: 'delivery_success',
      aggregate: 'rate',
    },
    {
      head: 'clients OK',
      title: 'clients without a failure',
      metric: 'client_success',
      aggregate: 'rate',
      wide: true,
    },
    ...latencyColumns('delivery'),
  ],
  lines: [
    {
      title: 'messages',
      counts: [
        { metric: 'messages_published', word: 'published' },
        { metric: UNPUBLISHED, word: 'not, for want of a connection', ifAny: true },
      ],
    },
    {
      title: 'latency',
      trend: 'delivery_latency',
      about: 'from send to arrival',
      without: 'none',
      all: true,
    },
    { title: 'throughput', rates: [{ metric: 'deliveries_received', word: 'deliveries' }] },
    {
      title: 'late clients',
      counts: [
        {
          metric: LATE_CLIENTS,
          word: 'subscribed after the first message was due',
          ifAny: true,
        },
      ],
    },
    {
      title: 'frames',
      counts: [
        { metric: 'frames_received', word: 'received' },
        {
          metric: 'broadcasts_foreign',
          word: 'broadcasts of others',
          one: 'broadcast of others',
          ifAny: true,
        },
        { metric: 'frames_unknown', word: 'of a type that the protocol does not know', ifAny: true },
      ],
    },
  ],
  rules: RULES,
  atTarget: [
    ...CLIENTS_AT_TARGET,
    { what: 'broadcasts', theirs: 'graph.published', ours: 'broadcasts_sent' },
    { what: 'deliveries due', theirs: 'graph.due', ours: 'deliveries_expected', only: 'clean' },
    { what: 'deliveries', theirs: 'graph.deliveries', ours: 'broadcasts_received', only: 'clean' },
    { what: 'deliveries', theirs: 'graph.deliveries', is: '>=', ours: 'broadcasts_received' },
    { what: 'doubled deliveries', theirs: 'graph.doubled', ours: DOUBLED },
    { what: 'dropped deliveries', theirs: 'graph.dropped', is: '<=', ours: 'deliveries_failed' },
  ],
  targetRules: [
    ...CLIENTS_TARGET_RULES,
    {
      left: ['graph.due', 'graph.doubled'],
      is: '=',
      right: [
        'graph.deliveries',
        'graph.dropped',
        'graph.unsent',
        'graph.pending',
        'graph.outages.deliveriesLost',
      ],
    },
  ],
  signs: CLIENT_SIGNS,
  looks: {
    ...CLIENT_LOOKS,
    delivery_success:
      'how the service hands a message on to many: the queue of each connection, and what it does when one is full',
    delivery_latency:
      'how the service hands a message on to many: one loop over all connections, a text made anew for each, slow readers',
  },
};
