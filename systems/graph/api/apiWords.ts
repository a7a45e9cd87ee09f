/** Clients of a graph service's endpoints in words. Pure. */
import { count, totalTime } from '../../../lib/vocabulary/metricWords.ts';
import {
  request,
  REQUEST_COLUMNS,
  REQUEST_LINE,
  REQUEST_LOOKS,
  REQUEST_PHASE,
  REQUEST_RULES,
  requestMetrics,
} from '../../../lib/vocabulary/requestWords.ts';
import { visit, visitLooks, visitMetrics, visitRules } from '../../../lib/vocabulary/visitWords.ts';
import type { Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import { CLIENT } from '../clientWords.ts';
import { ENDPOINTS } from './endpoints.ts';

/** What clients do with the endpoints, and how it is judged. */
export const API_WORDS: Vocabulary = {
  system: 'graph',
  level: CLIENT,
  visit: 'client',
  headline: 'request',
  answer: 'an answer',
  shorter: 'STAGE_SECONDS shorter',
  spread: 'THINK_SECONDS',
  held: { metric: 'hold_client_time', did: 'were asking' },
  operations: { client: visit(CLIENT), request: request('endpoint', ENDPOINTS) },
  metrics: {
    ...visitMetrics(CLIENT),
    hold_client_time: totalTime('clients at work in the judged part of a stage', { stages: true }),
    ...requestMetrics('endpoint', ENDPOINTS),
    stress_margin: count(
      'requests answered in the stress stage, less `STRESS_KEEPS` of those of the highest level together',
      { limit: 'run', samples: 'requests_answered', least: -1e12 },
    ),
  },
  phases: { request: REQUEST_PHASE },
  columns: REQUEST_COLUMNS,
  lines: [REQUEST_LINE, { title: 'throughput', rates: [{ metric: 'requests_answered', word: 'requests' }] }],
  rules: [...visitRules(CLIENT), ...REQUEST_RULES],
  atTarget: ENDPOINTS.map((endpoint) => ({
    what: `requests of ${endpoint}`,
    theirs: endpoint === 'health' ? 'health.begun' : `graph.endpoints.${endpoint}.begun`,
    ...(endpoint === 'health' ? { is: '>=' } : {}),
    ours: `requests_sent{endpoint:${endpoint}}`,
  })),
  targetRules: [],
  signs: [
    {
      phases: ['request'],
      reasons: '^(http_(401|403|404)|bad_body)$',
      expected: 'status 200 and the JSON of a graph service',
      check: 'API_BASE_URL: what answers there may be another system',
    },
  ],
  looks: {
    ...visitLooks(CLIENT),
    ...REQUEST_LOOKS,
    'request_latency{endpoint:search}':
      'the index of names: whether a search reads all nodes, and what is cached',
    'request_latency{endpoint:traverse}':
      'how the graph is kept: a query for each step, edges without an index, nodes with very many edges',
    'request_latency{endpoint:health}':
      'what keeps the event loop busy, for a health check does nothing itself',
    stress_margin:
      'what is lost under stress: time-outs and retries of what it calls, swapping, locks, a thread for each request',
  },
  reasons: {
    http_404: {
      title: 'HTTP 404 Not Found',
      why: 'no such path, or no node of that id: check API_BASE_URL, NODE_ID and NODES',
      look: "the graph's ids, and the path that a proxy before it passes on",
    },
  },
};
