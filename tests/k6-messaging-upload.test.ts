// Are files that k6 uploads the files that the platform has, byte for byte, and is each way to fail counted and named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { renderStats } from '../report/csv/locust.ts';
import type { Faults } from '../target/faults.ts';
import { forgetfulServer } from './support/forgetfulServer.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import type { MessagingFaults } from './support/messagingCounts.ts';
import { messagingServer } from './support/messagingServer.ts';
import { assertResult, bookCounts, failureCounts, proved } from './support/proved.ts';
import { quickTarget } from './support/target.ts';

const FILE_BYTES = 200_000;
const CHUNK_BYTES = 16_000;
/** Of one file: twelve full ones and half of one. */
const CHUNKS = 13;
const UPLOADS = 3;

const SHORT = {
  UPLOADS: String(UPLOADS),
  FILE_BYTES: '200kB',
  GENERATOR_LAG_LIMIT_MS: '100000',
  RETRY_BASE_SECONDS: '0.01',
  THRESHOLDS_FILE: 'limits.json',
};

const ALL = { file_success: ['rate>=1'], chunk_success: ['rate>=1'] };

function run(url: string, env: Record<string, string> = {}, limits: object = ALL, more: object = {}) {
  return runK6({
    source: 'scripts/upload.ts',
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: { API_BASE_URL: url, ...SHORT, ...env },
    seconds: 90,
    ...more,
  });
}

const count = ({ metrics }: Summary, name: string) => metrics[name]?.['count'] ?? 0;

/** What the part says, without how long anything took. */
function uploadsOf({ uploads }: Summary) {
  assert.ok(uploads);
  const { completed, failed, bytes, bytesLost, slow, resumed, summed, equal } = uploads;
  return { completed, failed, bytes, bytesLost, slow, resumed, summed, equal };
}

const CLEAN = {
  completed: UPLOADS,
  failed: 0,
  bytes: UPLOADS * FILE_BYTES,
  bytesLost: 0,
  slow: 0,
  resumed: 0,
  summed: UPLOADS,
  equal: UPLOADS,
};

/** A chunk of 16 kB that takes 50 ms is as slow as 31 s per 10 MB. */
const NO_CHUNK_IS_SLOW = { SLOW_CHUNK_SECONDS: '100000' };

const onTarget = (t: TestContext, faults: Faults = {}, more: object = {}) =>
  quickTarget(t, { chunkBytes: CHUNK_BYTES, faults, ...more });

const onOther = (t: TestContext, faults: MessagingFaults = {}) =>
  messagingServer(t, { chunkSize: CHUNK_BYTES, tokenSeconds: 60, faults });

describe('a clean run', () => {
  test('uploads what the reference target has', async (t) => {
    const target = await onTarget(t);
    const ended = await run(target.url, { FILES: '2', ...NO_CHUNK_IS_SLOW });
    const { messaging } = target.stats();
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    const files = 2 * UPLOADS;
    assert.deepEqual(uploadsOf(summary), {
      ...CLEAN,
      ...{ completed: files, bytes: files * FILE_BYTES, summed: files, equal: files },
    });
    assert.deepEqual(bookCounts(summary, 'chunk'), [files * CHUNKS, files * CHUNKS, 0, 0]);
    assert.equal(messaging.chunks.bytesAcknowledged, files * FILE_BYTES);
    assert.equal(messaging.files.bytesCompleted, files * FILE_BYTES);
    assert.deepEqual(
      [messaging.files.completed, messaging.chunks.acknowledged, messaging.endpoints.login.begun],
      [files, files * CHUNKS, UPLOADS],
    );
    assert.deepEqual(failureCounts(summary), {});
    assertSlowest(summary, files);
    assertRows(summary, files);
  });

  test('uploads what another server has, whatever chunks it wants', async (t) => {
    const sizes = [FILE_BYTES, 1, 65_521];
    const size = (file: number) => Math.max(20_000, sizes[file - 1] ?? 0);
    const server = await messagingServer(t, { chunkSize: size, tokenSeconds: 60 });
    const ended = await run(server.url, NO_CHUNK_IS_SLOW);
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(uploadsOf(summary), CLEAN);
    assert.equal(server.counts.chunks, 1 + 10 + 4);
    assert.equal(count(summary, 'chunks_acknowledged'), server.counts.chunks);
    assert.equal(server.counts.bytes, UPLOADS * FILE_BYTES);
    assert.deepEqual(
      server.counts.merged.map(({ name, size: bytes }) => [name, bytes]).sort(),
      [1, 2, 3].map((user) => [`upload-${user}-1.bin`, FILE_BYTES]),
    );
    assert.equal(new Set(server.counts.merged.map(({ sha256 }) => sha256)).size, UPLOADS);
  });
});

