/** HTTP requests in words: what systems that make them need not say anew. Pure. */
import { byTag, totalTime } from './metricWords.ts';
import { judgedMetrics, latencyColumns, openMetric, openOf, operation } from './operationWords.ts';
import type { Column, Line, Operation, PhaseWords, Rule, Vocabulary } from './vocabulary.ts';

const REQUEST = { one: 'request', many: 'requests' };
const VERBS = ['sent', 'answered'] as const;

const JUDGED = judgedMetrics(REQUEST, VERBS, {
  began: 'requests',
  good: 'requests whose answer came in time, with status 2xx and what it must have',
  failed: 'those without, by `reason`',
  latency:
    'from the request to the end of its answer, a connection that it had to open included; answered requests only',
});

/** The metrics of requests, and the sub-metrics of what is asked, as values of a tag. */
export function requestMetrics(tag: string, values: readonly string[]): Vocabulary['metrics'] {
  return {
    ...JUDGED,
    ...openMetric(REQUEST, VERBS),
    failed_request_time: totalTime('that failed requests took'),
    ...byTag(JUDGED, tag, values),
  };
}

/** Where to look when limits on requests break. */
export const REQUEST_LOOKS: Readonly<Record<string, string>> = {
  request_success:
    "the endpoint's log, the time-outs of what it calls, and the limits of the proxy before it",
  request_latency:
    'the pool of connections to the database, its slow queries and locks, and caches that were cold',
  requests_answered:
    'what is used up first: CPU of the workers, the pool to the database, a limit of the proxy',
};

/** The request as an operation. */
export function request(tag: string, values: readonly string[]): Operation {
  return operation(REQUEST, VERBS, 'HTTP', {
    open: openOf(REQUEST),
    badTime: 'failed_request_time',
    phase: 'request',
    by: { tag, values },
  });
}

/** Their columns in the table of stages. */
export const REQUEST_COLUMNS: readonly Column[] = [
  { head: 'requests', title: 'requests sent', metric: 'requests_sent', aggregate: 'count' },
  { head: 'per s', title: 'requests answered per second', metric: 'requests_answered', aggregate: 'rate' },
  { head: 'success', title: 'requests answered', metric: 'request_success', aggregate: 'rate' },
  ...latencyColumns('request'),
];

/** The line of their latency. */
export const REQUEST_LINE: Line = {
  title: 'latency',
  trend: 'request_latency',
  about: 'from request to the end of its answer',
  without: 'none',
  all: true,
};

/** Where requests fail. */
export const REQUEST_PHASE: PhaseWords = {
  title: 'request',
  prefix: 'request: ',
  families: ['rest'],
  repeats: true,
};

/** What must hold of them. */
export const REQUEST_RULES: readonly Rule[] = [
  { left: ['generator_lag'], is: '=', right: ['requests_answered'], stages: true },
];
