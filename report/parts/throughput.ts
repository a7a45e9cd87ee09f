/**
 * How much a run made of what its system counts by the minute, what share of the figure that the whole platform is to have,
 * and how many load generators of this size that figure needs. Pure.
 */
import { highestLevel } from '../../lib/plans/load.ts';
import { inStage } from '../../lib/words/limits.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { headlineOf, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { html } from '../html/escape.ts';
import type { K6Metrics } from '../derive/k6Data.ts';
import { worstLag } from '../derive/generatorLag.ts';
import { aggregateOf } from '../derive/measures.ts';
import type { LimitResult, RunSummary, StageSummary, TestInfo } from '../derive/summary.ts';
import type { NamedLine } from '../text/books.ts';
import { duration, figureText, limitText, percent, whole } from '../text/words.ts';
import type { Part, PartFigure, Seen } from './part.ts';

/** `summary.throughput`: of the stages of the highest level, in their judged parts. */
export interface ThroughputSummary {
  made: number;
  /** Length of those parts, as far as the run came, in milliseconds. */
  judgedMs: number;
  /** null: the run did not come so far. */
  perMinute: number | null;
  /** What the whole platform is to make in a minute. */
  goal: number;
}

function throughputOf(metrics: K6Metrics, test: TestInfo, durationMs: number): ThroughputSummary {
  const { plan, settings, vocabulary } = test;
  const { metric = '', goal = '' } = vocabulary.throughput ?? {};
  const most = highestLevel(plan);
  const stages = plan.stages.filter(({ level, hold }) => level === most && hold < durationMs);
  const made = stages.reduce((sum, stage) => sum + metrics.count(inStage(metric, stage)), 0);
  const judgedMs = stages.reduce((sum, { hold, end }) => sum + Math.min(end, durationMs) - hold, 0);
  const perMinute = judgedMs === 0 ? null : (made * 60_000) / judgedMs;
  return { made, judgedMs, perMinute, goal: Number(settings[goal]) };
}

/** The part of runs whose vocabulary says what is made. */
export const THROUGHPUT: Part = {
  name: 'throughput',
  title: 'Throughput',
  field: 'throughput',
  summarize: (metrics, test, durationMs) =>
    test.vocabulary.throughput === undefined ? {} : { throughput: throughputOf(metrics, test, durationMs) },
  lines: (summary) => [['throughput', sentenceOf(summary)], ...named('capacity', capacityOf(summary))],
  section: (summary) => remarks(summary).map((text) => html`<p>${text}</p>`),
  remarks,
  doubts: (summary) => summary.stages.flatMap((stage) => pacedByUsers(stage, summary)),
  figures: [perMinuteFigure()],
};

function named(name: string, text: string): NamedLine[] {
  return text === '' ? [] : [[name, text]];
}

function remarks(summary: Seen): string[] {
  return [sentenceOf(summary), capacityOf(summary)].filter((text) => text !== '').map((text) => `${text}.`);
}

/** `29,870 messages a minute (498/s) from 1,000 users: 0.3 % of the 10,000,000 of TARGET_MESSAGES_PER_MINUTE`. */
function sentenceOf({ throughput, vocabulary, plan }: RunSummary): string {
  const { many, setting } = wordsOf(vocabulary);
  const { perMinute = null, goal = NaN } = throughput ?? {};
  if (perMinute === null) return `no ${many} in a judged part of the highest level`;
  const users = countedAs(highestLevel(plan), vocabulary.level);
  const pace = `${whole(perMinute)} ${many} a minute (${figureText('per second', perMinute / 60)})`;
  return `${pace} from ${users}: ${shareText(perMinute / goal)} of the ${whole(goal)} of ${setting}`;
}

function wordsOf({ throughput }: Seen['vocabulary']) {
  return { many: throughput?.noun.many ?? '', setting: throughput?.setting ?? '' };
}

/** Small shares have two digits, whatever their size. */
function shareText(share: number): string {
  return share < 0.01 ? `${Number((share * 100).toPrecision(2))} %` : percent(share, share < 0.1 ? 1 : 0);
}

/** More of its CPU than that makes a load generator the bottleneck. */
const USABLE_CPU = 0.9;
/** Less of it says nothing of what all of it could do. */
const LEAST_CPU = 0.01;
/** What is known from less is rough. */
const ROUGH_CPU = 0.1;