/** Three chunks of each file, the slowest first. */
function assertSlowest({ uploads }: Summary, files: number): void {
  const slowest = uploads?.slowest ?? [];
  assert.equal(slowest.length, Math.min(20, 3 * files));
  assert.deepEqual([...new Set(slowest.map(({ file }) => file))].sort(), [1, 2, 3, 4, 5, 6].slice(0, files));
  assert.equal(new Set(slowest.map(({ file, index }) => `${file} ${index}`)).size, slowest.length);
  for (const { index } of slowest) assert.ok(index >= 0 && index < CHUNKS, `index ${index}`);
  const times = slowest.map(({ milliseconds }) => milliseconds);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => b - a),
  );
}

/** Locust's rows. */
function assertRows(summary: Summary, files: number): void {
  const [, ...rows] = renderStats({ summary, verdict: summary.verdict }).trim().split('\n');
  const told = rows.map((row) => row.split(',').slice(0, 3).join());
  for (const row of [`HTTP,login,${UPLOADS}`, `HTTP,chunk,${files * CHUNKS}`, `HTTP,file,${files}`])
    assert.ok(told.includes(row), `${row} in ${told.join(' ')}`);
}

/** What breaks at request 20 of its place, where it is a chunk: within the second file that far, or the first. */
interface Fault {
  name: string;
  target: Faults;
  other: MessagingFaults;
  failure: string;
  /** With RETRIES it is tried again, in this phase. */
  again?: 'chunk' | 'complete';
}

const once = (number: number) => (at: number) => at === number;

const FAULTS: readonly Fault[] = [
  {
    name: 'a chunk with 500',
    target: { 'chunk-500': 20 },
    other: { failChunk: once(20) },
    failure: 'chunk http_500',
    again: 'chunk',
  },
  {
    name: 'a wrong checksum in the reply',
    target: { 'chunk-wrong-sum': 20 },
    other: { wrongSum: once(20) },
    failure: 'chunk checksum',
    again: 'chunk',
  },
  {
    name: 'a chunk that is too large',
    target: { 'chunk-413': 20 },
    other: { refuseChunk: once(20) },
    failure: 'chunk http_413',
  },
  {
    name: 'a disk that is full',
    target: { 'chunk-507': 20 },
    other: { fillDisk: once(20) },
    failure: 'chunk http_507',
  },
  {
    name: 'a connection that is cut in the middle of a chunk',
    target: { 'chunk-cut': 20 },
    other: { cutChunk: once(20) },
    failure: 'chunk reset',
    again: 'chunk',
  },
  {
    name: 'a merge that fails',
    target: { 'complete-500': 2 },
    other: { failMerge: once(2) },
    failure: 'complete http_500',
    again: 'complete',
  },
];

describe('without retries, fails one file:', () => {
  for (const { name, target: faults, other, failure } of FAULTS) {
    const isChunk = failure.startsWith('chunk');

    /** The rest of the file is not sent. */
    function assertOneFailed(ended: K6Run, summary: Summary): void {
      assertResult(ended, summary, 'FAIL');
      assert.deepEqual(failureCounts(summary), { [failure]: 1 });
      assert.deepEqual(bookCounts(summary, 'file'), [UPLOADS, UPLOADS - 1, 1, 0]);
      const { completed, failed, resumed, summed, equal } = uploadsOf(summary);
      assert.deepEqual([completed, failed, resumed, summed, equal], [2, 1, 0, 2, 2]);
      const [sent = 0, good = 0, bad, open] = bookCounts(summary, 'chunk');
      assert.deepEqual([sent - good, bad, open], isChunk ? [1, 1, 0] : [0, 0, 0]);
      assert.equal(sent < UPLOADS * CHUNKS, isChunk);
      const [all, kept, lost] = ['bytes_sent', 'bytes_acknowledged', 'bytes_failed'].map((bytes) =>
        count(summary, bytes),
      );
      assert.equal(all, (kept ?? 0) + (lost ?? 0));
      assert.equal((lost ?? 0) > 0, isChunk);
    }

    test(`${name}, at the reference target`, async (t) => {
      const target = await onTarget(t, faults);
      const ended = await run(target.url);
      const summary = proved(ended, target.stats());
      assertOneFailed(ended, summary);
      const { chunks, endpoints, faults: fired } = target.stats().messaging;
      assert.deepEqual(Object.values(fired), [1]);
      assert.equal(endpoints.chunk.begun, count(summary, 'chunks_sent'));
      assert.equal(chunks.bytesAcknowledged, count(summary, 'bytes_acknowledged'));
    });

    test(`${name}, at another server`, async (t) => {
      const server = await onOther(t, other);
      const ended = await run(server.url);
      const summary = proved(ended);
      assertOneFailed(ended, summary);
      const { requests, merged, broken } = server.counts;
      assert.deepEqual(Object.values(broken), [1]);
      assert.equal(requests['POST /v1/files/{id}/chunks'], count(summary, 'chunks_sent'));
      assert.equal(merged.length, 2);
    });
  }
});

