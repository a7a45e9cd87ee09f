/** What holds of every dialect that ships, tested against a server that speaks it. */
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { assertBalanced, failureCounts, summaryOf } from '../books.ts';
import { runK6, type K6Run, type Summary } from '../k6.ts';
import { until } from '../until.ts';

/** A server that speaks a dialect, at work. */
export interface DialectServer {
  url: string;
  /** Empty where there are no sockets. */
  websocketUrl: string;
  /** What it has counted by now; what it does not count is left out. */
  counts: {
    questions: number;
    answers: number;
    sockets?: number;
    pushes?: number;
    /** Messages beyond the first of a frame. */
    batched?: number;
    heartbeats?: number;
  };
  /** Ends it, and every connection, at once. */
  stop: () => void | Promise<void>;
}

/** A dialect and its server. */
export interface DialectUnderTest {
  /** Such as `a real Socket.IO server`. */
  title: string;
  /** A ramp that speaks the dialect, such as `tests/k6/socketIo.ts`; asks questions of its settings. */
  script: string;
  serve: (t: TestContext) => Promise<DialectServer>;
  /** Settings of the script; among `wrong` is a password that the server refuses. */
  right: Record<string, string>;
  wrong: Record<string, string>;
  /** How the refusal is named, as `phase:reason`. */
  refusal: string;
  /** What the console shows of it. */
  shown?: RegExp;
  /** How it is named likewise that nobody is there any more; `connect:refused` when left out. */
  goneAs?: string;
  /** A script of another dialect, of a ramp likewise. */
  other: string;
  /** Why there is no such server on this machine, to skip with. */
  unavailable?: string | false;
}

const RAMP = {
  ENCRYPTION: 'none',
  RAMP_START_SESSIONS: '2',
  RAMP_INCREMENT: '2',
  RAMP_MAX_SESSIONS: '4',
  RAMP_INTERVAL_SECONDS: '2',
  QUESTIONS: 'MED1060:3',
  THINK_SECONDS: '0.05',
  CONNECT_TIMEOUT_SECONDS: '3',
  ANSWER_TIMEOUT_SECONDS: '1',
  GENERATOR_LAG_LIMIT_MS: '100000',
};

/** Tests what holds of every dialect. */
export function dialectContract(dialect: DialectUnderTest): void {
  const { title, serve, right, wrong, refusal, goneAs = 'connect:refused', unavailable = false } = dialect;
  const settings = { skip: unavailable };

  describe(title, () => {
    test('holds a ramp, and is counted as it counts itself', settings, async (t) => {
      const server = await serve(t);
      const run = await ramp(dialect.script, server, right);
      const summary = summaryOf(run);
      assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout + run.stderr);
      assert.deepEqual(failureCounts(summary), {});
      assertBalanced(summary);
      assertSameAs(server, summary);
    });

    test('refuses a wrong password, and that is named', settings, async (t) => {
      const run = await ramp(dialect.script, await serve(t), wrong);
      const summary = summaryOf(run);
      assert.equal(summary.verdict.result, 'INVALID', run.stdout);
      assert.deepEqual(Object.keys(failureCounts(summary)), [refusal], run.stderr);
      assertBalanced(summary);
      if (dialect.shown !== undefined) assert.match(run.stderr, dialect.shown);
    });

    test('stops in the middle of a run, and that is named', settings, async (t) => {
      const server = await serve(t);
      const running = ramp(dialect.script, server, right);
      await until(() => server.counts.answers >= 6, 30);
      await server.stop();
      const run = await running;
      const summary = summaryOf(run);
      assert.equal(summary.verdict.result, 'FAIL', run.stdout);
      assert.ok(goneAs in failureCounts(summary), JSON.stringify(failureCounts(summary)));
      assertBalanced(summary);
    });

    test('does not fail because the script speaks another dialect', settings, async (t) => {
      const run = await ramp(dialect.other, await serve(t), right);
      assert.equal(summaryOf(run).verdict.result, 'INVALID', run.stdout);
    });
  });
}

function ramp(
  source: string,
  { url, websocketUrl }: DialectServer,
  settings: Record<string, string>,
): Promise<K6Run> {
  return runK6({
    source,
    env: {
      API_BASE_URL: url,
      WEBSOCKET_BASE_URL: websocketUrl,
      ...RAMP,
      ...settings,
    },
  });
}

function assertSameAs({ counts }: DialectServer, { operations, metrics, sockets }: Summary): void {
  const { began, good } = operations['question'] ?? {};
  assert.deepEqual([began, good], [counts.questions, counts.answers]);
  assert.ok(counts.questions >= 20, String(counts.questions));
  if (counts.sockets !== undefined) assert.equal(sockets.opened, counts.sockets);
  if (counts.pushes !== undefined) assert.equal(metrics['messages_pushed']?.['count'] ?? 0, counts.pushes);
  if (counts.batched !== undefined) assert.equal(metrics['messages_batched']?.['count'] ?? 0, counts.batched);
  if (counts.heartbeats !== undefined) assert.ok(counts.heartbeats > 0, 'it got no heartbeat');
  assert.equal(metrics['messages_unknown']?.['count'] ?? 0, 0);
}
