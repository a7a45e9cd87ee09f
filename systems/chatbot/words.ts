/** The chatbot in words: sessions that ask questions, their sockets, their heartbeats. Pure. */
import { driftMetrics } from '../../lib/vocabulary/driftWords.ts';
import { count, share, time, totalTime } from '../../lib/vocabulary/metricWords.ts';
import { latencyColumns } from '../../lib/vocabulary/operationWords.ts';
import { CONNECTION_LOOKS } from '../../lib/vocabulary/socketWords.ts';
import type { Vocabulary } from '../../lib/vocabulary/vocabulary.ts';

const DRIFT = {
  latency: 'answer_latency_drift',
  failure: 'answer_failure_drift',
  compared: 'answers_compared',
};

const METRICS: Vocabulary['metrics'] = {
  sessions_started: count('sessions whose set-up began', { stages: true }),
  sessions_completed: count('sessions that asked everything and got every answer', { limit: 'run' }),
  sessions_failed: count('sessions in which anything failed, by the first `reason`', { limit: 'run' }),
  sessions_stopped: count('healthy sessions that the plan ended'),
  sessions_ended: count('completed and failed sessions'),
  sessions_open: count('+1 when a session starts, −1 when it ends'),
  session_success: share('completed (1) or failed (0)', {
    limit: 'run',
    samples: 'sessions_ended',
    stages: true,
  }),
  session_setup_duration: time('start of a session to its open socket, without the waits before retries', {
    limit: 'run',
    samples: 'sockets_opened',
    stages: true,
  }),
  session_duration: time('start of a session to its end, clean-up included', {
    limit: 'run',
    samples: 'sessions_ended',
  }),
  hold_session_time: totalTime('open sockets in the judged part of a stage', { stages: true }),
  questions_sent: count('questions whose frame was handed to the socket', { stages: true }),
  questions_answered: count('questions with a complete answer in time', { limit: 'run', stages: true }),
  questions_failed: count('questions without one, by `reason`', { limit: 'run' }),
  questions_open: count('+1 when sent, −1 when answered or failed'),
  failed_question_time: totalTime('that failed questions waited'),
  answer_success: share('answered (1) or failed (0)', {
    limit: 'every stage',
    samples: 'questions_sent',
    stages: true,
  }),
  answer_latency: time('send of a question to its last chunk; answered questions only', {
    limit: 'every stage',
    samples: 'questions_answered',
    stages: true,
  }),
  first_chunk_latency: time('send of a question to its first chunk; answered questions only', {
    limit: 'every stage',
    samples: 'questions_answered',
    stages: true,
  }),
  ...driftMetrics({ drift: DRIFT, latency: 'answer_latency', good: 'answered', many: 'answers' }),
  answer_chunks: count('chunks of answered questions'),
  answers_late: count('complete answers after the time-out; their questions stay failed', { limit: 'run' }),
  chunks_duplicated: count('chunks that came twice within an answer', { limit: 'run' }),
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
  messages_unknown: count('messages of a type that the protocol does not know', { limit: 'run' }),
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
  token: { title: 'log-in', prefix: 'token: ', families: ['rest'], retried: true },
  session: { title: 'session', prefix: 'session: ', families: ['rest'], retried: true },
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
  cleanup: { title: 'clean-up', prefix: 'clean-up: ', families: ['rest'], harmless: true, retried: true },
};

/** Questions that failed with their connection, which k6 may never have written. */
const LOST = ['connection_lost', 'write_failed', 'closed_*'].map(
  (reason) => `failures{phase:answer,reason:${reason}}`,
);