describe('with retries, is resumed:', () => {
  for (const { name, target: faults, failure, again } of FAULTS.filter((fault) => fault.again))
    test(name, async (t) => {
      const target = await onTarget(t, faults);
      const limits = { file_success: ['rate>=1'], chunk_success: ['rate>0.9'], retries: ['count<=2'] };
      const ended = await run(target.url, { RETRIES: '2', ...NO_CHUNK_IS_SLOW }, limits);
      const summary = proved(ended, target.stats());
      assertResult(ended, summary, 'PASS');
      const broke = Object.values(target.stats().messaging.faults)[0] ?? 0;
      assert.ok(broke > 0);
      assert.deepEqual(failureCounts(summary), { [failure]: broke });
      assert.deepEqual(summary.retries.phases, { [again ?? '']: broke });
      const resumed = again === 'chunk' ? broke : 0;
      const { bytesLost, ...books } = uploadsOf(summary);
      const { bytesLost: none, ...clean } = CLEAN;
      assert.deepEqual(books, { ...clean, resumed });
      assert.equal(bytesLost > none, again === 'chunk');
      assert.equal(target.stats().messaging.files.bytesCompleted, UPLOADS * FILE_BYTES);
    });

  test('what is refused for good is not tried again', async (t) => {
    const target = await onTarget(t, { 'chunk-413': 20 });
    const summary = proved(await run(target.url, { RETRIES: '2' }), target.stats());
    assert.equal(summary.verdict.result, 'FAIL');
    assert.deepEqual([summary.retries.attempted, failureCounts(summary)], [0, { 'chunk http_413': 1 }]);
  });

  const FORGETFUL = { chunkSize: CHUNK_BYTES, forgets: [2, 12], times: 1 };

  test('the chunks that the server misses at the end, once', async (t) => {
    const server = await forgetfulServer(t, FORGETFUL);
    const ended = await run(server.url, { RETRIES: '1' });
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(failureCounts(summary), { 'complete http_409': UPLOADS });
    assert.equal(uploadsOf(summary).resumed, 2 * UPLOADS);
    assert.deepEqual(server.counts, {
      ...{ merged: UPLOADS, chunks: UPLOADS * (CHUNKS + 2) },
      different: UPLOADS * CHUNKS,
    });
    assert.equal(count(summary, 'chunks_acknowledged'), server.counts.chunks);
  });

  test('but not a second time', async (t) => {
    const server = await forgetfulServer(t, { ...FORGETFUL, times: 2 });
    const summary = proved(await run(server.url, { RETRIES: '1' }));
    assert.equal(summary.verdict.result, 'FAIL');
    assert.deepEqual(failureCounts(summary), { 'complete http_409': 2 * UPLOADS });
    assert.deepEqual(bookCounts(summary, 'file'), [UPLOADS, 0, UPLOADS, 0]);
    assert.equal(server.counts.merged, 0);
  });
});

describe('a token that expires', () => {
  test('is renewed once, and the chunk is sent again', async (t) => {
    const target = await onTarget(t, { 'bearer-expired': 25 });
    const ended = await run(target.url, NO_CHUNK_IS_SLOW);
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    const expired = target.stats().messaging.tokens.refused['token_expired'] ?? 0;
    assert.ok(expired > 0);
    assert.equal(count(summary, 'tokens_expired'), expired);
    assert.equal(count(summary, 'tokens_renewed'), expired);
    assert.equal(count(summary, 'logins_answered'), UPLOADS + expired);
    const { answered } = target.stats().messaging.endpoints.chunk;
    assert.equal(count(summary, 'bytes_failed') > 0, (answered['401'] ?? 0) > 0);
    assert.deepEqual(failureCounts(summary), {});
    assert.equal(uploadsOf(summary).bytes, UPLOADS * FILE_BYTES);
  });

  test('a log-in that is refused ends its user', async (t) => {
    const target = await onTarget(t, { 'login-503': 2 });
    const ended = await run(target.url, {}, { file_success: ['rate>=1'], login_success: ['rate>=1'] });
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(failureCounts(summary), { 'login http_503': 1 });
    assert.deepEqual(bookCounts(summary, 'file'), [2, 2, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'user'), [UPLOADS, 2, 1, 0]);
  });
});

