/** How files were uploaded: how fast in all and each, the slowest chunks, what was sent again, whether files are equal. Pure. */
import {
  BYTES_ACKNOWLEDGED,
  BYTES_FAILED,
  FILE_SPEED,
  FIRST_SENT,
  LAST_ANSWERED,
  MAKING,
  PACE,
  RANKS,
  RESUMED,
  SLOW,
  SLOWEST_INDEX,
  SLOWEST_TIME,
  slowestOf,
  observedUploads,
  plannedFiles,
  watchedFiles,
  type Sizes,
} from '../../lib/measures/uploads.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { lessLoadOrLarger } from '../derive/doubts/lessLoad.ts';
import type { Distribution, K6Metrics } from '../derive/k6Data.ts';
import type { LimitResult, RunSummary, TestInfo } from '../derive/summary.ts';
import { PERCENTILES, percentilesText } from '../html/charts/latency.ts';
import { html, type Html } from '../html/escape.ts';
import { columnsOf, facts, table } from '../html/table.ts';
import type { NamedLine } from '../text/books.ts';
import {
  bytes,
  counted,
  duration,
  figureText,
  limitSentence,
  percent,
  timeText,
  whole,
} from '../text/words.ts';
import { ifAny, type Break, type Part } from './part.ts';

/** A chunk, by the number of its file in the run, from 1, and its own in the file, from 0. */
export interface SlowChunk {
  file: number;
  index: number;
  milliseconds: number;
}

/** `summary.uploads`. Times are milliseconds; null: nothing was measured. */
export interface UploadsSummary {
  /** Files that were merged, and those that were not. */
  completed: number;
  failed: number;
  /** Bytes of acknowledged chunks, and of those that failed. */
  bytes: number;
  bytesLost: number;
  /** From the first chunk to the answer to the last. */
  transferMs: number | null;
  bytesPerSecond: number | null;
  /** Bytes per second of each completed file. */
  speed: Distribution;
  /** How long 10 MB took in a chunk. */
  pace: Distribution;
  /** Chunks that took SLOW_CHUNK_SECONDS or more by that, and the slowest of all: three of a file at most. */
  slow: number;
  slowest: SlowChunk[];
  /** Chunks sent once more. */
  resumed: number;
  /** Merged files whose checksum the target told, and those of them whose checksum is that of what was sent. */
  summed: number;
  equal: number;
  /** Share of the time of uploads that the load generator itself took, to make, sum and copy chunks. */
  ownShare: number | null;
}

/** So many slow chunks are told. */
const MOST_SLOWEST = 20;

function uploadsOf(metrics: K6Metrics, test: TestInfo): UploadsSummary {
  const completed = metrics.count('files_completed');
  const acknowledged = metrics.count(BYTES_ACKNOWLEDGED);
  const transferMs = transferOf(metrics);
  const isTimed = transferMs !== null && transferMs > 0;
  return {
    completed,
    failed: metrics.count('files_failed'),
    bytes: acknowledged,
    bytesLost: metrics.count(BYTES_FAILED),
    transferMs,
    bytesPerSecond: isTimed ? (acknowledged * 1000) / transferMs : null,
    speed: metrics.distribution(FILE_SPEED),
    pace: metrics.distribution(PACE),
    slow: metrics.count(SLOW),
    slowest: slowestIn(metrics, sizesOf(test)),
    resumed: metrics.count(RESUMED),
    summed: completed + wrongSums(metrics),
    equal: completed,
    ownShare: ownShareOf(metrics),
  };
}

/** The target said another checksum, or that ours is wrong. */
function wrongSums(metrics: K6Metrics): number {
  const reasons = ['checksum', 'http_422'];
  return reasons.reduce((sum, reason) => sum + metrics.count(`failures{phase:complete,reason:${reason}}`), 0);
}

function transferOf(metrics: K6Metrics): number | null {
  const { min: from } = metrics.distribution(FIRST_SENT);
  const { max: to } = metrics.distribution(LAST_ANSWERED);
  return from === undefined || to === undefined ? null : to - from;
}

function ownShareOf(metrics: K6Metrics): number | null {
  const all = metrics.count('hold_user_time');
  const { count = 0, avg = 0 } = metrics.distribution('generator_lag');
  return all === 0 ? null : Math.min(1, (metrics.count(MAKING) + count * avg) / all);
}

