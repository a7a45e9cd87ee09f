// Are sizes read as people write them, and is what the report says of uploads what k6 counted?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileNumber, isWatched, observedUploads, slowestOf, watchedFiles } from '../lib/measures/uploads.ts';
import { burst } from '../lib/plans/load.ts';
import { metricsOf } from '../lib/vocabulary/vocabulary.ts';
import { parseByteSize } from '../lib/words/byteSize.ts';
import { parseLimits } from '../lib/words/limits.ts';
import { summaryOf, type RunSummary } from '../report/derive/summary.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { Html } from '../report/html/escape.ts';
import { UPLOADS } from '../report/parts/uploads.ts';
import {
  missingChunks,
  readAwaited,
  wrongChunk,
  wrongFile,
} from '../systems/messaging/upload/fileProtocol.ts';
import { Slowest } from '../systems/messaging/upload/slowest.ts';
import { UPLOAD_WORDS } from '../systems/messaging/upload/uploadWords.ts';
import { counter, k6Data, rate, testInfo, trend, type Metrics } from './support/runData.ts';

describe('sizes', () => {
  const SIZES: [string, number | undefined][] = [
    ['1', 1],
    ['10485760', 10_485_760],
    ['20MB', 20_000_000],
    ['1 GB', 1e9],
    ['1.1mb', 1_100_000],
    ['2.3GB', 2.3e9],
    ['200kB', 200_000],
    ['10MiB', 10_485_760],
    ['1.5 gib', 1_610_612_736],
    ['7b', 7],
    ['0', 0],
    ['', undefined],
    ['MB', undefined],
    ['-1', undefined],
    ['1 M B', undefined],
    ['1e6', undefined],
    ['1.5', undefined],
    ['12PB', undefined],
    ['99999TB', undefined],
  ];
  for (const [text, bytes] of SIZES)
    test(`"${text}" are ${bytes ?? 'none'}`, () => assert.equal(parseByteSize(text), bytes));
});

describe('answers of the platform', () => {
  test('to the begin of a file have its id and a size of chunks that fits', () => {
    const read = (reply: unknown) => readAwaited(reply, 1000);
    assert.deepEqual(read({ id: 'f', chunk_size: 1000 }), { id: 'f', chunkBytes: 1000 });
    assert.deepEqual(read({ id: 7, chunk_size: 1 }), { id: '7', chunkBytes: 1 });
    assert.equal(read(undefined), 'lacks "id"');
    assert.equal(read({ id: 'f' }), 'lacks "chunk_size"');
    assert.equal(read({ id: 'f', chunk_size: '9' }), 'lacks "chunk_size"');
    for (const size of [0, -1, 1.5, 1e300])
      assert.equal(
        read({ id: 'f', chunk_size: size }),
        `says that "chunk_size" is ${size}, which is no number of bytes`,
      );
    assert.equal(
      read({ id: 'f', chunk_size: 1001 }),
      'says that "chunk_size" is 1001, more than MAX_CHUNK_BYTES allows (1000)',
    );
  });

  const SUM = 'ab'.repeat(32);

  test('to a chunk and to a file are what was sent', () => {
    const chunk = { index: 3, bytes: 10, sha256: SUM };
    assert.equal(wrongChunk(chunk, chunk), undefined);
    assert.equal(wrongChunk({ ...chunk, sha256: SUM.toUpperCase(), more: 1 }, chunk), undefined);
    assert.deepEqual(wrongChunk({ ...chunk, sha256: 'cd'.repeat(32) }, chunk), {
      reason: 'checksum',
      text: '"sha256" is "cdcdcdcdcdcd…" in the answer, and was "abababababab…"',
    });
    assert.deepEqual(wrongChunk({ ...chunk, index: '3' }, chunk), {
      reason: 'bad_body',
      text: '"index" is "3" in the answer, and was 3',
    });
    assert.deepEqual(wrongChunk({ ...chunk, bytes: 9 }, chunk), {
      reason: 'bad_body',
      text: '"bytes" is 9 in the answer, and was 10',
    });
    assert.deepEqual(wrongChunk('no JSON', chunk), {
      reason: 'bad_body',
      text: 'the answer lacks "index"',
    });
    const file = { size: 100, chunks: 10, sha256: SUM };
    assert.equal(wrongFile({ id: 'f', ...file }, file), undefined);
    assert.equal(wrongFile({ ...file, chunks: 9 }, file)?.reason, 'bad_body');
    assert.equal(wrongFile({ ...file, sha256: null }, file)?.reason, 'checksum');
  });

  test('that name missing chunks name some of the file', () => {
    assert.deepEqual(missingChunks({ missing: [0, 9] }, 10), [0, 9]);
    for (const missing of [[], [10], [-1], [1.5], ['1'], [1, 1], 3, undefined])
      assert.equal(missingChunks({ missing }, 10), undefined, JSON.stringify(missing));
    assert.equal(missingChunks(undefined, 10), undefined);
  });
});

