/** Is a suite better or worse than those before it? Test by test, as runs are compared. Pure. */
import { blockedWhere, figuresOf } from '../suite/testFigures.ts';
import type { Blocked, TestFigures } from '../suite/suiteRecord.ts';
import type { BeforeAfter, Factors } from '../suite/suiteTable.ts';
import { counted } from '../text/words.ts';
import {
  compareRuns,
  factorText,
  isUsable,
  unlike,
  type Change,
  type Compared,
  type Comparison,
} from './compare.ts';
import { meanOf } from './noise.ts';
import type { Tolerances } from './tolerance.ts';

/** A test of a suite with its run, or why there is none to compare: a sentence. */
export type ComparedTest = { name: string } & ({ run: Compared } | { why: string });

/** A suite that is compared, and what to call it. */
export interface ComparedSuite {
  name: string;
  /** What its file calls it. */
  suite: string;
  tests: readonly ComparedTest[];
}

/** One test before and now, of the runs that can be used. `base`: their mean. */
export interface TestComparison extends BeforeAfter {
  test: string;
  verdict: Change;
  sentence: string;
  /** null where the runs were not compared; `sentence` says why. */
  comparison: Comparison | null;
}

/** What `compare` found of suites. */
export interface SuiteComparison {
  version: 1;
  suite: string;
  bases: string[];
  now: string;
  verdict: Change;
  sentence: string;
  /** In the order of the suite of now; then those that only the bases have. */
  tests: TestComparison[];
}

/** How pairs of runs are compared. */
export interface PairOptions {
  tolerances?: Tolerances;
  /** Also pairs that are not alike. */
  force?: boolean;
}

/** Compares a suite with one or several: tests of the same name are pairs. */
export function compareSuites(
  bases: readonly ComparedSuite[],
  now: ComparedSuite,
  options: PairOptions = {},
): SuiteComparison {
  const names = new Set([now, ...bases].flatMap(({ tests }) => tests.map(({ name }) => name)));
  const tests = [...names].map((name) => compareTest(name, bases, now, options));
  const about = { suite: now.suite, bases: bases.map(({ name }) => name), now: now.name };
  return { version: 1, ...about, ...overall(tests), tests };
}

function compareTest(
  name: string,
  bases: readonly ComparedSuite[],
  now: ComparedSuite,
  { tolerances, force = false }: PairOptions,
): TestComparison {
  const before = bases.map((suite) => testOf(suite, name));
  const after = testOf(now, name);
  const runs = before.flatMap((test) => ('run' in test ? [test.run] : []));
  const gaps = before.flatMap((test) => ('why' in test ? [test.why] : []));
  const figures = {
    base: meanFigures(usableFigures(runs)),
    now: meanFigures('run' in after ? usableFigures([after.run]) : []),
  };
  if ('why' in after || runs.length === 0)
    return dark(name, figures, [...new Set([...gaps, ...whyOf(after)])]);
  const differences = runs.flatMap((base) => unlike(base, after.run));
  if (differences.length > 0 && !force) return dark(name, figures, [...differences, UNLIKE]);
  const comparison = compareRuns(runs, after.run, tolerances, [...differences, ...gaps]);
  const { verdict, sentence } = comparison;
  return { test: name, verdict, sentence, ...figures, factor: factorsOf(figures), comparison };
}

/** What to do about runs that are not alike. */
export const UNLIKE = 'Such runs measure different things. --force compares them all the same.';

function testOf({ name: suite, tests }: ComparedSuite, name: string): ComparedTest {
  return tests.find((test) => test.name === name) ?? { name, why: `${suite} has no test ${name}.` };
}

function whyOf(test: ComparedTest): string[] {
  return 'why' in test ? [test.why] : [];
}

function dark(
  test: string,
  figures: Pick<TestComparison, 'base' | 'now'>,
  why: readonly string[],
): TestComparison {
  const sentence = `can't tell: ${why.join(' ')}`;
  return { test, verdict: "can't tell", sentence, ...figures, factor: {}, comparison: null };
}

function factorsOf({ base, now }: Pick<TestComparison, 'base' | 'now'>): Factors {
  const names = ['averageSeconds', 'p95Seconds', 'totalSeconds'] as const;
  const texts = names.map((name) => [name, factorText(base?.[name] ?? 0, now?.[name] ?? 0)] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined));
}

function usableFigures(runs: readonly Compared[]): TestFigures[] {
  return runs.filter(isUsable).flatMap((run) => figuresOf(run) ?? []);
}

/** null of no run. */
function meanFigures(all: readonly TestFigures[]): TestFigures | null {
  if (all.length === 0) return null;
  const mean = (of: (figures: TestFigures) => number | null) => {
    const values = all.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : meanOf(values);
  };
  return {
    requests: mean(({ requests }) => requests),
    successes: mean(({ successes }) => successes),
    minSeconds: mean(({ minSeconds }) => minSeconds),
    averageSeconds: mean(({ averageSeconds }) => averageSeconds),
    p50Seconds: mean(({ p50Seconds }) => p50Seconds),
    p95Seconds: mean(({ p95Seconds }) => p95Seconds),
    p99Seconds: mean(({ p99Seconds }) => p99Seconds),
    maxSeconds: mean(({ maxSeconds }) => maxSeconds),
    requestsPerSecond: mean(({ requestsPerSecond }) => requestsPerSecond),
    totalSeconds: mean(({ totalSeconds }) => totalSeconds),
    blocked: blockedInAny(all.map(({ blocked }) => blocked)),
    errorRate: mean(({ errorRate }) => errorRate),
    met: all.every(({ met }) => met === true),
  };
}

function blockedInAny(all: readonly (Blocked | null)[]): Blocked | null {
  const unknown = all.includes(null) ? null : false;
  const isAt = (place: Blocked) => all.includes(place) || all.includes('both') || unknown;
  return blockedWhere(isAt('target'), isAt('generator'));
}

/** The gravest first. */
const ORDER = ['worse', "can't tell", 'improved', 'same'] as const satisfies readonly Change[];

/** Worse if any is; else nobody can tell if that is so of any. */
function overall(tests: readonly TestComparison[]): Pick<SuiteComparison, 'verdict' | 'sentence'> {
  const counts = ORDER.map((change) => ({
    change,
    count: tests.filter(({ verdict }) => verdict === change).length,
  })).filter(({ count }) => count > 0);
  const verdict = counts[0]?.change ?? "can't tell";
  const parts = counts.map(({ change, count }) => `${count} ${change === 'same' ? 'the same' : change}`);
  return { verdict, sentence: `${verdict}: ${counted(tests.length, 'test')}, ${parts.join(', ')}` };
}
