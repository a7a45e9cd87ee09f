/**
 * Does the evidence of a run prove its verdict? Everything that was derived is derived again from k6's own values, and
 * compared with what the files say; what several files say must agree. Pure.
 */
import { isRecord } from '../../lib/words/jsonFields.ts';
import { parseLimits, stagesOf } from '../../lib/words/limits.ts';
import { highestLevel, plannedSessions } from '../../lib/plans/load.ts';
import { headlineOf, metricsOf } from '../../lib/vocabulary/vocabulary.ts';
import { choosePlan, type PlanSettings } from '../../lib/before/plans.ts';
import { isProfile } from '../../lib/before/profiles.ts';
import type { Evidence, Observed } from '../derive/evidence.ts';
import { generatorLevels } from '../derive/generatorMemory.ts';
import {
  bucketRules,
  classRules,
  funnelRules,
  RawFigures,
  Rules,
  sampleRules,
  shapeRules,
  stageRules,
  vuRules,
  withinStageRules,
} from './invariants.ts';
import type { K6Data } from '../derive/k6Data.ts';
import { booksOf } from '../derive/measures.ts';
import { SUMMARY_VERSION, summaryOf, type RunSummary } from '../derive/summary.ts';
import { withoutParts } from '../parts/parts.ts';
import { targetRules } from './targetCounts.ts';
import { timelineRules } from './timelineTotals.ts';
import { EXIT_CODES, verdictOf } from '../derive/verdict.ts';

/** The part of `generator.json` that is compared. */
interface GeneratorFigures {
  cores: number;
  peakCpu: number | null;
  averageCpu?: number | null;
  peakMemoryBytes: number | null;
  busySeconds: number;
  samples: { second: number; cpu: number; seconds: number; memoryBytes: number }[];
}

/** What `verify` reads besides the evidence of a report. */
export type Verifiable = Evidence & { generator?: GeneratorFigures };

/** One group of checks. */
export interface Check {
  name: string;
  /** What it shows when all of it holds. */
  shows: string;
  /** Everything that does not hold, as sentences. */
  problems: string[];
  /** Why it could not be made. */
  skipped?: string;
}

type Test = (rules: Rules) => void;

/** Makes all checks. None throws, whatever the files hold. */
export function checksOf(evidence: Verifiable): Check[] {
  const { summary, run, timeline, generator } = evidence;
  const isWhole = !summary.cutShort;
  const figures = new RawFigures({ metrics: summary.metrics, subMetrics: readable(summary) });
  const { vocabulary } = summary;
  const circumstances = { vocabulary, isWhole };
  const numbers = summary.stages.map(({ number }) => number);
  const counts = (name: string, shows: string, test: Test) =>
    check(name, shows, test, undefined, new Rules(isWhole ? 0 : interruptedVus(summary)));
  return [
    check('summary', "summary.json follows from k6's values", (rules) => recomputed(summary, rules)),
    check('verdict', 'the verdict follows from the summary', (rules) => verdictRules(evidence, rules)),
    check('plan', 'the plan is that of the settings', (rules) => planRules(summary, rules)),
    counts('buckets', 'what begins ends in one bucket', (rules) =>
      bucketRules(figures, rules, circumstances),
    ),
    counts('classes', 'failures are the sum of their classes', (rules) =>
      classRules(figures, rules, circumstances),
    ),
    counts('funnel', 'no step has more than the one before', (rules) =>
      funnelRules(figures, rules, circumstances),
    ),
    counts('samples', 'as many samples as things that were measured', (rules) =>
      sampleRules(figures, rules, circumstances),
    ),
    counts('stages', 'the stages are part of the run', (rules) => {
      stageRules(figures, rules);
      withinStageRules(figures, rules, numbers, circumstances);
    }),
    check('values', 'percentiles rise, no time below 0 or beyond the run', (rules) =>
      shapeRules(figures, rules, summary.durationMs, vocabulary),
    ),
    check('sessions', 'no more at a time than planned', (rules) => sessionRules(summary, figures, rules)),
    check(
      'timeline',
      'k6 counted the same second by second',
      (rules) => timelineRules(summary, timeline ?? '', rules),
      timeline === undefined ? 'there is no timeline.ndjson' : undefined,
    ),
    check(
      'generator',
      'CPU and memory are those of its samples',
      (rules) => generatorRules(summary, generator, rules),
      generator === undefined ? 'there is no generator.json' : undefined,
    ),
    check(
      'run',
      'run.json tells of the same run',
      (rules) => runRules(evidence, rules),
      run === undefined ? 'there is no run.json' : undefined,
    ),
    check(
      'target',
      'the back end counted the same',
      (rules) => targetRules(evidence, figures, rules),
      run?.target.stats ? undefined : "the back end's own counts are not in run.json",
    ),
  ];
}

