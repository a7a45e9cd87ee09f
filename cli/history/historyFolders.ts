/** The run folders of a reports folder: the history as it is without a database. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../../lib/words/settings.ts';
import { readRun } from '../evidence/runReader.ts';
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

/** The rows of the run in a folder. Throws an Error of one sentence when its evidence can't be read. */
export async function rowsIn(folder: string): Promise<RunRows> {
  return rowsOf(basename(folder), await readRun(folder, 'history'));
}

/** The rows of several runs of `reports`; `unreadable` has a sentence for each that can't be read. */
export async function rowsInAll(
  reports: string,
  names: readonly string[],
): Promise<{ runs: RunRows[]; unreadable: string[] }> {
  const runs: RunRows[] = [];
  const unreadable: string[] = [];
  for (const name of names) {
    try {
      runs.push(await rowsIn(join(reports, name)));
    } catch (error) {
      unreadable.push(problemOf(name, error));
    }
  }
  return { runs, unreadable };
}

function problemOf(name: string, error: unknown): string {
  return error instanceof InputError ? error.message : `${name} can't be listed (${messageOf(error)}).`;
}
