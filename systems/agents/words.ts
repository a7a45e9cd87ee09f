/** The agent platform in words: users, their connections, and what is said over them. Pure. */
import { count, share, time, totalTime } from '../../lib/words/metricWords.ts';
import type { Operation, Vocabulary } from '../../lib/words/vocabulary.ts';

/** The metrics of what is said once or a few times, and gets one reply. */
function exchangeMetrics(name: string, [began, good]: readonly [string, string], what: string) {
  return {
    [`${name}s_${began}`]: count(what),
    [`${name}s_${good}`]: count('replies to them in time', { limit: 'run' }),
    [`${name}s_failed`]: count('those without one, by `reason`', { limit: 'run' }),
    [`${name}s_open`]: count('+1 when said, −1 when replied or failed'),
    [`${name}_success`]: share('replied (1) or failed (0)', { limit: 'run', samples: `${name}s_${began}` }),
    [`${name}_latency`]: time('from what was said to its reply', {
      limit: 'run',
      samples: `${name}s_${good}`,
    }),
  } satisfies Vocabulary['metrics'];
}

function exchange(name: string, [began, good]: readonly [string, string]): Operation {
  return {
    noun: { one: name, many: `${name}s` },
    began: { metric: `${name}s_${began}`, word: began, ifAny: true },
    good: { metric: `${name}s_${good}`, word: good },
    bad: { metric: `${name}s_failed`, word: 'failed' },
    open: { metric: `${name}s_open`, word: 'open' },
    success: `${name}_success`,
    latency: `${name}_latency`,
    phase: name,
    row: { type: 'WS', name },
  };
}

const SUBSCRIPTION = ['asked', 'confirmed'] as const;
const PING = ['sent', 'ponged'] as const;
const FAREWELL = ['said', 'confirmed'] as const;

const METRICS: Vocabulary['metrics'] = {
  users_started: count('users who came', { stages: true }),
  users_completed: count('users who did everything, and got every reply', { limit: 'run' }),
  users_failed: count('users with whom anything failed, by the first `reason`', { limit: 'run' }),
  users_stopped: count('healthy users whom the plan ended'),
  users_ended: count('completed and failed users'),
  users_open: count('+1 when a user comes, −1 when the user is gone'),
  user_success: share('completed (1) or failed (0)', { limit: 'run', samples: 'users_ended', stages: true }),
  user_duration: time('from the first dial to the end of the connection', {
    limit: 'run',
    samples: 'users_ended',
  }),
  hold_connection_time: totalTime('open connections in the judged part of a stage', { stages: true }),
  connections_attempted: count('connections that were dialled', { stages: true }),
  connections_opened: count('connections that opened in time', { limit: 'run', stages: true }),
  connections_failed: count('connections that did not, by `reason`', { limit: 'run' }),
  connections_dialling: count('+1 when dialled, −1 when opened or failed'),
  connection_success: share('opened in time (1) or not (0)', {
    limit: 'run',
    samples: 'connections_attempted',
    stages: true,
  }),
  connection_latency: time('dial to open connection, of those that opened in time', {
    limit: 'run',
    samples: 'connections_opened',
    stages: true,
  }),
  arrival_latency: time(
    'planned time of an arrival to its open connection; where users arrive by a rate, and what opened in time',
    { limit: 'run', samples: 'connections_opened', stages: true },
  ),
  disconnects: count('connections that had opened and ended without our closing them', { limit: 'run' }),
  ...exchangeMetrics('subscription', SUBSCRIPTION, 'channels that were to be subscribed or unsubscribed'),
  ...exchangeMetrics('ping', PING, 'pings'),
  messages_sent: count('messages to agents that were handed to the connection', { stages: true }),
  messages_answered: count('messages whose response came in time, with their own timestamp', {
    limit: 'every stage',
    stages: true,
  }),
  messages_failed: count('messages without one, by `reason`', { limit: 'run' }),
  messages_open: count('+1 when sent, −1 when answered or failed'),
  failed_message_time: totalTime('that failed messages waited'),
  message_success: share('answered (1) or failed (0)', {
    limit: 'every stage',
    samples: 'messages_sent',
    stages: true,
  }),
  message_latency: time('send of a message to its response; answered messages only', {
    limit: 'every stage',
    samples: 'messages_answered',
    stages: true,
  }),
  messages_late: count('responses that came after their message had failed', { limit: 'run' }),
  messages_overtaken: count(
    'messages that were answered after a later one of their connection; the protocol allows it',
    { limit: 'run' },
  ),
  ...exchangeMetrics('farewell', FAREWELL, 'farewells'),
  replies_late: count('other replies after what they reply to had failed', { limit: 'run' }),
  frames_received: count('frames that connections received'),
  frames_unknown: count('frames of a type that the protocol does not know', { limit: 'run' }),
};

const PHASES: Vocabulary['phases'] = {
  connect: { title: 'connect', prefix: '', families: ['handshake', 'transport'] },
  subscription: {
    title: 'subscription',
    prefix: 'subscription: ',
    families: ['reply', 'lost'],
    repeats: true,
  },
  ping: { title: 'ping', prefix: 'ping: ', families: ['reply', 'lost'], repeats: true },
  message: { title: 'message', prefix: 'message: ', families: ['reply', 'lost'], repeats: true },
  farewell: { title: 'farewell', prefix: 'farewell: ', families: ['reply', 'lost'], repeats: true },
  socket: { title: 'between messages', prefix: 'between messages: ', families: ['lost'] },
  stray: { title: 'frames that nobody waits for', prefix: '', families: ['stray', 'frame'], repeats: true },
};

