/** Names of runs, such as a baseline: `baselines.json` beside the run folders. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closest, InputError } from '../../lib/words/settings.ts';
import { plain } from '../../lib/words/plain.ts';
import { folderCalled, nameIn } from './historyFolders.ts';
import { messageOf } from '../process/terminal.ts';

const FILE = 'baselines.json';

/** Name → folder name. */
export type Names = Readonly<Record<string, string>>;

/** The names given in `reports`. Throws an InputError when their file is damaged. */
export function readNames(reports: string): Names {
  const file = join(reports, FILE);
  if (!existsSync(file)) return {};
  try {
    const names: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isNames(names)) return names;
    throw new Error('it is not an object of texts');
  } catch (error) {
    throw new InputError([
      `${file} can't be read (${plain(messageOf(error))}). Correct or remove it; it holds {"name": "run folder"}.`,
    ]);
  }
}

function isNames(value: unknown): value is Names {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((folder) => typeof folder === 'string');
}

/**
 * The run folder that a person means: a name given with `crescendo history --name`, the path of a folder, or the name
 * of one in `reports`. Throws an InputError when there is none, or none any more.
 */
export function findRun(nameOrFolder: string, reports = 'reports'): string {
  const names = readNames(reports);
  const named = Object.hasOwn(names, nameOrFolder) ? names[nameOrFolder] : undefined;
  if (named !== undefined) return namedFolder(nameOrFolder, folderCalled(reports, named));
  const found = [nameOrFolder, join(reports, nameOrFolder)].find((path) => existsSync(path));
  if (found !== undefined) return found;
  const meant = closest(nameOrFolder, Object.keys(names));
  throw new InputError([
    `There is no run "${plain(nameOrFolder)}": no folder, and no name in ${join(reports, FILE)}. ${meant === undefined ? '"crescendo history" lists the runs.' : `Did you mean ${plain(meant)}?`}`,
  ]);
}

function namedFolder(name: string, path: string): string {
  if (existsSync(path)) return path;
  throw new InputError([
    `"${plain(name)}" names ${plain(path)}, which is not there any more. Name another run: crescendo history --name ${plain(name)} <folder>.`,
  ]);
}

/** Gives the run in `folder`, which is in `reports`, a name; a name that was in use moves. Throws an InputError. */
export function nameRun(reports: string, name: string, folder: string): void {
  if (!/^[\w][\w.-]{0,39}$/.test(name))
    throw new InputError([
      `"${plain(name)}" can't be a name: use up to 40 letters, digits, dots, hyphens and underscores, such as main.`,
    ]);
  const run = nameIn(reports, folder);
  if (run === undefined)
    throw new InputError([`${folder} is not in ${reports}. Give the folder that it is in with --reports.`]);
  writeNames(reports, { ...readNames(reports), [name]: run });
}

/** Takes a name away. Throws an InputError when there is no such name. */
export function removeName(reports: string, name: string): void {
  const names = readNames(reports);
  if (!Object.hasOwn(names, name)) throw new InputError([`No run in ${reports} is named "${plain(name)}".`]);
  writeNames(reports, Object.fromEntries(Object.entries(names).filter(([other]) => other !== name)));
}

function writeNames(reports: string, names: Names): void {
  const partial = join(reports, `.${FILE}.${process.pid}.partial`);
  writeFileSync(partial, `${JSON.stringify(names, null, 1)}\n`);
  renameSync(partial, join(reports, FILE));
}