/** What this load generator can make at most, and how many of its size the whole figure needs; empty: nothing was made. */
function capacityOf(summary: Seen): string {
  const { throughput, vocabulary, observed } = summary;
  const { perMinute = null, goal = 0 } = throughput ?? {};
  if (perMinute === null || perMinute === 0) return '';
  const { many } = wordsOf(vocabulary);
  const { averageCpu: cpu = null, cores = 0 } = observed ?? {};
  if (cpu === null)
    return `what one machine can make at most is not known, for only “crescendo run” reads k6’s CPU`;
  const limit = limitReached(summary, cpu);
  if (limit === undefined && cpu < LEAST_CPU)
    return 'k6 used less than 1 % of its CPU, too little to tell what one machine can make at most';
  const made = perMinute / 60;
  const most = limit === undefined ? Math.max(made, (perSecondOfRun(summary) * USABLE_CPU) / cpu) : made;
  const why = limit ?? `k6 used ${percent(cpu, cpu < ROUGH_CPU ? 1 : 0)} of its ${whole(cores)} cores`;
  const about = limit === undefined && cpu < ROUGH_CPU ? 'roughly' : 'about';
  const alone = limit === undefined ? ', if nothing else runs there' : '';
  const pace = `${about} ${whole(Number(most.toPrecision(2)))} ${many}/s`;
  return `the generator can make at most ${pace} on this machine (${why})${alone}; ${need(Math.ceil(goal / 60 / most))}`;
}

function need(machines: number): string {
  return machines === 1
    ? 'that is enough for the whole figure'
    : `the whole figure needs ${whole(machines)} such machines`;
}

/** Why it can make no more than it made; `undefined`: it can. */
function limitReached(summary: RunSummary, cpu: number): string | undefined {
  const { generatorLagLimitMs: limit } = summary;
  const { p99 = 0 } = worstLag(summary) ?? {};
  if (p99 >= limit) return `where its lag p99 was ${duration(p99)}, limit ${limit} ms`;
  return cpu >= USABLE_CPU ? `k6 used ${percent(cpu, 0)} of its CPU` : undefined;
}

/** Over the whole run, as the CPU is. */
function perSecondOfRun({ metrics, subMetrics, vocabulary, durationMs }: RunSummary): number {
  const { metric = '' } = vocabulary.throughput ?? {};
  const { count = 0 } = subMetrics[metric] ?? metrics[metric] ?? {};
  return (count * 1000) / durationMs;
}

/** With more failures than that, users waited for those, too, and nobody knows how long in which stage. */
const LEAST_SUCCESS = 0.99;

/** Limits on a rate that users could not have come to even if no request had taken any time: the target is not to blame. */
function pacedByUsers(stage: StageSummary, { vocabulary }: RunSummary): string[] {
  const { latency = {}, success } = stage.operations[vocabulary.headline] ?? {};
  const there = aggregateOf(stage.measures[vocabulary.held.metric], 'count') ?? 0;
  const waited = (latency['count'] ?? 0) * (latency['avg'] ?? 0);
  if (!stage.binding || there <= waited || (success?.rate ?? 0) < LEAST_SUCCESS) return [];
  const most = (value: number) => (value * there) / (there - waited);
  return stage.limits
    .filter((limit) => isBrokenPace(limit) && most(limit.value ?? 0) < limit.bound)
    .map((limit) => tooSlow(limit, most(limit.value ?? 0), stage, vocabulary));
}

function tooSlow(limit: LimitResult, perSecond: number, stage: StageSummary, vocabulary: Vocabulary): string {
  const { level, throughput, spread } = vocabulary;
  const users = countedAs(stage.level, level);
  const { many } = limit.metric === throughput?.metric ? throughput.noun : headlineOf(vocabulary).noun;
  const pace = figureText('count', perSecond);
  return `${users} make at most ${pace} ${many}/s, even if none takes any time, and the limit of stage ${stage.number} is ${limitText(limit)}: have more ${level.many}, or shorter pauses (${spread})`;
}

function isBrokenPace({ kept, unit, operator }: LimitResult): boolean {
  return kept === false && unit === 'per second' && operator.startsWith('>');
}

function perMinuteFigure(): PartFigure {
  return {
    ...{ metric: 'throughput_per_minute', name: 'throughput a minute', unit: 'count', more: true },
    ...{ relative: 0.1, absolute: 0, value: ({ throughput }) => throughput?.perMinute ?? null },
  };
}