/** Everything that does not hold, one sentence each; empty when the evidence proves the verdict. */
export function verifyEvidence(evidence: Verifiable): string[] {
  return checksOf(evidence).flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`));
}

function readable({ subMetrics }: { subMetrics?: RunSummary['subMetrics'] }): RunSummary['subMetrics'] {
  return subMetrics ?? {};
}

function interruptedVus({ metrics, plan }: RunSummary): number {
  return metrics['vus_max']?.['max'] ?? highestLevel(plan);
}

function check(name: string, shows: string, test: Test, skipped?: string, rules = new Rules()): Check {
  if (skipped !== undefined) return { name, shows, problems: [], skipped };
  try {
    test(rules);
  } catch (error) {
    rules.broken.push(`can't be checked: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { name, shows, problems: rules.broken };
}

/** Makes the summary again from the values of k6 that it holds; what was known before the run stays as it is. */
function recomputed(stored: Evidence['summary'], rules: Rules): void {
  const entries = Object.entries(stored).filter(([name]) => name !== 'observed' && name !== 'verdict');
  const own = Object.fromEntries(entries) as unknown as RunSummary;
  const values = Object.entries({ ...stored.metrics, ...readable(stored) });
  const data: K6Data = {
    metrics: Object.fromEntries(values.map(([name, of]) => [name, { values: of }])),
    state: { testRunDurationMs: stored.durationMs },
  };
  const made = { ...summaryOf(withoutParts(own), data), version: SUMMARY_VERSION };
  for (const path of differences(plain(made), own))
    rules.broken.push(`${path} does not follow from k6's values`);
}

/** As it is after a file. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

const MAX_DIFFERENCES = 5;

/** k6's engine does not write every number with all of its digits: of 300,000 one in 14,000 was off by its sixteenth digit. */
const WRITTEN = 1e-15;

/** Paths at which two JSON values differ; at most five. Numbers are equal if they are when written by k6. */
export function differences(one: unknown, other: unknown, path = ''): string[] {
  if (one === other || isSameNumber(one, other)) return [];
  if (!isRecord(one) || !isRecord(other)) return [path];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  const found = [...names].flatMap((name) =>
    differences(one[name], other[name], path === '' ? name : `${path}.${name}`),
  );
  return found.slice(0, MAX_DIFFERENCES);
}

function isSameNumber(one: unknown, other: unknown): boolean {
  if (typeof one !== 'number' || typeof other !== 'number') return false;
  return Math.abs(one - other) <= WRITTEN * Math.max(Math.abs(one), Math.abs(other));
}

function verdictRules({ summary, verdict }: Evidence, rules: Rules): void {
  const { observed } = summary;
  const own = plain(verdictOf(summary, observed));
  for (const path of differences(own, plain(verdict)))
    rules.broken.push(`verdict.json: ${path} does not follow from the summary`);
  const inSummary = (summary as { verdict?: unknown }).verdict;
  if (inSummary !== undefined && differences(inSummary, plain(verdict)).length > 0)
    rules.broken.push('the verdict of summary.json is not that of verdict.json');
}

function planRules(summary: RunSummary, rules: Rules): void {
  const { plan, stages, limits, level, levels, settings } = summary;
  plan.stages.forEach((stage, index) => {
    const { number, start, transition, hold, end, level } = stage;
    rules.equal('number of a stage', number, 'its place', index + 1);
    rules.equal(`start of stage ${number}`, start, 'end before', plan.stages[index - 1]?.end ?? 0);
    // A rate is judged while it changes, and may be less than one, or end at none.
    const settled = plan.isRate ? start : start + transition;
    rules.holds(
      (level >= 1 || plan.isRate === true) && settled <= hold && (hold < end || plan.end === null),
      `stage ${number} has no order in its times or no level`,
    );
  });
  rules.equal('stages', stages.length, 'stages of the plan', plan.stages.length);
  rules.holds(
    levels === undefined || differences(levels[level], limits).length === 0,
    'the limits are not those of their level',
  );
  const metrics = metricsOf(summary.vocabulary);
  for (const limit of [...limits, ...Object.values(levels ?? {}).flat()]) {
    const limited = { [limit.metric]: [limit.expression] };
    const stages = stagesOf(limit);
    const target = stages === undefined ? limited : { [stages]: limited };
    const [read] = parseLimits(JSON.stringify({ target }), 'limits', metrics).target;
    rules.holds(differences(read, limit).length === 0, `the limit ${limit.expression} is not what it says`);
  }
  const { load } = summary;
  if (load === undefined || settings['planFile'] !== undefined) return;
  // What the system adds to the plan, by its own settings and files.
  const { outage, ...rest } = { ...plan, perVisit: null };
  const chosen = { ...settings, profile: isProfile(settings['profile']) ? settings['profile'] : null };
  const { outage: ownOutage, ...own } = choosePlan(load, chosen as PlanSettings, () => '').plan;
  const same = differences(
    plain([
      { ...own, perVisit: null },
      { ...ownOutage, withinMs: null },
    ]),
    [rest, { ...outage, withinMs: null }],
  );
  rules.holds(same.length === 0, 'the plan is not that of the settings');
}

