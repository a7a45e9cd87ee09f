/** Is this run better or worse than those before it? Figure by figure, stage by stage, beyond what chance explains. Pure. */
import { isPlainObject } from '../../lib/words/jsonFields.ts';
import { sourcesOf, type Source } from './figures.ts';
import { meanOf, spreadOf, type Interval } from './noise.ts';
import { kindOf, toleranceOf, type FigureKind, type Tolerances } from './tolerance.ts';
import type { Evidence } from '../derive/evidence.ts';
import type { RunSummary } from '../derive/summary.ts';
import { bytes, counted, duration } from '../text/words.ts';

/** A run that is compared, and what to call it. */
export type Compared = Pick<Evidence, 'summary' | 'verdict' | 'run'> & { name: string };

export type Change = 'improved' | 'same' | 'worse' | "can't tell";

/** One figure of two runs. Times are milliseconds, shares are between 0 and 1. */
export interface ComparedFigure {
  /** null: of the whole run. */
  stage: number | null;
  metric: string;
  /** `latency p95`, with the words of the metric. */
  name: string;
  kind: FigureKind;
  /** Mean of the base's runs; null: not measured. */
  base: number | null;
  now: number | null;
  /** `now` − `base`. */
  change: number | null;
  /** A change up to this is none: the greatest of the relative and absolute tolerance and the spread of the bases. */
  tolerance: number;
  verdict: Change;
  /** Why nobody can tell. */
  why?: string;
  /** `12 × faster`; times only. */
  factor?: string;
}

/** What `compare` found. */
export interface Comparison {
  version: 1;
  script: string;
  bases: string[];
  now: string;
  verdict: Change;
  sentence: string;
  /** What the reader must know: runs that were left out, differences that were forced or do not forbid a comparison. */
  remarks: string[];
  figures: ComparedFigure[];
}

/** Why two runs can't be compared, a sentence each; empty when they can. */
export function unlike(base: Compared, now: Compared): string[] {
  const [one, other] = [base.summary, now.summary];
  const difference = (what: string, a: unknown, b: unknown) =>
    same(a, b) ? [] : [`${base.name} and ${now.name} differ in ${what}: ${show(a)} and ${show(b)}.`];
  const shaping = new Set([...shapingSettings(one), ...shapingSettings(other)]);
  const names = new Set([...Object.keys(one.settings), ...Object.keys(other.settings)]);
  const settings = [...names].filter((name) => shaping.has(name));
  return [
    ...difference('their script', one.script, other.script),
    ...difference('the system that they test', one.vocabulary.system, other.vocabulary.system),
    ...planDifference(base, now),
    ...settings.flatMap((name) =>
      difference(`the setting ${name}`, one.settings[name], other.settings[name]),
    ),
    ...(base.run && now.run ? difference('k6', base.run.k6.version, now.run.k6.version) : []),
  ];
}

/** Where a summary does not say which of its settings shape the load, all of them may. */
function shapingSettings({ settings, shapingSettings: names = Object.keys(settings) }: RunSummary): string[] {
  return names;
}

function planDifference(base: Compared, now: Compared): string[] {
  const [a, b] = [loadOf(base.summary), loadOf(now.summary)];
  if (same(a, b)) return [];
  const levels = (plan: RunSummary['plan']) => plan.stages.map((stage) => stage.level).join(', ');
  const [one, other] = [levels(a), levels(b)];
  const what =
    one === other
      ? `the times of their plans, ${duration(a.end ?? 0)} and ${duration(b.end ?? 0)} long`
      : `their plans: ${one} and ${other} ${now.summary.vocabulary.level.many}`;
  return [`${base.name} and ${now.name} differ in ${what}.`];
}

