/** A run in which every figure is another number, so that one in the wrong place shows. */
import { parseLimits } from '../../lib/words/limits.ts';
import { planOf, settling } from '../../lib/plans/load.ts';
import type { Evidence, RunRecord } from '../../report/derive/evidence.ts';
import { summaryOf, type RunSummary } from '../../report/derive/summary.ts';
import { verdictOf } from '../../report/derive/verdict.ts';
import { runRecord } from './htmlEvidence.ts';
import { counter, k6Data, rate, testInfo, type Metrics, METRICS } from './runData.ts';

/** k6's aggregates of a Trend in rising order, but for its count. */
const ORDER =
  'min p(1) p(5) p(10) p(25) p(50) avg p(66) p(75) p(80) p(90) p(95) p(97.5) p(98) p(99) p(99.5) p(99.9) p(99.99) max'.split(
    ' ',
  );
const BLOCK = 20;

/** Whole milliseconds that no trend with another `block` has. */
function trendIn(block: number, count: number, shift: number): Record<string, number> {
  const times = Object.fromEntries(ORDER.map((name, place) => [name, block * BLOCK + place + shift]));
  return { count, ...times, med: times['p(50)'] ?? 0 };
}

/** Sessions of each stage; those above 100 are not required. */
const SESSIONS = [11, 23, 37, 53, 71, 127, 131];
export const REQUIRED = 100;
/** Far above the other latencies: these break their limits. */
const SLOW: Partial<Record<number, number>> = { 3: 41, 6: 46 };

/** Seven stages of 10 s. */
export const DISTINCT_PLAN = planOf(SESSIONS.map((sessions) => settling(sessions, 10)));

const LIMITS = parseLimits(
  JSON.stringify({
    target: {
      answer_latency: ['p(95)<600', 'p(99)<700', 'med<590'],
      first_chunk_latency: ['p(95)<800'],
      answer_success: ['rate>0.7'],
      session_success: ['rate>=0.55'],
      questions_answered: ['count<100000'],
    },
    warning: { answer_latency: ['p(95)<990'] },
  }),
  'limits.json',
  METRICS,
);

function stageMetrics(number: number, shift: number): Metrics {
  const block = 3 * number;
  const answered = number === 7 ? 0 : 2000 + 37 * number + shift;
  const metrics: Metrics = {
    sessions_started: counter(601 + 17 * number + shift),
    session_setup_duration: trendIn(30 + number, 590 + number, shift),
    questions_sent: counter(3100 + 41 * number + shift),
    questions_answered: counter(answered),
    answer_success: number === 7 ? { passes: 0, fails: 0, rate: 0 } : rate(answered, number === 3 ? 1500 : 9),
    session_success: number === 2 ? { passes: 0, fails: 0, rate: 0 } : rate(400 + 29 * number + shift, 103),
    socket_success: rate(700 + 31 * number + shift, 53),
    generator_lag: trendIn(block, answered, shift),
    first_chunk_latency: trendIn(block + 1, answered, shift),
    answer_latency: trendIn(SLOW[number] ?? block + 2, answered, shift),
  };
  const named = Object.entries(metrics).map(([name, values]) => [`${name}{stage:${number}}`, values]);
  return Object.fromEntries(named) as Metrics;
}

/** What k6 counted: balanced, and every number another. `shift` makes another such run. */
export function distinctMetrics(shift = 0): Metrics {
  const whole: Metrics = {
    sessions_started: counter(4801 + shift),
    sessions_completed: counter(3507 + shift),
    sessions_failed: counter(811),
    sessions_stopped: counter(483),
    sessions_ended: counter(4318 + shift),
    sessions_open: counter(0),
    session_success: rate(3507 + shift, 811),
    questions_sent: counter(29_876 + shift),
    questions_answered: counter(27_011 + shift),
    questions_failed: counter(2865),
    questions_open: counter(0),
    answers_late: counter(43 + shift),
    failed_question_time: counter(1_234_567),
    answer_success: rate(27_011 + shift, 2865),
    answer_latency: trendIn(24, 27_011 + shift, shift),
    first_chunk_latency: trendIn(25, 27_011 + shift, shift),
    generator_lag: trendIn(26, 27_011 + shift, shift),
    session_setup_duration: trendIn(29, 4650, shift),
    socket_connect_duration: trendIn(27, 4650, shift),
    http_req_duration: trendIn(28, 9604, shift),
    http_reqs: counter(9604),
    ws_sessions: counter(4777),
    'ws_sessions{status:502}': counter(33),
    'ws_sessions{status:503}': counter(25),
    sockets_opened: counter(4650),
    sockets_failed: counter(127),
    socket_success: rate(4400, 232),
    retries: counter(207),
    'retries{phase:connect}': counter(145),
    'retries{phase:token}': counter(62),
    retries_succeeded: counter(119),
    retries_suppressed: counter(31),
    retry_wait: { count: 207, avg: 3, min: 1, med: 3, max: 6 },
    messages_sent: counter(30_013),
    ws_msgs_received: counter(131_071),
    messages_received: counter(131_071),
    messages_unknown: counter(19),
    script_errors: counter(0),
    'failures{phase:answer,reason:answer_timeout}': counter(1604),
    'sessions_affected{phase:answer,reason:answer_timeout}': counter(703),
    'failures{phase:answer,reason:closed_1011}': counter(1261),
    'sessions_affected{phase:answer,reason:closed_1011}': counter(692),
    'failures{phase:token,reason:http_503}': counter(97),
    'sessions_affected{phase:token,reason:http_503}': counter(61),
    'failures{phase:connect,reason:handshake_refused}': counter(58),
    'sessions_affected{phase:connect,reason:handshake_refused}': counter(29),
  };
  const stages = DISTINCT_PLAN.stages.map(({ number }) => stageMetrics(number, shift));
  return Object.assign(whole, ...stages) as Metrics;
}

