/** The verdict: PASS, FAIL, INVALID or ABORTED, with its reasons. Pure. */
import { AGGREGATES } from '../../lib/words/limits.ts';
import type { Plan } from '../../lib/plans/load.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { metricsOf, visitNoun, type Noun, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { worstLag } from './generatorLag.ts';
import { isBreak, upToBreak } from './break.ts';
import { PLANNED, type LedgerLine } from './ledger.ts';
import { lessLoad, lessLoadOrLarger } from './doubts/lessLoad.ts';
import { lessThanPlanned } from './doubts/lessThanPlanned.ts';
import { noAnswer } from './doubts/noAnswer.ts';
import { partsOf } from '../parts/parts.ts';
import { OTHER_LOAD } from './doubts/otherLoad.ts';
import { booksOf } from './measures.ts';
import type { LimitResult, RunSummary, StageSummary } from './summary.ts';
import { counted, duration, limitName, limitSentence, percent } from '../text/words.ts';

export type Result = 'PASS' | 'FAIL' | 'INVALID' | 'ABORTED';

/** How `crescendo run` ends for each; 99 is what k6 itself says when a limit is crossed. */
export const EXIT_CODES: Record<Result, number> = { PASS: 0, FAIL: 99, INVALID: 3, ABORTED: 4 };

/** What was seen of k6 from outside; plain k6 has none of it. */
export interface Observation {
  /** k6's exit code. */
  exitCode: number;
  /** Seconds in a row in which k6 used more than 90 % of its cores. */
  busySeconds: number;
  /** Average share of its cores that k6 used; null: not read. */
  averageCpu?: number | null;
  /** k6 had to be ended, long after the latest end of its plan. */
  overdue?: true;
}

/** `verdict.json`. */
export interface Verdict {
  result: Result;
  /** One sentence for people. */
  sentence: string;
  /** Why the figures can't be used, or what stopped the run; empty for PASS and FAIL. */
  reasons: string[];
  /** Level of the largest stage before the first that broke; null when none held. */
  holds: number | null;
  /** The first stage that broke a limit. */
  breaks: { stage: number; level: number; binding: boolean; limits: LimitResult[] } | null;
}

/** A generator that was busy for longer than this, in seconds in a row, was the bottleneck. */
const BUSY_LIMIT_SECONDS = 5;
/** k6's exit codes for runs that someone or something stopped. */
const STOPPED = [103, 105, 108];

/** Why a run that was overdue is INVALID. */
export const OVERDUE =
  'k6 was still there long after the latest end of its plan and was ended: it hung, or the machine was stopped meanwhile';

/** Judges a run by its summary and, where there is one, by what was seen of k6. */
export function verdictOf(summary: RunSummary, observation?: Observation): Verdict {
  const broken = firstBroken(summary.stages);
  const holds = heldLevel(summary.stages);
  const breaks = broken
    ? {
        stage: broken.number,
        level: broken.level,
        binding: broken.binding,
        limits: broken.limits.filter(({ kept }) => kept === false),
      }
    : null;
  const found = { holds: summary.plan.arrivals ? null : holds, breaks };
  if (observation?.overdue) return { result: 'INVALID', ...found, reasons: [OVERDUE], sentence: OVERDUE };
  if (wasStopped(summary, observation))
    return { result: 'ABORTED', ...found, reasons: [stopReason(summary)], sentence: stopReason(summary) };
  const doubted = doubts(summary, observation);
  const reasons = doubted.length > 0 ? doubted : disagreement(summary, observation);
  const [first] = reasons;
  if (first !== undefined) return { result: 'INVALID', ...found, reasons, sentence: first };
  const result = breaks?.binding ? 'FAIL' : 'PASS';
  return { result, ...found, reasons: [], sentence: capacity(summary, holds, breaks, broken) };
}

/** The first that decides the run; else the first that tells of the capacity. */
function firstBroken(stages: readonly StageSummary[]): StageSummary | undefined {
  const broken = stages.filter(({ state, informs }) => state === 'broke' && informs !== true);
  return broken.find(({ binding }) => binding) ?? broken[0];
}

/** A run that stops at the stage that breaks has ended as planned. */
function wasStopped(summary: RunSummary, observation: Observation | undefined): boolean {
  if (endedAtBreak(summary)) return false;
  return summary.cutShort || (observation !== undefined && STOPPED.includes(observation.exitCode));
}

function endedAtBreak({ stopsAtBreak, cutShort, stages }: RunSummary): boolean {
  return stopsAtBreak && cutShort && stages.some(isBreak);
}

