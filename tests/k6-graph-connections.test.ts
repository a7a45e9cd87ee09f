// Does each level open, hold and close its connections as the service counts them, and is what they cost its memory found?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { serveMemory } from '../cli/setup/memoryOfProcess.ts';
import { CONNECTIONS_SECTIONS } from '../systems/graph/connections/connectionsSettings.ts';
import type { Stats } from '../target/stats.ts';
import type { TargetSettings } from '../target/settings.ts';
import { graphServer, type GraphHooks } from './support/graphServer.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { assertResult, bookCounts, failureCounts, proved } from './support/proved.ts';
import { targetProcess } from './support/target.ts';
import { until } from './support/until.ts';

const MB = 1e6;

/** Nothing breaks these but what a test is about. */
const ONE_MEGABYTE = { target_memory_per_connection: ['max<1000000'] };
const PATIENT = { connection_success: ['rate>0.9'], ping_success: ['rate>=1'], ...ONE_MEGABYTE };

/** Levels of two seconds, a quarter of which is quiet. */
const SHORT = {
  CONNECTION_LEVELS: '3',
  LEVEL_SECONDS: '2',
  QUIET_SECONDS: '0.5',
  STAGGER_SECONDS: '0.02',
  PING_SECONDS: '0.3',
  MEMORY_SECONDS: '0.1',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

interface Order {
  websocketUrl: string;
  memoryUrl: string | undefined;
  env?: Record<string, string>;
  limits?: object;
}

function run({ websocketUrl, memoryUrl, env = {}, limits = PATIENT }: Order): Promise<K6Run> {
  return runK6({
    source: 'scripts/connections.ts',
    args: ['--out', 'web-dashboard=port=-1&period=1s&record=timeline.ndjson'],
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: {
      WS_URL: `${websocketUrl}/ws`,
      ...(memoryUrl === undefined ? {} : { MEMORY_URL: memoryUrl }),
      ...SHORT,
      ...env,
    },
    seconds: 90,
  });
}

/** The reference target in a process of its own, whose memory is nobody else's. */
async function reference(t: TestContext, settings: Partial<TargetSettings> = {}) {
  const { url, websocketUrl, pid } = await targetProcess(t, settings);
  const stats = async () => (await (await fetch(`${url}/stats`)).json()) as Stats;
  return { websocketUrl, memoryUrl: `${url}/stats`, pid, stats };
}

/** A server with 100 MB, and 300 kB for each open connection, where a test has nothing else in mind. */
async function other(t: TestContext, hooks: GraphHooks = {}) {
  const memory = (open: number) => 100 * MB + open * 300_000;
  const { url, websocketUrl, counts, dropAll } = await graphServer(t, { memory, ...hooks });
  return { websocketUrl, memoryUrl: `${url}/metrics`, counts, dropAll };
}

/** The record of the dashboard is part of what is proved. */
function told(ended: K6Run, stats?: Stats): Summary {
  assert.ok(ended.file('timeline.ndjson'));
  return proved(ended, stats);
}

/** Connections that were dialled, and that opened, in each stage. */
const byStage = ({ stages }: Summary) =>
  stages.map(({ operations: { connection } }) => [connection?.began, connection?.good]);

/** The limits that each stage broke. */
const broken = ({ stages }: Summary) =>
  stages.map(({ limits }) => limits.flatMap(({ kept, metric }) => (kept === false ? [metric] : [])));

const levels = ({ memory }: Summary) => memory?.levels ?? [];
const costs = (summary: Summary) => levels(summary).map(({ perConnection }) => perConnection);

describe('a clean run', () => {
  test('is counted alike by the reference target, whose memory hardly moves', async (t) => {
    const target = await reference(t);
    const ended = await run({ ...target, env: { CONNECTION_LEVELS: '15,30', LEVEL_SECONDS: '4' } });
    const stats = await target.stats();
    const summary = told(ended, stats);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(failureCounts(summary), {});
    assert.deepEqual(bookCounts(summary, 'client'), [45, 45, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'connection'), [stats.agents.attempts, stats.agents.upgrades, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'ping'), [stats.agents.pings, stats.agents.pongs, 0, 0]);
    assert.deepEqual(byStage(summary), [
      [15, 15],
      [30, 30],
    ]);
    assert.deepEqual([stats.agents.peak, stats.agents.closes['1000']], [30, 45]);
    assert.deepEqual(bookCounts(summary, 'subscription'), [0, 0, 0, 0]);
    for (const { before, open, peak } of levels(summary))
      assert.ok(before !== null && open !== null && peak !== null && before > 20 * MB && peak >= open);
  });

  test('has the cost of a connection to the byte, also of levels that fall', async (t) => {
    const service = await other(t);
    const ended = await run({ ...service, env: { CONNECTION_LEVELS: '4,2,6', CHANNEL: 'graph' } });
    const summary = told(ended);
    assertResult(ended, summary, 'PASS');
    const { heard, handshakes, sockets, closes, requests } = service.counts;
    assert.deepEqual(byStage(summary), [
      [4, 4],
      [2, 2],
      [6, 6],
    ]);
    assert.deepEqual([handshakes, sockets, closes[1000]], [12, 12, 12]);
    assert.deepEqual(bookCounts(summary, 'ping'), [heard['ping'], heard['ping'], 0, 0]);
    assert.deepEqual(bookCounts(summary, 'subscription'), [12, heard['subscribe'], 0, 0]);
    assert.ok((heard['ping'] ?? 0) >= 2 * 12, 'one as soon as it is open, and more');
    assert.deepEqual(
      levels(summary).map(({ before, open, perConnection }) => [before, open, perConnection]),
      [4, 2, 6].map((level) => [100 * MB, 100 * MB + level * 300_000, 300_000]),
    );
    // The check before the load reads once more.
    assert.deepEqual(bookCounts(summary, 'reading'), [
      (requests['/metrics'] ?? 0) - 1,
      (requests['/metrics'] ?? 0) - 1,
      0,
      0,
    ]);
    assert.match(
      ended.stdout,
      / memory +300 kB a connection at 4, 300 kB at 2, 300 kB at 6, at most 102 MB\n/,
    );
  });

  test('is the same with several connections in a VU', async (t) => {
    const service = await other(t);
    const ended = await run({ ...service, env: { CONNECTION_LEVELS: '2,7', CONNECTIONS_PER_VU: '3' } });
    const summary = told(ended);
    assertResult(ended, summary, 'PASS');
    assert.equal(summary.metrics['vus_max']?.['max'], 3 + 1);
    assert.deepEqual(byStage(summary), [
      [2, 2],
      [7, 7],
    ]);
    assert.deepEqual(costs(summary), [300_000, 300_000]);
  });
});

describe('a fault is counted exactly, and named', { concurrency: 2 }, () => {
  const LEVEL = { CONNECTION_LEVELS: '20' };

  test('every 20th connection refused, by the reference target', async (t) => {
    const target = await reference(t, { faults: { 'connection-503': 20 } });
    const ended = await run({ ...target, env: LEVEL, limits: { connection_success: ['rate>0.9'] } });
    const stats = await target.stats();
    const summary = told(ended, stats);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(failureCounts(summary), { 'connect handshake_refused': 1 });
    assert.deepEqual(bookCounts(summary, 'connection'), [20, 19, 1, 0]);
    assert.deepEqual(bookCounts(summary, 'client'), [20, 19, 1, 0]);
    assert.deepEqual([stats.agents.attempts, stats.agents.refused], [20, { 503: 1 }]);
  });

  test('so by another server; it breaks the limit that says so, at that level', async (t) => {
    const service = await other(t, { refuse: (handshake) => handshake % 20 === 0 });
    const limits = { '@20': { connection_success: ['rate>0.95'] }, ...ONE_MEGABYTE };
    const ended = await run({ ...service, env: { CONNECTION_LEVELS: '19,20' }, limits });
    const summary = told(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(failureCounts(summary), {
      'connect handshake_refused': service.counts.broken['refuse'] ?? 0,
    });
    assert.deepEqual(byStage(summary), [
      [19, 19],
      [20, 19],
    ]);
    assert.deepEqual(broken(summary), [[], ['connection_success']]);
    assert.match(
      summary.verdict.sentence,
      /^holds 19 connections, breaks at 20 \(stage 2\): connection success 95/,
    );
    assert.equal(summary.failures[0]?.status, 503);
    assert.deepEqual(costs(summary), [300_000, 285_000], 'by the plan, for this one does not count sockets');
  });

  test('a slow accept', async (t) => {
    const service = await other(t, { accept: (handshake) => (handshake === 3 ? 400 : 0) });
    const limits = { connection_latency: ['max<390'], connection_success: ['rate>=1'], ...ONE_MEGABYTE };
    const ended = await run({ ...service, env: { CONNECTION_LEVELS: '5' }, limits });
    const summary = told(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(failureCounts(summary), {});
    assert.deepEqual(byStage(summary), [[5, 5]]);
    assert.ok(broken(summary)[0]?.includes('connection_latency'));
    assert.match(summary.verdict.sentence, /breaks at 5 \(stage 1\): connection max \d+ ms, limit 390 ms/);
  });

  test('a handshake that is not over when it is time to leave, which costs the next level nothing', async (t) => {
    const service = await other(t, { accept: (handshake) => (handshake === 2 ? 2500 : 0) });
    const limits = { connection_success: ['rate>0.5'], ...ONE_MEGABYTE };
    const ended = await run({ ...service, env: { CONNECTION_LEVELS: '3,3' }, limits });
    const summary = told(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(failureCounts(summary), { 'connect connect_timeout': 1 });
    assert.deepEqual(byStage(summary), [
      [3, 2],
      [3, 3],
    ]);
    assert.deepEqual([service.counts.handshakes, service.counts.sockets], [6, 6]);
  });

  test('pongs that do not come', async (t) => {
    const target = await reference(t, { faults: { 'pong-lost': 7 } });
    const limits = { connection_success: ['rate>=1'], ping_success: ['rate>=1'], ...ONE_MEGABYTE };
    const env = { CONNECTION_LEVELS: '5', REPLY_TIMEOUT_SECONDS: '0.4' };
    const ended = await run({ ...target, env, limits });
    const stats = await target.stats();
    const summary = told(ended, stats);
    assertResult(ended, summary, 'FAIL');
    assert.ok((stats.agents.faults['pong-lost'] ?? 0) > 0);
    assert.deepEqual(failureCounts(summary), {
      'ping answer_timeout': stats.agents.faults['pong-lost'] ?? 0,
    });
    assert.ok(broken(summary)[0]?.includes('ping_success'));
  });

  test('clients that wait for so long that they miss the next level make the run INVALID', async (t) => {
    const target = await reference(t, { faults: { 'pong-lost': 1 } });
    const limits = { connection_success: ['rate>=1'], ...ONE_MEGABYTE };
    const env = { CONNECTION_LEVELS: '3,4', REPLY_TIMEOUT_SECONDS: '3' };
    const ended = await run({ ...target, env, limits });
    const summary = told(ended, await target.stats());
    assertResult(ended, summary, 'INVALID');
    assert.deepEqual(byStage(summary), [
      [3, 3],
      [1, 1],
    ]);
    assert.equal(
      summary.verdict.sentence,
      'only 1 of 4 connections of stage 2 began: what went before ended too late, so make stages longer',
    );
    assert.deepEqual(bookCounts(summary, 'client'), [7, 0, 4, 0]);
  });

  test('a connection that is cut while it is held, and is not opened again at its level', async (t) => {
    const service = await other(t);
    const running = run({
      ...service,
      env: { CONNECTION_LEVELS: '4,3', LEVEL_SECONDS: '4' },
      limits: { connection_success: ['rate>=1'], ...ONE_MEGABYTE },
    });
    await untilOpen(service.counts, 4);
    const dropped = service.dropAll();
    const summary = told(await running);
    assert.equal(dropped, 4);
    const lost = Object.entries(failureCounts(summary)).map(([name, count]) => [name.split(' ')[1], count]);
    assert.equal(
      lost.reduce((sum, [, count]) => sum + Number(count), 0),
      4,
    );
    assert.ok(lost.every(([reason]) => reason === 'connection_lost' || reason === 'closed_1006'));
    assert.equal(summary.measures['disconnects'], 4);
    assert.deepEqual(bookCounts(summary, 'client').slice(0, 3), [7, 3, 4]);
    assert.deepEqual(byStage(summary), [
      [4, 4],
      [3, 3],
    ]);
    assert.equal(service.counts.handshakes, 7);
  });
});

/** Waits until so many connections are open; k6 takes its time to start. */
async function untilOpen(
  counts: { sockets: number; closes: Record<number, number> },
  many: number,
): Promise<void> {
  for (let second = 0; second < 8 && counts.sockets < many; second++)
    await until(() => counts.sockets >= many).catch(() => undefined);
  await until(() => counts.sockets >= many);
}

describe('memory', () => {
  test('that leaks by 2 MB a connection is found at every level', async (t) => {
    const target = await reference(t, { graphLeakBytes: 2_000_000 });
    const ended = await run({ ...target, env: { CONNECTION_LEVELS: '15,30', LEVEL_SECONDS: '4' } });
    const stats = await target.stats();
    const summary = told(ended, stats);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(broken(summary), [['target_memory_per_connection'], ['target_memory_per_connection']]);
    assert.match(
      summary.verdict.sentence,
      /^holds no stage, breaks at 15 \(stage 1\): target memory per connection max [\d.]+ MB, limit 1 MB$/,
    );
    assert.equal(stats.graph.leakedBytes, 45 * 2_000_000);
    assert.deepEqual(failureCounts(summary), {});
  });

  test('of which nobody tells is refused before the load', async (t) => {
    const service = await other(t);
    const ended = await run({ websocketUrl: service.websocketUrl, memoryUrl: undefined });
    assert.equal(ended.exitCode, 107, ended.stderr);
    assert.match(
      ended.stderr,
      /target_memory_per_connection has a limit, but MEMORY_URL is not set, so there would be none: set it, or remove the limit\./,
    );
    assert.equal(service.counts.handshakes, 0);
  });

  test('without a limit need not be told', async (t) => {
    const { websocketUrl, counts } = await other(t);
    const limits = { connection_success: ['rate>=1'] };
    const ended = await run({ websocketUrl, memoryUrl: undefined, env: { CONNECTION_LEVELS: '3' }, limits });
    const summary = told(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(
      [summary.memory, counts.requests['/metrics'], counts.handshakes],
      [undefined, undefined, 3],
    );
  });

  test('that its address does not tell is refused before the load, too', async (t) => {
    const service = await other(t);
    for (const [path, why] of [
      ['/health', 'it answers something else'],
      ['/nothing', 'status 404'],
    ]) {
      const memoryUrl = service.memoryUrl.replace('/metrics', path ?? '');
      const ended = await run({ websocketUrl: service.websocketUrl, memoryUrl });
      assert.notEqual(ended.exitCode, 0);
      assert.ok(
        ended.stderr.includes(`MEMORY_URL, which is ${memoryUrl}, does not tell it (${why ?? ''}). Set it`),
      );
      assert.equal(ended.summary, undefined);
    }
    assert.equal(service.counts.handshakes, 0);
  });

  for (const [name, limits] of [
    ['per connection', ONE_MEGABYTE],
    ['of single readings', { target_memory: ['max<900000000'] }],
  ] as const)
    test(`${name} is INVALID when its address dies in mid-run`, async (t) => {
      let isDead = false;
      const service = await other(t, {
        memory: (open) => {
          isDead ||= open === 5;
          return isDead ? undefined : 100 * MB;
        },
      });
      const ended = await run({ ...service, env: { CONNECTION_LEVELS: '3,5' }, limits });
      const summary = told(ended);
      assertResult(ended, summary, 'INVALID');
      const { broken: broke, requests } = service.counts;
      const [begun = 0, taken = 0, failed = 0] = bookCounts(summary, 'reading');
      assert.deepEqual([failed, begun], [broke['memory'], (requests['/metrics'] ?? 0) - 1]);
      assert.equal(
        summary.verdict.sentence,
        `the memory of the target was not measured to the end of stage 2, for ${failed} of ${begun} readings failed: check what MEMORY_URL answers`,
      );
      assert.ok(taken > 0 && failed > 0);
      assert.deepEqual(costs(summary), [0, null]);
      assert.match(ended.stderr, /First of its kind in this VU: memory http_500: memory answered 500/);
    });

  test('is that of a process where only its number is known', async (t) => {
    const target = await reference(t, { graphLeakBytes: 2_000_000 });
    const served = await serveMemory({ MEMORY_PID: String(target.pid) }, CONNECTIONS_SECTIONS);
    t.after(() => served?.stop());
    const { MEMORY_URL } = served?.addresses ?? {};
    const ended = await run({
      websocketUrl: target.websocketUrl,
      memoryUrl: MEMORY_URL,
      env: { CONNECTION_LEVELS: '30', LEVEL_SECONDS: '4' },
    });
    const summary = told(ended, await target.stats());
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(broken(summary), [['target_memory_per_connection']]);
  });
});
