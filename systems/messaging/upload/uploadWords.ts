/** Uploads of files in words. Pure. */
import {
  BYTES_ACKNOWLEDGED,
  BYTES_FAILED,
  BYTES_SENT,
  FILE_SPEED,
  FIRST_SENT,
  LAST_ANSWERED,
  MAKING,
  PACE,
  RESUMED,
  SLOW,
  SLOWEST_INDEX,
  SLOWEST_TIME,
} from '../../../lib/measures/uploads.ts';
import { count, time, totalTime } from '../../../lib/vocabulary/metricWords.ts';
import {
  judgedMetrics,
  latencyColumns,
  openMetric,
  openOf,
  operation,
} from '../../../lib/vocabulary/operationWords.ts';
import { visit, visitLooks, visitMetrics, visitRules } from '../../../lib/vocabulary/visitWords.ts';
import type { Metric, PhaseWords, Rule, Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import {
  LOGIN_AT_TARGET,
  LOGIN_LOOKS,
  LOGIN_METRICS,
  LOGIN_OPERATION,
  LOGIN_PHASE,
  LOGIN_REASONS,
  LOGIN_RULES,
  USER,
} from '../login/loginWords.ts';

const CHUNK = { one: 'chunk', many: 'chunks' };
const CHUNK_VERBS = ['sent', 'acknowledged'] as const;
const FILE = { one: 'file', many: 'files' };
const FILE_VERBS = ['begun', 'completed'] as const;

const bytes = (is: string, more: Partial<Metric> = {}): Metric => ({
  ...{ kind: 'counter', unit: 'bytes', is },
  ...more,
});

const CHUNK_METRICS: Vocabulary['metrics'] = {
  ...judgedMetrics(CHUNK, CHUNK_VERBS, {
    began: 'chunks, each time that one is sent',
    good: 'chunks whose answer says the same index, bytes and checksum',
    failed: 'those without, by `reason`',
    success: 'acknowledged (1) or failed (0), each time that one is sent',
    latency: 'from a chunk to the end of its answer; acknowledged chunks only',
  }),
  ...openMetric(CHUNK, CHUNK_VERBS),
  failed_chunk_time: totalTime('that failed chunks took'),
  [PACE]: time(
    'the same as if 10 MB were in each chunk; a last chunk that is smaller is taken as a full one',
    {
      limit: 'every stage',
      samples: 'chunks_acknowledged',
      scaled: true,
      stages: true,
    },
  ),
  [SLOW]: count('chunks that took `SLOW_CHUNK_SECONDS` or more by that', { limit: 'run' }),
  [RESUMED]: count('chunks sent once more: after they had failed, or because the server missed them', {
    limit: 'run',
  }),
  [SLOWEST_TIME]: {
    kind: 'gauge',
    unit: 'ms',
    is: 'time of the three slowest chunks of a file, by `file` and `rank`; of up to 100 files, evenly spread',
  },
  [SLOWEST_INDEX]: { kind: 'gauge', unit: 'count', is: 'which chunks of their files those are, from 0' },
};

const FILE_METRICS: Vocabulary['metrics'] = {
  ...judgedMetrics(FILE, FILE_VERBS, {
    began: 'files',
    good: 'files that were merged, of the same size and checksum',
    failed: 'those that were not, by the `reason` that ended them',
    latency: 'from the begin of a file to the answer that it is merged; completed files only',
  }),
  ...openMetric(FILE, FILE_VERBS),
  failed_file_time: totalTime('that failed files took'),
  [FILE_SPEED]: {
    kind: 'trend',
    unit: 'bytes per second',
    is: 'size of a completed file by that time',
    limit: 'every stage',
    samples: 'files_completed',
  },
};

const BYTE_METRICS: Vocabulary['metrics'] = {
  [BYTES_SENT]: bytes('bytes of the chunks that were sent', { stages: true }),
  [BYTES_ACKNOWLEDGED]: bytes(
    'bytes of the chunks that were acknowledged; its `rate` is over the whole run',
    {
      limit: 'every stage',
      samples: BYTES_SENT,
      stages: true,
    },
  ),
  [BYTES_FAILED]: bytes('bytes of the chunks that failed, or were sent in vain with an expired token', {
    limit: 'run',
  }),
  [FIRST_SENT]: time("from the start of the load to a user's first chunk"),
  [LAST_ANSWERED]: time('from there to the answer to the last one'),
  [MAKING]: totalTime('that the load generator took to make chunks and their checksums; in no latency'),
};

const OPERATIONS: Vocabulary['operations'] = {
  user: visit(USER),
  login: LOGIN_OPERATION,
  chunk: operation(CHUNK, CHUNK_VERBS, 'HTTP', {
    open: openOf(CHUNK),
    badTime: 'failed_chunk_time',
    phase: 'chunk',
  }),
  // A chunk or a request that fails ends it, so its failures are theirs.
  file: operation(FILE, FILE_VERBS, 'HTTP', { open: openOf(FILE), badTime: 'failed_file_time' }),
};

const RESUMABLE = { repeats: true, retried: true } as const;

const PHASES: Record<string, PhaseWords> = {
  login: LOGIN_PHASE,
  initiate: { title: 'begin of a file', prefix: 'initiate: ', families: ['rest'], ...RESUMABLE },
  chunk: { title: 'chunk', prefix: 'chunk: ', families: ['rest', 'sum'], ...RESUMABLE },
  complete: { title: 'merge of a file', prefix: 'complete: ', families: ['rest', 'sum'], ...RESUMABLE },
};

const RULES: readonly Rule[] = [
  ...visitRules(USER),
  ...LOGIN_RULES,
  { left: ['generator_lag'], is: '=', right: ['chunks_acknowledged'], stages: true },
  { left: [PACE], is: '=', right: ['chunks_acknowledged'], stages: true },
  { left: [FILE_SPEED], is: '=', right: ['files_completed'] },
  { left: ['files_failed'], is: '<=', right: ['failures'] },
  { left: [SLOW], is: '<=', right: ['chunks_acknowledged'] },
  { left: [RESUMED], is: '<=', right: ['chunks_sent'] },
  {
    left: [BYTES_SENT],
    is: '=',
    right: [BYTES_ACKNOWLEDGED, BYTES_FAILED],
    only: 'whole',
    ledger: { name: 'bytes', left: 'sent', right: ['acknowledged', 'failed'] },
  },
];

const PLATFORM = "the platform's log at that upload";

/** Where to look first when a limit on this metric breaks: half a sentence each. */
export const UPLOAD_LOOKS: Readonly<Record<string, string>> = {
  chunk_latency: 'the disks that chunks are written to, and the bandwidth between',
  [PACE]:
    'the disks that chunks are written to, the bandwidth between, and proxies that keep a whole body before they pass it on',
  [SLOW]: 'the list of slow chunks: one file, the same moment, or the first of each file',
  chunk_success: 'the classes of failures, and the space on the disks of the platform',
  chunks_failed: 'the classes of failures, and the space on the disks of the platform',
  chunks_acknowledged: 'the classes of failures, and the space on the disks of the platform',
  [RESUMED]: 'the classes of failures behind which chunks were sent again',
  file_success: 'the classes of failures of chunks and of merges',
  files_failed: 'the classes of failures of chunks and of merges',
  files_completed: 'the classes of failures of chunks and of merges',
  file_latency: 'how long the merge takes beside the chunks: it reads and sums the whole file again',
  [FILE_SPEED]:
    'how many uploads the platform serves at a time, and what each connection gets of the bandwidth',
  [BYTES_ACKNOWLEDGED]:
    'the network and the disks of the platform, and how many of its processes take chunks',
  [BYTES_FAILED]: 'the classes of failures of chunks',
  ...visitLooks(USER),
  ...LOGIN_LOOKS,
};

/** Uploads of users, and how they are judged. */
export const UPLOAD_WORDS: Vocabulary = {
  system: 'messaging',
  level: { one: 'upload', many: 'uploads' },
  visit: 'user',
  headline: 'chunk',
  answer: 'an acknowledged chunk',
  shorter: 'FILE_BYTES smaller',
  spread: 'STAGGER_SECONDS',
  held: { metric: 'hold_user_time', did: 'were under way' },
  operations: OPERATIONS,
  metrics: {
    ...visitMetrics(USER),
    hold_user_time: totalTime('users at work', { stages: true }),
    ...LOGIN_METRICS,
    ...CHUNK_METRICS,
    ...FILE_METRICS,
    ...BYTE_METRICS,
  },
  phases: PHASES,
  columns: [
    { head: 'files', title: 'files completed', metric: 'files_completed', aggregate: 'count' },
    { head: 'chunks', title: 'chunks acknowledged', metric: 'chunks_acknowledged', aggregate: 'count' },
    { head: 'success', title: 'chunks acknowledged', metric: 'chunk_success', aggregate: 'rate' },
    ...latencyColumns('chunk'),
  ],
  lines: [
    {
      title: 'chunk',
      trend: 'chunk_latency',
      about: 'from a chunk to the end of its answer',
      without: 'none',
      all: true,
    },
    {
      title: 'file',
      trend: 'file_latency',
      about: 'from its begin to the answer that it is merged',
      without: 'none',
    },
  ],
  table: true,
  rules: RULES,
  atTarget: [
    ...LOGIN_AT_TARGET,
    { what: 'files begun', theirs: 'messaging.files.initiated', ours: 'files_begun' },
    { what: 'files completed', theirs: 'messaging.files.completed', ours: 'files_completed' },
    {
      what: 'chunks',
      theirs: 'messaging.endpoints.chunk.begun',
      // Sent in vain with a token that had expired.
      less: ['messaging.endpoints.chunk.answered.401'],
      ours: 'chunks_sent',
    },
    {
      what: 'chunks acknowledged',
      theirs: ['messaging.chunks.acknowledged', 'messaging.chunks.repeated'],
      ours: 'chunks_acknowledged',
    },
    {
      what: 'bytes acknowledged',
      theirs: ['messaging.chunks.bytesAcknowledged', 'messaging.chunks.bytesRepeated'],
      ours: BYTES_ACKNOWLEDGED,
      only: 'clean',
    },
    { what: 'bytes received', theirs: 'messaging.chunks.bytesReceived', is: '<=', ours: BYTES_SENT },
  ],
  targetRules: [
    {
      left: ['messaging.files.initiated'],
      is: '=',
      right: ['messaging.files.open', 'messaging.files.failed', 'messaging.files.completed'],
    },
    { left: ['messaging.chunks.bytesAcknowledged'], is: '<=', right: ['messaging.chunks.bytesStored'] },
    { left: ['messaging.chunks.bytesStored'], is: '<=', right: ['messaging.chunks.bytesReceived'] },
  ],
  signs: [
    {
      phases: ['login', 'initiate'],
      reasons: '^http_(400|401|403|404|other)$',
      expected: 'a status of 200 to 299',
      check: 'API_BASE_URL, USER_NAME and PASSWORD: what answers there may be another system',
    },
    {
      phases: ['login', 'initiate'],
      reasons: '^bad_body$',
      expected: 'JSON with a token, or with the id of a file and the size of its chunks',
      check: 'API_BASE_URL and MAX_CHUNK_BYTES',
    },
  ],
  looks: UPLOAD_LOOKS,
  reasons: {
    ...LOGIN_REASONS,
    http_409: {
      title: 'HTTP 409 Conflict',
      why: 'other bytes are there for this chunk, or chunks of the file are missing',
      look: 'how the platform keeps chunks: it lost some, or mixed up two files',
    },
    http_422: {
      title: 'HTTP 422 Unprocessable Content',
      why: 'the platform says that the bytes it has are not those of the checksum: they changed on their way, or when they were kept',
      look: 'proxies and disks between the load generator and the merged file',
    },
    checksum: {
      title: 'wrong checksum',
      why: 'the platform says that it has other bytes than were sent',
      look: PLATFORM,
    },
  },
};
