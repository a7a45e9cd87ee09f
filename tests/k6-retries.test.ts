// Are failed operations tried again as often as they may be, and is every attempt of the target's in k6's counts?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { parseFaults } from '../target/faults.ts';
import type { Target } from '../target/server.ts';
import type { TargetSettings } from '../target/settings.ts';
import { assertBalanced, failureCounts, summaryOf, type FailureCounts } from './support/books.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { listen, listenFor } from './support/listen.ts';
import { slowProxy } from './support/proxy.ts';
import { quickTarget, settingsFor, untilStats } from './support/target.ts';

/** A busy machine must not turn these runs INVALID: they are about counts. The budget never runs out. */
const PATIENT = {
  GENERATOR_LAG_LIMIT_MS: '100000',
  RESTART_DELAY_SECONDS: '0.05',
  RETRY_BASE_SECONDS: '0.02',
  RETRY_BUDGET: '10',
  QUESTIONS: 'MED1060:2',
};

interface Outcome {
  run: K6Run;
  summary: Summary;
  target: Target;
}

async function run(
  t: TestContext,
  source: string,
  env: Record<string, string>,
  faults: string,
  settings: Partial<TargetSettings> = {},
): Promise<Outcome> {
  const target = await quickTarget(t, { ...settings, faults: parseFaults(faults) });
  const run = await runK6({ source, env: { ...settingsFor(target), ...PATIENT, ...env } });
  return { run, summary: summaryOf(run), target };
}

const CLASSES: Record<string, string> = {
  'token-401': 'token:http_401',
  'token-503': 'token:http_503',
  'session-503': 'session:http_503',
  'delete-503': 'cleanup:http_503',
  'upgrade-502': 'connect:handshake_refused:502',
};

/** Every attempt that the target saw is a first one or a retry of k6's, and every fault a failure of its class. */
function assertSameAttempts({ summary, target }: Outcome): void {
  const { attempts, tokens, sessions, upgrades, upgradesRefused, faults } = target.stats();
  const { phases, attempted } = summary.retries;
  assert.deepEqual(
    {
      token: summary.sessions.started + (phases.token ?? 0),
      session: tokens + (phases.session ?? 0),
      upgrade: sessions + (phases.connect ?? 0),
      delete: sessions + (phases.cleanup ?? 0),
    },
    attempts,
  );
  const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
  assert.equal(sum(phases), attempted);
  assert.deepEqual(
    [summary.sockets.attempted, summary.sockets.opened, summary.sockets.failed],
    [attempts.upgrade, upgrades, sum(upgradesRefused)],
  );
  const expected = Object.entries(faults).map(([fault, count]) => [CLASSES[fault] ?? fault, count]);
  assert.deepEqual(failureCounts(summary), Object.fromEntries(expected));
  assertBalanced(summary);
}

const FAULTS = 'upgrade-502:5,token-503:7,session-503:11,delete-503:13';

