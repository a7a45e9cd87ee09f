/** Reads the run folders of a reports folder: the history as it is without a database. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Evidence, Remains } from '../../report/derive/evidence.ts';
import { messageOf } from '../process/terminal.ts';
import { rowsOf, type RunRows } from './historyRun.ts';

/** Names of the folders in `reports` that hold a run; none when there is no such folder. */
export function runFolders(reports: string): string[] {
  if (!existsSync(reports)) return [];
  const entries = readdirSync(reports, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => existsSync(join(reports, name, 'run.json')))
    .sort();
}

/** The rows of the run in a folder. Throws an Error when its evidence can't be read. */
export function readRun(folder: string): RunRows {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const summary = existsSync(join(folder, 'summary.json')) ? { summary: read('summary.json') } : {};
  const evidence = { verdict: read('verdict.json'), run: read('run.json'), ...summary };
  return rowsOf(basename(folder), evidence as Evidence | Remains);
}

/** The rows of several runs of `reports`; `unreadable` has a sentence for each that can't be read. */
export function readRuns(
  reports: string,
  names: readonly string[],
): { runs: RunRows[]; unreadable: string[] } {
  const runs: RunRows[] = [];
  const unreadable: string[] = [];
  for (const name of names) {
    try {
      runs.push(readRun(join(reports, name)));
    } catch (error) {
      unreadable.push(`${name} can't be listed (${messageOf(error)}).`);
    }
  }
  return { runs, unreadable };
}
