// Does a back end of another dialect need no more than a protocol file, or settings, and are its counts ours?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { supportDesk, type Desk, type DeskFaults } from './support/dialectServer.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { RENAMED, renamedServer } from './support/renamedServer.ts';

const EXAMPLE = 'examples/support-desk/support-desk.ts';
/** The example's protocol in one burst, with what PROTOCOL adds. */
const DESK = 'tests/k6/desk.ts';

interface Outcome {
  run: K6Run;
  summary: Summary;
  desk: Desk;
}

async function against(
  t: TestContext,
  source: string,
  faults: DeskFaults = {},
  more: Record<string, string> = {},
): Promise<Outcome> {
  const desk = await supportDesk(t, faults);
  const env = {
    API_BASE_URL: desk.url,
    WEBSOCKET_BASE_URL: desk.websocketUrl,
    ENCRYPTION: 'none',
    NUM_SESSIONS: '6',
    QUESTIONS: 'MED1060:4',
    ANSWER_TIMEOUT_SECONDS: '0.5',
    GENERATOR_LAG_LIMIT_MS: '100000',
    ...more,
  };
  const run = await runK6({ source, env });
  return { run, summary: summaryOf(run), desk };
}

const metric = ({ metrics }: Summary, name: string): number => metrics[name]?.['count'] ?? 0;

/** Every count that both sides know. */
function assertSameCounts({ summary, desk: { counts } }: Outcome): void {
  assertBalanced(summary);
  const { sessions, sockets, questions, messages } = summary;
  assert.deepEqual(
    {
      logins: sessions.started,
      sockets: sockets.attempted,
      questions: questions.sent,
      answers: questions.answered,
      received: messages.sent,
      sent: messages.received,
      strange: 0,
    },
    {
      logins: counts.logins,
      sockets: counts.sockets,
      questions: counts.questions,
      answers: counts.answers,
      received: counts.received,
      sent: counts.sent,
      strange: counts.strange,
    },
  );
  assert.equal(counts.received, counts.welcomed + counts.questions + counts.pongs);
  assertBalanced(summary);
}

describe('the example of the docs', () => {
  const ramp = { RAMP_START_SESSIONS: '2', RAMP_INCREMENT: '2', RAMP_MAX_SESSIONS: '4' };

  test('a ramp: every count is the same on both sides, exit 0', async (t) => {
    const outcome = await against(t, EXAMPLE, {}, { ...ramp, RAMP_INTERVAL_SECONDS: '1.5' });
    const { run, summary, desk } = outcome;
    assert.deepEqual(failureCounts(summary), {});
    assertSameCounts(outcome);
    assert.ok(desk.counts.answers > 20, String(desk.counts.answers));
    assert.equal(metric(summary, 'answer_chunks'), desk.counts.parts + desk.counts.answers);
    assert.deepEqual([metric(summary, 'messages_unknown'), metric(summary, 'chunks_duplicated')], [0, 0]);
    assert.equal(desk.counts.pongs, desk.counts.questions, 'each ping of the desk was answered');
    assert.deepEqual(Object.keys(desk.counts.closes), ['1000']);
    assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout);
  });

  test('a question that is never answered is a time-out, its session goes on', async (t) => {
    const outcome = await against(t, DESK, { silentEvery: 8 });
    const { run, summary } = outcome;
    assert.deepEqual(failureCounts(summary), { 'answer:answer_timeout': 3 });
    assert.deepEqual([summary.questions.sent, summary.questions.answered], [24, 21]);
    assertSameCounts(outcome);
    assert.deepEqual([run.exitCode, summary.verdict.result], [99, 'FAIL'], run.stdout);
  });

  test('with frames that are encrypted on one side only: the class says so', async (t) => {
    const key = { ENCRYPTION: 'aes-256-gcm', ENCRYPTION_KEY: 'ab'.repeat(32) };
    const { summary, desk } = await against(t, DESK, {}, key);
    assert.deepEqual(failureCounts(summary), { 'connect:bad_encoding': 6 });
    assert.deepEqual([desk.counts.strange, summary.messages.sent, summary.messages.received], [6, 6, 6]);
    assertBalanced(summary);
  });
});

describe('a server that is not ready', () => {
  test('in time: the socket failed, no question is asked', async (t) => {
    const { run, summary, desk } = await against(
      t,
      DESK,
      { unready: 'silent' },
      { CONNECT_TIMEOUT_SECONDS: '0.4' },
    );
    assert.deepEqual(failureCounts(summary), { 'connect:not_ready': 6 });
    assert.deepEqual(summary.sockets, { attempted: 6, opened: 0, failed: 6 });
    assert.deepEqual([summary.questions.sent, summary.messages.sent, desk.counts.welcomed], [0, 6, 6]);
    assert.deepEqual(desk.counts.closes, { '1000': 6 });
    assertBalanced(summary);
    assert.match(run.stdout, /server not ready/);
    assert.deepEqual([run.exitCode, summary.verdict.result], [99, 'INVALID'], run.stdout);
    assert.match(
      summary.verdict.sentence,
      /; check what the protocol file says first, and what it waits for$/,
    );
  });

  test('but closes instead: the code is the class', async (t) => {
    const { summary } = await against(t, DESK, { unready: 4401 });
    assert.deepEqual(failureCounts(summary), { 'connect:closed_4401': 6 });
    assert.deepEqual([summary.sockets.failed, metric(summary, 'disconnects')], [6, 6]);
    assertBalanced(summary);
  });
});

