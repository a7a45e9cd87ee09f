/** Health checks of several hosts in words. Pure. */
import { DONE_AFTER } from '../../../lib/measures/rounds.ts';
import { GENERATOR_LOOP_METRICS } from '../../../lib/vocabulary/loopWords.ts';
import { byTag, totalTime } from '../../../lib/vocabulary/metricWords.ts';
import {
  judgedMetrics,
  latencyColumns,
  openMetric,
  openOf,
  operation,
} from '../../../lib/vocabulary/operationWords.ts';
import { ROUND_LINE } from '../../../lib/vocabulary/roundWords.ts';
import type { Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import {
  ALL_DONE,
  ASSISTANT,
  CLIENT_LOOKS,
  CLIENT_METRICS,
  CLIENT_OPERATION,
  clientRules,
} from '../clientWords.ts';

const CHECK = { one: 'health_check', many: 'health_checks' };
const VERBS = ['sent', 'answered'] as const;

const CHECK_METRICS = judgedMetrics(CHECK, VERBS, {
  began: 'health checks',
  good: 'those that were answered with status 2xx in time',
  failed: 'those that were not, by `reason`',
  latency: 'from the request to the end of its answer, the connection included; answered ones only',
});

/** What is asked of hosts with these names, and how it is judged. */
export function hostsWords(names: readonly string[]): Vocabulary {
  return {
    ...HOSTS_WORDS,
    operations: {
      ...HOSTS_WORDS.operations,
      health_check: { ...CHECK_WORDS, by: { tag: 'host', values: names, reasons: true } },
    },
    metrics: { ...HOSTS_WORDS.metrics, ...byTag(CHECK_METRICS, 'host', names) },
  };
}

const CHECK_WORDS = operation(CHECK, VERBS, 'HTTP', {
  noun: { one: 'check', many: 'checks' },
  open: openOf(CHECK),
  badTime: 'failed_health_check_time',
  phase: 'check',
});

/** The same of any hosts. */
export const HOSTS_WORDS: Vocabulary = {
  ...ASSISTANT,
  level: { one: 'host', many: 'hosts' },
  headline: 'health_check',
  spread: 'several runs with fewer HOSTS each',
  operations: { ...CLIENT_OPERATION, health_check: CHECK_WORDS },
  metrics: {
    ...CLIENT_METRICS,
    ...CHECK_METRICS,
    ...openMetric(CHECK, VERBS),
    failed_health_check_time: totalTime('that failed health checks took'),
    ...GENERATOR_LOOP_METRICS,
  },
  phases: {
    check: { title: 'health check', prefix: '', families: ['rest'], repeats: true },
  },
  columns: [
    { head: 'checks', title: 'health checks', metric: 'health_checks_sent', aggregate: 'count' },
    { head: 'reached', title: 'health checks answered', metric: 'health_check_success', aggregate: 'rate' },
    ...latencyColumns('health_check'),
    ALL_DONE,
  ],
  lines: [
    {
      title: 'latency',
      trend: 'health_check_latency',
      about: 'from request to the end of its answer',
      without: 'none',
      all: true,
    },
    ROUND_LINE,
  ],
  rules: [
    ...clientRules('health_checks_answered', 'health_checks_failed'),
    { left: ['generator_lag'], is: '=', right: ['health_checks_answered'], stages: true },
  ],
  atTarget: [
    {
      what: 'health checks',
      theirs: 'assistant.endpoints.health.begun',
      ours: 'health_checks_sent',
    },
  ],
  signs: [],
  reasons: {
    http_404: {
      title: 'HTTP 404 Not Found',
      why: 'no such path: check HEALTH_PATH',
      look: 'what the host answers there, and the path that a proxy before it passes on',
    },
  },
  looks: {
    ...CLIENT_LOOKS,
    health_check_success: 'the table of hosts: which are gone, and why; DNS, certificates, firewalls',
    health_check_latency: 'the slowest host, and what its health check does itself',
    [DONE_AFTER]: 'the slowest host: one that is gone costs its own time-out',
  },
};
