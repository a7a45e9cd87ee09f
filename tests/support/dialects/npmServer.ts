/** Servers of tests that are npm packages and none of ours: installed once, as `tests/servers/<name>/` locks them. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../../../cli/process/capture.ts';
import { ROOT } from '../bundle.ts';

const INSTALL_SECONDS = 180;
const FILES = ['package.json', 'package-lock.json'] as const;

/** Installs it where `.crescendo/` does not have it; why it can't be had, to skip with, or false. Never rejects. */
export async function npmServerUnavailable(name: string): Promise<string | false> {
  if (existsSync(npmServer(name))) return false;
  const partial = `${npmServer(name)}.${process.pid}.partial`;
  try {
    mkdirSync(partial, { recursive: true });
    for (const file of FILES) copyFileSync(join(sourcesOf(name), file), join(partial, file));
    const problem = await install(partial);
    if (problem === undefined) moveTo(npmServer(name), partial);
    return problem === undefined ? false : `npm can't install ${name} here: ${problem}`;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The folder in which it is installed, with its `node_modules`; a change of its lock makes another. */
export function npmServer(name: string): string {
  const hash = createHash('sha256').update(readFileSync(join(sourcesOf(name), 'package-lock.json')));
  return join(ROOT, '.crescendo', `${name}-${hash.digest('hex').slice(0, 12)}`);
}

const sourcesOf = (name: string): string => join(ROOT, 'tests', 'servers', name);

async function install(folder: string): Promise<string | undefined> {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'];
  const { exitCode, stderr, problem } = await capture('npm', args, {
    cwd: folder,
    timeoutMs: 1000 * INSTALL_SECONDS,
  });
  return exitCode === 0 ? undefined : (problem ?? stderr.trim().split('\n')[0] ?? '');
}

/** Another process may have been faster. */
function moveTo(path: string, partial: string): void {
  try {
    renameSync(partial, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}
