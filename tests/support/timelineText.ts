/** A record like that of k6's web dashboard, made up for tests. */

/** What one second brought; sessions that are open, answers with their latency, failures. */
export interface Second {
  open: number;
  answers: number;
  /** Milliseconds, of all answers of this second. */
  latency: number;
  failures?: number;
}

const TREND = ['avg', 'max', 'med', 'min', 'p(90)', 'p(95)', 'p(99)'];
const AGGREGATES = { counter: ['count', 'rate'], gauge: ['value'], rate: ['rate'], trend: TREND };
const TYPES = {
  answer_latency: 'trend',
  failures: 'counter',
  generator_lag: 'trend',
  questions_answered: 'counter',
  sessions_open: 'counter',
  sessions_started: 'counter',
  time: 'gauge',
  ws_msgs_received: 'counter',
  ws_msgs_sent: 'counter',
};

/** The text; `start` is in epoch milliseconds, and the run begins at once. */
export function timelineText(seconds: readonly Second[], start = 1_795_000_000_000): string {
  const lines: object[] = [
    { event: 'param', data: { aggregates: AGGREGATES, period: 1000 } },
    { event: 'metric', data: { time: { type: 'gauge' } } },
    { event: 'start', data: [[start]] },
    {
      event: 'metric',
      data: Object.fromEntries(Object.entries(TYPES).map(([name, type]) => [name, { type }])),
    },
  ];
  const sum = { answers: 0, failures: 0 };
  let open = 0;
  seconds.forEach((second, index) => {
    const { answers, latency, failures = 0 } = second;
    sum.answers += answers;
    sum.failures += failures;
    const time = start + (index + 1) * 1000;
    const values = (count: number, failed: number, sessions: number) => [
      answers > 0 ? TREND.map(() => latency) : [],
      [failed, failed],
      [1, 1, 1, 1, 1, 1, 1],
      [count, count],
      [sessions, sessions],
      [sessions, sessions],
      [time],
      [count * 5, count * 5],
      [count, count],
    ];
    lines.push({ event: 'cumulative', data: values(sum.answers, sum.failures, second.open) });
    lines.push({ event: 'threshold', data: { sessions_open: ['count==0'] } });
    lines.push({ event: 'snapshot', data: values(answers, failures, second.open - open) });
    open = second.open;
  });
  lines.push({ event: 'stop', data: [[start + seconds.length * 1000]] });
  return lines.map((line) => JSON.stringify(line)).join('\n') + '\n';
}
