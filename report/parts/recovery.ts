/** How the back end came through an outage, from the probes that watched it. Pure. */
import { LEAST_HELD } from '../../lib/words/limits.ts';
import { inSecond, MAX_PROBE_SECONDS, plannedProbes, type Outage, type Plan } from '../../lib/plans/load.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { headlineOf, visitNoun, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { K6Metrics } from '../derive/k6Data.ts';
import { OTHER_LOAD } from '../derive/doubts/otherLoad.ts';
import type { RunSummary } from '../derive/summary.ts';
import { facts } from '../html/table.ts';
import type { NamedLine } from '../text/books.ts';
import { duration, errorsText, limitSentence, metricName, whole } from '../text/words.ts';
import { ifAny, type Break, type Part } from './part.ts';

/** Times are milliseconds. */
export interface RecoverySummary {
  /** When the outage began, since the start of the scenario; null: no probe failed and nothing said when. */
  startedAt: number | null;
  /** From then until errors stopped: 0 when no probe failed; null when they went on to the end. */
  errorsLastedMs: number | null;
  /** From then until answers kept their p95 limit again: 0 when they always did; null when they did not. */
  p95BackAfterMs: number | null;
  /** Failed operations of the headline's kind in the whole run, but those of probes. */
  lost: number;
  /** `planned` is absent in runs of an earlier version. */
  probes: { planned?: number; answered: number; failed: number; dropped: number };
}

/** Recovers the times from the probes' starts and ends; a probe every `interval` is how exact they are. */
export function recoveryOf(
  metrics: K6Metrics,
  { plan, vocabulary }: { plan: Plan; vocabulary: Vocabulary },
  outage: Outage,
): RecoverySummary {
  const lost = headlineOf(vocabulary).bad.metric;
  const interval = 1000 / outage.probesPerSecond;
  const starts = metrics.distribution('probe_failed_start');
  const startedAt = beginning(metrics);
  const last = starts['max'];
  const runEnd = (plan.end ?? 0) - interval;
  const errorsEnd = last === undefined ? startedAt : last + interval / 2;
  const answered = metrics.distribution('probe_duration')['count'] ?? 0;
  const { count: failed = 0 } = starts;
  const since = (time: number | null) => (time === null ? 0 : Math.max(0, time - (startedAt ?? time)));
  const slowEnd = endOfSlowness(metrics, plan, outage);
  return {
    startedAt,
    errorsLastedMs: last !== undefined && last >= runEnd - interval ? null : since(errorsEnd),
    p95BackAfterMs: slowEnd === undefined ? null : since(slowEnd),
    lost: metrics.count(lost) - metrics.count(`${lost}{stage:probe}`),
    probes: {
      planned: plannedProbes(plan, outage),
      answered,
      failed,
      dropped: metrics.count('dropped_iterations'),
    },
  };
}

/**
 * When the outage began. What caught probes at work failed them at once, or let them wait for an answer that would
 * have come when such an answer usually comes; both can't be before the outage.
 */
function beginning(metrics: K6Metrics): number | null {
  const told = metrics.distribution('outage_started');
  if (told['min'] !== undefined) return told['min'];
  const firstStart = metrics.distribution('probe_failed_start')['min'];
  const firstEnd = metrics.distribution('probe_failed_end')['min'];
  if (firstStart === undefined || firstEnd === undefined) return null;
  const usual = metrics.distribution('probe_duration')['med'] ?? 0;
  return Math.min(firstEnd, firstStart + usual);
}

/** Probes of so many seconds are looked at together: one that is late among many is no outage. */
const WINDOW_SECONDS = 4;
const SHARE = 0.95;

interface Second {
  good: number;
  all: number;
}

/**
 * The end of the last second from which a window of probes had fewer than 95 % in time, less that second's own good
 * part; null: there is none; undefined: the last window of the run is one.
 */
function endOfSlowness(metrics: K6Metrics, plan: Plan, outage: Outage): number | null | undefined {
  const seconds = secondsOf(metrics, plan, outage);
  const isSlow = (first: number) => {
    const window = seconds.slice(first, first + WINDOW_SECONDS);
    const [good, all] = [sum(window, 'good'), sum(window, 'all')];
    return all > 0 && good < SHARE * all;
  };
  const last = seconds.findLastIndex((_, index) => isSlow(index) && bad(seconds[index]) > 0);
  if (last < 0) return null;
  const trailing = seconds.findLastIndex((second) => second.all > 0);
  if (last === trailing && bad(seconds[last]) === 1) return undefined;
  return outage.start + (last + bad(seconds[last])) * 1000;
}

function secondsOf(metrics: K6Metrics, { end }: Plan, { start }: Outage): Second[] {
  const count = Math.min(MAX_PROBE_SECONDS, Math.ceil(((end ?? start) - start) / 1000));
  return Array.from({ length: count }, (_, second) => {
    const { rate, samples } = metrics.share(inSecond(second));
    return { good: (rate ?? 0) * samples, all: samples };
  });
}

