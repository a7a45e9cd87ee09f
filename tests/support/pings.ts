/** A system that is no chatbot, in words, and what k6 counts in a run of it: connections on which pings come back. */
import { parseLimits } from '../../lib/words/limits.ts';
import { metricsOf, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { Evidence } from '../../report/derive/evidence.ts';
import { summaryOf } from '../../report/derive/summary.ts';
import { verdictOf } from '../../report/derive/verdict.ts';
import { counter, k6Data, PLAN, rate, testInfo, trend, type Metrics } from './runData.ts';

/** One operation, one time, no visits apart from it. */
export const PING_WORDS: Vocabulary = {
  system: 'ping',
  level: { one: 'connection', many: 'connections' },
  visit: 'ping',
  headline: 'ping',
  answer: 'an echo',
  shorter: 'PINGS fewer',
  spread: 'PAUSE_SECONDS',
  held: { metric: 'connection_time', did: 'were up' },
  operations: {
    ping: {
      noun: { one: 'ping', many: 'pings' },
      began: { metric: 'pings_thrown', word: 'thrown' },
      good: { metric: 'pings_caught', word: 'caught' },
      bad: { metric: 'pings_lost', word: 'lost' },
      open: { metric: 'pings_flying', word: 'flying' },
      success: 'ping_success',
      latency: 'ping_latency',
      badTime: 'lost_ping_time',
      phase: 'flight',
      row: { type: 'UDP', name: 'echo' },
    },
  },
  metrics: {
    pings_thrown: { kind: 'counter', unit: 'count', is: 'pings that left', stages: true },
    pings_caught: { kind: 'counter', unit: 'count', is: 'pings that came back', stages: true },
    pings_lost: { kind: 'counter', unit: 'count', is: 'pings that did not' },
    pings_flying: { kind: 'counter', unit: 'count', is: '+1 when thrown, −1 when caught or lost' },
    pings_heavy: { kind: 'counter', unit: 'count', is: 'pings of more than 1 kB' },
    lost_ping_time: { kind: 'counter', unit: 'ms', is: 'that lost pings flew' },
    connection_time: { kind: 'counter', unit: 'ms', is: 'connections that were up', stages: true },
    ping_success: {
      ...{ kind: 'rate', unit: 'share', is: 'caught (1) or lost (0)', stages: true },
      ...{ limit: 'every stage', samples: 'pings_thrown' },
    },
    ping_latency: {
      ...{ kind: 'trend', unit: 'ms', is: 'there and back again', stages: true },
      ...{ limit: 'every stage', samples: 'pings_caught' },
    },
  },
  phases: { flight: { title: 'the flight', prefix: 'in flight: ', families: ['lost'], repeats: true } },
  columns: [
    { head: 'pings', title: 'pings thrown', metric: 'pings_thrown', aggregate: 'count' },
    { head: 'caught', title: 'pings caught', metric: 'ping_success', aggregate: 'rate' },
    { head: 'p95', title: 'ping p95', metric: 'ping_latency', aggregate: 'p(95)' },
    { head: 'slowest', title: 'slowest ping', metric: 'ping_latency', aggregate: 'max', wide: true },
  ],
  lines: [
    { title: 'weight', counts: [{ metric: 'pings_heavy', word: 'heavy' }] },
    { title: 'flight', trend: 'ping_latency', about: 'in the air', without: 'none flew' },
  ],
  rules: [{ left: ['generator_lag'], is: '=', right: ['pings_caught'], stages: true }],
  targetRules: [],
  atTarget: [],
  signs: [],
  reasons: { connection_lost: { title: 'line cut', why: 'somebody cut it', look: 'the scissors' } },
};

const LIMITS = parseLimits(
  '{"target":{"ping_latency":["p(95)<50"],"ping_success":["rate>0.9"]}}',
  'pings.json',
  metricsOf(PING_WORDS),
);

/** Three stages, of which the last is too slow; seven of 900 pings lost. */
const METRICS: Metrics = {
  pings_thrown: counter(900),
  pings_caught: counter(893),
  pings_lost: counter(7),
  pings_flying: counter(0),
  pings_heavy: counter(12),
  lost_ping_time: counter(7000),
  ping_success: rate(893, 7),
  ping_latency: trend(893, 20),
  generator_lag: trend(893, 1),
  script_errors: counter(0),
  'failures{phase:flight,reason:connection_lost}': counter(7),
  'sessions_affected{phase:flight,reason:connection_lost}': counter(5),
};

function stageMetrics(stage: number, connectionTime: number, middle: number): Metrics {
  const metrics: Metrics = {
    pings_thrown: counter(300),
    pings_caught: counter(298),
    ping_success: rate(298, 2),
    ping_latency: trend(298, middle),
    generator_lag: trend(298, 1),
    connection_time: counter(connectionTime),
    hold_vu_time: counter(connectionTime),
  };
  return Object.fromEntries(
    Object.entries(metrics).map(([name, values]) => [`${name}{stage:${stage}}`, values]),
  );
}

const RECORDED = {
  failures: 'counter',
  generator_lag: 'trend',
  ping_latency: 'trend',
  pings_caught: 'counter',
  pings_flying: 'counter',
  pings_lost: 'counter',
  pings_thrown: 'counter',
  time: 'gauge',
} as const;

/** A record of k6's dashboard of so many seconds: 30 pings thrown, 29 caught, 1 lost in each. */
function recordText(seconds: number): string {
  const trends = ['avg', 'max', 'med', 'min', 'p(90)', 'p(95)', 'p(99)'];
  const values = (count: number, time: number) => [
    [count, count],
    trends.map(() => 1),
    trends.map((_, index) => 20 + index),
    [count * 29, 29],
    [3, 3],
    [count, count],
    [count * 30, 30],
    [time],
  ];
  const start = 1_795_000_000_000;
  const lines = [
    { event: 'param', data: { aggregates: { counter: ['count', 'rate'], gauge: ['value'], trend: trends } } },
    { event: 'metric', data: { time: { type: 'gauge' } } },
    { event: 'start', data: [[start]] },
    {
      event: 'metric',
      data: Object.fromEntries(Object.entries(RECORDED).map(([name, type]) => [name, { type }])),
    },
    ...Array.from({ length: seconds }, (_, index) => [
      { event: 'cumulative', data: values(index + 1, start + (index + 1) * 1000) },
      { event: 'snapshot', data: values(1, start + (index + 1) * 1000) },
    ]).flat(),
  ];
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** The evidence of that run. */
export function pingEvidence(): Evidence {
  const stages = PLAN.stages.map(({ number, level, hold, end }) =>
    stageMetrics(number, level * (end - hold), number === 3 ? 40 : 20),
  );
  const test = testInfo({ script: 'pings', vocabulary: PING_WORDS, limits: LIMITS.target, levels: LIMITS });
  const summary = summaryOf(test, k6Data(Object.assign({}, METRICS, ...stages) as Metrics));
  return { summary, verdict: verdictOf(summary), timeline: recordText(31) };
}