function heldLevel(stages: readonly StageSummary[]): number | null {
  const judged = stages.filter(({ informs }) => informs !== true);
  const end = judged.findIndex(({ state }) => state !== 'held');
  const held = end < 0 ? judged : judged.slice(0, end);
  return held.length === 0 ? null : Math.max(...held.map(({ level }) => level));
}

function stopReason(summary: RunSummary): string {
  const { durationMs, plan, vocabulary } = summary;
  const { open = 0 } = booksOf(summary, vocabulary.visit);
  const planned = plan.end === null ? '' : ` of ${duration(plan.end)}`;
  return `stopped after ${duration(durationMs)}${planned}, ${countedAs(open, visitNoun(vocabulary))} interrupted`;
}

function capacity(
  summary: RunSummary,
  holds: number | null,
  breaks: Verdict['breaks'],
  broken: StageSummary | undefined,
): string {
  const { stages, requiredSessions, vocabulary } = summary;
  const [worst] = byMargin(breaks?.limits ?? []);
  const [own] = partsOf(summary).flatMap(({ sentence }) => sentence ?? []);
  if (own !== undefined) return own(summary, broken && worst && { stage: broken, worst });
  if (summary.plan.arrivals) return arrivalsText(summary, broken, worst);
  const required = requiredSessions === null ? '' : ` (required: ${requiredText(stages, requiredSessions)})`;
  if (broken && worst)
    return `${brokenText(summary, holds, broken, required)}: ${limitSentence(worst)}${endedAtBreak(summary) ? '; the run stopped there' : ''}`;
  return `${heldText(holds, vocabulary.level)}${required || " (the plan's maximum)"}${openText(summary, holds)}${marginText(summary)}`;
}

function arrivalsText(
  summary: RunSummary,
  broken: StageSummary | undefined,
  worst: LimitResult | undefined,
): string {
  const { vocabulary } = summary;
  if (broken && worst)
    return `breaks in stage ${broken.number}, in which ${countedAs(broken.level, visitNoun(vocabulary))} arrive: ${limitSentence(worst)}`;
  const { began } = booksOf(summary, vocabulary.visit);
  return `carries all ${countedAs(began, visitNoun(vocabulary))} that arrive${marginText(summary)}`;
}

function marginText(summary: RunSummary): string {
  const closest = closestLimit(summary);
  return closest ? `: ${limitSentence(closest)}, margin ${percent(closest.margin ?? 0, 0)}` : '';
}

function heldText(holds: number | null, noun: Noun): string {
  return holds === null ? 'holds no stage' : `holds ${countedAs(holds, noun)}`;
}

/** Visits that are set up, or wait until they may start again, are at work but not at their level: the reader must know. */
function openText({ stages, vocabulary }: RunSummary, holds: number | null): string {
  const judged = stages.filter(({ level, state }) => level === holds && state === 'held');
  const held = Math.min(...judged.map((stage) => stage.held ?? 1));
  if (holds === null || held >= OFTEN_OPEN) return '';
  return `, of which ${(held * holds).toFixed(1)} ${vocabulary.held.did} on average`;
}

/** A smaller share than this is told. */
const OFTEN_OPEN = 0.9;

/** Where a higher level is not what broke it, the time is. */
function brokenText(
  { stages, vocabulary }: RunSummary,
  holds: number | null,
  { number, level }: StageSummary,
  required: string,
): string {
  const held = `${heldText(holds, vocabulary.level)}${required}`;
  if (holds === null || level > holds) return `${held}, breaks at ${level} (stage ${number})`;
  const times = number === 2 ? 'stage 1' : `stages 1 to ${number - 1}`;
  return `${held} in ${times} of ${stages.length}, breaks in stage ${number} at ${level}`;
}

/** A number between two stages is judged by the lower one, which the reader must know. */
function requiredText(stages: readonly StageSummary[], required: number): string {
  const judged = stages.filter(({ binding }) => binding).at(-1)?.level;
  return judged === required ? String(required) : `${required}, judged up to ${judged ?? 0}`;
}

/** The limit that decides a run: the one that the target broke most, else the one that came closest. */
export function decidingLimit(summary: RunSummary, { result, breaks }: Verdict): LimitResult | undefined {
  return result === 'FAIL' ? byMargin(breaks?.limits ?? [])[0] : closestLimit(summary);
}

/** The time limit with the least margin in the largest stage; any other limit where there is none. */
function closestLimit({ stages }: RunSummary): LimitResult | undefined {
  const limits = (stages.at(-1)?.limits ?? []).filter(({ margin }) => margin !== null);
  const times = limits.filter(({ unit }) => unit === 'ms');
  return byMargin(times.length > 0 ? times : limits)[0];
}

