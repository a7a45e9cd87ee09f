// Do files and Redis slow each other down: is that told where it is so, and nowhere else, and are files that change named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assistantServer } from './support/assistantServer.ts';
import { runK6, type Summary } from './support/k6.ts';
import { listen } from './support/listen.ts';
import { assertResult, bookCounts, failureCounts, proved } from './support/proved.ts';
import { redisServer, redisUnavailable } from './support/redisServer.ts';
import { quickTarget } from './support/target.ts';

const SHORT = {
  FILE_OPERATIONS: '16',
  REDIS_OPERATIONS: '16',
  ROUNDS: '3',
  ROUND_SECONDS: '1',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

/** Times of a busy machine are no multiples of each other. */
const LENIENT = {
  '@file': { file_operation_success: ['rate>0.99'] },
  '@redis': { command_success: ['rate>0.99'] },
  '@together': {
    file_operation_slowdown: ['max<=2'],
    command_slowdown: ['max<=2'],
    done_after: ['max<60000'],
  },
};

const run = (url: string, redis: string, env: Record<string, string> = {}, limits: object = LENIENT) =>
  runK6({
    source: 'scripts/mixed-io.ts',
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: { API_BASE_URL: url, REDIS_URL: redis, SLOWDOWN_LEAST_MS: '400', ...SHORT, ...env },
    seconds: 90,
  });

const broken = ({ stages }: Summary) =>
  stages.flatMap(({ number, limits }) =>
    limits.filter(({ kept }) => kept === false).map(({ metric }) => `${number} ${metric}`),
  );

const slowdowns = (summary: Summary) =>
  ['file_operation_slowdown', 'command_slowdown'].map((metric) => summary.metrics[metric]?.['max'] ?? NaN);

describe('files and Redis', { skip: redisUnavailable() }, () => {
  test('that do not slow each other down pass, counted as both sides count them', async (t) => {
    const [target, redis] = [await quickTarget(t), await redisServer(t)];
    const ended = await run(target.url, redis.url);
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    const { files, endpoints } = target.stats().assistant;
    assert.deepEqual(bookCounts(summary, 'file_operation'), [96, 96, 0, 0]);
    assert.deepEqual([files.written, files.read], [96, 96]);
    assert.equal(endpoints.files_delete.begun, 32);
    const { set = 0, get = 0 } = await redis.calls();
    assert.deepEqual([set, get, bookCounts(summary, 'command')], [64, 32, [96, 96, 0, 0]]);
    assert.deepEqual(await redis.keys(), []);
    assert.deepEqual(
      summary.stages.map(({ name, level, operations }) => [
        name,
        level,
        operations['file_operation']?.began,
        operations['command']?.began,
      ]),
      [
        ['file alone', 16, 48, 0],
        ['redis alone', 16, 0, 48],
        ['together', 32, 48, 48],
      ],
    );
  });

  test('of another server; and each slow-down is that of the p95s that k6 kept', async (t) => {
    const [server, redis] = [await assistantServer(t), await redisServer(t)];
    const env = { SLOWDOWN_LEAST_MS: '0.001', FILE_OPERATIONS: '6', REDIS_OPERATIONS: '12' };
    const ended = await run(server.url, redis.url, env, { '@together': { command_success: ['rate>0.99'] } });
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(failureCounts(summary), {});
    const { filesWrite, filesRead } = server.counts();
    assert.deepEqual([filesWrite, filesRead], [36, 36]);
    const p95 = (name: string, stage: number) =>
      summary.stages[stage - 1]?.operations[name]?.latency?.['p(95)'] ?? NaN;
    const [files = NaN, commands = NaN] = slowdowns(summary);
    assert.ok(Math.abs(files / (p95('file_operation', 3) / p95('file_operation', 1)) - 1) < 1e-6);
    assert.ok(Math.abs(commands / (p95('command', 3) / p95('command', 2)) - 1) < 1e-6);
  });

  test('where files wait behind a Redis that is slow with more to do, are slower, and plain k6 says so', async (t) => {
    const redis = await redisServer(t);
    const { port, wait } = await oneAtATime(t, redis.port, 12);
    const server = await assistantServer(t, { beforeFile: wait });
    const env = {
      SLOWDOWN_LEAST_MS: '50',
      REDIS_OPERATIONS: '40',
      FILE_OPERATIONS: '6',
      GATHER_SECONDS: '3',
      ROUND_SECONDS: '2',
      ROUNDS: '3',
    };
    const ended = await run(server.url, `redis://127.0.0.1:${port}`, env);
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    const [files = NaN] = slowdowns(summary);
    assert.deepEqual([broken(summary), files > 2], [['3 file_operation_slowdown'], true], ended.stdout);
    assert.match(ended.stdout, /what file operations and Redis share/);
  });

  test('files that are refused when they are written or read are counted, and are no good ones', async (t) => {
    const faults = { 'file-write-500': 5, 'file-read-500': 7 };
    const [target, redis] = [await quickTarget(t, { faults }), await redisServer(t)];
    const limits = { '@file': { file_operation_success: ['rate>0.9'] } };
    const ended = await run(target.url, redis.url, {}, limits);
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'FAIL');
    const { faults: made, files } = target.stats().assistant;
    const refused = (made['file-write-500'] ?? 0) + (made['file-read-500'] ?? 0);
    assert.ok(refused > 20, String(refused));
    assert.deepEqual(failureCounts(summary), { 'file http_500': refused });
    assert.deepEqual(bookCounts(summary, 'file_operation'), [96, files.read, refused, 0]);
    assert.deepEqual(broken(summary), ['1 file_operation_success']);
  });

  test('a server of files that ends each connection is counted as it is', async (t) => {
    const redis = await redisServer(t);
    const server = await assistantServer(t, { cutEvery: 6 });
    const ended = await run(server.url, redis.url, {}, { '@file': { file_operation_success: ['rate>0.9'] } });
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    const { cut } = server.counts();
    assert.deepEqual(bookCounts(summary, 'file_operation'), [96, 96 - cut, cut, 0]);
    assert.deepEqual(
      Object.values(failureCounts(summary)).reduce((sum, count) => sum + count, 0),
      cut,
    );
  });

  test('files that come back changed are counted, and no false word is said of Redis', async (t) => {
    const redis = await redisServer(t);
    const server = await assistantServer(t, { changedEvery: 8 });
    const limits = { '@together': { file_operation_success: ['rate>0.99'], command_success: ['rate>0.99'] } };
    const ended = await run(server.url, redis.url, {}, limits);
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(failureCounts(summary), { 'file wrong_reply': server.counts().changed });
    assert.equal(server.counts().changed, 12);
    assert.deepEqual(broken(summary), ['3 file_operation_success']);
  });

  test('whose rounds come before the ones before are over are INVALID, though every limit holds', async (t) => {
    const redis = await redisServer(t);
    const server = await assistantServer(t, { beforeFile: () => sleep(400) });
    const limits = { '@file': { file_operation_success: ['rate>0.99'] } };
    const ended = await run(server.url, redis.url, { ROUND_SECONDS: '0.4' }, limits);
    const summary = proved(ended);
    assertResult(ended, summary, 'INVALID');
    assert.match(
      summary.verdict.sentence,
      /^only \d+ of the 48 rounds of the 16 clients of stage 1 began: .*raise ROUND_SECONDS/,
    );
  });
});

/** A Redis server that answers one command at a time and takes so long for each, and a wait for its turn. */
async function oneAtATime(
  t: TestContext,
  redisPort: number,
  milliseconds: number,
): Promise<{ port: number; wait: () => Promise<void> }> {
  let last = Promise.resolve();
  const wait = (): Promise<void> => (last = last.then(() => sleep(milliseconds)));
  const server = createServer((client) => {
    const upstream = connect(redisPort, '127.0.0.1');
    client.on('data', (data) => void wait().then(() => upstream.write(data)));
    upstream.pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  t.after(() => server.close());
  return { port: await listen(server), wait };
}
