/** A system that the tests made up: connections that ping. No word of it is a word of a system that is shipped. */
import { levels, type Plan } from '../../lib/plans/load.ts';
import { parseLimits } from '../../lib/words/limits.ts';
import { metricsOf, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { summaryOf, type RunSummary } from '../../report/derive/summary.ts';
import { counter, k6Data, rate, testInfo, trend, type Metrics } from './runData.ts';

/** One operation; a level is so many connections. */
export const PING_WORDS: Vocabulary = {
  system: 'ping',
  level: { one: 'connection', many: 'connections' },
  visit: 'ping',
  headline: 'ping',
  answer: 'a pong',
  shorter: 'PINGS fewer',
  spread: 'PAUSE_SECONDS',
  held: { metric: 'hold_connection_time', did: 'was open' },
  operations: {
    ping: {
      noun: { one: 'ping', many: 'pings' },
      began: { metric: 'pings_sent', word: 'sent' },
      good: { metric: 'pings_ponged', word: 'ponged' },
      bad: { metric: 'pings_lost', word: 'lost' },
      success: 'ping_success',
      latency: 'ping_latency',
      phase: 'ping',
    },
  },
  metrics: {
    pings_sent: { kind: 'counter', unit: 'count', is: 'pings that left', stages: true },
    pings_ponged: { kind: 'counter', unit: 'count', is: 'pings with a pong', stages: true },
    pings_lost: { kind: 'counter', unit: 'count', is: 'pings without' },
    ping_success: {
      kind: 'rate',
      unit: 'share',
      is: 'ponged (1) or lost (0)',
      limit: 'every stage',
      samples: 'pings_sent',
      stages: true,
    },
    ping_latency: {
      kind: 'trend',
      unit: 'ms',
      is: 'ping to pong',
      limit: 'every stage',
      samples: 'pings_ponged',
      stages: true,
    },
    echo_size: { kind: 'trend', unit: 'count', is: 'bytes that came back', stages: true },
    hold_connection_time: { kind: 'counter', unit: 'ms', is: 'open connections', stages: true },
  },
  phases: {
    ping: { title: 'ping', prefix: 'ping: ', families: ['answer', 'lost'], repeats: true },
  },
  columns: [
    { head: 'pings', title: 'pings', metric: 'pings_sent', aggregate: 'count' },
    { head: 'ponged', title: 'ponged', metric: 'ping_success', aggregate: 'rate' },
    { head: 'p95', title: 'p95', metric: 'ping_latency', aggregate: 'p(95)' },
    { head: 'p99', title: 'p99', metric: 'ping_latency', aggregate: 'p(99)' },
  ],
  lines: [],
  rules: [],
  targetRules: [],
  atTarget: [],
  signs: [],
};

/** Two stages of 10 s. */
export const PING_PLAN: Plan = levels([5, 25], 10);

/** The limit of `ping_latency` and that of `ping_success`. */
export const PING_LIMITS = parseLimits(
  '{"target":{"ping_latency":["p(95)<500"],"ping_success":["rate>0.9"]}}',
  'limits.json',
  metricsOf(PING_WORDS),
).target;

/** Words of the chatbot that a run of this system must not show. */
export const CHATBOT_TALK = /session|question|invocation|answer|chunk|socket|chat/i;

function cleanPings(middle: number): Metrics {
  const values: Metrics = {
    pings_sent: counter(100),
    pings_ponged: counter(100),
    ping_success: rate(100, 0),
    ping_latency: trend(100, middle),
    echo_size: trend(100, 64),
    generator_lag: trend(100, 1),
  };
  const stages = PING_PLAN.stages.flatMap(({ number, level, hold, end }) =>
    Object.entries({
      ...values,
      hold_connection_time: counter(level * (end - hold)),
      hold_vu_time: counter(level * (end - hold)),
    }).map(([name, of]) => [`${name}{stage:${number}}`, of] as const),
  );
  const whole: Metrics = {
    pings_sent: counter(200),
    pings_ponged: counter(200),
    pings_lost: counter(0),
    ping_success: rate(200, 0),
    ping_latency: trend(200, middle),
    echo_size: trend(200, 64),
    generator_lag: trend(200, 1),
    script_errors: counter(0),
  };
  return { ...whole, ...Object.fromEntries(stages) };
}

/** The summary of a clean run with changes; its pings take about `middle` milliseconds. */
export function pingSummary(middle = 100, changes: Metrics = {}): RunSummary {
  const info = { script: 'ping', vocabulary: PING_WORDS, plan: PING_PLAN, limits: PING_LIMITS };
  return summaryOf(testInfo(info), k6Data({ ...cleanPings(middle), ...changes }, 21_000));
}
