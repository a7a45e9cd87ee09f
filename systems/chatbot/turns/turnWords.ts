/** Sessions whose questions are HTTP requests, in words. Pure. */
import { count } from '../../../lib/vocabulary/metricWords.ts';
import { latencyColumns } from '../../../lib/vocabulary/operationWords.ts';
import type { Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
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
} from '../asking/askingWords.ts';

const METRICS: Vocabulary['metrics'] = {
  ...sessionMetrics({
    setUp: 'the end of its set-up',
    setUps: 'sessions_ready',
    held: 'sessions that were set up and had not ended, in the judged part of a stage',
  }),
  sessions_ready: count('sessions whose set-up was done'),
  ...questionMetrics({
    sent: 'questions whose request was handed to k6',
    end: 'the end of its answer',
    first: 'first_byte_latency',
    firstEnd: 'the first byte of the response that is its answer, whose headers come first',
  }),
  chunks_duplicated: CHUNKS_DUPLICATED,
  messages_unknown: MESSAGES_UNKNOWN,
};

const PHASES: Vocabulary['phases'] = {
  token: SESSION_PHASES.token,
  session: SESSION_PHASES.session,
  // Questions are never tried again: asked again, a question would be two.
  answer: { title: 'answer', prefix: '', families: ['answer', 'message', 'rest'], repeats: true },
  cleanup: SESSION_PHASES.cleanup,
};

const RULES: Vocabulary['rules'] = [
  ...SESSION_RULES,
  ...onceAnAnswer('first_byte_latency', 'generator_lag'),
  { left: ['session_setup_duration'], is: '=', right: ['sessions_ready'] },
  { left: ['sessions_ready'], is: '<=', right: ['sessions_started'] },
  ANSWERS_HAVE_CHUNKS,
  { left: ['questions_sent'], is: '<=', right: ['http_reqs'], only: 'whole' },
];

const REASONS: Vocabulary['reasons'] = {
  misrouted: ASKING_REASONS.misrouted,
  answer_incomplete: {
    title: 'answer never completed',
    why: 'the response ended, but nothing in it said that the answer was complete',
    look: SLOW,
  },
  missing_chunk: ASKING_REASONS.missing_chunk,
  server_error: ASKING_REASONS.server_error,
  request_timeout: {
    title: 'no whole reply in time',
    why: 'it took longer than ANSWER_TIMEOUT_SECONDS, or HTTP_TIMEOUT_SECONDS where it is no answer',
    look: SLOW,
  },
  http_404: {
    title: 'HTTP 404 Not Found',
    why: 'no such path: check API_BASE_URL, and the paths in the protocol file',
    look: 'the paths in the protocol file',
  },
  no_reply: {
    title: 'connection closed before the end of the reply',
    why: 'the server, or a proxy before it, closed before the reply was whole: restarting or overloaded',
    look: "the server's log at that time, and the time-outs of the proxy before it",
  },
};

const REQUEST = 'what the protocol file says of a question: its path, its key, its fields';

const SIGNS: Vocabulary['signs'] = [
  {
    phases: ['token', 'session'],
    reasons: '^(http_(400|401|403|404|other)|bad_body)$',
    expected: 'a status of 200 to 299, with what the protocol file reads',
    check: 'API_BASE_URL, and the log-in and session of the protocol file',
  },
  {
    phases: ['answer'],
    reasons: '^http_(400|401|403|404|422|other)$',
    expected: 'a status of 200 to 299',
    check: `API_BASE_URL, and ${REQUEST}`,
  },
  {
    phases: ['answer'],
    reasons: '^(bad_(body|json|message)|misrouted|empty_answer)$',
    expected: 'an answer as the protocol file reads it',
    check: `API_BASE_URL, ${REQUEST}, and how it reads the body`,
  },
  {
    phases: ['answer'],
    reasons: '^answer_incomplete$',
    some: 'messages_unknown',
    none: 'answer_chunks',
    expected: 'the messages of the protocol',
    check: 'the protocol file',
  },
];

/** What sessions of such a chat do, and how it is judged. */
export const TURN_WORDS: Vocabulary = {
  system: 'turns',
  ...ASKING,
  held: { metric: 'hold_session_time', did: 'could ask' },
  operations: { session: SESSION_OPERATION, question: questionOperation('HTTP') },
  metrics: METRICS,
  phases: PHASES,
  columns: [
    ...askingColumns('from log-in to the first question'),
    { head: 'byte p95', title: 'first byte p95', metric: 'first_byte_latency', aggregate: 'p(95)' },
    ...latencyColumns('answer'),
  ],
  lines: [
    {
      title: 'set-up',
      trend: 'session_setup_duration',
      about: 'from log-in to the first question',
      without: 'no session was set up',
    },
    {
      title: 'requests',
      counts: [
        { metric: 'http_reqs', word: "by k6's count" },
        {
          metric: 'messages_unknown',
          word: 'messages of a type that the protocol does not know',
          ifAny: true,
        },
      ],
    },
  ],
  rules: RULES,
  atTarget: [],
  targetRules: [],
  signs: SIGNS,
  reasons: REASONS,
  looks: {
    ...ASKING_LOOKS,
    first_byte_latency: BEFORE_THE_MODEL,
    session_setup_duration: 'the log-in and its database, the cost of hashing passwords',
  },
};
