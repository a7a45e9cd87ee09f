// Whatever ends `crescendo run` from outside: is its run kept, and does the load end with it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crescendo, testEnvironment } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { settingsFor, targetProcess, untilStats } from './support/target.ts';

const COMMAND = fileURLToPath(new URL('../dist/cli/crescendo.js', import.meta.url));
const RAMP = {
  K6: k6Path(),
  RAMP_START_SESSIONS: '4',
  RAMP_MAX_SESSIONS: '4',
  RAMP_INTERVAL_SECONDS: '120',
};
/** Windows has no signals, and its consoles tell k6 by themselves. */
const posix = process.platform === 'win32' ? { skip: 'signals are sent as POSIX has them' } : {};

/** A run in the folder `here` that has shown its first figures; its process is killed when the test ends. */
async function startedRun(t: TestContext, here: string, env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [COMMAND, 'run', 'ramp'], {
    cwd: here,
    env: { ...testEnvironment(process.env), ...RAMP, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  for await (const part of child.stdout) if (String(part).includes('[monitor]')) break;
  return child;
}

/** Resolves when k6 has written its summary. */
async function untilSummary(here: string): Promise<void> {
  const reports = join(here, 'reports');
  const isThere = () => readdirSync(reports).some((name) => existsSync(join(reports, name, 'summary.json')));
  for (const last = Date.now() + 30_000; !isThere();) {
    if (Date.now() > last) throw new Error('k6 wrote no summary within 30 s.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test(
  'Ctrl-C again and again while it writes its files: ABORTED, 4, and the run is in the history',
  posix,
  async (t) => {
    const here = folder(t);
    const target = await targetProcess(t);
    const child = await startedRun(t, here, settingsFor(target));
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    child.stdout?.resume();
    child.kill('SIGINT');
    await untilSummary(here);
    const again = setInterval(() => child.kill('SIGINT'), 10);
    const [exitCode, signal] = await ended;
    clearInterval(again);
    assert.deepEqual([exitCode, signal], [4, null]);
    const { stdout } = await crescendo(['history', '--json'], { folder: here });
    assert.match(stdout, /"ABORTED"/);
  },
);

test('kill -9 of the command ends the load', posix, async (t) => {
  const target = await targetProcess(t);
  const child = await startedRun(t, folder(t), settingsFor(target));
  await untilStats(target, ({ open }) => open === 4);
  child.kill('SIGKILL');
  await untilStats(target, ({ open }) => open === 0);
});
