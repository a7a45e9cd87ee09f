/** The verdict: PASS, FAIL, INVALID or ABORTED, with its reasons. Pure. */
import { LEAST_HELD } from '../lib/limits.ts';
import type { LimitResult, RunSummary, StageSummary } from './summary.ts';
import { duration, limitName, limitText, percent, valueText } from './words.ts';

export type Result = 'PASS' | 'FAIL' | 'INVALID' | 'ABORTED';

/** What was seen of k6 from outside; plain k6 has none of it. */
export interface Observation {
  /** k6's exit code. */
  exitCode: number;
  /** Seconds in a row in which k6 used more than 90 % of its cores. */
  busySeconds: number;
}

/** `verdict.json`. */
export interface Verdict {
  result: Result;
  /** One sentence for people. */
  sentence: string;
  /** Why the figures can't be used, or what stopped the run; empty for PASS and FAIL. */
  reasons: string[];
  /** Sessions of the largest stage before the first that broke; null when none held. */
  holds: number | null;
  /** The first stage that broke a limit. */
  breaks: { stage: number; sessions: number; binding: boolean; limits: LimitResult[] } | null;
}

/** A generator that was busy for longer than this, in seconds in a row, was the bottleneck. */
const BUSY_LIMIT_SECONDS = 5;
/** k6's exit codes for runs that someone or something stopped. */
const STOPPED = [103, 105, 108];

/** Judges a run by its summary and, where there is one, by what was seen of k6. */
export function verdictOf(summary: RunSummary, observation?: Observation): Verdict {
  const broken = summary.stages.find(({ state }) => state === 'broke');
  const holds = heldSessions(summary.stages);
  const breaks = broken
    ? {
        stage: broken.number,
        sessions: broken.sessions,
        binding: broken.binding,
        limits: broken.limits.filter(({ kept }) => kept === false),
      }
    : null;
  const found = { holds, breaks };
  const stopped = summary.cutShort || (observation !== undefined && STOPPED.includes(observation.exitCode));
  if (stopped)
    return { result: 'ABORTED', ...found, reasons: [stopReason(summary)], sentence: stopReason(summary) };
  const doubted = doubts(summary, observation);
  const reasons = doubted.length > 0 ? doubted : disagreement(summary, observation);
  const [first] = reasons;
  if (first !== undefined) return { result: 'INVALID', ...found, reasons, sentence: first };
  const result = breaks?.binding ? 'FAIL' : 'PASS';
  return { result, ...found, reasons: [], sentence: capacity(summary, holds, breaks, broken) };
}

function heldSessions(stages: readonly StageSummary[]): number | null {
  const end = stages.findIndex(({ state }) => state !== 'held');
  const held = end < 0 ? stages : stages.slice(0, end);
  return held.at(-1)?.sessions ?? null;
}

function stopReason({ durationMs, plan, sessions }: RunSummary): string {
  const planned = plan.end === null ? '' : ` of ${duration(plan.end)}`;
  return `stopped after ${duration(durationMs)}${planned}, ${sessions.interrupted} sessions interrupted`;
}

function capacity(
  { stages, requiredSessions }: RunSummary,
  holds: number | null,
  breaks: Verdict['breaks'],
  broken: StageSummary | undefined,
): string {
  const held = holds === null ? 'holds no stage' : `holds ${holds} sessions`;
  const required = requiredSessions === null ? '' : ` (required: ${requiredText(stages, requiredSessions)})`;
  const [worst] = byMargin(breaks?.limits ?? []);
  if (broken && worst)
    return `${held}${required}, breaks at ${broken.sessions} (stage ${broken.number}): ${limitName(worst)} ${valueText(worst)}, limit ${limitText(worst)}`;
  const closest = closestLimit(stages);
  const margin = closest
    ? `: ${limitName(closest)} ${valueText(closest)}, limit ${limitText(closest)}, margin ${percent(closest.margin ?? 0, 0)}`
    : '';
  return `${held}${required || " (the plan's maximum)"}${margin}`;
}

/** A number between two stages is judged by the lower one, which the reader must know. */
function requiredText(stages: readonly StageSummary[], required: number): string {
  const judged = stages.filter(({ binding }) => binding).at(-1)?.sessions;
  return judged === required ? String(required) : `${required}, judged up to ${judged ?? 0}`;
}

/** The latency limit with the least margin in the largest stage; any other limit where there is none. */
function closestLimit(stages: readonly StageSummary[]): LimitResult | undefined {
  const limits = (stages.at(-1)?.limits ?? []).filter(({ margin }) => margin !== null);
  const latencies = limits.filter(({ metric }) => metric.includes('latency'));
  return byMargin(latencies.length > 0 ? latencies : limits)[0];
}

function byMargin(limits: readonly LimitResult[]): LimitResult[] {
  return [...limits].sort((a, b) => (a.margin ?? 0) - (b.margin ?? 0));
}

/** Everything that keeps the figures from being used, the gravest first. */
function doubts(summary: RunSummary, observation: Observation | undefined): string[] {
  return [
    ...nothingRan(summary),
    ...scriptErrors(summary),
    ...unbalanced(summary),
    ...stillOpen(summary),
    ...starved(summary),
    ...exhausted(summary),
    ...busy(observation),
    ...notHeld(summary),
    ...notJudged(summary),
    ...notMeasured(summary),
  ];
}