/** A limit in an outage's plan, and how the VUs share the load, do not change it; what a visit does is told as a setting. */
function loadOf({ plan }: RunSummary): RunSummary['plan'] {
  const { outage } = plan;
  return {
    ...plan,
    perVu: 1,
    perVisit: 1,
    ...(outage === undefined ? {} : { outage: { ...outage, withinMs: null } }),
  };
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with sorted names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isPlainObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Things that may explain a change but forbid no comparison. */
function circumstances(base: Compared, now: Compared): string[] {
  if (base.run === undefined || now.run === undefined) return [];
  const [a, b] = [base.run.machine, now.run.machine];
  const different = ['cpu', 'cores', 'memoryBytes', 'os', 'node'].filter((name) => a[name] !== b[name]);
  const version = base.run.crescendo === now.run.crescendo ? [] : ['the version of Crescendo'];
  const all = [...different.map((name) => `the machine's ${name}`), ...version];
  return all.length === 0 ? [] : [`${base.name} and ${now.name} differ in ${all.join(', ')}`];
}

/** Runs whose figures can be used. */
export const isUsable = ({ verdict }: Compared): boolean =>
  verdict.result === 'PASS' || verdict.result === 'FAIL';

/** Compares a run with one or several like it. `unlikeness` is what was forced, for the remarks. */
export function compareRuns(
  bases: readonly Compared[],
  now: Compared,
  tolerances: Tolerances = {},
  unlikeness: readonly string[] = [],
): Comparison {
  const usable = bases.filter(isUsable);
  const remarks = [
    ...unlikeness,
    ...bases
      .filter((run) => !isUsable(run))
      .map(({ name, verdict }) => `${name} is left out: ${verdict.result}`),
    ...new Set(usable.flatMap((base) => circumstances(base, now))),
  ];
  const about = { script: now.summary.script, bases: bases.map(({ name }) => name), now: now.name, remarks };
  const why = usable.length === 0 ? 'no run of the base can be used' : unusable(now);
  if (why !== undefined)
    return { version: 1, ...about, verdict: "can't tell", sentence: `can't tell: ${why}`, figures: [] };
  const figures = figuresOf(usable, now, tolerances);
  return { version: 1, ...about, ...overall(figures), figures };
}

function unusable(now: Compared): string | undefined {
  return isUsable(now) ? undefined : `${now.name} is ${now.verdict.result}: ${now.verdict.sentence}`;
}

function figuresOf(bases: readonly Compared[], now: Compared, tolerances: Tolerances): ComparedFigure[] {
  return sourcesOf(now)
    .map((source) => compareFigure(source, bases, now, tolerances))
    .filter(({ base, now: value }) => base !== null || value !== null);
}

function compareFigure(
  source: Source,
  bases: readonly Compared[],
  run: Compared,
  tolerances: Tolerances,
): ComparedFigure {
  const { stage, metric, name, unit } = source;
  const kind = kindOf(unit);
  const values = bases.map((base) => source.value(base) ?? null).filter((value) => value !== null);
  const base = values.length === 0 ? null : meanOf(values);
  const now = source.value(run) ?? null;
  const { relative, absolute } = toleranceOf(metric, unit, tolerances);
  const tolerance = Math.max(absolute, relative * Math.abs(base ?? 0), spreadOf(values));
  const about = { stage, metric, name, kind, base, now, tolerance };
  if (base === null || now === null) {
    const missing = base === null ? 'the base' : 'this run';
    return { ...about, change: null, verdict: "can't tell", why: `not measured in ${missing}` };
  }
  const factor = kind === 'time' ? factorText(base, now) : undefined;
  const found = { ...about, change: now - base, ...(factor === undefined ? {} : { factor }) };
  return { ...found, ...judge(source, bases, run, { base, now, tolerance }) };
}

function judge(
  { more, interval }: Source,
  bases: readonly Compared[],
  run: Compared,
  { base, now, tolerance }: { base: number; now: number; tolerance: number },
): Pick<ComparedFigure, 'verdict' | 'why'> {
  const change = now - base;
  const verdict = Math.abs(change) <= tolerance ? 'same' : change > 0 === more ? 'improved' : 'worse';
  if (interval === undefined) return { verdict };
  const own = interval(run);
  const theirs = bases.map(interval);
  if (own === undefined || theirs.includes(undefined))
    return { verdict: "can't tell", why: 'too few samples' };
  if (verdict === 'same') return { verdict };
  return overlaps(own, meanInterval(theirs))
    ? { verdict: "can't tell", why: 'chance explains it' }
    : { verdict };
}

function meanInterval(intervals: readonly (Interval | undefined)[]): Interval {
  const known = intervals.filter((interval) => interval !== undefined);
  return { low: meanOf(known.map(({ low }) => low)), high: meanOf(known.map(({ high }) => high)) };
}

function overlaps(one: Interval, other: Interval): boolean {
  return one.low <= other.high && other.low <= one.high;
}

/** A factor below this is not worth a word. */
const LEAST_FACTOR = 1.05;

/** `12 × faster`, `1.3 × slower`; undefined where there is hardly any. */
export function factorText(base: number, now: number): string | undefined {
  if (base <= 0 || now <= 0) return undefined;
  const factor = Math.max(base / now, now / base);
  if (factor < LEAST_FACTOR) return undefined;
  const digits = factor < 2 ? Number(factor.toFixed(2)) : Number(factor.toPrecision(2));
  return `${digits} × ${now < base ? 'faster' : 'slower'}`;
}

/** Worse if anything is; can't tell where of nothing that a stage measured anybody can. */
function overall(figures: readonly ComparedFigure[]): Pick<Comparison, 'verdict' | 'sentence'> {
  const [worse, improved] = [figures.filter(is('worse')), figures.filter(is('improved'))];
  if (worse.length > 0) return { verdict: 'worse', sentence: `worse: ${headlineOf(worse)}` };
  const sampled = figures.filter(({ stage, metric }) => stage !== null && metric !== 'held');
  const stages = [...new Set(sampled.map(({ stage }) => stage))];
  const dark = stages.filter((stage) => sampled.filter((one) => one.stage === stage).every(is("can't tell")));
  if (dark.length > 0 || stages.length === 0) {
    const where = stages.length === 0 ? 'the run' : `stage ${dark.join(', ')}`;
    return { verdict: "can't tell", sentence: `can't tell: too little was measured in ${where}` };
  }
  if (improved.length > 0) return { verdict: 'improved', sentence: `improved: ${headlineOf(improved)}` };
  return { verdict: 'same', sentence: 'same: no figure changed beyond its tolerance' };
}

const is =
  (verdict: Change) =>
  (figure: ComparedFigure): boolean =>
    figure.verdict === verdict;

/** The figure that changed most, measured by its tolerance, and how many others did. */
function headlineOf(figures: readonly ComparedFigure[]): string {
  const weight = ({ kind, base, now, change, tolerance }: ComparedFigure) =>
    kind === 'time' && base && now
      ? Math.abs(Math.log(now / base))
      : Math.abs(change ?? 0) / Math.max(tolerance, 1e-9) / 100;
  const [first] = [...figures].sort((a, b) => weight(b) - weight(a));
  if (first === undefined) return '';
  const others = figures.length - 1;
  const more = others === 0 ? '' : `, and ${counted(others, 'more figure')}`;
  const where = first.stage === null ? '' : ` in stage ${first.stage}`;
  const what = first.factor === undefined ? '' : ` ${first.factor}`;
  return `${first.name}${what}${where} (${figureText(first.base, first.kind)} → ${figureText(first.now, first.kind)})${more}`;
}

/** A value in its unit: `1.01 s`, `99.5 %`, `92 kB`, `50`. */
export function figureText(value: number | null, kind: FigureKind): string {
  if (value === null) return '-';
  if (kind === 'time') return duration(value);
  if (kind === 'bytes') return bytes(value);
  return kind === 'share' ? `${Number((value * 100).toFixed(2))} %` : String(Number(value.toFixed(1)));
}
