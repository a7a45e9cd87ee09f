/** Finds the script that a command line names. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { closest, InputError } from '../../lib/words/settings.ts';
import { packageRoot } from '../process/packageRoot.ts';

/** A k6 script. */
export interface ScriptFile {
  /** `ramp` for `dist/ramp.js`. */
  name: string;
  path: string;
  /** Somebody's own, which may have settings of its own. */
  isOwn: boolean;
}

const dist = join(packageRoot, 'dist');

/** The scripts that have been built, by name, those that ship and others. Throws an InputError when they have not been built. */
export function builtScripts(): ScriptFile[] {
  const files = existsSync(dist) ? readdirSync(dist).filter((file) => file.endsWith('.js')) : [];
  if (files.length === 0)
    throw new InputError(['The scripts have not been built: dist/ has none. Run: node bootstrap.mjs']);
  return files.sort().map((file) => scriptAt(join(dist, file)));
}

/** The scripts that Crescendo ships, by name. */
export function shippedScripts(): ScriptFile[] {
  return builtScripts().filter((script) => !script.isOwn);
}

/** Whether a script of that name ships. */
export function isShipped(name: string): boolean {
  return existsSync(join(packageRoot, 'scripts', `${name}.ts`));
}

/** The script called `text`, or the bundle at that path. Throws an InputError that lists the scripts. */
export function findScript(text: string): ScriptFile {
  if (/[/\\]|\.js$/.test(text)) return bundleAt(text);
  const scripts = builtScripts();
  const found = scripts.find(({ name }) => name === text);
  if (found !== undefined) return found;
  const names = scripts.map(({ name }) => name);
  const meant = closest(text, names);
  throw new InputError([
    `There is no script "${text}". ${meant === undefined ? '' : `Did you mean ${meant}? `}The scripts are ${names.join(', ')}.`,
  ]);
}

function bundleAt(text: string): ScriptFile {
  const path = resolve(text);
  if (!existsSync(path)) throw new InputError([`There is no script at "${text}". Check the path.`]);
  if (!path.endsWith('.js'))
    throw new InputError([
      `"${text}" is no bundle. Give the .js file that node build.mjs makes of a script.`,
    ]);
  return scriptAt(path);
}

function scriptAt(path: string): ScriptFile {
  const name = basename(path, '.js');
  return { name, path, isOwn: dirname(path) !== dist || !isShipped(name) };
}