function nothingRan({ sessions }: RunSummary): string[] {
  return sessions.started > 0 ? [] : ['no session was started'];
}

function scriptErrors({ generator: { scriptErrors: count } }: RunSummary): string[] {
  return count > 0 ? [`the test script threw ${count} times: see the log of k6 for the first texts`] : [];
}

function unbalanced({ ledger }: RunSummary): string[] {
  return ledger
    .filter(({ balanced }) => !balanced)
    .map(({ name, total, totalName, parts }) => {
      const sum = Object.entries(parts).map(([part, count]) => `${count} ${part}`);
      return `the ledger does not balance: ${name}: ${total} ${totalName} ≠ ${sum.join(' + ')}`;
    });
}

/** What is open after all sessions have ended was counted wrongly, for the ledger balances with whatever is open. */
function stillOpen({ sessions: { interrupted }, questions: { open } }: RunSummary): string[] {
  const wrong = [
    ...(interrupted === 0 ? [] : [`${interrupted} sessions`]),
    ...(open === 0 ? [] : [`${open} invocations`]),
  ];
  return wrong.map((what) => `the ledger does not balance: ${what} are open after all sessions have ended`);
}

function starved({ generator, stages, generatorLagLimitMs: limit }: RunSummary): string[] {
  const lags = [generator.lag, ...stages.filter(({ binding }) => binding).map((stage) => stage.generatorLag)];
  const worst = Math.max(...lags.map((lag) => lag['p(99)'] ?? 0));
  const seen = lags.some((lag) => lag['p(99)'] !== undefined);
  if (!seen || worst < limit) return [];
  return [
    `the load generator was starved: lag p99 ${duration(worst)}, limit ${limit} ms; use fewer sessions per machine or a larger one`,
  ];
}

function exhausted({ failures }: RunSummary): string[] {
  return failures
    .filter(({ reason }) => reason.startsWith('generator_'))
    .map(({ count, title, why }) => `the load generator was exhausted: ${title}, ${count} times; ${why}`);
}

function busy(observation: Observation | undefined): string[] {
  const seconds = observation?.busySeconds ?? 0;
  if (seconds < BUSY_LIMIT_SECONDS) return [];
  return [
    `the load generator used more than 90 % of its CPU for ${seconds} s in a row; use fewer sessions per machine`,
  ];
}

function notHeld({ stages, generator }: RunSummary): string[] {
  const dropped =
    generator.droppedIterations > 0
      ? [`${generator.droppedIterations} iterations were dropped: the load generator had no free VU for them`]
      : [];
  const short = stages
    .filter(({ binding, vusHeld }) => binding && vusHeld !== null && vusHeld < LEAST_HELD)
    .map(
      ({ number, sessions, vusHeld }) =>
        `stage ${number} held only ${percent(vusHeld ?? 0)} of its ${sessions} sessions for the load generator's own reasons`,
    );
  return [...dropped, ...short];
}

function notJudged({ stages, limits, requiredSessions, level }: RunSummary): string[] {
  if (limits.length === 0) return [`nothing was judged: the thresholds file has no limits of level ${level}`];
  const [least, most] = [stages[0]?.sessions ?? 0, stages.at(-1)?.sessions ?? 0];
  if (requiredSessions === null || (requiredSessions >= least && requiredSessions <= most)) return [];
  return [`REQUIRED_SESSIONS is ${requiredSessions}, but the plan has ${least} to ${most} sessions`];
}

/**
 * Limits without samples. One is excused where another limit of its stage broke: then failures are why nothing was
 * measured. Session and socket limits need samples in the run, not in every stage.
 */
function notMeasured({ stages }: RunSummary): string[] {
  const binding = stages.filter((stage) => stage.binding);
  const missing = binding
    .filter(({ state }) => state === 'not measured')
    .map(({ number, limits }) => {
      const names = limits.filter(({ kept }) => kept === null).map(limitName);
      return `stage ${number} has no samples for ${names.join(', ')}: make stages longer (RAMP_INTERVAL_SECONDS)`;
    });
  const metrics = new Set(binding.flatMap(({ limits }) => limits.map(({ metric }) => metric)));
  const never = [...metrics].filter(
    (metric) =>
      !binding.some(({ state }) => state === 'broke') &&
      binding.every(({ limits }) => limits.every((limit) => limit.metric !== metric || limit.kept === null)),
  );
  return [...missing, ...never.map((metric) => `no stage has samples for ${metric}: ${remedy(metric)}`)];
}

function remedy(metric: string): string {
  return metric.startsWith('session')
    ? 'no session ended within the run, so make it longer or QUESTIONS fewer'
    : 'remove the limit or make the run longer';
}

/** k6 judges by the same limits; if it comes to another result, one of the two is wrong. */
function disagreement({ stages }: RunSummary, observation: Observation | undefined): string[] {
  if (observation === undefined) return [];
  const broke = stages.some(({ binding, state }) => binding && state === 'broke');
  if (observation.exitCode === 99 && !broke)
    return ['k6 saw a limit crossed (exit code 99) that the summary does not show'];
  if (observation.exitCode === 0 && broke)
    return ['the summary shows a limit crossed, but k6 saw none (exit code 0)'];
  return observation.exitCode === 0 || observation.exitCode === 99
    ? []
    : [`k6 ended with exit code ${observation.exitCode}: see its log`];
}
