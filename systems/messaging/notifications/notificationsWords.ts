/** Notifications of a messaging platform in words: who is connected, what is sent, and what of it comes to each. Pure. */
import { DOUBLED, FANOUT, LATE_CLIENTS, REORDERED, UNPUBLISHED } from '../../../lib/measures/fanout.ts';
import { count, share, time } from '../../../lib/vocabulary/metricWords.ts';
import {
  judgedMetrics,
  latencyColumns,
  openMetric,
  openOf,
  operation,
} from '../../../lib/vocabulary/operationWords.ts';
import {
  addressSigns,
  CONNECTION,
  CONNECTION_METRICS,
  CONNECTION_PHASES,
  CONNECTION_RULES,
  exchange,
  exchangeMetrics,
  exchangePhase,
  failedUnwritten,
  FRAME_METRICS,
  HEARTBEAT,
  SUBSCRIPTION,
} from '../../../lib/vocabulary/socketWords.ts';
import { visit, visitLooks, visitMetrics, visitRules } from '../../../lib/vocabulary/visitWords.ts';
import type { Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import {
  LOGIN_AT_TARGET,
  LOGIN_LOOKS,
  LOGIN_METRICS,
  LOGIN_OPERATION,
  LOGIN_PHASE,
  LOGIN_REASONS,
  LOGIN_RULES,
  TOKENS_LINE,
  USER,
} from '../login/loginWords.ts';

const SAYINGS = ['subscription', 'heartbeat'];

const MESSAGE = { one: 'message', many: 'messages' };
const MESSAGE_VERBS = ['sent', 'taken'] as const;
const NOTIFICATION = { one: 'notification', many: 'notifications' };
const NOTIFICATION_VERBS = ['expected', 'received'] as const;

const MESSAGE_METRICS: Vocabulary['metrics'] = {
  messages_sent: count('messages and notices that were sent', { stages: true }),
  messages_taken: count('those that the platform says it has taken', { limit: 'run', stages: true }),
  messages_failed: count('those that it does not, by `reason`', { limit: 'run' }),
  ...openMetric(MESSAGE, MESSAGE_VERBS),
  message_success: share('taken (1) or not (0)', {
    limit: 'every stage',
    samples: 'messages_sent',
    stages: true,
  }),
  message_latency: time(
    'from the send of a message to the end of its answer, a renewal of the token included',
    {
      limit: 'every stage',
      samples: 'messages_taken',
      stages: true,
    },
  ),
  [UNPUBLISHED]: count('messages that were planned and not sent: their user was not there, or still waited', {
    limit: 'run',
  }),
  notices_sent: count('of users who write, that fewer messages come than planned'),
};

const DELIVERY_METRICS: Vocabulary['metrics'] = {
  [LATE_CLIENTS]: count('users whose subscription was confirmed after the first message was due', {
    limit: 'run',
  }),
  notifications_heard: count('frames of messages of this run, notices and doubled ones included'),
  notices_received: count('those of notices'),
  notifications_repeated: count('those of messages that had been sent before without a good answer'),
  notifications_foreign: count('notifications of messages that are not of this run', { limit: 'run' }),
  ...judgedMetrics(NOTIFICATION, NOTIFICATION_VERBS, {
    began: 'messages × users who were there',
    good: 'those that came in time',
    failed: 'those that did not, by `reason`',
    success: 'came in time (1) or not (0)',
    latency: 'send of a message to its notification at one user; what came in time only',
  }),
  [DOUBLED]: count('messages that a user got once more', { limit: 'run' }),
  [REORDERED]: count('messages that a user got after a later one of the same conversation', { limit: 'run' }),
  round_trip_latency: time('the same, at the user who sent it', { limit: 'run', stages: true }),
  [FANOUT]: time('the same, of up to 200 messages, each with its own tag `message`'),
};

const METRICS: Vocabulary['metrics'] = {
  ...visitMetrics(USER),
  ...LOGIN_METRICS,
  ...CONNECTION_METRICS,
  ...exchangeMetrics('subscription', SUBSCRIPTION, 'conversations that were to be subscribed'),
  ...exchangeMetrics('heartbeat', HEARTBEAT, 'heartbeats'),
  ...MESSAGE_METRICS,
  ...DELIVERY_METRICS,
  ...FRAME_METRICS,
};

const CAME = ['notifications_heard', 'notifications_foreign', 'subscriptions_confirmed', 'heartbeats_acked'];

const RULES: Vocabulary['rules'] = [
  ...visitRules(USER),
  ...LOGIN_RULES,
  ...CONNECTION_RULES,
  {
    left: ['subscriptions_asked', 'heartbeats_sent'],
    is: '<=',
    right: ['ws_msgs_sent', ...failedUnwritten([...SAYINGS, 'socket'])],
  },
  { left: ['notices_sent'], is: '<=', right: ['messages_taken'] },
  {
    left: ['notifications_heard'],
    is: '=',
    right: [
      'notifications_received',
      'failures{phase:notification,reason:delivery_late}',
      DOUBLED,
      'notifications_repeated',
      'notices_received',
    ],
    only: 'whole',
    ledger: {
      name: 'frames of notifications',
      left: 'heard',
      right: ['in time', 'late', 'doubled', 'repeated', 'notices'],
    },
  },
  { left: CAME, is: '<=', right: ['frames_received'], only: 'whole' },
  {
    left: ['generator_lag'],
    is: '=',
    right: [...CAME, 'messages_sent', 'replies_late', 'failures{phase:stray,reason:misrouted}'],
    only: 'whole',
  },
  { left: [REORDERED], is: '<=', right: ['notifications_heard'], only: 'whole' },
  { left: [FANOUT], is: '<=', right: ['notifications_received'] },
  { left: ['round_trip_latency'], is: '<=', right: ['notifications_received'] },
  { left: [LATE_CLIENTS], is: '<=', right: ['subscriptions_confirmed'] },
];

/** Where to look in the platform when a limit on one of these metrics is broken: half a sentence each. */
export const NOTIFICATIONS_LOOKS: Readonly<Record<string, string>> = {
  ...visitLooks(USER),
  ...LOGIN_LOOKS,
  connection_success:
    'the limits of open files and of connections at the platform and at what stands before it',
  connection_latency: 'how many handshakes are accepted at a time, and what checks their tokens',
  subscription_success: 'what keeps the subscriptions: its memory, and the queue of what asks it',
  subscription_latency: 'what keeps the subscriptions: its memory, and the queue of what asks it',
  heartbeat_success:
    'the event loops or threads that read the sockets: they are full, or block on something else',
  heartbeat_latency:
    'the event loops or threads that read the sockets: they are full, or block on something else',
  message_success: 'the API’s pool of connections to its database, and its limits of rate',
  message_latency: 'the API’s pool of connections to its database, and the write of a message to the queue',
  notification_success: 'whether the queue between API and sockets drops or expires what it holds',
  notification_latency: 'the lag of the queue between API and sockets, and how many workers fan messages out',
  [DOUBLED]:
    'whether workers confirm a message after they have fanned it out, and what happens when one restarts',
  [REORDERED]: 'whether all messages of a conversation go through one partition of the queue',
  [UNPUBLISHED]: 'the answers to messages: their users waited longer for one than from a message to the next',
  disconnects: 'the idle limits of proxies and of the platform, and restarts of what holds the sockets',
};

/** What users do who wait for notifications, and how it is judged. */
export const NOTIFICATIONS_WORDS: Vocabulary = {
  system: 'messaging',
  level: { one: 'connection', many: 'connections' },
  visit: 'user',
  headline: 'notification',
  answer: 'a notification',
  shorter: 'HOLD_SECONDS shorter',
  spread: 'MESSAGE_SECONDS',
  unknown: 'frames_unknown',
  held: { metric: 'hold_connection_time', did: 'were connected' },
  operations: {
    user: visit(USER),
    login: LOGIN_OPERATION,
    connection: CONNECTION,
    subscription: exchange('subscription', SUBSCRIPTION),
    heartbeat: exchange('heartbeat', HEARTBEAT),
    message: operation(MESSAGE, MESSAGE_VERBS, 'HTTP', { open: openOf(MESSAGE), phase: 'message' }),
    // One message for one user; nobody knows that it began before it came, or is known to be lost.
    notification: operation(NOTIFICATION, NOTIFICATION_VERBS, 'WS', { phase: 'notification' }),
  },
  metrics: METRICS,
  phases: {
    login: LOGIN_PHASE,
    connect: CONNECTION_PHASES.connect,
    ...Object.fromEntries(SAYINGS.map((name) => [name, exchangePhase(name)])),
    message: { title: 'message', prefix: 'message: ', families: ['rest'], repeats: true },
    notification: { title: 'notification', prefix: '', families: ['delivery'], repeats: true },
    socket: CONNECTION_PHASES.socket,
    stray: CONNECTION_PHASES.stray,
  },
  columns: [
    {
      head: 'expected',
      title: 'notifications expected',
      metric: 'notifications_expected',
      aggregate: 'count',
    },
    {
      head: 'success',
      title: 'notifications that came in time',
      metric: 'notification_success',
      aggregate: 'rate',
    },
    {
      head: 'connected',
      title: 'connections that opened',
      metric: 'connection_success',
      aggregate: 'rate',
      wide: true,
    },
    ...latencyColumns('notification'),
  ],
  lines: [
    {
      title: 'latency',
      trend: 'notification_latency',
      about: 'from send to notification; one clock: sender and receiver are in this k6 process',
      without: 'none',
      all: true,
    },
    {
      title: 'round trip',
      trend: 'round_trip_latency',
      about: 'from send to notification, at the user who sent it',
      without: 'none',
    },
    { title: 'throughput', rates: [{ metric: 'notifications_received', word: 'notifications' }] },
    {
      title: 'not sent',
      counts: [{ metric: UNPUBLISHED, word: 'planned messages', one: 'planned message', ifAny: true }],
    },
    {
      title: 'late users',
      counts: [{ metric: LATE_CLIENTS, word: 'subscribed after the first message was due', ifAny: true }],
    },
    TOKENS_LINE,
    {
      title: 'frames',
      counts: [
        { metric: 'frames_received', word: 'received' },
        {
          metric: 'notifications_foreign',
          word: 'notifications of others',
          one: 'notification of others',
          ifAny: true,
        },
        { metric: 'frames_unknown', word: 'of a type that the protocol does not know', ifAny: true },
      ],
    },
  ],
  table: true,
  rules: RULES,
  atTarget: [
    ...LOGIN_AT_TARGET,
    { what: 'handshakes', theirs: 'messaging.sockets.attempts', ours: 'connections_attempted' },
    { what: 'sockets', theirs: 'messaging.sockets.upgrades', ours: 'connections_opened' },
    { what: 'refused handshakes', theirs: 'messaging.sockets.refused.*', ours: 'connections_failed' },
    { what: 'subscriptions', theirs: 'messaging.sockets.subscribes', ours: 'subscriptions_asked' },
    {
      what: 'confirmed subscriptions',
      theirs: 'messaging.sockets.subscribed',
      ours: 'subscriptions_confirmed',
    },
    { what: 'heartbeats', theirs: 'messaging.sockets.heartbeats', ours: 'heartbeats_sent' },
    { what: 'acks of heartbeats', theirs: 'messaging.sockets.acks', ours: 'heartbeats_acked' },
    { what: 'malformed frames', theirs: 'messaging.sockets.malformed', is: '<=' },
    { what: 'messages', theirs: 'messaging.messages', is: '>=', ours: 'messages_taken' },
    { what: 'messages', theirs: 'messaging.messages', ours: 'messages_taken', only: 'clean' },
    {
      what: 'notifications due',
      theirs: 'messaging.notifications.due',
      ours: 'notifications_expected',
      only: 'clean',
    },
    {
      what: 'notifications',
      theirs: 'messaging.notifications.sent',
      ours: 'notifications_heard',
      only: 'clean',
    },
    { what: 'notifications', theirs: 'messaging.notifications.sent', is: '>=', ours: 'notifications_heard' },
    { what: 'doubled notifications', theirs: 'messaging.notifications.doubled', ours: DOUBLED },
    {
      what: 'lost notifications',
      theirs: 'messaging.notifications.lost',
      is: '<=',
      ours: 'notifications_failed',
    },
  ],
  targetRules: [
    {
      left: ['messaging.sockets.attempts'],
      is: '=',
      right: ['messaging.sockets.upgrades', 'messaging.sockets.refused.*', 'messaging.faults.socket-silent'],
    },
    {
      left: ['messaging.sockets.upgrades'],
      is: '=',
      right: ['messaging.sockets.open', 'messaging.sockets.closes.*'],
    },
    {
      left: ['messaging.notifications.due', 'messaging.notifications.doubled'],
      is: '=',
      right: [
        'messaging.notifications.sent',
        'messaging.notifications.lost',
        'messaging.notifications.unsent',
        'messaging.notifications.pending',
        'messaging.outages.notificationsLost',
      ],
    },
  ],
  signs: addressSigns(SAYINGS, 'WEBSOCKET_BASE_URL'),
  looks: NOTIFICATIONS_LOOKS,
  reasons: LOGIN_REASONS,
};
