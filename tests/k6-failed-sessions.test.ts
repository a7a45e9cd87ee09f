// Does a real run keep the books of a session that fails in one stage and ends in the next, and of what comes too late?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { runK6, type Summary } from './support/k6.ts';
import { otherServer, soundly, type Answering } from './support/otherServer.ts';

async function against(
  t: TestContext,
  source: string,
  answer: Answering,
  more: Record<string, string>,
  files: Record<string, string> = {},
): Promise<Summary> {
  const { url, websocketUrl } = await otherServer(t, answer);
  const env = {
    API_BASE_URL: url,
    WEBSOCKET_BASE_URL: websocketUrl,
    ENCRYPTION: 'none',
    GENERATOR_LAG_LIMIT_MS: '100000',
    ...more,
  };
  const summary = summaryOf(await runK6({ source, env, files }));
  assertBalanced(summary);
  return summary;
}

test('a session that fails in stage 1 and ends in stage 2 is a failed one of stage 1', async (t) => {
  let asked = 0;
  // The first question of all is refused; each of the others takes its time, so that the session outlasts stage 1.
  const answer: Answering = (question) => {
    if (asked++ > 0) return void setTimeout(() => soundly(question), 300);
    question.socket.send(JSON.stringify({ type: 'error', id: question.id, message: 'overloaded' }));
  };
  const plan = {
    stages: [
      { sessions: 1, hold: 2 },
      { sessions: 1, hold: 2 },
    ],
  };
  const { stages, sessions, subMetrics } = await against(
    t,
    'scripts/ramp.ts',
    answer,
    { PLAN_FILE: 'plan.json', QUESTIONS: 'MED1060:20' },
    { 'plan.json': JSON.stringify(plan) },
  );
  assert.deepEqual([sessions.started, sessions.failed, sessions.stopped], [1, 1, 0]);
  assert.deepEqual(
    stages.map(({ sessionSuccess, sessionsStarted }) => [sessionsStarted, sessionSuccess]),
    [
      [1, { rate: 0, samples: 1 }],
      [0, { rate: null, samples: 0 }],
    ],
  );
  const [first, second] = stages;
  assert.equal((first?.questionsSent ?? 0) - (first?.questionsAnswered ?? 0), 1);
  assert.equal(second?.answerSuccess.rate, 1);
  assert.equal(second.answerSuccess.samples > 1, true, 'it went on asking in stage 2');
  assert.equal(subMetrics['session_success{stage:1}']?.['fails'], 1);
});

describe('what comes for a question that has failed already', () => {
  /** Lets the first question of each session wait for ever, and sends `late` with the second one's arrival. */
  const lateWith = (late: (first: Parameters<Answering>[0]) => void): Answering => {
    const waiting = new Map<unknown, Parameters<Answering>[0]>();
    return (question) => {
      const first = waiting.get(question.socket);
      if (first === undefined) return void waiting.set(question.socket, question);
      late(first);
      soundly(question);
    };
  };
  const SETTINGS = { NUM_SESSIONS: '2', QUESTIONS: 'MED1060:3', ANSWER_TIMEOUT_SECONDS: '0.4' };
  const error = ({ socket, id }: Parameters<Answering>[0]) =>
    socket.send(JSON.stringify({ type: 'error', id, message: 'too late' }));
  const LATE: Record<string, [late: (first: Parameters<Answering>[0]) => void, answersLate: number]> = {
    'an error': [error, 0],
    'a whole answer': [soundly, 1],
    'a whole answer, then an error': [
      (first) => {
        soundly(first);
        error(first);
      },
      1,
    ],
    'an error, three times': [
      (first) => {
        error(first);
        error(first);
        error(first);
      },
      0,
    ],
  };
  for (const [name, [late, answersLate]] of Object.entries(LATE))
    test(`${name}: nothing else fails by it`, async (t) => {
      const summary = await against(t, 'scripts/burst.ts', lateWith(late), SETTINGS);
      assert.deepEqual(failureCounts(summary), { 'answer:answer_timeout': 2 });
      const { sent, answered, failed, late: told } = summary.questions;
      // Every further question of these sessions gets the late one with it, and its own answer.
      assert.deepEqual([sent, answered, failed, told], [6, 4, 2, 2 * answersLate]);
      assert.equal(summary.messages.unknown, 0);
    });
});
