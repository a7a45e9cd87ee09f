/** The run folders of a reports folder: the history as it is without a database. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { InputError } from '../../lib/words/settings.ts';
import { readRun } from '../evidence/runReader.ts';
import { messageOf } from '../process/terminal.ts';
import { rowsOf, type RunRows } from './historyRun.ts';

/**
 * Names of the folders in `reports` that hold a run, those in the folders of suites with theirs before (`suite/01-ramp`);
 * none when there is no such folder.
 */
export function runFolders(reports: string): string[] {
  const names = foldersIn(reports);
  const isRun = (name: string) => existsSync(join(reports, name, 'run.json'));
  const ofSuites = names.filter((name) => existsSync(join(reports, name, 'suite.json')));
  const inside = ofSuites.flatMap((suite) =>
    foldersIn(join(reports, suite)).map((name) => `${suite}/${name}`),
  );
  return [...names, ...inside].filter(isRun).sort();
}

function foldersIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}

/** The name of a run's folder in `reports`, with slashes; `undefined`: it is not in there. */
export function nameIn(reports: string, folder: string): string | undefined {
  const parts = relative(resolve(reports), resolve(folder)).split(sep);
  const isInside = parts.every((part) => part !== '' && part !== '..') && parts.length <= DEEPEST;
  return isInside ? parts.join('/') : undefined;
}

/** The run's own folder, and that of its suite. */
const DEEPEST = 2;

/** The folder of a run by its name; however a file came to hold it, it is below `reports`. */
export function folderCalled(reports: string, name: string): string {
  const parts = name.split(/[/\\]/).filter((part) => !['', '.', '..'].includes(part));
  return join(reports, ...parts.slice(-DEEPEST));
}

/** The rows of a run of `reports`. Throws an Error of one sentence when its evidence can't be read. */
export async function rowsIn(reports: string, name: string): Promise<RunRows> {
  return rowsOf(name, await readRun(join(reports, name), 'history'));
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
      runs.push(await rowsIn(reports, name));
    } catch (error) {
      unreadable.push(problemOf(name, error));
    }
  }
  return { runs, unreadable };
}

function problemOf(name: string, error: unknown): string {
  return error instanceof InputError ? error.message : `${name} can't be listed (${messageOf(error)}).`;
}
