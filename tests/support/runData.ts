/** What k6 hands to handleSummary, made up for tests: a clean run, and changes to it. */
import { shapingSettings } from '../../lib/before/config.ts';
import { parseLimits } from '../../lib/words/limits.ts';
import { ramp, type Plan } from '../../lib/plans/load.ts';
import { metricsOf } from '../../lib/vocabulary/vocabulary.ts';
import { CHATBOT_WORDS } from '../../systems/chatbot/words.ts';
import type { K6Data } from '../../report/derive/k6Data.ts';
import { withChatBooks, type ChatSummary } from './chat.ts';
import { summaryOf, type TestInfo } from '../../report/derive/summary.ts';
import { CHATBOT_SECTIONS } from '../../systems/chatbot/settings.ts';

/** Values by metric, or by metric and tags as k6 names sub-metrics. */
export type Metrics = Record<string, Record<string, number>>;

/** A Trend of `count` samples around `middle` milliseconds. */
export function trend(count: number, middle: number): Record<string, number> {
  const around = { min: middle / 2, avg: middle, med: middle, max: middle * 2 };
  return { count, ...around, 'p(90)': middle * 1.3, 'p(95)': middle * 1.4, 'p(99)': middle * 1.8 };
}

export function counter(count: number): Record<string, number> {
  return { count, rate: count / 60 };
}

export function rate(passes: number, fails: number): Record<string, number> {
  return { passes, fails, rate: passes / (passes + fails) };
}

/** Three stages of 10 s with 10, 20 and 30 sessions; the first second of each settles. */
export const PLAN: Plan = ramp({
  startSessions: 10,
  increment: 10,
  maxSessions: 30,
  intervalSeconds: 10,
  transitionSeconds: 0,
  settleSeconds: 1,
});

/** The metrics of chat sessions. */
export const METRICS = metricsOf(CHATBOT_WORDS);

/** Limits as in a thresholds file; the clean run keeps all of them. */
export const LIMITS = parseLimits(
  '{"target":{"answer_latency":["p(95)<500"],"answer_success":["rate>0.9"],"session_success":["rate>0.9"]}}',
  'limits.json',
  METRICS,
).target;

const SHAPING = shapingSettings(CHATBOT_SECTIONS);

/** What was known before the run. */
export function testInfo(change: Partial<TestInfo> = {}): TestInfo {
  const judged = { limits: LIMITS, requiredSessions: null, generatorLagLimitMs: 25, stopsAtBreak: false };
  const about = { script: 'ramp', vocabulary: CHATBOT_WORDS, shapingSettings: SHAPING };
  return { ...about, settings: {}, plan: PLAN, level: 'target', ...judged, ...change };
}

/** Metrics of a run of `plan` in which everything went well. */
export function cleanMetrics(plan: Plan = PLAN): Metrics {
  const questions = plan.stages.length * 100;
  const metrics: Metrics = {
    sessions_started: counter(50),
    sessions_completed: counter(40),
    sessions_failed: counter(0),
    sessions_stopped: counter(10),
    sessions_ended: counter(40),
    sessions_open: counter(0),
    session_success: rate(40, 0),
    questions_sent: counter(questions),
    questions_answered: counter(questions),
    questions_failed: counter(0),
    questions_open: counter(0),
    failed_question_time: counter(0),
    answer_success: rate(questions, 0),
    answer_latency: trend(questions, 100),
    first_chunk_latency: trend(questions, 40),
    generator_lag: trend(questions, 1),
    ws_sessions: counter(50),
    ws_msgs_received: counter(questions * 5),
    sockets_opened: counter(50),
    socket_success: rate(50, 0),
    socket_connect_duration: trend(50, 10),
    session_setup_duration: trend(50, 20),
    sockets_failed: counter(0),
    messages_sent: counter(questions),
    messages_received: counter(questions * 5),
    script_errors: counter(0),
  };
  for (const { number, level: sessions, hold, end } of plan.stages)
    Object.assign(metrics, stageMetrics(number, sessions * (end - hold)));
  return metrics;
}

function stageMetrics(number: number, sessionTime: number): Metrics {
  const metrics: Metrics = {
    questions_sent: counter(100),
    questions_answered: counter(100),
    answer_success: rate(100, 0),
    answer_latency: trend(100, 100),
    first_chunk_latency: trend(100, 40),
    session_success: rate(13, 0),
    socket_success: rate(16, 0),
    sessions_started: counter(16),
    session_setup_duration: trend(16, 20),
    hold_session_time: counter(sessionTime),
    hold_vu_time: counter(sessionTime),
    generator_lag: trend(100, 1),
  };
  return Object.fromEntries(
    Object.entries(metrics).map(([name, values]) => [`${name}{stage:${number}}`, values]),
  );
}

/** k6's data with these metrics; by default the run took a little longer than the plan. */
export function k6Data(metrics: Metrics, durationMs = 31_000): K6Data {
  const entries = Object.entries(metrics).map(([name, values]) => [name, { values }] as const);
  return { metrics: Object.fromEntries(entries), state: { testRunDurationMs: durationMs } };
}

/** The summary of a clean run with changes. */
export function summaryWith(
  changes: Metrics = {},
  info: Partial<TestInfo> = {},
  durationMs?: number,
): ChatSummary {
  const test = testInfo(info);
  return withChatBooks(summaryOf(test, k6Data({ ...cleanMetrics(test.plan), ...changes }, durationMs)));
}
