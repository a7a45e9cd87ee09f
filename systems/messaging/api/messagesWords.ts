/** Users of a messaging platform's API in words. Pure. */
import { driftMetrics } from '../../../lib/vocabulary/driftWords.ts';
import { totalTime } from '../../../lib/vocabulary/metricWords.ts';
import {
  request,
  REQUEST_COLUMNS,
  REQUEST_LINE,
  REQUEST_PHASE,
  REQUEST_RULES,
  requestMetrics,
} from '../../../lib/vocabulary/requestWords.ts';
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
import { ENDPOINTS } from './messagesProtocol.ts';

const DRIFT = {
  latency: 'request_latency_drift',
  failure: 'request_failure_drift',
  compared: 'requests_compared',
  leastMs: 50,
};

/** Where to look when a limit of a metric breaks; what logs in has its own. */
const API_LOOKS: Readonly<Record<string, string>> = {
  ...visitLooks(USER),
  ...LOGIN_LOOKS,
  request_latency:
    'the pool of database connections and who waits for one, the lag of the message queue, the CPU of the API',
  'request_latency{endpoint:messages}':
    'what a message waits for before its 201: the insert and its pool, the lag of the queue, a fan-out that is not behind the queue',
  'request_latency{endpoint:conversations}':
    'the cache of conversations: its hit rate, its memory and evictions, and the query behind it',
  request_success:
    'the pool of database connections, the queue and its memory, limits of requests by user or address',
  'request_success{endpoint:messages}':
    'the pool of database connections, and whether the message queue took what it was handed: its memory, its disk',
  'request_success{endpoint:conversations}':
    'the cache of conversations: its memory and evictions, and the database behind it',
  requests_answered:
    'what is used up first: the pool of database connections, the message queue, the CPU of the API, a limit of the proxy',
  request_latency_drift:
    'what grows with time: the lag of the queue, the memory of the cache, the table of messages, pauses of the garbage collector',
  request_failure_drift:
    'what runs out with time: connections that the pool does not get back, disk of the queue, memory of the cache',
};

/** What users do with the API, and how it is judged. */
export const MESSAGES_WORDS: Vocabulary = {
  system: 'messaging',
  level: USER,
  visit: 'user',
  headline: 'request',
  answer: 'an answer',
  shorter: 'HOLD_SECONDS shorter',
  spread: 'THINK_SECONDS',
  held: { metric: 'hold_user_time', did: 'were there' },
  operations: {
    user: visit(USER),
    login: LOGIN_OPERATION,
    request: { ...request('endpoint', ENDPOINTS), drift: DRIFT },
  },
  metrics: {
    ...visitMetrics(USER),
    hold_user_time: totalTime('users who are there in the judged part of a stage', { stages: true }),
    ...LOGIN_METRICS,
    ...requestMetrics('endpoint', ENDPOINTS),
    ...driftMetrics({ drift: DRIFT, latency: 'request_latency', good: 'answered', many: 'requests' }),
  },
  phases: { login: LOGIN_PHASE, request: REQUEST_PHASE },
  columns: [
    ...REQUEST_COLUMNS,
    { head: 'log-ins', title: 'log-ins answered', metric: 'login_success', aggregate: 'rate', wide: true },
    { head: 'log-in p95', title: 'log-in p95', metric: 'login_latency', aggregate: 'p(95)', wide: true },
  ],
  lines: [
    REQUEST_LINE,
    {
      title: 'log-in',
      trend: 'login_latency',
      about: 'from the log-in to its token, in no other latency but that of a request with an expired token',
      without: 'none',
    },
    TOKENS_LINE,
  ],
  throughput: {
    metric: 'requests_answered{endpoint:messages}',
    noun: { one: 'message', many: 'messages' },
    goal: 'messagesPerMinute',
    setting: 'TARGET_MESSAGES_PER_MINUTE',
  },
  table: true,
  rules: [...visitRules(USER), ...LOGIN_RULES, ...REQUEST_RULES],
  atTarget: [
    ...LOGIN_AT_TARGET,
    ...Object.entries({ message: 'messages', conversations: 'conversations' }).map(([theirs, endpoint]) => ({
      what: `requests of ${endpoint} whose token was good`,
      theirs: `messaging.endpoints.${theirs}.begun`,
      less: [`messaging.endpoints.${theirs}.answered.401`],
      ours: `requests_sent{endpoint:${endpoint}}`,
    })),
    {
      what: 'messages',
      theirs: 'messaging.messages',
      ours: 'requests_answered{endpoint:messages}',
    },
  ],
  targetRules: [],
  signs: [
    {
      phases: ['login', 'request'],
      reasons: '^(http_(404|405)|bad_body)$',
      expected: 'the status and the JSON of a messaging platform',
      check: 'API_BASE_URL: what answers there may be another system',
    },
    {
      phases: ['login'],
      reasons: '^http_(401|403)$',
      expected: 'a token',
      check: 'USER_NAME and PASSWORD',
    },
  ],
  looks: API_LOOKS,
  reasons: {
    ...LOGIN_REASONS,
    http_404: {
      title: 'HTTP 404 Not Found',
      why: 'no such path, or no conversation of that id: check API_BASE_URL, CONVERSATION_ID and CONVERSATIONS',
      look: 'the ids of the conversations, and the path that a proxy before the platform passes on',
    },
    http_429: {
      title: 'HTTP 429 Too Many Requests',
      why: 'a limit of requests by user or address: all users of this machine share its address',
      look: "the platform's rate limits, and those of whatever stands before it",
    },
    http_503: {
      title: 'HTTP 503 Service Unavailable',
      why: 'the platform had no room for the request: its pool was empty, or its queue full',
      look: 'the pool of database connections, the lag of the message queue, and how many instances were ready',
    },
  },
};
