/** The chatbot in words: sessions that ask questions, their sockets, their heartbeats. Pure. */
import { count, share, time } from '../../lib/vocabulary/metricWords.ts';
import { latencyColumns } from '../../lib/vocabulary/operationWords.ts';
import { CONNECTION_LOOKS } from '../../lib/vocabulary/socketWords.ts';
import type { Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import {
  ANSWERS_HAVE_CHUNKS,
  ASKING,
  ASKING_LOOKS,
  ASKING_REASONS,
  askingColumns,
  BEFORE_THE_MODEL,
  CHUNKS_DUPLICATED,
  MESSAGES_UNKNOWN,
  onceAnAnswer,
  questionMetrics,
  questionOperation,
  SESSION_OPERATION,
  SESSION_PHASES,
  SESSION_RULES,
  sessionMetrics,
  SLOW,
} from './asking/askingWords.ts';

const METRICS: Vocabulary['metrics'] = {
  ...sessionMetrics({
    setUp: 'its open socket',
    setUps: 'sockets_opened',
    held: 'open sockets in the judged part of a stage',
  }),
  ...questionMetrics({
    sent: 'questions whose frame was handed to the socket',
    end: 'its last chunk',
    first: 'first_chunk_latency',
    firstEnd: 'its first chunk',
  }),
  answers_late: count('complete answers after the time-out; their questions stay failed', { limit: 'run' }),
  chunks_duplicated: CHUNKS_DUPLICATED,
  sockets_opened: count('sockets that opened in time'),
  sockets_reopened: count('those of them that were dialled for a further question', { only: 'redials' }),
  sockets_failed: count('sockets that did not, by `reason`', { limit: 'run' }),
  socket_success: share('opened in time, at the first attempt of a dial (1), or not (0)', {
    limit: 'run',
    samples: 'sessions_started',
    stages: true,
  }),
  socket_connect_duration: time('dial to open socket, of those that opened in time', {
    limit: 'run',
    samples: 'sockets_opened',
  }),
  disconnects: count(
    'sockets that had opened and ended without our closing them, by the stage of their end',
    {
      limit: 'run',
    },
  ),
  disconnects_per_session_hour: {
    kind: 'gauge',
    unit: 'per session-hour',
    is: '`disconnects` per hour of the sessions that are planned; for limits only',
    limit: 'run',
    perHourOf: 'disconnects',
  },
  messages_sent: count('messages handed to sockets; `kind` is `other` for those that are no questions'),
  messages_received: count('messages that sockets received'),
  messages_pushed: count('messages that nobody here asked for, such as what others write', {
    limit: 'run',
    only: 'pushes',
  }),
  pushes_timed: count('those of them that say when they were sent', { only: 'pushes' }),
  push_latency: time("from when a push was sent, by the server's clock, to its arrival", {
    limit: 'run',
    samples: 'pushes_timed',
    only: 'pushes',
  }),
  messages_batched: count('messages beyond the first of a frame', { only: 'batches' }),
  messages_unknown: MESSAGES_UNKNOWN,
  heartbeats_sent: count('pings', { only: 'heartbeats' }),
  heartbeats_answered: count('pongs in time', { only: 'heartbeats' }),
  heartbeat_latency: time('ping to pong, when the VU has got to it', {
    limit: 'run',
    samples: 'heartbeats_answered',
    setting: 'HEARTBEAT_SECONDS',
    only: 'heartbeats',
  }),
};

const PHASES: Vocabulary['phases'] = {
  token: SESSION_PHASES.token,
  session: SESSION_PHASES.session,
  connect: {
    title: 'connect',
    prefix: '',
    families: ['handshake', 'transport', 'error', 'frame', 'lost'],
    retried: true,
  },
  // Questions are never tried again: asked again, a question would be two.
  answer: { title: 'answer', prefix: '', families: ['answer', 'frame', 'lost'], repeats: true },
  socket: {
    title: 'between questions',
    prefix: 'between questions: ',
    families: ['error', 'frame', 'lost'],
    repeats: true,
  },
  cleanup: SESSION_PHASES.cleanup,
};

/** Questions that failed with their connection, which k6 may never have written. */
const LOST = ['connection_lost', 'write_failed', 'closed_*'].map(
  (reason) => `failures{phase:answer,reason:${reason}}`,
);

const RULES: Vocabulary['rules'] = [
  ...SESSION_RULES,
  { left: ['answers_late'], is: '<=', right: ['questions_failed'] },
  ...onceAnAnswer('first_chunk_latency', 'generator_lag'),
  { left: ['questions_sent'], is: '<=', right: ['ws_msgs_sent', ...LOST] },
  { left: ['messages_sent'], is: '<=', right: ['ws_msgs_sent', 'messages_sent{kind:other}', ...LOST] },
  { left: ['session_setup_duration', 'sockets_reopened'], is: '=', right: ['sockets_opened'] },
  { left: ['sockets_opened'], is: '<=', right: ['ws_sessions'] },
  { left: ['sockets_opened'], is: '<=', right: ['sessions_started', 'sockets_reopened'] },
  { left: ['heartbeats_answered'], is: '<=', right: ['heartbeats_sent'] },
  { left: ['heartbeat_latency'], is: '=', right: ['heartbeats_answered'] },
  { left: ['answer_chunks'], is: '<=', right: ['messages_received', 'messages_batched'] },
  { left: ['push_latency'], is: '=', right: ['pushes_timed'] },
  { left: ['pushes_timed'], is: '<=', right: ['messages_pushed'] },
  ANSWERS_HAVE_CHUNKS,
  {
    left: ['messages_sent'],
    is: '=',
    right: ['questions_sent', 'messages_sent{kind:other}'],
    only: 'whole',
  },
  {
    left: ['ws_msgs_received'],
    is: '=',
    right: ['messages_received'],
    only: 'whole',
    ledger: { name: 'received messages', left: "by k6's count", right: ['handled'] },
  },
];

const OTHER_MESSAGES = {
  expected: 'the messages of the protocol',
  check: 'FIELD_NAMES, or the protocol file',
};

const REASONS: Vocabulary['reasons'] = {
  misrouted: ASKING_REASONS.misrouted,
  answer_timeout: {
    title: 'answer timeout',
    why: 'no answer within ANSWER_TIMEOUT_SECONDS',
    look: SLOW,
  },
  answer_incomplete: {
    title: 'answer never completed',
    why: 'chunks came, but not the last one within ANSWER_TIMEOUT_SECONDS',
    look: SLOW,
  },
  missing_chunk: ASKING_REASONS.missing_chunk,
  server_error: ASKING_REASONS.server_error,
};

const LOOKS: Vocabulary['looks'] = {
  ...ASKING_LOOKS,
  first_chunk_latency: BEFORE_THE_MODEL,
  session_setup_duration: 'the log-in and its database, the cost of hashing passwords, then the handshake',
  socket_success: CONNECTION_LOOKS.connection_success,
  socket_connect_duration:
    'what a handshake waits for: the backlog, TLS, the check of the token, one busy thread',
  disconnects_per_session_hour: 'restarts of the server, idle time-outs of proxies, tokens that expire',
  heartbeat_latency: CONNECTION_LOOKS.ping_latency,
};

/** What sessions of a course chatbot do, and how it is judged. */
export const CHATBOT_WORDS: Vocabulary = {
  system: 'chatbot',
  ...ASKING,
  held: { metric: 'hold_session_time', did: 'had an open socket' },
  operations: {
    session: SESSION_OPERATION,
    question: questionOperation('WS'),
    socket: {
      noun: { one: 'socket', many: 'sockets' },
      began: { metric: 'ws_sessions', word: "attempts by k6's count" },
      good: { metric: 'sockets_opened', word: 'opened' },
      bad: { metric: 'sockets_failed', word: 'failed' },
      success: 'socket_success',
      retriedIn: 'connect',
      latency: 'socket_connect_duration',
      row: { type: 'WS', name: 'connect' },
    },
  },
  metrics: METRICS,
  phases: PHASES,
  columns: [
    ...askingColumns('from log-in to open socket'),
    { head: '1st p95', title: 'first chunk p95', metric: 'first_chunk_latency', aggregate: 'p(95)' },
    ...latencyColumns('answer'),
  ],
  lines: [
    {
      title: 'set-up',
      trend: 'session_setup_duration',
      about: 'from log-in to open socket',
      without: 'no socket opened',
    },
    {
      title: 'late',
      counts: [
        {
          metric: 'answers_late',
          word: 'answers came after their question had failed',
          one: 'answer came after its question had failed',
          ifAny: true,
        },
      ],
    },
    {
      title: 'messages',
      counts: [
        { metric: 'messages_sent', word: 'sent' },
        { metric: 'ws_msgs_received', word: 'received' },
        { metric: 'messages_pushed', word: 'pushed', ifAny: true },
        { metric: 'messages_unknown', word: 'of a type that the protocol does not know', ifAny: true },
      ],
    },
  ],
  rules: RULES,
  atTarget: [
    { what: 'log-ins', theirs: 'attempts.token', ours: 'sessions_started' },
    { what: 'tokens', theirs: 'tokens', ours: 'sessions_started' },
    { what: 'attempts at sessions', theirs: 'attempts.session', ours: 'sessions_started' },
    { what: 'sessions', theirs: 'sessions', ours: 'sessions_started' },
    { what: 'attempts to delete sessions', theirs: 'attempts.delete', ours: 'sessions_started' },
    { what: 'deleted sessions', theirs: 'deleted', ours: 'sessions_started' },
    { what: 'handshakes', theirs: 'attempts.upgrade', ours: 'ws_sessions' },
    { what: 'sockets', theirs: 'upgrades', ours: 'sockets_opened' },
    { what: 'questions', theirs: 'questions', ours: 'questions_sent' },
    { what: 'answers', theirs: 'answers', ours: 'questions_answered' },
    { what: 'chunks', theirs: 'chunks', ours: 'messages_received', only: 'clean' },
    { what: 'pings', theirs: 'pings', is: '<=', ours: 'heartbeats_sent' },
    { what: 'pings', theirs: 'pings', is: '>=', ours: 'heartbeats_answered' },
    { what: 'bad questions', theirs: 'badQuestions', is: '<=' },
    { what: 'bad frames', theirs: 'badFrames', is: '<=' },
    {
      what: 'faults',
      theirs: 'faults.*',
      less: ['answer-duplicate', 'answer-late', 'close-ignored', 'ping-ignored'].map(
        (name) => `faults.${name}`,
      ),
      is: '<=',
    },
    { what: 'bytes received', theirs: 'bytesReceived', is: '<=', ours: 'data_sent' },
    { what: 'bytes sent', theirs: 'bytesSent', is: '<=', ours: 'data_received' },
  ],
  targetRules: [
    { left: ['sessionsOpen', 'deleted'], is: '=', right: ['sessions'] },
    {
      left: ['attempts.upgrade'],
      is: '=',
      right: ['upgrades', 'upgradesRefused.*', 'faults.upgrade-silent'],
    },
    { left: ['upgrades'], is: '=', right: ['closes.*', 'open'] },
    { left: ['peak'], is: '<=', right: ['upgrades'] },
  ],
  signs: [
    {
      phases: ['token', 'session'],
      reasons: '^http_(400|401|403|404|other)$',
      expected: 'a status of 200 to 299',
      check: 'API_BASE_URL, TOKEN_PATH and SESSIONS_PATH, and what the log-in needs',
    },
    {
      phases: ['token', 'session'],
      reasons: '^bad_body$',
      expected: 'JSON with the token, or the ids of the session',
      check: 'FIELD_NAMES, or the protocol file',
    },
    {
      phases: ['connect'],
      reasons: '^server_error$',
      expected: 'a server that lets this session in',
      check: 'what the protocol file says first: a password, a token, a name',
    },
    {
      phases: ['connect'],
      reasons: '^handshake_(refused|invalid)$',
      expected: 'status 101',
      check: 'WEBSOCKET_BASE_URL, SOCKET_PATH and WEBSOCKET_ORIGIN',
    },
    {
      phases: ['connect'],
      reasons: '^not_ready$',
      none: 'sockets_opened',
      expected: 'a server that says that it is ready',
      check: 'what the protocol file says first, and what it waits for',
    },
    {
      phases: ['connect'],
      reasons: '^blocked$',
      expected: 'an address whose host is one of the settings',
      check: 'SOCKET_HOSTS, or the blockHostnames and blacklistIPs of k6',
    },
    {
      phases: ['connect'],
      reasons: '^(no_reply|reset)$',
      none: 'sockets_opened',
      expected: 'status 101',
      check: 'WEBSOCKET_BASE_URL, and the path of the socket: some servers hang up where there is none',
    },
    {
      phases: ['connect'],
      reasons: '^closed_1011$',
      none: 'sockets_opened',
      expected: 'a server that understands what is said first',
      check: 'the protocol file: some servers break down on messages of another dialect',
    },
    {
      phases: ['connect', 'answer', 'socket'],
      reasons:
        '^(bad_(type|encoding|length|json)|frame_too_short|decrypt_failed|closed_(1002|1003|1007|1008))$',
      expected: 'frames of the same encryption and key on both sides',
      check: 'ENCRYPTION and ENCRYPTION_KEY',
    },
    {
      phases: ['connect', 'answer', 'socket'],
      reasons: '^(bad_message|misrouted|empty_answer|closed_(3500|4401|4403))$',
      ...OTHER_MESSAGES,
    },
    {
      phases: ['answer'],
      reasons: '^answer_timeout$',
      some: 'messages_unknown',
      none: 'answer_chunks',
      ...OTHER_MESSAGES,
    },
  ],
  reasons: REASONS,
  looks: LOOKS,
  secrets: ['ENCRYPTION_KEY'],
};