function sessionRules(
  summary: RunSummary & { observed?: Observed },
  figures: RawFigures,
  rules: Rules,
): void {
  vuRules(figures, rules);
  const { observed, settings, vocabulary } = summary;
  const { many } = headlineOf(vocabulary).noun;
  const most = mostAtATime(summary);
  if (observed !== undefined) rules.atMost(`${many} at a time`, observed.peakConcurrent, 'planned', most);
  const { concurrent = 0 } = booksOf(summary, vocabulary.headline);
  rules.atMost(`${many} at a time, on average`, concurrent, 'planned', most);
  rules.equal('retries', Number(settings['retries'] ?? 0) > 0 ? 0 : summary.retries.attempted, 'RETRIES', 0);
}

/** How many of the headline's operations may be open at a time; unknown beside probes, and where k6 made another load, which the verdict says. */
function mostAtATime(summary: RunSummary): number {
  const { plan, metrics, vocabulary, settings } = summary;
  const made = metrics['vus_max']?.['max'] ?? 0;
  const planned = plan.isRate ? made : (plan.arrivals?.vus ?? highestLevel(plan));
  const each = vocabulary.inFlight === undefined ? 1 : Number(settings[vocabulary.inFlight] ?? 1);
  const ofPlan = plannedSessions(plan) ?? Infinity;
  const isOther = made > planned || booksOf(summary, vocabulary.visit).began > ofPlan;
  return plan.outage !== undefined || isOther ? Infinity : planned * each;
}

function generatorRules(
  summary: Evidence['summary'],
  generator: GeneratorFigures | undefined,
  rules: Rules,
): void {
  if (generator === undefined) return;
  const { cores, peakCpu, averageCpu, peakMemoryBytes, busySeconds, samples } = generator;
  const most = (values: number[]) => (values.length === 0 ? null : Math.max(...values));
  const busy = samples.filter(({ cpu }) => cpu > 0.9).reduce((sum, { seconds }) => sum + seconds, 0);
  rules.holds(peakCpu === most(samples.map(({ cpu }) => cpu)), 'peakCpu is not that of the samples');
  rules.atMost(
    'memory of a sample',
    most(samples.map((sample) => sample.memoryBytes)) ?? 0,
    'peak',
    peakMemoryBytes ?? 0,
  );
  rules.atMost('busySeconds', busySeconds, 'seconds of busy samples', Math.round(busy));
  const { observed } = summary;
  if (observed === undefined) return;
  const levels = generatorLevels(summary, samples);
  rules.holds(differences(levels, observed.levels).length === 0, 'its levels are not those of the samples');
  const own = { cores, peakCpu, averageCpu, peakMemoryBytes, busySeconds };
  const told = Object.fromEntries(Object.keys(own).map((name) => [name, observed[name as keyof Observed]]));
  for (const name of differences(own, told))
    rules.broken.push(`${name} of summary.json is not that of generator.json`);
}

function runRules({ summary, verdict, run }: Evidence, rules: Rules): void {
  if (run === undefined) return;
  const { observed, settings, durationMs } = summary;
  const lasted = Date.parse(run.endedAt) - Date.parse(run.startedAt);
  rules.holds(run.script === summary.script, `the script is ${run.script}, not ${summary.script}`);
  rules.holds(run.result === verdict.result, `the result is ${run.result}, not ${verdict.result}`);
  rules.equal('exit code', run.exitCode, `that of ${verdict.result}`, EXIT_CODES[verdict.result]);
  rules.equal("k6's exit code", run.k6.exitCode, 'that of summary.json', observed?.exitCode ?? NaN);
  rules.equal('seed', run.seed, 'that of the settings', Number(settings['seed']));
  rules.atMost('length of the run', Math.floor(durationMs), 'time from start to end', lasted);
}
