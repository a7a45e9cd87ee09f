/** The agent platform in words: users, their connections, and what is said over them. Pure. */
import { count, time, totalTime } from '../../lib/vocabulary/metricWords.ts';
import {
  judgedMetrics,
  latencyColumns,
  openMetric,
  openOf,
  operation,
} from '../../lib/vocabulary/operationWords.ts';
import {
  addressSigns,
  CONNECTION,
  CONNECTION_LOOKS,
  CONNECTION_METRICS,
  CONNECTION_PHASES,
  CONNECTION_RULES,
  exchange,
  exchangeMetrics,
  exchangePhase,
  failedUnwritten,
  FRAME_METRICS,
  FRAMES_LINE,
  PING,
  SUBSCRIPTION,
} from '../../lib/vocabulary/socketWords.ts';
import { visit, visitLooks, visitMetrics, visitRules } from '../../lib/vocabulary/visitWords.ts';
import type { Vocabulary } from '../../lib/vocabulary/vocabulary.ts';

const USER = { one: 'user', many: 'users' };
const MESSAGE = { one: 'message', many: 'messages' };
const MESSAGE_VERBS = ['sent', 'answered'] as const;
const FAREWELL = ['said', 'confirmed'] as const;

const METRICS: Vocabulary['metrics'] = {
  ...visitMetrics(USER),
  ...CONNECTION_METRICS,
  arrival_latency: time(
    'planned time of an arrival to its open connection; where users arrive by a rate, and what opened in time',
    { limit: 'run', samples: 'connections_opened', stages: true },
  ),
  ...exchangeMetrics('subscription', SUBSCRIPTION, 'channels that were to be subscribed or unsubscribed'),
  ...exchangeMetrics('ping', PING, 'pings'),
  ...judgedMetrics(MESSAGE, MESSAGE_VERBS, {
    began: 'messages to agents that were handed to the connection',
    good: 'messages whose response came in time, with their own timestamp',
    failed: 'messages without one, by `reason`',
    latency: 'send of a message to its response; answered messages only',
  }),
  ...openMetric(MESSAGE, MESSAGE_VERBS),
  failed_message_time: totalTime('that failed messages waited'),
  messages_late: count('responses that came after their message had failed', { limit: 'run' }),
  messages_overtaken: count(
    'messages that were answered after a later one of their connection; the protocol allows it',
    { limit: 'run' },
  ),
  ...exchangeMetrics('farewell', FAREWELL, 'farewells'),
  ...FRAME_METRICS,
};

const SAYINGS = ['subscription', 'ping', 'message', 'farewell'];

const PHASES: Vocabulary['phases'] = {
  connect: CONNECTION_PHASES.connect,
  ...Object.fromEntries(SAYINGS.map((name) => [name, exchangePhase(name)])),
  socket: CONNECTION_PHASES.socket,
  stray: CONNECTION_PHASES.stray,
};

const SAID = ['subscriptions_asked', 'pings_sent', 'messages_sent', 'farewells_said'];

const RULES: Vocabulary['rules'] = [
  ...visitRules(USER),
  ...CONNECTION_RULES,
  { left: ['arrival_latency'], is: '<=', right: ['connections_opened'] },
  { left: ['generator_lag'], is: '=', right: ['messages_answered'], stages: true },
  { left: ['messages_overtaken'], is: '<=', right: ['messages_answered'] },
  { left: ['messages_late'], is: '<=', right: ['messages_failed'] },
  { left: SAID, is: '<=', right: ['ws_msgs_sent', ...failedUnwritten(SAYINGS)] },
  {
    left: ['subscriptions_confirmed', 'pings_ponged', 'messages_answered', 'farewells_confirmed'],
    is: '<=',
    right: ['frames_received'],
    only: 'whole',
  },
];

const BREACH = "the platform's log: what it sent breaks the protocol";

const LOOKS: Vocabulary['looks'] = {
  ...visitLooks(USER),
  ...CONNECTION_LOOKS,
  arrival_latency:
    'how many handshakes a second the platform and its proxy take: the backlog, TLS, the check of credentials',
  message_success: "the platform's queue and what it drops when that is full, and the log of the agent",
  message_latency:
    "how long a message waits before an agent takes it: the queue's lag, too few workers, a slow model",
  messages_answered:
    "what the agents work off a second: the number of workers, the queue's lag, the database behind them",
};