function byMargin(limits: readonly LimitResult[]): LimitResult[] {
  return [...limits].sort((a, b) => (a.margin ?? 0) - (b.margin ?? 0));
}

/** Everything that keeps the figures from being used, the gravest first. */
function doubts(whole: RunSummary, observation: Observation | undefined): string[] {
  // What came after the break was not finished.
  const summary = endedAtBreak(whole) ? { ...whole, stages: upToBreak(whole.stages) } : whole;
  const unanswered = noAnswer(summary);
  return [
    ...nothingRan(summary),
    ...scriptErrors(summary),
    ...unjudged(summary),
    ...percentilesMissing(summary),
    ...unbalanced(summary),
    ...stillOpen(summary),
    ...(unanswered === undefined ? [] : [unanswered]),
    ...starved(summary, observation),
    ...exhausted(summary),
    ...outageFailed(summary),
    ...busy(summary, observation),
    ...lessThanPlanned(summary),
    ...partsOf(summary).flatMap((part) => part.doubts?.(summary) ?? []),
    ...notJudged(summary),
    ...(unanswered === undefined ? notMeasured(summary) : []),
  ];
}

function nothingRan(summary: RunSummary): string[] {
  const { vocabulary } = summary;
  return booksOf(summary, vocabulary.visit).began > 0 ? [] : [`no ${visitNoun(vocabulary).one} was started`];
}

function scriptErrors({ generator: { scriptErrors: count } }: RunSummary): string[] {
  return count > 0
    ? [`the test script threw ${counted(count, 'time')}: see the log of k6 for the first texts`]
    : [];
}

function unjudged(summary: RunSummary): string[] {
  return summary.unjudged
    ? ['k6 was told not to judge (--no-thresholds), so its exit code says nothing: leave that out']
    : [];
}

function unbalanced({ ledger, vocabulary, plan }: RunSummary): string[] {
  return ledger
    .filter(({ balanced }) => !balanced)
    .map((line) => (line.totalName === PLANNED ? notAllStarted(line, vocabulary, plan) : unequal(line)));
}

function unequal({ name, total, totalName, parts }: LedgerLine): string {
  const sum = Object.entries(parts).map(([part, count]) => `${count} ${part}`);
  return `the ledger does not balance: ${name}: ${total} ${totalName} ≠ ${sum.join(' + ')}`;
}

function notAllStarted({ total, parts }: LedgerLine, vocabulary: Vocabulary, plan: Plan): string {
  const started = Object.values(parts).reduce((sum, count) => sum + count, 0);
  const { many } = visitNoun(vocabulary);
  const { dropped = 0 } = parts;
  return plan.isRate && started < total
    ? `only ${started - dropped} of ${total} ${many} came: the load generator was too slow to start them when they were due; ${lessLoadOrLarger(plan, many)}`
    : `${started} ${many} were started and ${total} were planned: ${OTHER_LOAD}`;
}

/** What is open after all visits have ended was counted wrongly, for the ledger balances with whatever is open. */
function stillOpen(summary: RunSummary): string[] {
  if (endedAtBreak(summary)) return [];
  const { vocabulary, operations } = summary;
  return Object.entries(vocabulary.operations).flatMap(([name, { noun }]) => {
    const { open = 0 } = operations[name] ?? {};
    return open === 0
      ? []
      : [
          `the ledger does not balance: ${countedAs(open, noun)} are open after all ${visitNoun(vocabulary).many} have ended`,
        ];
  });
}

/** A generator that used less of its CPU than this on average was late only because everything came at once. */
const IN_STEP_CPU = 0.6;

function starved(summary: RunSummary, observation: Observation | undefined): string[] {
  const { generatorLagLimitMs: limit } = summary;
  const worst = worstLag(summary);
  if (worst === undefined || worst.p99 < limit) return [];
  const where = worst.stage === null ? '' : ` in stage ${worst.stage}`;
  return [
    `the load generator was starved: lag p99 ${duration(worst.p99)}${where}, limit ${limit} ms; ${lagRemedy(summary, observation)}`,
  ];
}

