/** rhysd's actionlint, as a judge of GitHub workflows: built once per test process, with pinned checksums. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('actionlint', import.meta.url));

const go = (...args: string[]) => spawnSync('go', args, { cwd: sources, encoding: 'utf8' });

/** Why it can't be used here; false when it can. */
export function actionlintUnavailable(): string | false {
  const { error, status, stderr } = go('mod', 'download');
  if (error !== undefined) return `there is no Go to build actionlint with (${error.message})`;
  return status === 0 ? false : `the modules of actionlint can't be had (${stderr.trim().slice(0, 200)})`;
}

let built: string | undefined;

/** Throws with Go's own words when it can't be built. */
function build(): string {
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-actionlint-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'actionlint');
  const { status, stderr } = go('build', '-o', path, 'github.com/rhysd/actionlint/cmd/actionlint');
  if (status === 0) return path;
  throw new Error(`actionlint can't be built: ${stderr}`);
}

/** What it says of a workflow; nothing when all is well. Whether this machine has shellcheck changes nothing. */
export function actionlint(workflow: string): string {
  built ??= build();
  const { status, stdout, stderr } = spawnSync(built, ['-no-color', '-shellcheck=', '-pyflakes=', '-'], {
    input: workflow,
    encoding: 'utf8',
  });
  if (status === 0 || status === 1) return stdout;
  throw new Error(`actionlint failed: ${stderr}`);
}
