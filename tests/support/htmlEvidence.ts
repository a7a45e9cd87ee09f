/** Evidence of runs that try a report: without anything, hostile, very long. */
import { ramp, type Plan } from '../../lib/plans/load.ts';
import type { Evidence, RunRecord } from '../../report/derive/evidence.ts';
import { summaryOf } from '../../report/derive/summary.ts';
import { verdictOf } from '../../report/derive/verdict.ts';
import { cleanMetrics, counter, k6Data, PLAN, summaryWith, testInfo, trend } from './runData.ts';
import { timelineText } from './timelineText.ts';

/** What must never come alive in a page. */
export const HOSTILE = [
  '<script>window.hacked = 1</script>',
  '</script><script>window.hacked = 2</script>',
  '"><img src=x onerror="window.hacked = 3">',
  "' onmouseover='window.hacked = 4",
  '</style><svg onload="window.hacked = 5">',
  '<!-- --> ]]> {{7*7}} `${window.hacked = 6}`',
  '\u001b[31mred\u001b[0m\u202egnp.exe\u0000',
  'http://attacker.example/a?b=1&c=2',
].join(' ');

const MEGABYTE = 'A<b>'.repeat(250_000);

/** What `run.json` says of a run. */
export function runRecord(change: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    crescendo: '0.1.0',
    script: 'ramp',
    settings: { RAMP_MAX_SESSIONS: '30', QUESTIONS: "it's:5" },
    k6Arguments: [],
    seed: 1,
    target: {
      apiBaseUrl: 'https://chat.example.com',
      websocketBaseUrl: 'wss://chat.example.com',
      isReference: false,
      stats: null,
    },
    k6: { version: '2.2.0', extensions: ['k6/x/redis'], exitCode: 0 },
    machine: { os: 'Linux 6', platform: 'linux x64', cpu: 'CPU', cores: 2, memoryBytes: 8e9, node: '20.0.0' },
    startedAt: '2026-11-21T03:10:22.000Z',
    endedAt: '2026-11-21T03:11:22.000Z',
    result: 'PASS',
    exitCode: 0,
    ...change,
  };
}

/** A clean run of 30 seconds. */
export function cleanEvidence(): Evidence {
  const summary = summaryWith();
  const seconds = Array.from({ length: 31 }, (_, second) => ({
    open: Math.min(30, 10 * (1 + Math.floor(second / 10))),
    answers: 10,
    latency: 100 + second,
  }));
  return { summary, verdict: verdictOf(summary), run: runRecord(), timeline: timelineText(seconds) };
}

/** A run in which nothing ended: not one session, not one sample. */
export function emptyEvidence(): Evidence {
  const summary = summaryOf(testInfo(), k6Data({}, 1500));
  return { summary, verdict: verdictOf(summary), run: runRecord({ result: 'INVALID' }) };
}

/** A run whose every text, wherever it comes from, tries to break out. */
export function hostileEvidence(): Evidence {
  const plan: Plan = {
    ...PLAN,
    stages: PLAN.stages.map((stage, index) => ({ ...stage, name: index === 1 ? MEGABYTE : HOSTILE })),
  };
  const failed = {
    'failures{phase:answer,reason:server_error}': counter(5),
    'answer_latency{stage:3}': trend(100, 900),
  };
  const summary = summaryWith(failed, {
    script: HOSTILE,
    plan,
    settings: { [HOSTILE]: HOSTILE, long: MEGABYTE },
  });
  const verdict = { ...verdictOf(summary), sentence: HOSTILE, reasons: [HOSTILE, HOSTILE, MEGABYTE] };
  const target = { apiBaseUrl: HOSTILE, websocketBaseUrl: HOSTILE, isReference: false, stats: HOSTILE };
  const run = runRecord({
    script: HOSTILE,
    settings: { [HOSTILE]: HOSTILE, LONG: MEGABYTE },
    k6Arguments: [HOSTILE],
    target,
    k6: { version: HOSTILE, extensions: [HOSTILE], exitCode: 99 },
    machine: { cpu: HOSTILE, os: HOSTILE, node: HOSTILE },
    startedAt: HOSTILE,
    examples: [{ phase: 'answer', reason: 'server_error', text: HOSTILE + MEGABYTE }],
  });
  const { timeline = '' } = cleanEvidence();
  return {
    summary,
    verdict,
    run,
    timeline: timeline.replaceAll('"failures"', JSON.stringify(`failures{reason:${HOSTILE}}`)),
  };
}

/** 500 stages in 40 minutes and more, with a record of every second. */
export function longEvidence(): Evidence {
  const settings = { startSessions: 10, increment: 10, maxSessions: 5000 };
  const plan = ramp({ ...settings, intervalSeconds: 5, transitionSeconds: 0, settleSeconds: 0.5 });
  const slow = plan.stages.map(
    ({ number }) => [`answer_latency{stage:${number}}`, trend(100, 100 + number)] as const,
  );
  const metrics = { ...cleanMetrics(plan), ...Object.fromEntries(slow) };
  const summary = summaryOf(testInfo({ plan }), k6Data(metrics, 2_501_000));
  const seconds = Array.from({ length: 2501 }, (_, second) => ({
    open: 10 * (1 + Math.floor(second / 5)),
    answers: 100,
    latency: 100 + second / 5 + (second % 7),
    failures: second % 90 === 0 ? 1 : 0,
  }));
  return { summary, verdict: verdictOf(summary), run: runRecord(), timeline: timelineText(seconds) };
}