describe('faults that pass', () => {
  test('many sessions at once: every attempt is counted, and every session gets its answers', async (t) => {
    const outcome = await run(t, 'scripts/burst.ts', { NUM_SESSIONS: '60', RETRIES: '10' }, FAULTS);
    assertSameAttempts(outcome);
    const { run: k6, summary, target } = outcome;
    assert.equal(Object.keys(target.stats().faults).length, 4, 'all faults happened');
    assert.deepEqual([summary.questions.sent, summary.questions.answered], [120, 120]);
    assert.deepEqual([target.stats().sessionsOpen, summary.sessions.started], [0, 60]);
    const { attempted, succeeded, suppressed } = summary.retries;
    assert.ok(succeeded > 0 && succeeded <= attempted, `${succeeded} of ${attempted}`);
    assert.equal(suppressed, 0);
    assert.ok(summary.sessions.failed > 0, 'the first attempts decide');
    assert.deepEqual([k6.exitCode, summary.verdict.result], [99, 'FAIL'], k6.stdout);
    assert.ok(
      summary.ledger.some(({ name }) => name === 'attempts at sockets'),
      "k6's own count of handshakes is in the ledger",
    );
  });

  test('one session at a time: everything is as foretold, request by request', async (t) => {
    const env = { NUM_SESSIONS: '60', RETRIES: '2', RESTART_DELAY_SECONDS: '0' };
    const outcome = await run(t, 'tests/k6/one-by-one.ts', env, FAULTS);
    assertSameAttempts(outcome);
    const { summary } = outcome;
    const foretold = foretell(60);
    assert.deepEqual(failureCounts(summary), foretold.failures);
    assert.deepEqual(
      Object.fromEntries(summary.failures.map(({ phase, sessions }) => [phase, sessions])),
      foretold.affected,
    );
    const { completed, failed } = summary.sessions;
    assert.deepEqual({ completed, failed }, foretold.sessions);
    const faults = Object.values(foretold.failures).reduce((a, b) => a + b, 0);
    const { attempted, succeeded, suppressed } = summary.retries;
    assert.deepEqual(
      { attempted, succeeded, suppressed },
      { attempted: faults, succeeded: faults, suppressed: 0 },
    );
    const [stage] = summary.stages;
    const refused = foretold.failures['connect:handshake_refused:502'] ?? 0;
    assert.deepEqual(stage?.socketSuccess, { rate: (60 - refused) / 60, samples: 60 });
  });

  test('the waits are seeded, and no part of the set-up time', async (t) => {
    const env = { NUM_SESSIONS: '4', RETRIES: '1', RETRY_BASE_SECONDS: '1.5', QUESTIONS: 'MED1060:1' };
    const first = await run(t, 'tests/k6/one-by-one.ts', env, 'token-503:2');
    const again = await run(t, 'tests/k6/one-by-one.ts', env, 'token-503:2');
    assert.equal(first.summary.retries.attempted, 3);
    assert.equal(again.summary.retries.waitMs, first.summary.retries.waitMs);
    const { retry_wait: wait, session_setup_duration: setUp } = first.summary.metrics;
    assert.equal(wait?.['count'], 3);
    const longest = wait['max'] ?? NaN;
    assert.ok(longest < 1500 && longest > 600, `${longest} ms`);
    assert.ok((setUp?.['max'] ?? NaN) < longest, `${setUp?.['max']} ms`);
    assert.ok(first.summary.durationMs > first.summary.retries.waitMs, 'they were waited');
  });
});

describe('what is not tried again', () => {
  test('nothing, when RETRIES is not set', async (t) => {
    const outcome = await run(t, 'scripts/burst.ts', { NUM_SESSIONS: '30' }, FAULTS);
    assertSameAttempts(outcome);
    const { run: k6, summary } = outcome;
    assert.deepEqual(summary.retries, { attempted: 0, phases: {}, succeeded: 0, suppressed: 0, waitMs: 0 });
    assert.doesNotMatch(k6.stdout, /^ retries /m);
  });

  test('questions, and what would fail again', async (t) => {
    const env = { NUM_SESSIONS: '20', RETRIES: '5' };
    const { summary, target } = await run(t, 'scripts/burst.ts', env, 'token-500:9,answer-error:5');
    const { faults, questions, attempts } = target.stats();
    assert.deepEqual(failureCounts(summary), {
      'token:http_500': faults['token-500'],
      'answer:server_error': faults['answer-error'],
    });
    assert.deepEqual([summary.retries.attempted, summary.retries.suppressed], [0, 0]);
    assert.deepEqual([attempts.token, summary.questions.sent], [20, questions]);
  });

  test('a 401', async (t) => {
    const env = { NUM_SESSIONS: '20', RETRIES: '5' };
    const outcome = await run(t, 'scripts/burst.ts', env, 'token-401:5');
    assertSameAttempts(outcome);
    const { run: k6, summary } = outcome;
    assert.deepEqual(
      [summary.retries.attempted, summary.retries.suppressed, summary.sessions.failed],
      [0, 0, 4],
    );
    assert.match(k6.stdout, /^ retries {6}0 attempts, 0 succeeded, 0 suppressed; waited 0\.0 ms$/m);
  });
});

