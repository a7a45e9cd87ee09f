/** Builds k6 from k6/ (k6 and its Redis client, with pinned checksums), once, into `.crescendo/`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError, type Environment } from '../../lib/words/settings.ts';
import { capture } from '../process/capture.ts';
import { onStop, stopTree } from '../process/interrupt.ts';
import { packageRoot } from '../process/packageRoot.ts';
import { messageOf, note } from '../process/terminal.ts';

const PROGRESS_MS = 10_000;
const sources = join(packageRoot, 'k6');

/** Where the own build is or would be: a change of k6/ makes another folder. */
export function ownBuildPath(): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'main.go']) hash.update(readFileSync(join(sources, file)));
  const folder = join(packageRoot, '.crescendo', `k6-${hash.digest('hex').slice(0, 12)}`);
  return join(folder, process.platform === 'win32' ? 'k6.exe' : 'k6');
}

/**
 * Builds k6 at `path` and resolves to it. Says on stderr what it does and how long it has been at it. Throws an InputError
 * with what to do when there is no Go or the build fails; a stop signal stops Go and leaves nothing behind.
 */
export async function buildK6(environment: Environment, path = ownBuildPath()): Promise<string> {
  await requireGo(environment);
  const partial = `${path}.${process.pid}.partial`;
  makeFolder(dirname(path));
  note(`Building k6 ${pinnedVersion()} with k6/x/redis (about 2 minutes, once).`);
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const progress = setInterval(() => note(`  still building, ${seconds()} s`), PROGRESS_MS);
  try {
    await runGo(partial, environment);
    renameSync(partial, path);
  } finally {
    clearInterval(progress);
    rmSync(partial, { force: true });
  }
  note(`Built in ${seconds()} s.`);
  return path;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new InputError([
      `k6 can't be built, for ${folder} can't be made (${messageOf(error)}). Install k6 yourself. ${INSTALL_K6}`,
    ]);
  }
}

/** The version of k6 in go.mod. */
function pinnedVersion(): string {
  return / go\.k6\.io\/k6\S* v(\S+)/.exec(goMod())?.[1] ?? '';
}

function goMod(): string {
  return readFileSync(join(sources, 'go.mod'), 'utf8').replaceAll('\t', ' ');
}

/** How to get a k6 without us. */
export const INSTALL_K6 =
  'How to install k6: grafana.com/docs/k6, "Set up", "Install k6". Then put it on PATH, or set K6 to its path.';

async function runGo(output: string, environment: Environment): Promise<void> {
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', output, '.'];
  const isWindows = process.platform === 'win32';
  const stop = { wanted: false };
  // Before Go starts, so that no signal finds us unprepared; it is handled after this function has got to its await.
  const release = onStop(() => {
    stop.wanted = true;
    stopTree(go);
  });
  // A process group of its own, so that one signal reaches Go and the compilers that it runs.
  const go = spawn('go', args, {
    cwd: sources,
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
  });
  try {
    const { exitCode, text } = await endOf(go);
    if (stop.wanted) throw new InputError(['The build of k6 was stopped. Nothing of it is left behind.']);
    if (exitCode !== 0) throw buildFailed(text);
  } finally {
    release();
  }
}

async function endOf(go: ChildProcess): Promise<{ exitCode: number | null; text: string }> {
  let text = '';
  const keep = (part: Buffer) => (text = (text + part.toString()).slice(-20_000));
  go.stdout?.on('data', keep);
  go.stderr?.on('data', keep);
  return new Promise((resolve) => {
    go.on('error', (error) => resolve({ exitCode: null, text: error.message }));
    go.on('close', (exitCode) => resolve({ exitCode, text }));
  });
}

async function requireGo(environment: Environment): Promise<void> {
  const { exitCode, problem, stderr } = await capture('go', ['version'], {
    env: { ...environment },
    cwd: sources,
  });
  if (exitCode === 0) return;
  throw new InputError([
    `There is no k6 here, and no Go to build one with (go version: ${problem ?? stderr.trim()}).`,
    INSTALL_K6,
    'Or install Go from go.dev/dl: then Crescendo builds k6 itself.',
  ]);
}

function buildFailed(text: string): InputError {
  const lines = text.trim().split(/\r?\n/).slice(-8);
  const wanted = /^go (\S+)/m.exec(goMod())?.[1] ?? '';
  return new InputError([
    'The build of k6 failed. The last lines of go build:',
    ...lines.map((line) => `  ${line}`),
    `It needs Go ${wanted} or newer and the network for the modules of k6 (the first time only).`,
    INSTALL_K6,
  ]);
}
