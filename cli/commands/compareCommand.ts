/** `crescendo compare <base …> <now>`: is a run better or worse than those before it? */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { shapingSettings } from '../../lib/before/config.ts';
import { InputError } from '../../lib/words/settings.ts';
import {
  compareRuns,
  unlike,
  type Change,
  type Compared,
  type Comparison,
} from '../../report/compare/compare.ts';
import {
  renderComparison,
  renderComparisonJunit,
  renderComparisonMarkdown,
} from '../../report/compare/comparisonText.ts';
import type { RunSummary } from '../../report/derive/summary.ts';
import { comparedUnits } from '../../report/compare/figures.ts';
import { tolerancesWith } from '../../report/compare/tolerance.ts';
import { EXIT_CODES } from '../../report/derive/verdict.ts';
import { CHATBOT_SECTIONS } from '../../systems/chatbot/settings.ts';
import { BROKEN } from '../exitCodes.ts';
import { findRun } from '../history/historyNames.ts';
import { hasColours, messageOf } from '../process/terminal.ts';
import { readRun } from '../evidence/runReader.ts';

/** What the command line says besides the runs. */
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

/**
 * Compares the last run with those before it, prints and writes what was asked for, and resolves to the exit code: 99 when
 * it is worse, 3 when nobody can tell. Throws an InputError for runs that are not alike, unless forced, or not there.
 */
export async function compare(paths: readonly string[], options: CompareOptions): Promise<number> {
  const given = givenTolerances(options.tolerance ?? []);
  const runs: Compared[] = [];
  for (const path of paths) runs.push(await runCalled(path, options.reports));
  const now = runs.at(-1);
  const bases = runs.slice(0, -1);
  if (now === undefined || bases.length === 0)
    throw new InputError(['compare needs two runs or more: those of the base, then the one of now.']);
  const tolerances = tolerancesWith(given, comparedUnits(now.summary.vocabulary));
  const differences = bases.flatMap((base) => unlike(base, now));
  if (differences.length > 0 && options.force !== true)
    throw new InputError([
      ...differences,
      'Such runs measure different things. --force compares them all the same.',
    ]);
  const comparison = compareRuns(bases, now, tolerances, differences);
  writeFiles(comparison, options);
  process.stdout.write(renderComparison(comparison, hasColours(process.stdout)));
  return EXITS[comparison.verdict];
}

/** `given`: a folder, a summary.json, or what `crescendo history --name` calls a run. */
async function runCalled(given: string, reports: string): Promise<Compared> {
  const path = existsSync(given) ? given : findRun(given, reports);
  const { summary, verdict, run } = await readRun(path, 'compare');
  const name = basename(resolve(path));
  return { summary: withShapingSettings(summary), verdict, name, ...(run === undefined ? {} : { run }) };
}

/** Summaries of earlier versions do not say which settings shape the load: theirs are the chatbot's. */
function withShapingSettings(summary: RunSummary): RunSummary {
  return { shapingSettings: shapingSettings(CHATBOT_SECTIONS), ...summary };
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

function writeFiles(comparison: Comparison, { markdown, json, junit }: CompareOptions): void {
  const files: [string | undefined, () => string][] = [
    [markdown, () => renderComparisonMarkdown(comparison)],
    [json, () => `${JSON.stringify(comparison, null, 1)}\n`],
    [junit, () => renderComparisonJunit(comparison)],
  ];
  for (const [file, text] of files) if (file !== undefined) writeText(file, text());
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError([`${file} can't be written (${messageOf(error)}). Choose another place.`]);
  }
}
