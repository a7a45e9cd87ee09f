/** A new folder for a script of somebody's own: its name, the example that its files are made of, and how it is written. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { plain } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import { packageRoot } from '../process/packageRoot.ts';
import { shortPath } from '../process/shortPath.ts';
import { messageOf } from '../process/terminal.ts';
import { isShipped } from '../setup/scriptFile.ts';
import type { NewFiles } from './newFiles.ts';

const EXAMPLES = join(packageRoot, 'examples');

/** The folder of that name in the current one. Throws an InputError when the name is none, or taken. */
export function newFolder(name: string): string {
  refuseName(name);
  const folder = resolve(name);
  if (existsSync(folder))
    throw new InputError([`There is something at ${shortPath(folder)} already: choose another name.`]);
  return folder;
}

function refuseName(name: string): void {
  if (!/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/.test(name) || name.length > 40)
    throw new InputError([
      `"${plain(name)}" can't be the name of a script: give small letters, digits and single hyphens, such as my-chat.`,
    ]);
  if (isShipped(name))
    throw new InputError([`"${name}" is a script that ships: choose another name, such as my-${name}.`]);
}

/** Whether there is an example of that name. */
export function hasExample(name: string): boolean {
  return existsSync(join(EXAMPLES, name));
}

/** The files of an example. */
export function exampleFiles(name = 'support-desk'): NewFiles {
  const read = (file: string) => readFileSync(join(EXAMPLES, name, file), 'utf8');
  return { protocol: read('protocol.ts'), script: read(`${name}.ts`) };
}

/** The way from a folder to Crescendo's, with a slash at its end. */
export function wayUp(folder: string): string {
  const up = `${relative(folder, packageRoot).split(sep).join('/')}/`;
  return up.startsWith('.') ? up : `./${up}`;
}

/** Makes the folder with all of its files, or nothing. Throws an InputError when it can't. */
export function writeFolder(folder: string, files: Readonly<Record<string, string>>): void {
  let unfinished: string | undefined;
  try {
    unfinished = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
    const whole = join(unfinished, basename(folder));
    mkdirSync(whole);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(whole, file), text);
    renameSync(whole, folder);
  } catch (error) {
    throw new InputError([`${shortPath(folder)} can't be made (${messageOf(error)}). Choose another place.`]);
  } finally {
    if (unfinished !== undefined) rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The command that builds the script of a folder. */
export function buildCommand(script: string): string {
  return `node ${shortPath(join(packageRoot, 'build.mjs'))} ${shortPath(script)}`;
}
