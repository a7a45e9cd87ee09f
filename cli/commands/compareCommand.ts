/** `crescendo compare <base …> <now>`: is a run, or a suite, better or worse than those before it? */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { plain } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import { compareRuns, unlike, type Change, type Compared } from '../../report/compare/compare.ts';
import { compareSuites, UNLIKE, type ComparedSuite } from '../../report/compare/compareSuites.ts';
import {
  renderComparison,
  renderComparisonJunit,
  renderComparisonMarkdown,
} from '../../report/compare/comparisonText.ts';
import { comparedUnits } from '../../report/compare/figures.ts';
import {
  renderSuiteComparison,
  renderSuiteComparisonJunit,
  renderSuiteComparisonMarkdown,
} from '../../report/compare/suiteComparisonText.ts';
import { tolerancesWith } from '../../report/compare/tolerance.ts';
import { EXIT_CODES } from '../../report/derive/verdict.ts';
import { runCalled } from '../compare/comparedRun.ts';
import { isSuite, readComparedSuite } from '../compare/comparedSuite.ts';
import { BROKEN } from '../exitCodes.ts';
import { hasColours, messageOf } from '../process/terminal.ts';

/** What the command line says besides the runs or suites. */
export interface CompareOptions {
  /** `metric=10%,20ms`, or a JSON file of them, each. */
  tolerance?: readonly string[];
  force?: boolean;
  markdown?: string;
  json?: string;
  junit?: string;
  /** Where the names of runs are. */
  reports: string;
}

const EXITS: Record<Change, number> = {
  improved: 0,
  same: 0,
  worse: EXIT_CODES.FAIL,
  "can't tell": BROKEN,
};

/** What a comparison came to, in each form. */
interface Found {
  verdict: Change;
  text: (colours: boolean) => string;
  json: object;
  markdown: () => string;
  junit: () => string;
}

/** `metric` and the text of its tolerance. */
type Given = readonly (readonly [metric: string, tolerance: string])[];

/**
 * Compares the last run or suite with those before it, prints and writes what was asked for, and resolves to the exit code:
 * 99 when it is worse, 3 when nobody can tell. Throws an InputError for runs that are not alike, unless forced, or not
 * there.
 */
export async function compare(paths: readonly string[], options: CompareOptions): Promise<number> {
  const given = givenTolerances(options.tolerance ?? []);
  const found = areSuites(paths)
    ? await compareAllSuites(paths, given, options)
    : await compareAllRuns(paths, given, options);
  writeFiles(found, options);
  process.stdout.write(found.text(hasColours(process.stdout)));
  return EXITS[found.verdict];
}

/** Throws an InputError where only some are. */
function areSuites(paths: readonly string[]): boolean {
  const [suite] = paths.filter(isSuite);
  const other = paths.find((path) => !isSuite(path));
  if (suite === undefined) return false;
  if (other === undefined) return true;
  throw new InputError([
    `"${plain(suite)}" is a suite and "${plain(other)}" is none: give suites only, or runs only, such as ${plain(suite)}/01-….`,
  ]);
}

async function compareAllRuns(
  paths: readonly string[],
  given: Given,
  { reports, force }: CompareOptions,
): Promise<Found> {
  const runs: Compared[] = [];
  for (const path of paths) runs.push(await runCalled(path, reports));
  const { bases, now } = basesAndNow(runs, 'runs');
  const tolerances = tolerancesWith(given, comparedUnits(now.summary.vocabulary));
  const differences = bases.flatMap((base) => unlike(base, now));
  if (differences.length > 0 && force !== true) throw new InputError([...differences, UNLIKE]);
  const comparison = compareRuns(bases, now, tolerances, differences);
  return {
    verdict: comparison.verdict,
    text: (colours) => renderComparison(comparison, colours),
    json: comparison,
    markdown: () => renderComparisonMarkdown(comparison),
    junit: () => renderComparisonJunit(comparison),
  };
}

/** A tolerance holds for the tests whose system has its metric. */
async function compareAllSuites(
  paths: readonly string[],
  given: Given,
  { force = false }: CompareOptions,
): Promise<Found> {
  const suites: ComparedSuite[] = [];
  for (const path of paths) suites.push(await readComparedSuite(path));
  const { bases, now } = basesAndNow(suites, 'suites');
  const runs = suites.flatMap(({ tests }) => tests.flatMap((test) => ('run' in test ? [test.run] : [])));
  const units = runs.flatMap(({ summary }) => Object.entries(comparedUnits(summary.vocabulary)));
  const tolerances = tolerancesWith(given, Object.fromEntries(units));
  const comparison = compareSuites(bases, now, { tolerances, force });
  return {
    verdict: comparison.verdict,
    text: (colours) => renderSuiteComparison(comparison, colours),
    json: comparison,
    markdown: () => renderSuiteComparisonMarkdown(comparison),
    junit: () => renderSuiteComparisonJunit(comparison),
  };
}

function basesAndNow<T>(all: readonly T[], what: string): { bases: readonly T[]; now: T } {
  const [now, bases] = [all.at(-1), all.slice(0, -1)];
  if (now !== undefined && bases.length > 0) return { bases, now };
  throw new InputError([`compare needs two ${what} or more: those of the base, then the one of now.`]);
}

function givenTolerances(given: readonly string[]): [metric: string, tolerance: string][] {
  return given.flatMap((text): [string, string][] => {
    const [, metric, tolerance] = /^(\w+)=(.*)$/.exec(text) ?? [];
    return metric === undefined || tolerance === undefined ? toleranceFile(text) : [[metric, tolerance]];
  });
}

function toleranceFile(path: string): [string, string][] {
  const shape = 'Write metric=10%,20ms, or name a JSON file such as {"failures": "10%,2"}.';
  if (!existsSync(path)) throw new InputError([`--tolerance is "${path}": there is no such file. ${shape}`]);
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Object.entries(value as Record<string, unknown>).map(([metric, text]) => [metric, String(text)]);
  } catch (error) {
    throw new InputError([`--tolerance ${path} can't be read (${messageOf(error)}). ${shape}`]);
  }
}

function writeFiles(found: Found, { markdown, json, junit }: CompareOptions): void {
  if (markdown !== undefined) writeText(markdown, found.markdown());
  if (json !== undefined) writeText(json, `${JSON.stringify(found.json, null, 1)}\n`);
  if (junit !== undefined) writeText(junit, found.junit());
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError([`${file} can't be written (${messageOf(error)}). Choose another place.`]);
  }
}