const RULES: Vocabulary['rules'] = [
  { left: ['sessions_ended'], is: '=', right: ['sessions_completed', 'sessions_failed'] },
  { left: ['answers_late'], is: '<=', right: ['questions_failed'] },
  { left: ['sessions_failed'], is: '<=', right: ['failures'] },
  { left: ['first_chunk_latency'], is: '=', right: ['questions_answered'], stages: true },
  { left: ['generator_lag'], is: '=', right: ['questions_answered'], stages: true },
  { left: ['questions_sent'], is: '<=', right: ['ws_msgs_sent', ...LOST] },
  { left: ['messages_sent'], is: '<=', right: ['ws_msgs_sent', 'messages_sent{kind:other}', ...LOST] },
  { left: ['session_setup_duration', 'sockets_reopened'], is: '=', right: ['sockets_opened'] },
  { left: ['sockets_opened'], is: '<=', right: ['ws_sessions'] },
  { left: ['sockets_opened'], is: '<=', right: ['sessions_started', 'sockets_reopened'] },
  {
    left: ['session_duration'],
    is: '=',
    right: ['sessions_completed', 'sessions_failed', 'sessions_stopped'],
  },
  { left: ['heartbeats_answered'], is: '<=', right: ['heartbeats_sent'] },
  { left: ['heartbeat_latency'], is: '=', right: ['heartbeats_answered'] },
  { left: ['answer_chunks'], is: '<=', right: ['messages_received', 'messages_batched'] },
  { left: ['push_latency'], is: '=', right: ['pushes_timed'] },
  { left: ['pushes_timed'], is: '<=', right: ['messages_pushed'] },
  { left: ['questions_answered'], is: '<=', right: ['answer_chunks'], only: 'whole' },
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

const BREACH = "the back end's log: what it sent breaks the protocol";
const SLOW = "the back end's queue, its model or database, and the time it gave up itself";

const REASONS: Vocabulary['reasons'] = {
  misrouted: {
    title: 'answer to a question not asked here',
    why: 'the server mixed up sessions or questions',
    look: BREACH,
  },
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
  missing_chunk: {
    title: 'chunk missing',
    why: 'the answer was completed with a gap in its sequence',
    look: BREACH,
  },
  server_error: {
    title: "the server's own error message",
    why: 'the back end refused the question: see its log',
    look: "the back end's log at that question",
  },
};

const ANSWERS = 'the queue before the model, how many answers it makes at a time, its retrieval and database';
const SLOWER =
  'what grows with time: memory, open connections, the history of a session, a cache or table without limit';

const LOOKS: Vocabulary['looks'] = {
  answer_success: ANSWERS,
  answer_latency: ANSWERS,
  first_chunk_latency:
    'what happens before the model: the queue, retrieval, the prompt, a pool of connections to it',
  answer_latency_drift: SLOWER,
  answer_failure_drift: SLOWER,
  session_success: 'the failures by class: what failed first in a session, and at which step',
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
  level: { one: 'session', many: 'sessions' },
  visit: 'session',
  headline: 'question',
  answer: 'an answer',
  shorter: 'QUESTIONS fewer',
  spread: 'RAMP_TRANSITION_SECONDS or THINK_SECONDS',
  unknown: 'messages_unknown',
  held: { metric: 'hold_session_time', did: 'had an open socket' },
  operations: {
    session: {
      noun: { one: 'session', many: 'sessions' },
      began: { metric: 'sessions_started', word: 'started' },
      good: { metric: 'sessions_completed', word: 'completed' },
      bad: { metric: 'sessions_failed', word: 'failed' },
      stopped: { metric: 'sessions_stopped', word: 'stopped' },
      open: { metric: 'sessions_open', word: 'interrupted', ifAny: true },
      success: 'session_success',
      ended: 'sessions_ended',
      duration: 'session_duration',
    },
    question: {
      noun: { one: 'invocation', many: 'invocations' },
      began: { metric: 'questions_sent', word: 'sent' },
      good: { metric: 'questions_answered', word: 'answered' },
      bad: { metric: 'questions_failed', word: 'failed' },
      open: { metric: 'questions_open', word: 'open' },
      success: 'answer_success',
      latency: 'answer_latency',
      badTime: 'failed_question_time',
      drift: DRIFT,
      phase: 'answer',
      row: { type: 'WS', name: 'answer' },
    },
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
    { head: 'questions', title: 'questions sent', metric: 'questions_sent', aggregate: 'count' },
    { head: 'success', title: 'answers in time', metric: 'answer_success', aggregate: 'rate' },
    {
      head: 'sessions OK',
      title: 'sessions without a failure',
      metric: 'session_success',
      aggregate: 'rate',
      wide: true,
    },
    {
      head: 'set-up p95',
      title: 'set-up p95, from log-in to open socket',
      metric: 'session_setup_duration',
      aggregate: 'p(95)',
      wide: true,
    },
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
