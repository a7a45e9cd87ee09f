/** File operations and commands to a Redis server, each alone and both together, in words. Pure. */
import { GENERATOR_LOOP_METRICS } from '../../../lib/vocabulary/loopWords.ts';
import { count } from '../../../lib/vocabulary/metricWords.ts';
import { judgedMetrics, openMetric, openOf, operation } from '../../../lib/vocabulary/operationWords.ts';
import { ROUND_LINE } from '../../../lib/vocabulary/roundWords.ts';
import type { Metric, Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import {
  ASSISTANT,
  CLIENT,
  CLIENT_LOOKS,
  CLIENT_METRICS,
  CLIENT_OPERATION,
  clientRules,
} from '../clientWords.ts';
import { SLOWDOWNS } from './kinds.ts';
import {
  REDIS_LOOKS,
  REDIS_METRICS,
  REDIS_OPERATIONS,
  REDIS_PHASES,
  REDIS_SIGNS,
} from '../redis/redisWords.ts';

const FILE_NOUN = { one: 'file_operation', many: 'file_operations' };
const FILE_VERBS = ['begun', 'completed'] as const;

function slowdown(what: string, samples: string): Metric {
  return {
    kind: 'trend',
    unit: 'factor',
    is: `p95 of ${what} in the stage together, as a multiple of that of the stage alone; one value`,
    limit: 'every stage',
    samples,
    stages: true,
    once: true,
  };
}

const compared = (what: string) =>
  count(`${what} of the stage together that were compared`, { stages: true });

const FILE_METRICS: Vocabulary['metrics'] = {
  ...judgedMetrics(FILE_NOUN, FILE_VERBS, {
    began: 'files that were to be written and read back',
    good: 'those that came back as they were',
    failed: 'those that did not, by `reason`',
    latency: 'of both requests of a file operation, connections included; completed ones only',
  }),
  ...openMetric(FILE_NOUN, FILE_VERBS),
};

/** What clients of `mixed-io` do, and how it is judged. */
export const MIXED_WORDS: Vocabulary = {
  ...ASSISTANT,
  level: CLIENT,
  headline: 'file_operation',
  spread: 'longer ROUND_SECONDS',
  operations: {
    ...CLIENT_OPERATION,
    file_operation: operation(FILE_NOUN, FILE_VERBS, 'HTTP', {
      noun: { one: 'file', many: 'files' },
      open: openOf(FILE_NOUN),
      phase: 'file',
    }),
    ...REDIS_OPERATIONS,
  },
  metrics: {
    ...CLIENT_METRICS,
    ...FILE_METRICS,
    ...REDIS_METRICS,
    [SLOWDOWNS.file.slowdown]: slowdown('file operations', SLOWDOWNS.file.compared),
    [SLOWDOWNS.redis.slowdown]: slowdown('commands', SLOWDOWNS.redis.compared),
    [SLOWDOWNS.file.compared]: compared('file operations'),
    [SLOWDOWNS.redis.compared]: compared('commands'),
    ...GENERATOR_LOOP_METRICS,
  },
  phases: {
    file: { title: 'file operation', prefix: 'file: ', families: ['rest', 'changed'], repeats: true },
    ...REDIS_PHASES,
  },
  columns: [
    { head: 'files', title: 'file operations', metric: 'file_operations_begun', aggregate: 'count' },
    { head: 'p95', title: 'file operation p95', metric: 'file_operation_latency', aggregate: 'p(95)' },
    { head: 'slower', title: 'file operations slower', metric: SLOWDOWNS.file.slowdown, aggregate: 'max' },
    { head: 'commands', title: 'commands', metric: 'commands_sent', aggregate: 'count' },
    { head: 'p95', title: 'command p95', metric: 'command_latency', aggregate: 'p(95)' },
    { head: 'slower', title: 'commands slower', metric: SLOWDOWNS.redis.slowdown, aggregate: 'max' },
  ],
  lines: [
    {
      title: 'write, read',
      trend: 'file_operation_latency',
      about: 'to write a file and read it back',
      without: 'none',
      all: true,
    },
    {
      title: 'redis',
      trend: 'command_latency',
      about: 'from command to answer',
      without: 'none',
      all: true,
    },
    ROUND_LINE,
  ],
  rules: [
    ...clientRules(
      'file_operations_completed',
      'file_operations_failed',
      'commands_answered',
      'commands_failed',
    ),
    { left: ['generator_lag'], is: '=', right: ['file_operations_completed'], stages: true },
    { left: [SLOWDOWNS.file.compared], is: '<=', right: ['file_operations_completed'] },
    { left: [SLOWDOWNS.redis.compared], is: '<=', right: ['commands_answered'] },
  ],
  atTarget: [
    {
      what: 'files written',
      theirs: 'assistant.endpoints.files_write.begun',
      ours: 'file_operations_begun',
    },
  ],
  signs: [
    {
      phases: ['file'],
      reasons: '^(http_(401|403|404|405)|bad_body)$',
      expected: 'status 201 with {"name", "size"} from POST /api/files',
      check: 'API_BASE_URL: what answers there may be another system',
    },
    ...REDIS_SIGNS,
  ],
  looks: {
    ...CLIENT_LOOKS,
    ...REDIS_LOOKS,
    file_operation_success: "the disk, its quota, and the back end's log at that file",
    file_operation_latency: 'the disk, synchronous file calls, and how many threads do them',
    [SLOWDOWNS.file.slowdown]:
      'what file operations and Redis share: one queue, a lock, one connection, a pool of threads that is too small',
    [SLOWDOWNS.redis.slowdown]:
      'what commands wait for while files are written: the same disk (appendfsync), the same CPU, one queue for both',
  },
  secrets: ['REDIS_PASSWORD'],
};