/** The summary; the shares of sessions held are numbers of their own, the last stage has none. */
export function distinctSummary(shift = 0, changes: Metrics = {}): RunSummary {
  const test = testInfo({
    plan: DISTINCT_PLAN,
    limits: LIMITS.target,
    levels: LIMITS,
    requiredSessions: REQUIRED,
    generatorLagLimitMs: 991,
    settings: { numSessions: 71, seed: 4242, ramp: { startSessions: 11, increment: 12 }, retries: 3 },
  });
  const summary = summaryOf(test, k6Data({ ...distinctMetrics(shift), ...changes }, 71_500));
  const held = (number: number) => (number === 7 ? null : 0.9995 - number * 0.011 - shift / 1000);
  const stages = summary.stages.map((stage) => ({ ...stage, held: held(stage.number), vusHeld: 1 }));
  return { ...summary, stages };
}

const OBSERVED = {
  exitCode: 99,
  peakConcurrent: 487,
  cores: 6,
  peakCpu: 0.61,
  peakMemoryBytes: 734e6,
  busySeconds: 2,
};

const RECORD: Partial<RunRecord> = {
  seed: 4242,
  k6: { version: '2.2.7', extensions: ['k6/x/redis'], exitCode: 99 },
  crescendo: '0.9.1',
  machine: { os: 'Linux 6.1', cpu: 'Fast CPU', cores: 6, memoryBytes: 16e9, node: '20.3.4' },
  result: 'FAIL',
  exitCode: 99,
};

/** Evidence as `crescendo run` leaves it. */
export function distinctEvidence(shift = 0, changes: Metrics = {}): Evidence {
  const summary = { ...distinctSummary(shift, changes), observed: OBSERVED };
  return { summary, verdict: verdictOf(summary, OBSERVED), run: runRecord(RECORD) };
}

const AGGREGATES = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'max', 'med', 'min', 'p(90)', 'p(95)', 'p(99)'],
} as const;

const KINDS: Record<string, keyof typeof AGGREGATES> = {
  answer_latency: 'trend',
  failures: 'counter',
  'failures{reason:answer_timeout}': 'counter',
  generator_lag: 'trend',
  questions_answered: 'counter',
  questions_failed: 'counter',
  sessions_open: 'counter',
  sessions_started: 'counter',
  time: 'gauge',
  ws_msgs_received: 'counter',
  ws_msgs_sent: 'counter',
};

/** A metric's aggregates by name. */
export type Figures = Record<string, Record<string, number>>;

/** A second of a record: what it brought, and what came since the start. */
export interface RecordedSecond {
  /** Epoch milliseconds of its end. */
  time: number;
  period: Figures;
  total: Figures;
}

const STARTED = 1_795_000_000_000;

/** Three seconds, every figure another number. */
export const SECONDS: readonly RecordedSecond[] = [1, 2, 3].map((second) => ({
  time: STARTED + second * 1000,
  period: figuresAt(second, 1),
  total: figuresAt(second, 2),
}));

function figuresAt(second: number, part: number): Figures {
  const base = 300 * second + 150 * (part - 1);
  const named = Object.entries(KINDS).map(([metric, kind], place) => {
    const values = AGGREGATES[kind].map((name, index) => [name, base + 10 * place + index]);
    return [metric, Object.fromEntries(values)] as const;
  });
  return { ...Object.fromEntries<Record<string, number>>(named), time: { value: STARTED + second * 1000 } };
}

/** `SECONDS` as k6's dashboard records them. */
export function recordText(): string {
  const types = Object.fromEntries(Object.entries(KINDS).map(([name, type]) => [name, { type }]));
  const values = (figures: Figures) => Object.values(figures).map((of) => Object.values(of));
  const lines = [
    { event: 'param', data: { aggregates: AGGREGATES } },
    { event: 'metric', data: { time: { type: 'gauge' } } },
    { event: 'start', data: [[STARTED]] },
    { event: 'metric', data: types },
    ...SECONDS.flatMap(({ period, total }) => [
      { event: 'cumulative', data: values(total) },
      { event: 'snapshot', data: values(period) },
    ]),
  ];
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}
