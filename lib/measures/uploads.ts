/**
 * What scripts with uploads count, and their part of the report reads.
 *
 * VUs share nothing, and k6 has no metric that is a list. So each file that is watched says its slowest chunks by a Gauge
 * each, in sub-metrics by the number of the file and the rank of the chunk; the report picks the slowest of all. Pure.
 */

/** Files that were begun. */
export const FILES_BEGUN = 'files_begun';
/** Bytes of chunks: sent, acknowledged by the target, and lost with what failed. */
export const BYTES_SENT = 'bytes_sent';
export const BYTES_ACKNOWLEDGED = 'bytes_acknowledged';
export const BYTES_FAILED = 'bytes_failed';
/** How long a chunk takes, as if 10 MB were in each. */
export const PACE = 'chunk_time_per_10mb';
/** Chunks slower than SLOW_CHUNK_SECONDS, by that. */
export const SLOW = 'chunks_slow';
/** Chunks that were sent once more. */
export const RESUMED = 'chunks_resumed';
/** Bytes of a file by the time from its begin to its end. */
export const FILE_SPEED = 'file_speed';
/** When the first chunk of a visit was sent, and when its last one was answered, since the load began. */
export const FIRST_SENT = 'transfer_began';
export const LAST_ANSWERED = 'transfer_ended';
/** What the load generator itself takes to make chunks. */
export const MAKING = 'making_time';
/** The time of a slow chunk, and which chunk of its file it is. */
export const SLOWEST_TIME = 'slowest_chunk_time';
export const SLOWEST_INDEX = 'slowest_chunk_index';

/** Bytes of the pace. */
export const TEN_MB = 1e7;

/** Chunks of a file that are told. */
export const MOST_RANKS = 3;

/** Each costs k6 a few sub-metrics. */
const MOST_WATCHED = 100;

/** How many users there are, and files of each. */
export interface Sizes {
  uploads: number;
  files: number;
}

/** The number of a file in the whole run, from 1: of a user's file, both from 1. */
export function fileNumber({ files }: Pick<Sizes, 'files'>, user: number, file: number): number {
  return (user - 1) * files + file;
}

/** Whether the slowest chunks of this file are told: of all, or of some that are evenly spread. */
export function isWatched(sizes: Sizes, number: number): boolean {
  return (number - 1) % stepOf(plannedFiles(sizes)) === 0;
}

/** Those that are. */
export function watchedFiles(sizes: Sizes): number[] {
  const total = plannedFiles(sizes);
  const step = stepOf(total);
  return Array.from({ length: Math.ceil(total / step) }, (_, place) => 1 + place * step);
}

function stepOf(total: number): number {
  return Math.ceil(total / MOST_WATCHED);
}

/** The sub-metric of the chunk of this rank, from 1, of a watched file. */
export function slowestOf(metric: string, file: number, rank: number): string {
  return `${metric}{file:${file},rank:${rank}}`;
}

/** All ranks. */
export const RANKS: readonly number[] = Array.from({ length: MOST_RANKS }, (_, index) => index + 1);

/** Files of a whole run. */
export function plannedFiles({ uploads, files }: Sizes): number {
  return uploads * files;
}

/** What k6 must keep for the report, and what must hold of it: fewer files are not the load that was planned. */
export function observedUploads(sizes: Sizes) {
  const slowest = watchedFiles(sizes).flatMap((file) =>
    RANKS.flatMap((rank) =>
      [SLOWEST_TIME, SLOWEST_INDEX].map((metric) => [slowestOf(metric, file, rank), 'gauge'] as const),
    ),
  );
  return [[FILES_BEGUN, 'counter', `count>=${plannedFiles(sizes)}`] as const, ...slowest];
}