function slowestIn(metrics: K6Metrics, sizes: Sizes): SlowChunk[] {
  const chunks = watchedFiles(sizes).flatMap((file) =>
    RANKS.map((rank) => ({
      file,
      index: metrics.value(slowestOf(SLOWEST_INDEX, file, rank)),
      milliseconds: metrics.value(slowestOf(SLOWEST_TIME, file, rank)),
    })),
  );
  const timed = chunks.filter(({ milliseconds }) => milliseconds > 0);
  return timed.sort((a, b) => b.milliseconds - a.milliseconds).slice(0, MOST_SLOWEST);
}

function sizesOf({ settings }: Pick<TestInfo, 'settings'>): Sizes {
  return { uploads: Number(settings['numSessions'] ?? 0), files: Number(settings['files'] ?? 0) };
}

/** The part of runs that upload files. */
export const UPLOADS: Part = {
  name: 'uploads',
  title: 'Uploads',
  field: 'uploads',
  summarize: (metrics, test) =>
    Object.hasOwn(test.vocabulary.metrics, FILE_SPEED) ? { uploads: uploadsOf(metrics, test) } : {},
  observed: (summary) => observedUploads(sizesOf(summary)),
  lines: (summary) => ifAny(summary.uploads, (uploads) => linesOf(uploads, summary)),
  section: (summary) => ifAny(summary.uploads, (uploads) => [sectionOf(uploads, summary)]),
  sentence: sentenceOf,
  doubts: (summary) => ifAny(summary.uploads, (uploads) => doubtsOf(uploads, summary)),
  figures: [
    {
      ...{
        metric: 'upload_bytes_per_second',
        name: 'bytes per second',
        unit: 'bytes per second',
        more: true,
      },
      ...{ relative: 0.1, absolute: 1e6, value: ({ uploads }) => uploads?.bytesPerSecond ?? null },
    },
    {
      ...{ metric: 'upload_pace', name: '10 MB in a chunk p95', unit: 'ms', more: false },
      ...{ relative: 0.1, absolute: 50, value: ({ uploads }) => uploads?.pace['p(95)'] ?? null },
    },
    {
      ...{ metric: 'uploads_unequal', name: 'files with another checksum', unit: 'count', more: false },
      ...{ relative: 0, absolute: 0, value: ({ uploads }) => unequalOf(uploads) },
    },
  ],
};

function unequalOf(uploads: UploadsSummary | undefined): number | null {
  return uploads === undefined ? null : uploads.summed - uploads.equal;
}

const FILES = { one: 'file', many: 'files' };

function speedText(value: number | null | undefined): string {
  return figureText('bytes per second', value);
}

function slowBound({ settings }: RunSummary): string {
  return duration(Number(settings['slowChunkSeconds'] ?? 0) * 1000);
}

function linesOf(uploads: UploadsSummary, summary: RunSummary): NamedLine[] {
  const { completed, failed, bytes: sent, bytesPerSecond, speed, pace, slow, resumed } = uploads;
  const [slowest] = uploads.slowest;
  return [
    [
      'uploads',
      `${whole(completed)} of ${countedAs(completed + failed, FILES)}, ${bytes(sent)} at ${speedText(bytesPerSecond)}, each ${speedText(speed['med'])} (p50)`,
    ],
    [
      '10 MB',
      `${percentilesText(pace)}, at most ${timeText(pace['max'])}; ${counted(slow, 'chunk')} of ${slowBound(summary)} or more`,
    ],
    ...(slowest === undefined ? [] : [['slowest', chunkText(slowest)] as const]),
    [
      'merged files',
      `checksum equal in ${whole(uploads.equal)} of ${whole(uploads.summed)}; ${counted(resumed, 'chunk')} sent again`,
    ],
  ];
}

function chunkText({ file, index, milliseconds }: SlowChunk): string {
  return `chunk ${index} of file ${file}: ${duration(milliseconds)}`;
}

function sectionOf(uploads: UploadsSummary, summary: RunSummary): Html {
  return html`${facts(factsOf(uploads, summary))} ${paceTable(uploads)} ${slowestTable(uploads)}
    <p class="note">
      A last chunk that is smaller is taken as a full one. Of up to 100 files, evenly spread, the three
      slowest chunks are kept, of which the table has the slowest ${MOST_SLOWEST}. Files are numbered from 1
      over the whole run, chunks from 0 in their file.
    </p>`;
}