function sum(seconds: readonly Second[], part: keyof Second): number {
  return seconds.reduce((total, second) => total + second[part], 0);
}

/** The share of a second's probes that failed or were late. */
function bad(second: Second | undefined): number {
  return second === undefined || second.all === 0 ? 0 : (second.all - second.good) / second.all;
}

/** The part of runs with an outage. */
export const RECOVERY: Part = {
  name: 'recovery',
  title: 'Recovery',
  field: 'recovery',
  summarize: (metrics, test) =>
    test.plan.outage === undefined ? {} : { recovery: recoveryOf(metrics, test, test.plan.outage) },
  lines: (summary) => ifAny(summary.recovery, (recovery) => linesOf(recovery, summary)),
  section: (summary) => facts(ifAny(summary.recovery, (recovery) => factsOf(recovery, summary))),
  sentence: (summary, broken) =>
    ifAny(summary.recovery, (recovery) => [sentenceOf(recovery, summary, broken)]).join(),
  doubts: (summary) => ifAny(summary.recovery, doubtsOf),
  figures: [
    {
      ...{ metric: 'errors_lasted', name: 'errors lasted', unit: 'ms', more: false },
      ...{ relative: 0.1, absolute: 1000, value: (summary) => orToTheEnd(summary, 'errorsLastedMs') },
    },
    {
      ...{ metric: 'p95_back_after', name: 'p95 back after', unit: 'ms', more: false },
      ...{ relative: 0.1, absolute: 2000, value: (summary) => orToTheEnd(summary, 'p95BackAfterMs') },
    },
  ],
};

function linesOf(recovery: RecoverySummary, { vocabulary }: RunSummary): NamedLine[] {
  const { startedAt, errorsLastedMs, p95BackAfterMs, lost, probes } = recovery;
  const from = startedAt === null ? 'no outage seen' : `outage from ${duration(startedAt)} on`;
  const back =
    p95BackAfterMs === null
      ? 'p95 not back within its limit'
      : `p95 back within its limit after ${duration(p95BackAfterMs)}`;
  const cost = `${countedAs(lost, headlineOf(vocabulary).noun)} lost`;
  return [
    ['recovery', `${from}: ${errorsText(errorsLastedMs)}, ${back}, ${cost}`],
    ['probes', probesText(probes)],
  ];
}

function probesText({ answered, failed, dropped }: RecoverySummary['probes']): string {
  const waited = dropped > 0 ? `, ${whole(dropped)} had no VU` : '';
  return `${whole(answered)} answered, ${whole(failed)} failed${waited}`;
}

function factsOf(recovery: RecoverySummary, { vocabulary }: RunSummary): NamedLine[] {
  const { startedAt, errorsLastedMs, p95BackAfterMs, lost, probes } = recovery;
  const { noun, latency = 'latency' } = headlineOf(vocabulary);
  const began =
    startedAt === null ? 'none was seen' : `began ${duration(startedAt)} after the start of the plan`;
  const back =
    p95BackAfterMs === null
      ? 'did not come back within its limit'
      : `back within its limit after ${duration(p95BackAfterMs)}`;
  return [
    ['outage', began],
    ['errors', errorsText(errorsLastedMs)],
    [`${metricName(latency)} p95`, back],
    [`${noun.many} lost`, whole(lost)],
    ['probes', probesText(probes)],
  ];
}

function sentenceOf(
  { startedAt, errorsLastedMs, p95BackAfterMs, lost }: RecoverySummary,
  { vocabulary }: RunSummary,
  broken: Break | undefined,
): string {
  if (broken !== undefined) {
    const { stage, worst } = broken;
    const when = stage.name === 'before' ? 'breaks before the outage' : 'does not recover in time';
    return `${when} (stage ${stage.number}): ${limitSentence(worst)}`;
  }
  if (startedAt === null)
    return `no error was seen: either nothing failed, or it cost no ${visitNoun(vocabulary).one}`;
  const { noun } = headlineOf(vocabulary);
  const p95 =
    p95BackAfterMs === null ? 'not in time again' : `in time again after ${duration(p95BackAfterMs)}`;
  return `recovers: ${errorsText(errorsLastedMs)}, ${noun.many} ${p95}, ${countedAs(lost, noun)} lost`;
}

/** Of the probes of an outage each was made, or dropped because no VU was free; k6 may count one more or less. */
function doubtsOf({ probes: { planned = 0, answered, failed, dropped } }: RecoverySummary): string[] {
  const seen = answered + failed + dropped;
  if (seen >= LEAST_HELD * planned - 2) return [];
  return [`${seen} probes were made and ${planned} were planned: ${OTHER_LOAD}`];
}

/** What lasted to the end of the run lasted from the outage's planned start to there. */
function orToTheEnd(
  { recovery, plan }: RunSummary,
  time: 'errorsLastedMs' | 'p95BackAfterMs',
): number | null {
  if (recovery === undefined) return null;
  return recovery[time] ?? (plan.end ?? 0) - (plan.outage?.start ?? 0);
}