/** What failed with its connection, which k6 may never have written. */
const LOST = ['subscription', 'ping', 'message', 'farewell'].flatMap((phase) =>
  ['connection_lost', 'write_failed', 'closed_*'].map(
    (reason) => `failures{phase:${phase},reason:${reason}}`,
  ),
);

const SAID = ['subscriptions_asked', 'pings_sent', 'messages_sent', 'farewells_said'];

const RULES: Vocabulary['rules'] = [
  { left: ['users_ended'], is: '=', right: ['users_completed', 'users_failed'] },
  { left: ['user_duration'], is: '=', right: ['users_completed', 'users_failed', 'users_stopped'] },
  { left: ['users_failed'], is: '<=', right: ['failures'] },
  { left: ['connections_opened'], is: '<=', right: ['ws_sessions'] },
  { left: ['connections_attempted'], is: '=', right: ['ws_sessions'], only: 'whole' },
  { left: ['arrival_latency'], is: '<=', right: ['connections_opened'] },
  { left: ['disconnects'], is: '<=', right: ['connections_opened'] },
  { left: ['generator_lag'], is: '=', right: ['messages_answered'], stages: true },
  { left: ['messages_overtaken'], is: '<=', right: ['messages_answered'] },
  { left: ['messages_late'], is: '<=', right: ['messages_failed'] },
  { left: SAID, is: '<=', right: ['ws_msgs_sent', ...LOST] },
  {
    left: ['subscriptions_confirmed', 'pings_ponged', 'messages_answered', 'farewells_confirmed'],
    is: '<=',
    right: ['frames_received'],
    only: 'whole',
  },
  {
    left: ['ws_msgs_received'],
    is: '=',
    right: ['frames_received'],
    only: 'whole',
    ledger: { name: 'received frames', left: "by k6's count", right: ['handled'] },
  },
];

const BREACH = "the platform's log: what it sent breaks the protocol";

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
    user: {
      noun: { one: 'user', many: 'users' },
      began: { metric: 'users_started', word: 'started' },
      good: { metric: 'users_completed', word: 'completed' },
      bad: { metric: 'users_failed', word: 'failed' },
      stopped: { metric: 'users_stopped', word: 'stopped', ifAny: true },
      open: { metric: 'users_open', word: 'interrupted', ifAny: true },
      success: 'user_success',
      ended: 'users_ended',
      duration: 'user_duration',
    },
    connection: {
      noun: { one: 'connection', many: 'connections' },
      began: { metric: 'connections_attempted', word: 'attempted' },
      good: { metric: 'connections_opened', word: 'successful' },
      bad: { metric: 'connections_failed', word: 'failed' },
      open: { metric: 'connections_dialling', word: 'not open yet', ifAny: true },
      success: 'connection_success',
      latency: 'connection_latency',
      phase: 'connect',
      row: { type: 'WS', name: 'connect' },
    },
    message: {
      noun: { one: 'message', many: 'messages' },
      began: { metric: 'messages_sent', word: 'sent' },
      good: { metric: 'messages_answered', word: 'received' },
      bad: { metric: 'messages_failed', word: 'failed' },
      open: { metric: 'messages_open', word: 'open' },
      success: 'message_success',
      latency: 'message_latency',
      badTime: 'failed_message_time',
      phase: 'message',
      row: { type: 'WS', name: 'message' },
    },
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
    { head: 'p50', title: 'message p50', metric: 'message_latency', aggregate: 'med' },
    { head: 'p95', title: 'message p95', metric: 'message_latency', aggregate: 'p(95)' },
    { head: 'p99', title: 'message p99', metric: 'message_latency', aggregate: 'p(99)' },
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
    {
      title: 'frames',
      counts: [
        { metric: 'frames_received', word: 'received' },
        { metric: 'frames_unknown', word: 'of a type that the protocol does not know', ifAny: true },
      ],
    },
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
        'agents.malformed',
      ],
    },
    { left: ['agents.pings'], is: '=', right: ['agents.pongs', 'agents.faults.pong-lost'] },
    { left: ['agents.responses'], is: '=', right: ['agents.answered', 'agents.doubled'] },
    { left: ['agents.peak'], is: '<=', right: ['agents.upgrades'] },
  ],
  signs: [
    {
      phases: ['connect'],
      reasons: '^handshake_(refused|invalid)$',
      expected: 'status 101',
      check: 'WS_URL and WEBSOCKET_ORIGIN',
    },
    {
      phases: ['stray'],
      reasons: '^(bad_(type|json|message)|misrouted)$',
      expected: 'the messages of the protocol',
      check: 'WS_URL: what answers there may be another system',
    },
    {
      phases: ['subscription', 'ping', 'message', 'farewell'],
      reasons: '^answer_timeout$',
      none: 'frames_received',
      expected: 'a reply',
      check: 'WS_URL: what listens there may be another system',
    },
  ],
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
