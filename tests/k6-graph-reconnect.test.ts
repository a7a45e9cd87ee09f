// Do clients whose connections are dropped count what the service counts, and is each way not to come back named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Stats } from '../target/stats.ts';
import type { Target } from '../target/server.ts';
import { graphServer, type GraphServer } from './support/graphServer.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { assertResult, bookCounts, failureCounts, proved } from './support/proved.ts';
import { quickTarget } from './support/target.ts';
import { until } from './support/until.ts';

/** Nothing breaks these but what a test is about. */
const PATIENT = { reconnection_success: ['rate>=1'], reconnection_latency: ['max<8000'] };

/** Five clients, each dropped twice. */
const SHORT = {
  CLIENTS: '5',
  CYCLES: '2',
  CYCLE_SECONDS: '1',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

type Service = Pick<Target | GraphServer, 'url' | 'websocketUrl'>;

function run({ url, websocketUrl }: Service, env: Record<string, string>, limits: object = PATIENT) {
  return runK6({
    source: 'scripts/reconnect.ts',
    args: ['--out', 'web-dashboard=port=-1&period=1s&record=timeline.ndjson'],
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: { WS_URL: `${websocketUrl}/ws`, DROP_URL: `${url}/graph/drop`, ...SHORT, ...env },
    seconds: 90,
  });
}

/** The record of the dashboard is part of what is proved. */
function told(ended: K6Run, stats?: Stats): Summary {
  assert.ok(ended.file('timeline.ndjson'));
  return proved(ended, stats);
}

const count = ({ metrics }: Summary, name: string) => metrics[name]?.['count'] ?? 0;

/** Counts of the storms; how long they took is for the limits, and in which second a dial was for the machine. */
const storms = ({ reconnections = [] }: Summary) =>
  reconnections.map(({ longestMs, worstSecond, ...counts }) => ({
    ...counts,
    isMeasured: longestMs !== null && worstSecond > 0 && worstSecond <= counts.attempts,
  }));

/** That of five clients who are dropped twice, where nothing fails. */
const CLEAN: ReturnType<typeof storms>[number] = {
  stage: 1,
  backoff: 'full-jitter',
  planned: 10,
  dropped: 10,
  reconnections: 10,
  notBack: 0,
  attempts: 10,
  attemptsEach: 1,
  isMeasured: true,
};

/** Dials that k6 has kept apart by the second. */
const dialsBySecond = ({ subMetrics }: Summary) =>
  Object.entries(subMetrics)
    .filter(([name]) => name.startsWith('reconnection_attempts{second:'))
    .reduce((sum, [, values]) => sum + (values['count'] ?? 0), 0);

/** What five clients do who are dropped twice and come back each time. */
function assertClean(summary: Summary): void {
  assert.deepEqual(failureCounts(summary), {});
  assert.deepEqual(bookCounts(summary, 'client'), [5, 5, 0, 0]);
  assert.deepEqual(bookCounts(summary, 'connection'), [15, 15, 0, 0]);
  assert.deepEqual(bookCounts(summary, 'subscription'), [15, 15, 0, 0]);
  assert.deepEqual(bookCounts(summary, 'ping'), [10, 10, 0, 0]);
  assert.deepEqual(bookCounts(summary, 'reconnection'), [10, 10, 0, 0]);
  assert.equal(count(summary, 'first_message_latency'), 10);
  assert.deepEqual(storms(summary), [CLEAN]);
  assert.equal(dialsBySecond(summary), 10);
}

describe('a clean run', () => {
  for (const drops of ['client', 'together', 'server'])
    test(`with drops by ${drops} is counted alike by the reference target`, async (t) => {
      const target = await quickTarget(t);
      const ended = await run(target, { DROPS: drops });
      const { agents, graph } = target.stats();
      const summary = told(ended, target.stats());
      assertResult(ended, summary, 'PASS');
      assertClean(summary);
      assert.match(summary.verdict.sentence, /^5 clients came back after 10 of 10 drops, within [\d.]+ m?s$/);
      assert.deepEqual([agents.attempts, agents.upgrades, agents.pongs], [15, 15, 10]);
      const byServer = drops === 'server' ? 1 : 0;
      assert.deepEqual([graph.drops.count, graph.drops.sockets], [2 * byServer, 10 * byServer]);
      assert.equal(count(summary, 'disconnects'), 10 * byServer);
      assert.equal(agents.closes['1000'], 15 - 10 * byServer);
    });

  for (const drops of ['client', 'together'])
    test(`with drops by ${drops} is counted alike by another server`, async (t) => {
      const server = await graphServer(t);
      const ended = await run(server, { DROPS: drops, CONNECTIONS_PER_VU: '3' });
      const summary = told(ended);
      assertResult(ended, summary, 'PASS');
      assertClean(summary);
      const { handshakes, sockets, heard, closes } = server.counts;
      assert.deepEqual([handshakes, sockets, heard['subscribe'], heard['ping']], [15, 15, 15, 10]);
      assert.deepEqual(closes, { 1000: 15 });
    });

  test('with a close frame of the server is none that failed', async (t) => {
    const target = await quickTarget(t);
    const ended = await run(target, { DROPS: 'server', DROP_BODY: '{"mode": "close", "code": 1012}' });
    assertClean(told(ended, target.stats()));
    assert.equal(target.stats().agents.closes['1012'], 10);
  });

  test('of several back-offs has a stage of each, with its storm', async (t) => {
    const target = await quickTarget(t);
    const backoffs = ['none', 'exponential', 'full-jitter'];
    const ended = await run(target, {
      DROPS: 'server',
      BACKOFFS: backoffs.join(','),
      DROP_BODY: '{"refusals": 3}',
    });
    const summary = told(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(
      summary.stages.map(({ name, level }) => [name, level]),
      backoffs.map((name) => [name, 5]),
    );
    // Of each ten dials to come back the first three are refused, twice.
    assert.deepEqual(
      storms(summary),
      backoffs.map((backoff, index) => ({
        ...CLEAN,
        ...{ stage: index + 1, backoff, attempts: 16, attemptsEach: 1.6 },
      })),
    );
    for (const backoff of backoffs)
      assert.match(ended.stdout, new RegExp(` storm ${backoff} +10 of 10 dropped`));
    assert.equal(dialsBySecond(summary), 48);
    const { min = 0 } = summary.stages[1]?.operations['reconnection']?.latency ?? {};
    assert.equal(min >= 49, true, `the shortest exponential one took ${min} ms`);
  });
});

/** One drop, after which there is a second to come back. */
const IMPATIENT = { CYCLES: '1', CYCLE_SECONDS: '3', RECONNECT_TIMEOUT_SECONDS: '1' };

/** Five clients were dropped and gave up; they came again, and were refused, too. */
function assertNobodyBack(ended: K6Run, summary: Summary): void {
  assertResult(ended, summary, 'FAIL');
  assert.deepEqual(bookCounts(summary, 'reconnection'), [5, 0, 5, 0]);
  const {
    'reconnection answer_timeout': notBack,
    'connect handshake_refused': refused,
    ...others
  } = failureCounts(summary);
  assert.deepEqual([notBack, others], [5, {}]);
  const [came = NaN, opened, failed] = bookCounts(summary, 'connection');
  assert.deepEqual([opened, failed], [5, refused]);
  const storm = summary.reconnections?.[0];
  assert.deepEqual([storm?.dropped, storm?.notBack, storm?.longestMs], [5, 5, null]);
  const again = came - 5 - count(summary, 'reconnection_attempts');
  assert.deepEqual(bookCounts(summary, 'client'), [5 + again, 0, 5 + again, 0]);
}

describe('a fault is counted exactly, and named', () => {
  test('two handshakes refused: three dials, and back', async (t) => {
    const server = await graphServer(t, { refuse: (handshake) => handshake === 2 || handshake === 3 });
    const ended = await run(server, { CLIENTS: '1', CYCLES: '1' });
    const summary = told(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(failureCounts(summary), { 'connect handshake_refused': 2 });
    assert.deepEqual(bookCounts(summary, 'client'), [1, 1, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'connection'), [4, 2, 2, 0]);
    assert.deepEqual(bookCounts(summary, 'reconnection'), [1, 1, 0, 0]);
    assert.deepEqual([server.counts.handshakes, count(summary, 'reconnection_attempts')], [4, 3]);
    assert.deepEqual(summary.reconnections?.[0]?.attemptsEach, 3);
  });

  test('all connections dropped at once, and nobody asked for it: a failure of each client', async (t) => {
    const server = await graphServer(t);
    const { heard } = server.counts;
    const limits = { ...PATIENT, client_success: ['rate>=1'] };
    const running = run(server, { DROPS: 'together', CYCLES: '1', CYCLE_SECONDS: '3' }, limits);
    await until(() => heard['ping'] === 5, 30);
    assert.equal(server.dropAll(), 5);
    const ended = await running;
    const summary = told(ended);
    assertResult(ended, summary, 'FAIL');
    assert.match(
      summary.verdict.sentence,
      /^breaks with back-off full-jitter \(stage 1\): client success 0.00 %/,
    );
    assert.deepEqual(failureCounts(summary), { 'socket closed_1006': 5 });
    assert.deepEqual(bookCounts(summary, 'client'), [5, 0, 5, 0]);
    assert.deepEqual(bookCounts(summary, 'reconnection'), [10, 10, 0, 0]);
    assert.deepEqual([count(summary, 'disconnects'), count(summary, 'connections_dropped')], [5, 5]);
    assert.deepEqual([heard['subscribe'], heard['ping']], [15, 10]);
  });

  test('so is a drop beyond those that the server was asked for', async (t) => {
    const target = await quickTarget(t);
    const running = run(target, { DROPS: 'server', CYCLES: '1', CYCLE_SECONDS: '3' });
    await until(() => target.stats().agents.pongs === 5, 30);
    const headers = { 'content-type': 'application/json' };
    await fetch(`${target.url}/graph/drop`, { method: 'POST', headers, body: '{}' });
    const summary = told(await running, target.stats());
    assert.deepEqual(failureCounts(summary), { 'socket connection_lost': 5 });
    assert.deepEqual(bookCounts(summary, 'client'), [5, 0, 5, 0]);
    assert.deepEqual(bookCounts(summary, 'reconnection'), [10, 10, 0, 0]);
    assert.deepEqual([count(summary, 'disconnects'), count(summary, 'connections_dropped')], [10, 5]);
    assert.deepEqual([target.stats().graph.drops.sockets, count(summary, 'drops_asked')], [10, 1]);
  });

  test('the reference target refuses for longer than the time-out: so many are not back', async (t) => {
    const target = await quickTarget(t, { graphRefusals: 1_000_000 });
    const ended = await run(target, { ...IMPATIENT, DROPS: 'server' });
    assertNobodyBack(ended, told(ended, target.stats()));
  });

  test('so many are not where another server does', async (t) => {
    const server = await graphServer(t, { refuse: (handshake) => handshake > 5 });
    const ended = await run(server, { ...IMPATIENT, DROPS: 'together' });
    const summary = told(ended);
    assertNobodyBack(ended, summary);
    assert.equal(server.counts.handshakes, count(summary, 'connections_attempted'));
  });

  test('a subscription that is lost on the way back: dialled again', async (t) => {
    const target = await quickTarget(t, { faults: { 'subscribed-lost': 6 } });
    const ended = await run(target, { CYCLES: '1', CYCLE_SECONDS: '2', REPLY_TIMEOUT_SECONDS: '0.3' });
    const summary = told(ended, target.stats());
    assert.deepEqual(failureCounts(summary), { 'subscription answer_timeout': 1 });
    assert.deepEqual(bookCounts(summary, 'reconnection'), [5, 5, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'client'), [5, 4, 1, 0]);
    assert.deepEqual([count(summary, 'reconnection_attempts'), target.stats().agents.subscribed], [6, 10]);
  });

  test('a pong that is lost: no first message, but back', async (t) => {
    const target = await quickTarget(t, { faults: { 'pong-lost': 5 } });
    const ended = await run(target, { CYCLES: '1', REPLY_TIMEOUT_SECONDS: '0.3' });
    const summary = told(ended, target.stats());
    assert.deepEqual(failureCounts(summary), { 'ping answer_timeout': 1 });
    assert.deepEqual(bookCounts(summary, 'reconnection'), [5, 5, 0, 0]);
    assert.equal(count(summary, 'first_message_latency'), 4);
  });
});

describe('less than was planned is no PASS', () => {
  test('clients who were not back for the next drop', async (t) => {
    let refusedUntil = 0;
    const server = await graphServer(t, {
      refuse: (handshake) => {
        if (handshake === 6) refusedUntil = Date.now() + 1500;
        return Date.now() < refusedUntil;
      },
    });
    const ended = await run(server, { DROPS: 'together', BACKOFF_CAP_SECONDS: '0.1' });
    const summary = told(ended);
    assertResult(ended, summary, 'INVALID');
    assert.equal(
      summary.verdict.sentence,
      'only 5 of 10 connections were dropped in stage 1: the others were not back yet: make CYCLE_SECONDS longer',
    );
    assert.deepEqual(bookCounts(summary, 'reconnection'), [5, 5, 0, 0]);
  });

  test('a server that can not be asked', async (t) => {
    const target = await quickTarget(t);
    const ended = await run(target, { DROPS: 'server', DROP_BODY: '{"mode": "gently"}' });
    const summary = told(ended, target.stats());
    assertResult(ended, summary, 'INVALID');
    assert.match(
      summary.verdict.sentence,
      /^only 0 of 10 connections were dropped in stage 1: 2 calls of DROP_URL failed: see the log of k6$/,
    );
    assert.match(ended.stderr, /DROP_URL answered 400\. Check DROP_URL and DROP_BODY\./);
  });

  test('nobody said whom to ask: refused', async (t) => {
    const server = await graphServer(t);
    const { exitCode, stderr } = await run(server, { DROPS: 'server', DROP_URL: '' });
    assert.equal(exitCode, 107);
    assert.match(stderr, /DROP_URL is not set: DROPS is server and WS_URL is set, so set the address/);
    assert.equal(server.counts.handshakes, 0);
  });
});

test('the limits of the script fail who is not back in half a second', async (t) => {
  const target = await quickTarget(t);
  const env = {
    THRESHOLDS_FILE: '',
    BACKOFFS: 'exponential',
    BACKOFF_BASE_SECONDS: '0.6',
    CYCLE_SECONDS: '2',
  };
  const ended = await run(target, env);
  const summary = told(ended, target.stats());
  assertResult(ended, summary, 'FAIL');
  const broken = summary.verdict.breaks?.limits.map(({ metric, expression }) => `${metric} ${expression}`);
  assert.deepEqual(broken, ['reconnection_latency max<500']);
  assert.match(
    summary.verdict.sentence,
    /^breaks with back-off exponential \(stage 1\): reconnection max .*, limit 500 ms$/,
  );
});
