// Does the command find the right k6, build one cleanly, and always get rid of one that does not end?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildK6 } from '../cli/k6/goBuild.ts';
import { findK6, programsOnPath } from '../cli/k6/k6Binary.ts';
import { K6Process } from '../cli/k6/k6Process.ts';
import { InputError } from '../lib/words/settings.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';

const onWindows = process.platform === 'win32' && 'fake programs are shell scripts';

/** Makes a folder with a program that is a shell script. */
function programFolder(t: TestContext, name: string, script: string): string {
  const here = folder(t);
  writeFileSync(join(here, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(here, name), 0o755);
  return here;
}

const fakeK6 = (t: TestContext, version: string) =>
  programFolder(t, 'k6', `echo "k6 v${version} (go1.26, test)"`);

describe('finding k6', () => {
  test('$K6 comes first, and "k6" prints path and version', async (t) => {
    const { stdout, exitCode } = await crescendo(['k6'], { folder: folder(t), env: { K6: k6Path() } });
    assert.equal(exitCode, 0);
    assert.match(stdout, /^\S.*\nk6 \d+\.\d+\.\d+.* \(from K6\)\n$/);
    const path = await crescendo(['k6', '--path'], { folder: folder(t), env: { K6: k6Path() } });
    assert.equal(path.stdout, `${k6Path()}\n`);
  });
  test('a $K6 that can not be used is an error with path and reason', async (t) => {
    const missing = join(folder(t), 'nothing');
    const end = await crescendo(['k6'], { folder: folder(t), env: { K6: missing } });
    assert.equal(end.exitCode, 2);
    assert.equal(end.stdout, '');
    assert.match(
      end.stderr,
      /^K6 is ".*nothing", which can't be used: there is no such program\. .*unset it\.\n$/,
    );
  });
  test('$K6 that is too old, or no k6', { skip: onWindows }, async (t) => {
    await assert.rejects(
      findK6({ K6: join(fakeK6(t, '1.4.0'), 'k6') }),
      /it is k6 1\.4\.0, and Crescendo needs 2\.2\.0/,
    );
    const other = programFolder(t, 'k6', 'echo hello');
    await assert.rejects(findK6({ K6: join(other, 'k6') }), /does not answer "version" as k6 does/);
  });
  test('an old one on PATH is skipped with a sentence', { skip: onWindows }, async (t) => {
    const [old, recent] = [fakeK6(t, '1.4.0'), fakeK6(t, '2.3.1')];
    const PATH = [old, recent, process.env['PATH']].join(delimiter);
    const end = await crescendo(['k6'], { folder: folder(t), env: { K6: undefined, PATH } });
    assert.equal(end.exitCode, 0);
    assert.equal(end.stdout, `${join(recent, 'k6')}\nk6 2.3.1 (from PATH)\n`);
    assert.equal(
      end.stderr,
      `Skipping ${join(old, 'k6')}: it is k6 1.4.0, and Crescendo needs 2.2.0 or newer.\n`,
    );
  });
  test('folders and files without the right to run are no programs', { skip: onWindows }, (t) => {
    const here = folder(t);
    mkdirSync(join(here, 'a', 'k6'), { recursive: true });
    mkdirSync(join(here, 'b'));
    writeFileSync(join(here, 'b', 'k6'), '');
    assert.deepEqual(
      programsOnPath('k6', { PATH: ['a', 'b', 'c'].map((name) => join(here, name)).join(delimiter) }),
      [],
    );
  });
});

describe('building k6', { skip: onWindows }, () => {
  /** A Go whose `build -o <file>` runs `script` with the file as $out. */
  const fakeGo = (t: TestContext, script: string) =>
    programFolder(
      t,
      'go',
      `[ "$1" = version ] && exit 0
while [ $# -gt 0 ]; do [ "$1" = -o ] && out="$2"; shift; done
${script}`,
    );
  const withPath = (first: string) => ({ PATH: [first, process.env['PATH']].join(delimiter) });

  test('ends in the whole program and nothing else', async (t) => {
    const here = folder(t);
    const path = join(here, 'own', 'k6');
    assert.equal(await buildK6(withPath(fakeGo(t, 'echo built > "$out"')), path), path);
    assert.deepEqual(readdirSync(dirname(path)), ['k6']);
    assert.equal(readFileSync(path, 'utf8'), 'built\n');
  });
  test("a failure shows Go's last lines and leaves nothing", async (t) => {
    const path = join(folder(t), 'k6');
    const env = withPath(fakeGo(t, 'echo half > "$out"; echo "go: no such module" >&2; exit 1'));
    await assert.rejects(buildK6(env, path), (error) => {
      assert.ok(error instanceof InputError);
      assert.ok(error.problems.includes('  go: no such module'));
      assert.match(error.message, /Install k6/);
      return true;
    });
    assert.deepEqual(readdirSync(dirname(path)), []);
  });
  test('without Go it says how to install k6 or Go', async (t) => {
    const env = { PATH: dirname(fakeK6(t, '1.0.0')) };
    await assert.rejects(buildK6(env, join(folder(t), 'k6')), /grafana\.com\/docs\/k6[\s\S]*go\.dev\/dl/);
  });
  test('a stop ends Go with all its children and leaves nothing', async (t) => {
    const here = folder(t);
    const path = join(here, 'own', 'k6');
    const pidFile = join(here, 'pid');
    const go = fakeGo(t, `echo half > "$out"; sleep 60 & echo $! > ${pidFile}; wait`);
    const code = `import { buildK6 } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../cli/k6/goBuild.ts')).href)};
      await buildK6(process.env, ${JSON.stringify(path)}).catch((error) => console.log(error.message));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      env: { ...process.env, ...withPath(go) },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // Go's output closes only when everything that Go started has ended: a `sleep` that lived on would hold it open.
    const startedAt = performance.now();
    let stdout = '';
    child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await new Promise(setImmediate);
    child.kill('SIGINT');
    await once(child, 'close');
    assert.equal(stdout, 'The build of k6 was stopped. Nothing of it is left behind.\n');
    assert.deepEqual(readdirSync(join(here, 'own')), []);
    assert.ok(performance.now() - startedAt < 50_000);
  });
});

describe('a k6 that does not end', { skip: onWindows }, () => {
  const hanging = (t: TestContext, onStopping: () => void) =>
    new K6Process({
      path: process.execPath,
      args: ['-e', 'process.on("SIGINT", () => {}); console.log("up"); setInterval(() => {}, 1000)'],
      env: process.env,
      output: openSync(join(folder(t), 'log'), 'w'),
      onStopping,
    });

  test('is ended at its deadline', async (t) => {
    const k6 = hanging(t, () => undefined);
    k6.endAfter(60_000);
    k6.endAfter(50);
    assert.deepEqual(await k6.ended, { exitCode: 137, stops: 0, overdue: true });
  });
  test('is ended by a second Ctrl-C, and one Ctrl-C that comes twice is one', async (t) => {
    let told = 0;
    const k6 = hanging(t, () => (told += 1));
    k6.stop();
    k6.stop();
    t.mock.method(performance, 'now', () => Number.MAX_SAFE_INTEGER);
    k6.stop();
    t.mock.restoreAll();
    const end = await k6.ended;
    assert.deepEqual([told, end.stops, end.overdue], [1, 2, false]);
  });
  test('that can not be started is a problem, not an exception', async (t) => {
    const k6 = new K6Process({
      path: join(folder(t), 'nothing'),
      args: [],
      env: process.env,
      output: openSync(join(folder(t), 'log'), 'w'),
      onStopping: () => undefined,
    });
    const { exitCode, problem } = await k6.ended;
    assert.equal(exitCode, 127);
    assert.match(problem ?? '', /ENOENT/);
  });
});