describe('a target that never recovers', () => {
  for (const [fault, phase, perSession] of [
    ['token-503', 'token', 3],
    ['upgrade-502', 'connect', 3],
  ] as const)
    test(`every ${fault}: RETRIES further attempts each, counted once per session`, async (t) => {
      const env = { NUM_SESSIONS: '6', RETRIES: '2' };
      const outcome = await run(t, 'scripts/burst.ts', env, `${fault}:1`);
      assertSameAttempts(outcome);
      const { summary } = outcome;
      assert.deepEqual(summary.retries.phases, { [phase]: 12 });
      assert.deepEqual([summary.retries.succeeded, summary.retries.suppressed], [0, 0]);
      assert.deepEqual(
        summary.failures.map(({ count, sessions }) => [count, sessions]),
        [[6 * perSession, 6]],
      );
      assert.deepEqual([summary.sessions.failed, summary.sessions.completed], [6, 0]);
    });

  test('a VU has ten retries in hand: what it would do beyond is suppressed', async (t) => {
    const env = { NUM_SESSIONS: '30', RETRIES: '2', RETRY_BUDGET: '0', RETRY_BASE_SECONDS: '0' };
    const outcome = await run(t, 'tests/k6/one-by-one.ts', env, 'token-503:1');
    assertSameAttempts(outcome);
    const { attempted, suppressed } = outcome.summary.retries;
    assert.deepEqual([attempted, suppressed], [10, 25], 'five sessions tried three times, the others once');
    assert.equal(outcome.target.stats().attempts.token, 40);
  });

  test('the budget earns a tenth of a retry with each first attempt', async (t) => {
    const env = { NUM_SESSIONS: '121', RETRIES: '1', RETRY_BUDGET: '0.1', RETRY_BASE_SECONDS: '0' };
    const outcome = await run(
      t,
      'tests/k6/one-by-one.ts',
      { ...env, RESTART_DELAY_SECONDS: '0' },
      'token-503:1',
    );
    assertSameAttempts(outcome);
    // 10 in hand and 12 earned: the first attempt finds the hand full.
    const { attempted, suppressed } = outcome.summary.retries;
    assert.deepEqual([attempted, suppressed], [22, 99]);
  });

  test('no retry begins after the end of the plan', async (t) => {
    const env = {
      RETRIES: '1',
      RETRY_BASE_SECONDS: '20',
      RETRY_CAP_SECONDS: '20',
      RESTART_DELAY_SECONDS: '0.1',
      RAMP_START_SESSIONS: '4',
      RAMP_MAX_SESSIONS: '4',
      RAMP_INTERVAL_SECONDS: '2',
    };
    const outcome = await run(t, 'scripts/ramp.ts', env, 'token-503:1');
    assertSameAttempts(outcome);
    const { summary } = outcome;
    const { attempted, suppressed } = summary.retries;
    assert.ok(suppressed > 0);
    assert.equal(summary.sessions.started, attempted + suppressed, 'each is tried again or suppressed');
    assert.ok(summary.durationMs < 6000, `${summary.durationMs} ms: nobody waited 20 s`);
    assert.equal(summary.sessions.interrupted, 0);
  });
});