/** What sessions with an agent platform do, and how it is judged. */
export const AGENTS_WORDS: Vocabulary = {
  system: 'agents',
  level: { one: 'connection', many: 'connections' },
  visit: 'user',
  headline: 'message',
  inFlight: 'inFlight',
  answer: 'a response',
  shorter: 'MESSAGES fewer',
  spread: 'BATCH, BATCH_SECONDS or MESSAGE_SECONDS',
  unknown: 'frames_unknown',
  held: { metric: 'hold_connection_time', did: 'were open' },
  operations: {
    user: visit(USER),
    connection: CONNECTION,
    message: operation(MESSAGE, MESSAGE_VERBS, 'WS', {
      good: { metric: 'messages_answered', word: 'received' },
      open: openOf(MESSAGE),
      badTime: 'failed_message_time',
      phase: 'message',
    }),
    subscription: exchange('subscription', SUBSCRIPTION),
    ping: exchange('ping', PING),
    farewell: exchange('farewell', FAREWELL),
  },
  metrics: METRICS,
  phases: PHASES,
  columns: [
    { head: 'messages', title: 'messages sent', metric: 'messages_sent', aggregate: 'count' },
    { head: 'success', title: 'messages answered in time', metric: 'message_success', aggregate: 'rate' },
    {
      head: 'users OK',
      title: 'users without a failure',
      metric: 'user_success',
      aggregate: 'rate',
      wide: true,
    },
    {
      head: 'connected',
      title: 'connections opened in time',
      metric: 'connection_success',
      aggregate: 'rate',
      wide: true,
    },
    {
      head: 'conn p95',
      title: 'dial to open connection, p95',
      metric: 'connection_latency',
      aggregate: 'p(95)',
    },
    ...latencyColumns('message'),
  ],
  lines: [
    {
      title: 'latency',
      trend: 'message_latency',
      about: 'from send to response',
      without: 'none',
      all: true,
    },
    { title: 'throughput', rates: [{ metric: 'messages_answered', word: 'messages' }] },
    {
      title: 'arrivals',
      trend: 'arrival_latency',
      about: 'from the planned time to the open connection',
      without: '',
    },
    {
      title: 'late',
      counts: [
        { metric: 'messages_late', word: 'responses after their message had failed', ifAny: true },
        { metric: 'replies_late', word: 'other late replies', ifAny: true },
      ],
    },
    {
      title: 'order',
      counts: [
        {
          metric: 'messages_overtaken',
          word: 'messages were answered after a later one',
          one: 'message was answered after a later one',
          ifAny: true,
        },
      ],
    },
    FRAMES_LINE,
  ],
  rules: RULES,
  atTarget: [
    { what: 'handshakes', theirs: 'agents.attempts', ours: 'connections_attempted' },
    { what: 'sockets', theirs: 'agents.upgrades', ours: 'connections_opened' },
    { what: 'messages', theirs: 'agents.messages', ours: 'messages_sent' },
    { what: 'responses', theirs: 'agents.answered', ours: 'messages_answered' },
    { what: 'pings', theirs: 'agents.pings', ours: 'pings_sent' },
    { what: 'pongs', theirs: 'agents.pongs', ours: 'pings_ponged' },
    {
      what: 'subscriptions',
      theirs: ['agents.subscribes', 'agents.unsubscribes'],
      ours: 'subscriptions_asked',
    },
    {
      what: 'confirmed subscriptions',
      theirs: ['agents.subscribed', 'agents.unsubscribed'],
      ours: 'subscriptions_confirmed',
    },
    { what: 'farewells', theirs: 'agents.disconnects', ours: 'farewells_said' },
    { what: 'confirmed farewells', theirs: 'agents.acks', ours: 'farewells_confirmed' },
    { what: 'changes of order', theirs: 'agents.swapped', is: '<=', ours: 'messages_overtaken' },
    { what: 'malformed frames', theirs: 'agents.malformed', is: '<=' },
    {
      what: 'faults',
      theirs: 'agents.faults.*',
      less: ['agents.faults.response-late', 'agents.faults.response-swapped'],
      is: '<=',
    },
    { what: 'bytes received', theirs: 'agents.bytesReceived', is: '<=', ours: 'data_sent' },
    { what: 'bytes sent', theirs: 'agents.bytesSent', is: '<=', ours: 'data_received' },
  ],
  targetRules: [
    {
      left: ['agents.attempts'],
      is: '=',
      right: ['agents.upgrades', 'agents.refused.*', 'agents.faults.connection-silent'],
    },
    { left: ['agents.upgrades'], is: '=', right: ['agents.open', 'agents.closes.*'] },
    {
      left: ['agents.received'],
      is: '=',
      right: [
        'agents.pings',
        'agents.subscribes',
        'agents.unsubscribes',
        'agents.messages',
        'agents.disconnects',
        'agents.published',
        'agents.malformed',
      ],
    },
    { left: ['agents.pings'], is: '=', right: ['agents.pongs', 'agents.faults.pong-lost'] },
    { left: ['agents.responses'], is: '=', right: ['agents.answered', 'agents.doubled'] },
    { left: ['agents.peak'], is: '<=', right: ['agents.upgrades'] },
  ],
  signs: addressSigns(SAYINGS),
  looks: LOOKS,
  reasons: {
    answer_timeout: {
      title: 'no reply in time',
      why: 'none within REPLY_TIMEOUT_SECONDS',
      look: "the platform's queue, and whether it lost what it was told",
    },
    server_error: {
      title: 'not processed',
      why: 'the response says that the agent failed: see its log',
      look: "the agent's log at that message",
    },
    misrouted: {
      title: 'frame for nobody here',
      why: 'no message of this connection waits for it, or ever had its timestamp and parties',
      look: BREACH,
    },
    answer_doubled: {
      title: 'response came twice',
      why: 'the platform answered the same message a second time',
      look: BREACH,
    },
    answer_mixed_up: {
      title: "response with another message's timestamp",
      why: 'the data is of this message, the timestamp is not',
      look: BREACH,
    },
  },
};