describe('slow chunks', () => {
  test('the three slowest of a file are kept, in their order', () => {
    const slowest = new Slowest();
    for (const [index, milliseconds] of [5, 1, 9, 9, 2, 7].entries()) slowest.add(index, milliseconds);
    assert.deepEqual(slowest.ranked(), [
      { index: 2, milliseconds: 9 },
      { index: 3, milliseconds: 9 },
      { index: 5, milliseconds: 7 },
    ]);
  });

  for (const sizes of [
    { uploads: 1, files: 1 },
    { uploads: 100, files: 1 },
    { uploads: 101, files: 1 },
    { uploads: 7, files: 33 },
    { uploads: 1000, files: 10 },
  ])
    test(`of ${sizes.uploads} × ${sizes.files} files, those of some are told, evenly spread`, () => {
      const watched = watchedFiles(sizes);
      assert.ok(watched.length <= 100 && watched.length >= Math.min(sizes.uploads * sizes.files, 50));
      const known = [];
      for (let user = 1; user <= sizes.uploads; user++)
        for (let file = 1; file <= sizes.files; file++) {
          const number = fileNumber(sizes, user, file);
          if (isWatched(sizes, number)) known.push(number);
        }
      assert.deepEqual(watched, known);
      const keys = observedUploads(sizes).map(([key]) => key);
      assert.equal(keys.length, 1 + 6 * watched.length);
      assert.equal(new Set(keys).size, keys.length);
    });
});

const TIME = 'slowest_chunk_time';
const INDEX = 'slowest_chunk_index';
const gauge = (value: number) => ({ value, min: value, max: value });

/** Two users with two files each, of which one failed, in ten seconds of work each. */
const SETTINGS = { numSessions: 2, files: 2, slowChunkSeconds: 5 };
const METRICS: Metrics = {
  users_started: counter(2),
  users_completed: counter(1),
  users_failed: counter(1),
  users_ended: counter(2),
  user_success: rate(1, 1),
  hold_user_time: counter(20_000),
  files_begun: counter(4),
  files_completed: counter(3),
  files_failed: counter(1),
  file_success: rate(3, 1),
  'file_success{stage:1}': rate(3, 1),
  file_latency: trend(3, 4000),
  chunks_sent: counter(41),
  chunks_acknowledged: counter(40),
  chunks_failed: counter(1),
  chunk_success: rate(40, 1),
  chunk_latency: trend(40, 100),
  generator_lag: trend(40, 10),
  bytes_sent: counter(410e6),
  bytes_acknowledged: counter(400e6),
  'bytes_acknowledged{stage:1}': { count: 400e6, rate: 40e6 },
  bytes_failed: counter(10e6),
  file_speed: { count: 3, min: 20e6, med: 25e6, avg: 25e6, max: 30e6 },
  chunk_time_per_10mb: trend(40, 100),
  chunks_slow: counter(2),
  chunks_resumed: counter(3),
  transfer_began: { count: 2, min: 50, avg: 60, med: 60, max: 70 },
  transfer_ended: { count: 2, min: 7000, avg: 7500, med: 7500, max: 8050 },
  making_time: counter(1600),
  failures: counter(2),
  'failures{phase:chunk,reason:http_500}': counter(1),
  'failures{phase:complete,reason:checksum}': counter(1),
  login_success: rate(2, 0),
  logins_sent: counter(2),
  logins_answered: counter(2),
  login_latency: trend(2, 5),
  [slowestOf(TIME, 1, 1)]: gauge(6000),
  [slowestOf(INDEX, 1, 1)]: gauge(0),
  [slowestOf(TIME, 1, 2)]: gauge(80),
  [slowestOf(INDEX, 1, 2)]: gauge(7),
  [slowestOf(TIME, 4, 1)]: gauge(5100),
  [slowestOf(INDEX, 4, 1)]: gauge(9),
  [slowestOf(TIME, 3, 1)]: gauge(0),
  [slowestOf(INDEX, 3, 1)]: gauge(0),
};

function summary(change: Metrics = {}, limits: object = {}, settings: object = SETTINGS) {
  const text = JSON.stringify({ target: limits });
  const parsed = parseLimits(text, 'limits.json', metricsOf(UPLOAD_WORDS)).target;
  const about = { vocabulary: UPLOAD_WORDS, settings: { ...settings }, plan: burst(2), limits: parsed };
  return summaryOf(
    testInfo({ ...about, generatorLagLimitMs: 250 }),
    k6Data({ ...METRICS, ...change }, 10_000),
  );
}