test('a log-in that the protocol leaves out is not made', async (t) => {
  const { summary, desk } = await against(t, DESK, {}, { PROTOCOL: 'without log-in' });
  assert.deepEqual(failureCounts(summary), { 'connect:closed_4401': 6 });
  assert.deepEqual([desk.counts.logins, desk.counts.strange, desk.counts.received], [0, 0, 6]);
  assertBalanced(summary);
});

describe('answers that do not say whose they are', () => {
  test('belong to the open question, where the protocol says so', async (t) => {
    const outcome = await against(t, DESK, { withoutRefs: true }, { PROTOCOL: 'without ids' });
    assert.deepEqual(failureCounts(outcome.summary), {});
    assertSameCounts(outcome);
    assert.deepEqual([outcome.run.exitCode, outcome.summary.questions.answered], [0, 24]);
  });

  test('a question that failed ends its session there', async (t) => {
    const outcome = await against(
      t,
      DESK,
      { withoutRefs: true, silentEvery: 8 },
      { PROTOCOL: 'without ids' },
    );
    const { questions, sessions } = outcome.summary;
    const silent = Math.floor(questions.sent / 8);
    assert.deepEqual(failureCounts(outcome.summary), { 'answer:answer_timeout': silent });
    assert.ok(silent >= 1);
    assert.deepEqual([questions.failed, sessions.failed], [silent, silent]);
    assertSameCounts(outcome);
  });

  test('elsewhere they are not what was promised', async (t) => {
    const { summary } = await against(t, DESK, { withoutRefs: true }, { ON_FAILURE: 'end' });
    assert.deepEqual(failureCounts(summary), { 'answer:bad_message': 6 });
  });
});

test('other paths and names are settings', async (t) => {
  const { url, websocketUrl, heard } = await renamedServer(t);
  const run = await runK6({
    source: 'scripts/burst.ts',
    env: {
      API_BASE_URL: url,
      WEBSOCKET_BASE_URL: websocketUrl,
      ENCRYPTION: 'none',
      NUM_SESSIONS: '2',
      QUESTIONS: 'MED1060:10',
      GENERATOR_LAG_LIMIT_MS: '100000',
      ...RENAMED,
    },
  });
  const summary = summaryOf(run);
  assert.deepEqual(heard, {
    'POST /api/login': 2,
    'POST /api/talks': 2,
    '/live?talk=t%2F1&id=l%201 Bearer tok': 2,
    [`Origin ${url}`]: 2,
    'question of kind,ref,topic,words': 20,
    'DELETE /api/talks/t%2F1': 2,
  });
  assert.deepEqual(failureCounts(summary), { 'answer:server_error': 4 });
  assert.deepEqual([summary.questions.answered, metric(summary, 'answer_chunks')], [16, 32]);
  assertBalanced(summary);
});

test('paths with a final slash and a query, schemes in capitals and the origin of an app', async (t) => {
  const { url, websocketUrl, heard } = await renamedServer(t);
  const run = await runK6({
    source: 'scripts/burst.ts',
    env: {
      ...RENAMED,
      API_BASE_URL: url.replace('http', 'HTTP'),
      WEBSOCKET_BASE_URL: websocketUrl.replace('ws', 'WS'),
      WEBSOCKET_ORIGIN: 'capacitor://localhost/',
      SESSIONS_PATH: '/api/talks/?key=k',
      SOCKET_PATH: '/?room=secret-room',
      ENCRYPTION: 'none',
      NUM_SESSIONS: '2',
      QUESTIONS: 'MED1060:2',
      GENERATOR_LAG_LIMIT_MS: '100000',
    },
  });
  assert.deepEqual(heard, {
    'POST /api/login': 2,
    'POST /api/talks/?key=k': 2,
    '/?room=secret-room&talk=t%2F1&id=l%201 Bearer tok': 2,
    'Origin capacitor://localhost': 2,
    'question of kind,ref,topic,words': 4,
    'DELETE /api/talks/t%2F1?key=k': 2,
  });
  assert.deepEqual([run.exitCode, summaryOf(run).verdict.result], [0, 'PASS'], run.stderr);
  const kept = run.stdout + run.stderr + (run.file('summary.json') ?? '') + (run.file('report.html') ?? '');
  assert.ok(kept.includes('/?…') && !kept.includes('secret-room'), 'a query may hold a secret');
});
