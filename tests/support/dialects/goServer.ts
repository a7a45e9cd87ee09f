/** Servers of tests that are written in Go: built once, with the checksums of `tests/servers/<name>/`. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../../../cli/process/capture.ts';
import { ROOT } from '../bundle.ts';

const BUILD_SECONDS = 300;

const builds = new Map<string, Promise<string>>();

/** Whether `.crescendo/` has it. */
export function isBuilt(name: string): boolean {
  return existsSync(pathOf(name));
}

/** Why a server can't be had on this machine, to skip with; false: it is built, or can be. */
export function goServerUnavailable(name: string): string | false {
  if (isBuilt(name)) return false;
  const { status } = spawnSync('go', ['version']);
  return status === 0 ? false : `no Go on the PATH to build ${name} with (go.dev/dl)`;
}

/**
 * Resolves to the path of the program that a Go package is, such as `github.com/nats-io/nats-server/v2`, in the version of
 * `tests/servers/<name>/go.mod`. Builds it where `.crescendo/` does not have it. Several processes may do so at once.
 */
export function goServer(name: string, goPackage: string): Promise<string> {
  const known = builds.get(name) ?? build(name, goPackage);
  builds.set(name, known);
  return known;
}

const sourcesOf = (name: string): string => join(ROOT, 'tests', 'servers', name);

/** A change of its modules makes another path. */
function pathOf(name: string): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(sourcesOf(name), file)));
  const ending = process.platform === 'win32' ? '.exe' : '';
  return join(ROOT, '.crescendo', `${name}-${hash.digest('hex').slice(0, 12)}${ending}`);
}

async function build(name: string, goPackage: string): Promise<string> {
  const path = pathOf(name);
  if (existsSync(path)) return path;
  mkdirSync(join(ROOT, '.crescendo'), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  try {
    await runGo(name, goPackage, partial);
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
  return path;
}

async function runGo(name: string, goPackage: string, output: string): Promise<void> {
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', output, goPackage];
  const options = { cwd: sourcesOf(name), timeoutMs: 1000 * BUILD_SECONDS };
  const { exitCode, stderr, problem } = await capture('go', args, options);
  if (exitCode !== 0)
    throw new Error(
      `${goPackage} of tests/servers/${name} could not be built (${problem ?? stderr.trim()}): see that Go and its modules can be had here.`,
    );
}
