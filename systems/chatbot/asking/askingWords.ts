/** Sessions that ask questions, in words, whatever they ask over. Pure. */
import { driftMetrics } from '../../../lib/vocabulary/driftWords.ts';
import { count, share, time, totalTime } from '../../../lib/vocabulary/metricWords.ts';
import { visit, visitRules } from '../../../lib/vocabulary/visitWords.ts';
import type { Column, Noun, Operation, Rule, Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';

type Metrics = Vocabulary['metrics'];
type Phases = Vocabulary['phases'];

const DRIFT = {
  latency: 'answer_latency_drift',
  failure: 'answer_failure_drift',
  compared: 'answers_compared',
};

/** What the metrics of sessions are of, where that differs. */
interface SessionMeanings {
  /** What the set-up ends with, and the Counter of those that were set up. */
  setUp: string;
  setUps: string;
  /** What `hold_session_time` is of. */
  held: string;
}

/** The metrics of sessions. */
export function sessionMetrics({ setUp, setUps, held }: SessionMeanings): Metrics {
  return {
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
    session_setup_duration: time(`start of a session to ${setUp}, without the waits before retries`, {
      limit: 'run',
      samples: setUps,
      stages: true,
    }),
    session_duration: time('start of a session to its end, clean-up included', {
      limit: 'run',
      samples: 'sessions_ended',
    }),
    hold_session_time: totalTime(held, { stages: true }),
  };
}

const JUDGED = { limit: 'every stage', samples: 'questions_answered', stages: true } as const;

/** What the metrics of questions are of, where that differs. */
interface QuestionMeanings {
  sent: string;
  /** Until when an answer takes. */
  end: string;
  /** The Trend of how long the first of an answer took, and until when that is. */
  first: string;
  firstEnd: string;
}

/** The metrics of questions. */
export function questionMetrics({ sent, end, first, firstEnd }: QuestionMeanings): Metrics {
  return {
    questions_sent: count(sent, { stages: true }),
    questions_answered: count('questions with a complete answer in time', { limit: 'run', stages: true }),
    questions_failed: count('questions without one, by `reason`', { limit: 'run' }),
    questions_open: count('+1 when sent, −1 when answered or failed'),
    failed_question_time: totalTime('that failed questions waited'),
    answer_success: share('answered (1) or failed (0)', {
      limit: 'every stage',
      samples: 'questions_sent',
      stages: true,
    }),
    answer_latency: time(`send of a question to ${end}; answered questions only`, JUDGED),
    [first]: time(`send of a question to ${firstEnd}; answered questions only`, JUDGED),
    ...driftMetrics({ drift: DRIFT, latency: 'answer_latency', good: 'answered', many: 'answers' }),
    answer_chunks: count('chunks of answered questions'),
  };
}

export const CHUNKS_DUPLICATED = count('chunks that came twice within an answer', { limit: 'run' });
export const MESSAGES_UNKNOWN = count('messages of a type that the protocol does not know', { limit: 'run' });

/** Where sessions begin and end. */
export const SESSION_PHASES: Readonly<Record<'token' | 'session' | 'cleanup', Phases[string]>> = {
  token: { title: 'log-in', prefix: 'token: ', families: ['rest'], retried: true },
  session: { title: 'session', prefix: 'session: ', families: ['rest'], retried: true },
  cleanup: { title: 'clean-up', prefix: 'clean-up: ', families: ['rest'], harmless: true, retried: true },
};

const SESSION: Noun = { one: 'session', many: 'sessions' };

/** The session as an operation. */
export const SESSION_OPERATION: Operation = {
  ...visit(SESSION),
  stopped: { metric: 'sessions_stopped', word: 'stopped' },
};

/** The question as an operation; `type`: of its line in Locust's columns. */
export function questionOperation(type: string): Operation {
  return {
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
    row: { type, name: 'answer' },
  };
}

/** What is the same in each vocabulary. */
export const ASKING = {
  level: SESSION,
  visit: 'session',
  headline: 'question',
  answer: 'an answer',
  shorter: 'QUESTIONS fewer',
  spread: 'RAMP_TRANSITION_SECONDS or THINK_SECONDS',
  unknown: 'messages_unknown',
} as const;

/** The columns of questions and sessions in the table of stages; `setUp`: from where to where that is. */
export function askingColumns(setUp: string): Column[] {
  return [
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
      title: `set-up p95, ${setUp}`,
      metric: 'session_setup_duration',
      aggregate: 'p(95)',
      wide: true,
    },
  ];
}

/** What must hold of sessions. */
export const SESSION_RULES = visitRules(SESSION);

/** Each answer has one sample of these Trends, in each stage, too. */
export function onceAnAnswer(...trends: string[]): Rule[] {
  return trends.map((trend) => ({ left: [trend], is: '=', right: ['questions_answered'], stages: true }));
}

/** Each answer has a chunk. */
export const ANSWERS_HAVE_CHUNKS: Rule = {
  left: ['questions_answered'],
  is: '<=',
  right: ['answer_chunks'],
  only: 'whole',
};

const BREACH = "the back end's log: what it sent breaks the protocol";

/** Where to look when an answer takes too long. */
export const SLOW = "the back end's queue, its model or database, and the time it gave up itself";

/** Their words for classes of failures. */
export const ASKING_REASONS = {
  misrouted: {
    title: 'answer to a question not asked here',
    why: 'the server mixed up sessions or questions',
    look: BREACH,
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
} as const;

const ANSWERS = 'the queue before the model, how many answers it makes at a time, its retrieval and database';
const SLOWER =
  'what grows with time: memory, open connections, the history of a session, a cache or table without limit';

/** Where to look when limits break. */
export const ASKING_LOOKS = {
  answer_success: ANSWERS,
  answer_latency: ANSWERS,
  answer_latency_drift: SLOWER,
  answer_failure_drift: SLOWER,
  session_success: 'the failures by class: what failed first in a session, and at which step',
} as const;

/** The same of how long the first of an answer took. */
export const BEFORE_THE_MODEL =
  'what happens before the model: the queue, retrieval, the prompt, a pool of connections to it';