describe('Retry-After', () => {
  /** A back end with its own clock that refuses every second request for a token; tells when each came. */
  async function refusing(
    t: TestContext,
    refuse: (response: ServerResponse) => void,
  ): Promise<{ url: string; came: number[] }> {
    const came: number[] = [];
    const server = createServer((request, response) => {
      if (request.url !== '/auth/token') return void response.end('{}');
      came.push(performance.now());
      if (came.length % 2 === 1) refuse(response);
      else response.end('{}');
    });
    const port = await listenFor(t, server);
    return { url: `http://127.0.0.1:${port}`, came };
  }

  async function once(
    t: TestContext,
    refuse: (response: ServerResponse) => void,
    env: Record<string, string> = {},
  ): Promise<{ summary: Summary; came: number[] }> {
    const { url, came } = await refusing(t, refuse);
    const target = settingsFor({ url, websocketUrl: url.replace('http', 'ws') });
    const settings = {
      ...target,
      ...PATIENT,
      NUM_SESSIONS: '1',
      RETRIES: '1',
      RETRY_BASE_SECONDS: '0',
      ...env,
    };
    return { summary: summaryOf(await runK6({ source: 'scripts/burst.ts', env: settings })), came };
  }

  const after = (value: string) => (response: ServerResponse) =>
    void response.writeHead(503, { 'Retry-After': value }).end();

  test('seconds: the next attempt comes then', async (t) => {
    const { summary, came } = await once(t, after('1'));
    const [first = NaN, second = NaN] = came;
    assert.equal(came.length, 2);
    assert.ok(second - first >= 990 && second - first < 4000, `${second - first} ms`);
    assert.equal(summary.retries.waitMs, 1000);
    // The reply to the retry had no token.
    assert.deepEqual(failureCounts(summary), { 'token:http_503': 1, 'token:bad_body': 1 });
    assert.deepEqual([summary.retries.attempted, summary.retries.succeeded], [1, 0]);
  });

  test("a date: by the server's own clock, which is years behind", async (t) => {
    const { summary, came } = await once(t, (response) => {
      const at = Date.UTC(2020, 0, 31, 23, 59, 59);
      const headers = { Date: new Date(at).toUTCString(), 'Retry-After': new Date(at + 2000).toUTCString() };
      response.writeHead(429, headers).end();
    });
    const [first = NaN, second = NaN] = came;
    assert.ok(second - first >= 1990 && second - first < 5000, `${second - first} ms`);
    assert.equal(summary.retries.waitMs, 2000);
  });

  test('above the cap: no retry', async (t) => {
    const { summary, came } = await once(t, after('2'), { RETRY_CAP_SECONDS: '1.5' });
    assert.equal(came.length, 1);
    assert.deepEqual([summary.retries.attempted, summary.retries.suppressed], [0, 1]);
    assert.deepEqual(failureCounts(summary), { 'token:http_503': 1 });
  });

  test('of the reference target, for requests of each kind', async (t) => {
    const env = { NUM_SESSIONS: '2', RETRIES: '3', RETRY_BASE_SECONDS: '0' };
    const faults = 'token-503:2,session-429:2,delete-503:3';
    const outcome = await run(t, 'scripts/burst.ts', env, faults, { retryAfter: 1 });
    const { summary, target } = outcome;
    const fired = Object.values(target.stats().faults).reduce((a, b) => a + b, 0);
    assert.ok(fired >= 2);
    assert.deepEqual([summary.retries.attempted, summary.retries.waitMs], [fired, fired * 1000]);
  });
});