function factsOf(uploads: UploadsSummary, summary: RunSummary): [string, string][] {
  const { completed, failed, bytesLost, speed, ownShare } = uploads;
  return [
    ['files completed', `${whole(completed)} of ${whole(completed + failed)}`],
    ['bytes acknowledged', bytes(uploads.bytes)],
    ['bytes lost with chunks that failed', bytes(bytesLost)],
    [
      'in all',
      `${speedText(uploads.bytesPerSecond)}, from the first chunk to the last in ${timeText(uploads.transferMs)}`,
    ],
    ['each file', `p50 ${speedText(speed['med'])}, at least ${speedText(speed['min'])}`],
    [`chunks of ${slowBound(summary)} or more per 10 MB`, whole(uploads.slow)],
    ['chunks sent again', whole(uploads.resumed)],
    ['checksum of merged files equal', `${whole(uploads.equal)} of ${whole(uploads.summed)}`],
    ['time that k6 took to make, sum and copy chunks', ownShare === null ? '–' : percent(ownShare, 0)],
  ];
}

function paceTable({ pace }: UploadsSummary): Html {
  const heads = ['', 'min', ...PERCENTILES.map(({ name }) => name), 'max'];
  const aggregates = ['min', ...PERCENTILES.map(({ aggregate }) => aggregate), 'max'];
  const cells = ['10 MB', ...aggregates.map((aggregate) => timeText(pace[aggregate]))];
  return table('Time of 10 MB in a chunk', columnsOf(heads), [{ cells }]);
}

function slowestTable({ slowest }: UploadsSummary): Html {
  const rows = slowest.map(({ file, index, milliseconds }) => ({
    cells: [whole(file), whole(index), timeText(milliseconds)],
  }));
  return table('Slowest chunks', columnsOf(['file', 'index', 'time']), rows);
}

function sentenceOf(summary: RunSummary, broken: Break | undefined): string {
  const { uploads, plan, vocabulary } = summary;
  const level = countedAs(plan.stages[0]?.level ?? 0, vocabulary.level);
  if (broken !== undefined) return `breaks with ${level} at once: ${limitSentence(broken.worst)}`;
  const { completed = 0, bytes: sent = 0, bytesPerSecond, pace } = uploads ?? {};
  const rate = `${countedAs(completed, FILES)}, ${bytes(sent)} at ${speedText(bytesPerSecond)}`;
  return `takes ${level} at once: ${rate}, 10 MB in ${timeText(pace?.['p(99)'])} (p99)`;
}

/** Fewer files than planned are less load, but where a limit says why. */
function doubtsOf(uploads: UploadsSummary, summary: RunSummary): string[] {
  const judged = summary.stages.filter(({ binding }) => binding).flatMap(({ limits }) => limits);
  const broken = judged.filter(({ kept }) => kept === false);
  if (broken.length > 0) return broken.every(isThroughput) ? throughputDoubts(uploads, broken, summary) : [];
  const planned = plannedFiles(sizesOf(summary));
  const { began = 0 } = summary.operations['file'] ?? {};
  return began >= planned
    ? []
    : [`only ${whole(began)} of ${countedAs(planned, FILES)} were begun: the others had no log-in`];
}

/** Where throughput is all that broke, it may be the load generator's: then nobody can say what the target could do. */
function throughputDoubts(
  { ownShare, transferMs, bytesPerSecond }: UploadsSummary,
  broken: readonly LimitResult[],
  { plan, vocabulary }: RunSummary,
): string[] {
  const [measured, inTransfer, own] = [broken[0]?.value ?? 0, bytesPerSecond ?? 0, ownShare ?? 0];
  const bound = Math.max(...broken.map((limit) => limit.bound));
  const what = `bytes acknowledged ${speedText(measured)}, limit ${speedText(bound)}`;
  if (inTransfer >= bound)
    return [
      `${what}, are over the whole run with its log-ins; from the first chunk to the last, in ${timeText(transferMs)}, they were ${speedText(inTransfer)}: make FILE_BYTES larger`,
    ];
  if (Math.max(measured, inTransfer) < bound * (1 - own)) return [];
  return [
    `${what}, but the load generator itself took ${percent(own, 0)} of the time, to make, sum and copy chunks: ${lessLoadOrLarger(plan, vocabulary.level.many)}`,
  ];
}

function isThroughput({ metric, unit, operator }: LimitResult): boolean {
  return metric === BYTES_ACKNOWLEDGED && unit === 'bytes per second' && operator.startsWith('>');
}