function lagRemedy({ plan, vocabulary }: RunSummary, observation: Observation | undefined): string {
  const { averageCpu } = observation ?? {};
  const { many } = plan.isRate ? visitNoun(vocabulary) : vocabulary.level;
  const inStep = `${many} ask in step`;
  const spread = `spread them with ${vocabulary.spread}`;
  if (averageCpu === undefined || averageCpu === null)
    return `${lessLoadOrLarger(plan, many)}, or, where ${inStep}, ${spread}`;
  if (averageCpu < IN_STEP_CPU)
    return `its CPU was used to ${percent(averageCpu, 0)} on average, so ${inStep}: ${spread}, or ${lessLoad(plan, many)}`;
  return lessLoadOrLarger(plan, many);
}

function exhausted({ failures }: RunSummary): string[] {
  return failures
    .filter(({ reason }) => reason.startsWith('generator_'))
    .map(
      ({ count, title, why }) =>
        `the load generator was exhausted: ${title}, ${counted(count, 'time')}; ${why}`,
    );
}

function outageFailed({ generator }: RunSummary): string[] {
  return generator.outageFailed
    ? ['the outage could not be started: see the log of k6 for what OUTAGE_URL answered']
    : [];
}

function busy({ plan, vocabulary }: RunSummary, observation: Observation | undefined): string[] {
  const seconds = observation?.busySeconds ?? 0;
  if (seconds < BUSY_LIMIT_SECONDS) return [];
  return [
    `the load generator used more than 90 % of its CPU for ${seconds} s in a row; ${lessLoad(plan, vocabulary.level.many)}`,
  ];
}

/** Without its percentile a limit is never broken. Every Trend has the same ones. */
function percentilesMissing({ metrics, limits }: RunSummary): string[] {
  const asked = limits.filter(({ aggregate }) => AGGREGATES.trend.test(aggregate));
  const needed = [
    { metric: 'generator_lag', aggregate: 'p(99)' },
    ...asked,
    ...asked.map(({ metric }) => ({ metric, aggregate: 'count' })),
  ];
  const missing = needed.filter(({ metric, aggregate }) => {
    const values = metrics[metric];
    return values !== undefined && !(aggregate in values);
  });
  const names = new Set(missing.map(({ metric, aggregate }) => `${aggregate} of ${metric}`));
  if (names.size === 0) return [];
  return [
    `k6 kept no ${[...names].join(', ')}: leave out summaryTrendStats (--summary-trend-stats, K6_SUMMARY_TREND_STATS)`,
  ];
}

function notJudged({ stages, limits, requiredSessions, level, vocabulary }: RunSummary): string[] {
  if (limits.length === 0) return [`nothing was judged: the thresholds file has no limits of level ${level}`];
  const counts = stages.map((stage) => stage.level);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (requiredSessions === null || (requiredSessions >= least && requiredSessions <= most)) return [];
  return [
    `REQUIRED_SESSIONS is ${requiredSessions}, but the plan has ${least} to ${most} ${vocabulary.level.many}`,
  ];
}

/**
 * Limits without samples. One is excused where another limit of its stage broke: then failures are why nothing was
 * measured. Session and socket limits need samples in the run, not in every stage.
 */
function notMeasured({ stages, vocabulary }: RunSummary): string[] {
  const binding = stages.filter((stage) => stage.binding);
  const missing = binding
    .filter(({ state }) => state === 'not measured')
    .map(({ number, limits }) => {
      const empty = limits.filter(({ kept }) => kept === null);
      return `stage ${number} has no samples for ${empty.map(limitName).join(', ')}: ${stageRemedy(empty, vocabulary)}`;
    });
  const metrics = new Set(binding.flatMap(({ limits }) => limits.map(({ metric }) => metric)));
  const never = [...metrics].filter(
    (metric) =>
      !binding.some(({ state }) => state === 'broke') &&
      binding.every(({ limits }) => limits.every((limit) => limit.metric !== metric || limit.kept === null)),
  );
  return [
    ...missing,
    ...never.map((metric) => `no stage has samples for ${metric}: ${remedy(metric, vocabulary)}`),
  ];
}

/** What there is only with a setting may be missing for its sake. */
function stageRemedy(empty: readonly LimitResult[], vocabulary: Vocabulary): string {
  const settings = empty.map(({ metric }) => metricsOf(vocabulary)[metric]?.setting);
  const [setting] = settings;
  return setting !== undefined && settings.every((each) => each === setting)
    ? `check ${setting}`
    : 'make stages longer (RAMP_INTERVAL_SECONDS)';
}

function remedy(metric: string, vocabulary: Vocabulary): string {
  const { shorter } = vocabulary;
  return metric.startsWith(vocabulary.visit)
    ? `no ${visitNoun(vocabulary).one} ended within the run, so make it longer or ${shorter}`
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
