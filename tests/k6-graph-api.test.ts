// Are requests of a graph service counted as the service counts them, judged by endpoint and stage, and is each fault named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderStats } from '../report/csv/locust.ts';
import { graphServer } from './support/graphServer.ts';
import { runK6, type Summary } from './support/k6.ts';
import { failureCounts, proved } from './support/proved.ts';
import { quickTarget } from './support/target.ts';

/** Levels 2 and 4, each endpoint alone and all together, then 12 at a time, then 2 again. */
const SHORT = {
  CONCURRENCY_LEVELS: '2,4',
  STRESS_LEVEL: '12',
  STAGE_SECONDS: '1',
  THINK_SECONDS: '0.01',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

const run = (url: string, limits: object, env: Record<string, string> = {}) =>
  runK6({
    source: 'scripts/graph-api.ts',
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: { API_BASE_URL: url, ...SHORT, ...env },
    seconds: 90,
  });

const sent = ({ breakdown }: Summary) =>
  Object.fromEntries(Object.entries(breakdown?.['request'] ?? {}).map(([name, { began }]) => [name, began]));

/** The limits that broke, by stage: `3 traverse: request_latency{endpoint:traverse}`. */
const broken = ({ stages }: Summary) =>
  stages.flatMap(({ number, name = '', limits }) =>
    limits.filter(({ kept }) => kept === false).map(({ metric }) => `${number} ${name}: ${metric}`),
  );

const ANY = { request_success: ['rate>0'] };

describe('a clean run', () => {
  test('counts each endpoint as the reference target does', async (t) => {
    const target = await quickTarget(t);
    const limits = {
      request_success: ['rate>0.99'],
      'request_latency{endpoint:stats}': ['p(95)<5000'],
      '@alone': { 'requests_answered{endpoint:health}': ['rate>1'] },
      '@4 together': { requests_answered: ['rate>1'] },
    };
    const ended = await run(target.url, limits);
    const { graph, health } = target.stats();
    const summary = proved(ended, target.stats());
    assert.equal(summary.verdict.result, 'PASS', ended.stdout);
    const { stats, search, traverse } = graph.endpoints;
    const counts = { stats: stats.begun, search: search.begun, traverse: traverse.begun };
    // The check before the load asks for the health, too.
    assert.deepEqual(sent(summary), { ...counts, health: health.begun - 1 });
    assert.deepEqual(failureCounts(summary), {});
    const [, ...rows] = renderStats({ summary, verdict: summary.verdict }).trim().split('\n');
    assert.deepEqual(
      rows.map((row) => row.split(',').slice(0, 3).join()),
      [
        ...Object.entries(sent(summary)).map(([name, count]) => `HTTP,${name},${count}`),
        `,Aggregated,${summary.operations['request']?.began}`,
      ],
    );
    assert.deepEqual(
      summary.stages.map(({ name, level }) => [name, level]),
      [
        ...[2, 4].flatMap((level) =>
          ['stats', 'search', 'traverse', 'health', 'together'].map((name) => [name, level]),
        ),
        ['stress', 12],
        ['after', 2],
      ],
    );
    assert.deepEqual(
      summary.stages.map(({ limits: judged }) => judged.map(({ metric }) => metric).join()),
      judgedIn(),
    );
  });

  test('counts them as another server does', async (t) => {
    const server = await graphServer(t);
    const env = { ENDPOINTS: 'traverse,health', STRESS_LEVEL: '0', NODE_ID: 'ring-#', NODES: '39' };
    const ended = await run(server.url, ANY, env);
    const summary = proved(ended);
    assert.equal(summary.verdict.result, 'PASS', ended.stdout);
    assert.deepEqual(sent(summary), {
      traverse: server.counts.requests['/api/graph/traverse'],
      health: (server.counts.requests['/health'] ?? 0) - 1,
    });
  });

  test('without connections that are kept opens one for each request', async (t) => {
    const target = await quickTarget(t);
    const env = { KEEP_ALIVE: 'off', ENDPOINTS: 'stats', STRESS_LEVEL: '0' };
    const summary = proved(await run(target.url, ANY, env));
    const connecting = summary.metrics['http_req_connecting'] ?? {};
    assert.equal((connecting['med'] ?? 0) > 0, true, JSON.stringify(connecting));
  });
});

/** Which metrics the limits of the first test judge, stage by stage. */
function judgedIn(): string[] {
  const [success, stats, health] = [
    'request_success',
    'request_latency{endpoint:stats}',
    'requests_answered{endpoint:health}',
  ];
  const [one, two] = [`${success},${stats}`, success];
  const level = [one, two, two, `${success},${health}`];
  return [...level, one, ...level, `${one},requests_answered`, one, one];
}

test('a setting that the script has no use for is refused before any load', async () => {
  const { stderr, exitCode } = await run('http://127.0.0.1:1', ANY, { RETRIES: '2' });
  assert.equal(exitCode, 107);
  assert.match(stderr, /RETRIES is 2, but this script tries nothing again: unset it\./);
});

describe('a fault', () => {
  test('of one endpoint breaks its limit and no other, and is counted exactly', async (t) => {
    const target = await quickTarget(t, { faults: { 'search-500': 20 } });
    const limits = {
      'request_success{endpoint:search}': ['rate>0.99'],
      'request_success{endpoint:stats}': ['rate>0.99'],
    };
    const ended = await run(target.url, limits, { CONCURRENCY_LEVELS: '4', STRESS_LEVEL: '0' });
    const summary = proved(ended, target.stats());
    assert.equal(ended.exitCode, 99);
    assert.equal(summary.verdict.result, 'FAIL', ended.stdout);
    const faults = target.stats().graph.endpoints.search.answered['500'];
    assert.ok(faults !== undefined && faults > 0, `${faults} faults`);
    assert.deepEqual(failureCounts(summary), { 'request http_500': faults });
    for (const limit of broken(summary)) assert.match(limit, /request_success\{endpoint:search\}$/);
    assert.match(summary.verdict.sentence, /search request success/);
  });

  test('that makes one endpoint slow breaks its limit in the stages that ask it', async (t) => {
    const target = await quickTarget(t, { graphTraverseMs: 400 });
    const limits = {
      'request_latency{endpoint:traverse}': ['p(95)<300'],
      'request_latency{endpoint:stats}': ['p(95)<300'],
    };
    const env = { CONCURRENCY_LEVELS: '4', STAGE_SECONDS: '1.5' };
    const summary = proved(await run(target.url, limits, env), target.stats());
    assert.equal(summary.verdict.result, 'FAIL');
    assert.deepEqual(
      broken(summary),
      ['3 traverse', '5 together', '6 stress', '7 after'].map(
        (stage) => `${stage}: request_latency{endpoint:traverse}`,
      ),
    );
  });
});

describe('under stress', () => {
  /** 40 requests a second at most, whatever is asked: slow enough for a busy machine to change little. */
  const LIMITED = {
    ...{ graphStatsMs: 100, graphSearchMs: 100, graphTraverseMs: 100, graphHealthMs: 100 },
    graphCapacity: 4,
  };
  const limits = {
    ...ANY,
    '@stress': { stress_margin: ['count>0'] },
    '@after': { 'request_latency{endpoint:stats}': ['med<160'] },
  };
  const env = { CONCURRENCY_LEVELS: '4', THINK_SECONDS: '0', STAGE_SECONDS: '4', ENDPOINTS: 'stats,health' };

  test('a service with a knee keeps its throughput', async (t) => {
    const target = await quickTarget(t, LIMITED);
    const ended = await run(target.url, limits, env);
    assert.equal(proved(ended, target.stats()).verdict.result, 'PASS', ended.stdout);
  });

  test('a collapse to half of it is told, and that all was well again behind it', async (t) => {
    const target = await quickTarget(t, { ...LIMITED, graphCollapse: 8 });
    const summary = proved(await run(target.url, limits, env), target.stats());
    assert.equal(summary.verdict.result, 'FAIL');
    assert.deepEqual(broken(summary), ['4 stress: stress_margin']);
  });

  test('a service that does not recover is told, too', async (t) => {
    const target = await quickTarget(t, { ...LIMITED, graphCollapse: 8, graphAfterCollapse: 'stay' });
    const summary = proved(await run(target.url, limits, env), target.stats());
    assert.equal(summary.verdict.result, 'FAIL');
    assert.deepEqual(broken(summary), [
      '4 stress: stress_margin',
      '5 after: request_latency{endpoint:stats}',
    ]);
  });
});