describe('a chunk that is slow', () => {
  test('breaks its limit, and is named', async (t) => {
    const target = await onTarget(t, { 'chunk-slow': 20 }, { chunkSlowMs: 3000 });
    // 3 s for 16 kB are 1875 s for 10 MB.
    const ended = await run(
      target.url,
      { SLOW_CHUNK_SECONDS: '1800' },
      { chunk_time_per_10mb: ['max<1800000'], file_success: ['rate>=1'] },
    );
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'FAIL');
    assert.match(summary.verdict.sentence, /chunk time per 10mb max 31 min, limit 1800 s/);
    assert.equal(uploadsOf(summary).slow, 1);
    const [first, second] = summary.uploads?.slowest ?? [];
    assert.ok(first !== undefined && first.milliseconds >= 3000 && (second?.milliseconds ?? 0) < 3000);
    assert.match(ended.stdout, new RegExp(`slowest +chunk ${first.index} of file ${first.file}: 3.`));
  });
});

describe('what would end badly', () => {
  test('chunks larger than allowed are refused in a sentence, and nothing is judged', async (t) => {
    const server = await messagingServer(t, { chunkSize: 5e9 });
    const ended = await run(server.url, { FILE_BYTES: '9GB' });
    const summary = proved(ended);
    assert.equal(summary.verdict.result, 'INVALID');
    assert.match(summary.verdict.sentence, /check API_BASE_URL and MAX_CHUNK_BYTES$/);
    assert.match(
      ended.stderr,
      /says that \\?"chunk_size\\?" is 5000000000, more than MAX_CHUNK_BYTES allows \(67108864\)/,
    );
    assert.deepEqual(failureCounts(summary), { 'initiate bad_body': UPLOADS });
  });

  test('a file that takes too long is given up', async (t) => {
    const target = await onTarget(t, {}, { chunkMs: 300 });
    const summary = proved(await run(target.url, { FILE_TIMEOUT_SECONDS: '1' }), target.stats());
    assert.equal(summary.verdict.result, 'FAIL');
    assert.deepEqual(failureCounts(summary), { 'complete request_timeout': UPLOADS });
    assert.deepEqual(bookCounts(summary, 'file'), [UPLOADS, 0, UPLOADS, 0]);
  });

  test('a run that is stopped half-way keeps its books', async (t) => {
    const target = await onTarget(t, {}, { chunkMs: 300 });
    const stop = (pid: number) => {
      const isUnderWay = () => target.stats().messaging.chunks.acknowledged > UPLOADS;
      const timer = setInterval(
        () => isUnderWay() && (clearInterval(timer), process.kill(pid, 'SIGINT')),
        20,
      );
      t.after(() => clearInterval(timer));
    };
    const ended = await run(target.url, {}, ALL, { started: stop });
    assert.equal(ended.exitCode, 105);
    const summary = proved(ended);
    assert.equal(summary.verdict.result, 'ABORTED');
    const [sent = 0, good = 0, bad = 0, open = 0] = bookCounts(summary, 'chunk');
    assert.ok(good > 0 && open > 0, `${good} acknowledged, ${open} open`);
    assert.equal(sent, good + bad + open);
  });

  test('sizes that are none are refused before any load', async () => {
    const env = { FILE_BYTES: 'much', MAX_CHUNK_BYTES: '2GiB', PLAN_FILE: 'plan.json' };
    const { stderr, exitCode } = await run('http://127.0.0.1:1', env);
    assert.equal(exitCode, 107);
    for (const sentence of [
      /FILE_BYTES is \\?"much\\?": it must be a size from 1 to 10000000000000 bytes, for example FILE_BYTES=20MB\./,
      /MAX_CHUNK_BYTES is \\?"2GiB\\?": it must be a size from 1 to 1073741824 bytes/,
      /PLAN_FILE is wrong: all uploads of this script come at once/,
    ])
      assert.match(stderr, sentence);
  });
});
