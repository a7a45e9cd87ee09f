/** Finds a k6 that can run our scripts. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { InputError, type Environment } from '../../lib/words/settings.ts';
import { capture } from '../process/capture.ts';
import { k6Environment } from '../setup/environment.ts';
import { buildK6, ownBuildPath } from './goBuild.ts';
import { isRecent, OLDEST_K6, parseK6Version, type K6Version } from './k6Version.ts';
import { note } from '../process/terminal.ts';

/** A k6 that was started once and said its version. */
export interface K6 extends K6Version {
  path: string;
  /** `$K6`, `PATH`, or built here. */
  origin: 'K6' | 'PATH' | 'own build';
}

/** Says why a program can't be used as k6, completing "…: ". */
class Unusable {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * The k6 of `$K6`, else the first usable one of `PATH`, else the own build of an earlier time; `undefined` when there
 * is none. `modules`: the extensions that it must have. Throws an InputError when `$K6` is set and can't be used. Tells of
 * any k6 that is too old, or lacks an extension.
 */
export async function findK6(
  environment: Environment,
  modules: readonly string[] = [],
): Promise<K6 | undefined> {
  const chosen = environment['K6']?.trim();
  if (chosen) return useChosen(resolve(chosen), environment, modules);
  for (const path of programsOnPath('k6', environment)) {
    const found = await probe(path, environment, modules);
    if (!(found instanceof Unusable)) return { path, origin: 'PATH', ...found };
    note(`Skipping ${path}: ${found.reason}.`);
  }
  return findOwnBuild(environment);
}

/** As `findK6`, but builds a k6 with Go where there is none. Throws an InputError when that can't be done. */
export async function findOrBuildK6(environment: Environment, modules: readonly string[] = []): Promise<K6> {
  return (await findK6(environment, modules)) ?? (await ownBuild(environment));
}

/** The own build, made if it doesn't exist yet. */
export async function ownBuild(environment: Environment): Promise<K6> {
  const earlier = await findOwnBuild(environment);
  if (earlier !== undefined) return earlier;
  const path = await buildK6(environment);
  const built = await probe(path, environment);
  if (!(built instanceof Unusable)) return { path, origin: 'own build', ...built };
  throw new InputError([`The k6 that was just built (${path}) can't be used: ${built.reason}.`]);
}

async function useChosen(path: string, environment: Environment, modules: readonly string[]): Promise<K6> {
  const found = await probe(path, environment, modules);
  if (!(found instanceof Unusable)) return { path, origin: 'K6', ...found };
  throw new InputError([
    `K6 is "${path}", which can't be used: ${found.reason}. Set K6 to a k6 ${OLDEST_K6} or newer${modules.map((name) => ` with ${name}`).join('')}, or unset it${modules.length === 0 ? '' : ', and Crescendo builds one'}.`,
  ]);
}

async function findOwnBuild(environment: Environment): Promise<K6 | undefined> {
  const path = ownBuildPath();
  if (!isProgram(path)) return undefined;
  const found = await probe(path, environment);
  return found instanceof Unusable ? undefined : { path, origin: 'own build', ...found };
}

async function probe(
  path: string,
  environment: Environment,
  modules: readonly string[] = [],
): Promise<K6Version | Unusable> {
  const { stdout, problem, exitCode } = await capture(path, ['version'], { env: k6Environment(environment) });
  if (problem !== undefined) return new Unusable(problem);
  const found = exitCode === 0 ? parseK6Version(stdout) : undefined;
  if (found === undefined) return new Unusable('it does not answer "version" as k6 does');
  if (!isRecent(found.version))
    return new Unusable(`it is k6 ${found.version}, and Crescendo needs ${OLDEST_K6} or newer`);
  const missing = modules.find((name) => !found.extensions.includes(name));
  return missing === undefined ? found : new Unusable(`it lacks ${missing}, which this script needs`);
}

/** Paths of a program in the folders of `PATH`, in order. On Windows only .exe: scripts would need a shell. */
export function programsOnPath(name: string, environment: Environment): string[] {
  const key = Object.keys(environment).find((each) => each.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = (environment[key] ?? '').split(delimiter).filter((folder) => folder !== '');
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return [...new Set(folders.map((folder) => join(folder, file)))].filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