describe('the part of a run', () => {
  test('has what k6 counted', () => {
    const { uploads } = summary();
    assert.ok(uploads);
    const { pace, speed, ...rest } = uploads;
    assert.deepEqual(rest, {
      ...{ completed: 3, failed: 1, bytes: 400e6, bytesLost: 10e6, transferMs: 8000, bytesPerSecond: 50e6 },
      ...{ slow: 2, resumed: 3, summed: 4, equal: 3 },
      slowest: [
        { file: 1, index: 0, milliseconds: 6000 },
        { file: 4, index: 9, milliseconds: 5100 },
        { file: 1, index: 7, milliseconds: 80 },
      ],
      // 1.6 s of making and 0.4 s of lag in 20 s.
      ownShare: 0.1,
    });
    assert.deepEqual([pace['med'], speed['med']], [100, 25e6]);
  });

  test('tells the slowest twenty of many', () => {
    const files = Array.from({ length: 30 }, (_, index) => index + 1);
    const change = Object.fromEntries(files.map((file) => [slowestOf(TIME, file, 2), gauge(file)]));
    const cleared = Object.fromEntries([1, 4].map((file) => [slowestOf(TIME, file, 1), gauge(0)]));
    const { uploads } = summary({ ...change, ...cleared }, {}, { ...SETTINGS, numSessions: 15 });
    const told = uploads?.slowest.map(({ file, milliseconds }) => [file, milliseconds]);
    assert.deepEqual(
      told,
      files
        .slice(-20)
        .reverse()
        .map((file) => [file, file]),
    );
  });

  test('is told in lines and in tables', () => {
    const run = summary();
    assert.deepEqual(UPLOADS.lines(run), [
      ['uploads', '3 of 4 files, 400 MB at 50 MB/s, each 25 MB/s (p50)'],
      ['10 MB', 'p50 100 ms, p95 140 ms, p99 180 ms, at most 200 ms; 2 chunks of 5.00 s or more'],
      ['slowest', 'chunk 0 of file 1: 6.00 s'],
      ['merged files', 'checksum equal in 3 of 4; 3 chunks sent again'],
    ]);
    const [section] = [UPLOADS.section(run)].flat();
    assert.ok(section instanceof Html);
    const text = section.text.replace(/<[^>]*>/g, ' ').replace(/[\s\u00a0]+/g, ' ');
    assert.match(text, / in all 50 MB\/s, from the first chunk to the last in 8.00 s /);
    assert.match(text, / checksum of merged files equal 3 of 4 /);
    assert.match(text, / 1 0 6.00 s 4 9 5.10 s 1 7 80 ms /);
    assert.match(text, / to make, sum and copy chunks 10 % /);
  });

  test('gives figures to compare', () => {
    const values = (UPLOADS.figures ?? []).map(({ metric, value }) => [metric, value(summary())]);
    assert.deepEqual(Object.fromEntries(values), {
      upload_bytes_per_second: 50e6,
      upload_pace: 140,
      uploads_unequal: 1,
    });
  });

  test('of another system is none', () => {
    assert.equal(summaryOf(testInfo(), k6Data({})).uploads, undefined);
  });

  test('without a single chunk has no times', () => {
    const none = { transfer_began: {}, transfer_ended: {}, hold_user_time: {}, chunk_time_per_10mb: {} };
    const { uploads } = summary(none);
    assert.deepEqual([uploads?.transferMs, uploads?.bytesPerSecond, uploads?.ownShare], [null, null, null]);
  });
});

const doubts = (run: RunSummary) => UPLOADS.doubts?.(run);
const least = (bound: number) => ({ bytes_acknowledged: [`rate>${bound}`] });

describe('a limit on bytes per second', () => {
  test('is judged over the whole run, and told as bytes', () => {
    const [limit] = summary({}, least(30e6)).stages[0]?.limits ?? [];
    assert.deepEqual([limit?.value, limit?.unit, limit?.kept], [40e6, 'bytes per second', true]);
    const run = summary({}, least(60e6));
    assert.match(
      verdictOf(run).sentence,
      /^breaks with 2 uploads at once: bytes acknowledged 40 MB\/s, limit 60 MB\/s$/,
    );
  });

  test('that broke is no doubt where the target took the time', () => {
    assert.deepEqual(doubts(summary({}, least(60e6))), []);
  });

  test('is doubted where it holds from the first chunk to the last', () => {
    assert.deepEqual(doubts(summary({}, least(45e6))), [
      'bytes acknowledged 40 MB/s, limit 45 MB/s, are over the whole run with its log-ins; from the first chunk to the last, in 8.00 s, they were 50 MB/s: make FILE_BYTES larger',
    ]);
  });

  test('is doubted where it might hold without what the load generator itself took', () => {
    assert.deepEqual(doubts(summary({}, least(55e6))), [
      'bytes acknowledged 40 MB/s, limit 55 MB/s, but the load generator itself took 10 % of the time, to make, sum and copy chunks: use fewer uploads per machine or a larger one',
    ]);
    assert.equal(verdictOf(summary({}, least(55e6))).result, 'INVALID');
  });

  test('is not doubted where another limit says that the target broke', () => {
    assert.deepEqual(doubts(summary({}, { ...least(45e6), file_success: ['rate>0.99'] })), []);
  });
});

test('fewer files than planned are doubted', () => {
  const run = summary({ files_begun: counter(3) });
  assert.deepEqual(doubts(run), ['only 3 of 4 files were begun: the others had no log-in']);
  assert.deepEqual(observedUploads({ uploads: 2, files: 2 })[0], ['files_begun', 'counter', 'count>=4']);
  assert.deepEqual(doubts(summary({ files_begun: counter(3) }, { file_success: ['rate>0.99'] })), []);
});