describe('connections', () => {
  /** Drops every third connection as soon as it comes; tells how many. */
  async function droppingProxy(
    t: TestContext,
    port: number,
  ): Promise<{ port: number; dropped: () => number }> {
    let connections = 0;
    const server = createTcpServer((client) => {
      client.on('error', () => client.destroy());
      if (++connections % 3 === 0) return void client.destroy();
      const upstream = connect(port, '127.0.0.1').on('error', () => client.destroy());
      client.pipe(upstream).pipe(client);
      client.on('close', () => upstream.destroy());
    });
    t.after(() => server.close());
    return { port: await listen(server), dropped: () => Math.floor(connections / 3) };
  }

  test('dropped ones are tried again', async (t) => {
    const target = await quickTarget(t);
    const proxy = await droppingProxy(t, target.port);
    const there = settingsFor({ url: target.url, websocketUrl: `ws://127.0.0.1:${proxy.port}` });
    const env = { ...there, ...PATIENT, NUM_SESSIONS: '20', RETRIES: '10' };
    const summary = summaryOf(await runK6({ source: 'scripts/burst.ts', env }));
    const failed = summary.failures.reduce((total, { count }) => total + count, 0);
    assert.ok(proxy.dropped() >= 5);
    assert.deepEqual([failed, summary.retries.attempted], [proxy.dropped(), proxy.dropped()]);
    assert.ok(
      summary.failures.every(({ phase, reason }) => phase === 'connect' && /^(no_reply|reset)$/.test(reason)),
    );
    assert.deepEqual([target.stats().upgrades, summary.questions.answered], [20, 40]);
    assertBalanced(summary);
  });

  test('handshakes that come too late are closed, each of them, and counted as failed', async (t) => {
    // The session must not be gone when its handshakes come.
    const target = await quickTarget(t, { faults: { 'delete-500': 1 } });
    const port = await slowProxy(t, target.port, 600);
    const slow = settingsFor({ url: target.url, websocketUrl: `ws://127.0.0.1:${port}` });
    const env = { ...slow, ...PATIENT, NUM_SESSIONS: '4', CONNECT_TIMEOUT_SECONDS: '0.2', RETRIES: '2' };
    const k6 = await runK6({ source: 'scripts/burst.ts', env });
    await untilStats(target, ({ open }) => open === 0);
    const summary = summaryOf(k6);
    assert.deepEqual([target.stats().upgrades, target.stats().closes], [12, { '1000': 12 }]);
    assert.deepEqual(summary.sockets, { attempted: 12, opened: 0, failed: 12 });
    assert.deepEqual(failureCounts(summary), { 'connect:connect_timeout': 12, 'cleanup:http_500': 4 });
    assert.deepEqual(
      summary.failures.map(({ sessions }) => sessions),
      [4, 4],
    );
    assertBalanced(summary);
  });

  test('a handshake after one that is never answered: the session goes on, the VU waits for both', async (t) => {
    const target = await quickTarget(t, { faults: { 'upgrade-silent': 2 } });
    const env = { NUM_SESSIONS: '6', CONNECT_TIMEOUT_SECONDS: '0.3', RETRIES: '4' };
    const allGone = setInterval(() => {
      if (target.stats().deleted < 6) return;
      clearInterval(allGone);
      setTimeout(() => void target.close(), 600);
    }, 50);
    t.after(() => clearInterval(allGone));
    const k6 = await runK6({
      source: 'scripts/burst.ts',
      env: { ...settingsFor(target), ...PATIENT, ...env },
    });
    const summary = summaryOf(k6);
    const { attempts, upgrades, faults } = target.stats();
    const silent: FailureCounts = { 'connect:connect_timeout': faults['upgrade-silent'] ?? 0 };
    assert.deepEqual([failureCounts(summary), upgrades], [silent, 6]);
    assert.deepEqual(summary.sockets, {
      attempted: attempts.upgrade,
      opened: 6,
      failed: attempts.upgrade - 6,
    });
    assert.deepEqual([summary.questions.answered, summary.generator.scriptErrors], [12, 0]);
    const { hold_vu_time: vus, hold_session_time: sessions } = summary.metrics;
    const waited = (vus?.['count'] ?? NaN) - (sessions?.['count'] ?? NaN);
    assert.ok(
      waited > 500,
      `${waited} ms after the sessions, for the handshakes that the target ends 600 ms later`,
    );
    assertBalanced(summary);
  });
});

interface Foretold {
  failures: FailureCounts;
  /** Sessions by phase. */
  affected: FailureCounts;
  sessions: { completed: number; failed: number };
}

/** Plays the sessions one after the other, each operation until it works. */
function foretell(sessions: number): Foretold {
  const told: Foretold = { failures: {}, affected: {}, sessions: { completed: 0, failed: 0 } };
  const numbers: FailureCounts = {};
  const tally = (counts: FailureCounts, key: string): void => void (counts[key] = (counts[key] ?? 0) + 1);
  const failsOnce = (phase: string, every: number, failure: string): boolean => {
    tally(numbers, phase);
    if ((numbers[phase] ?? 0) % every !== 0) return false;
    tally(numbers, phase);
    tally(told.failures, failure);
    tally(told.affected, phase);
    return true;
  };
  for (let session = 0; session < sessions; session++) {
    const setUp = [
      failsOnce('token', 7, 'token:http_503'),
      failsOnce('session', 11, 'session:http_503'),
      failsOnce('connect', 5, 'connect:handshake_refused:502'),
    ];
    failsOnce('cleanup', 13, 'cleanup:http_503');
    told.sessions[setUp.includes(true) ? 'failed' : 'completed']++;
  }
  return told;
}
