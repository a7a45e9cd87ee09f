/**
 * Runs the tests: `node tests/run.mjs [part of a file name …]`. Needs k6: $K6, else the one that the command knows.
 * Ends with 1 when a test failed or k6 is missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Throws a text for people when there is no k6. */
function findK6() {
  const given = process.env.K6?.trim();
  const path = given ? resolve(given) : k6OfTheCommand();
  const { status, stdout } = spawnSync(path, ['version'], { encoding: 'utf8' });
  if (status === 0 && stdout.startsWith('k6')) return path;
  throw `${path} does not run as k6: set K6 to the path of k6 2.2 or newer.`;
}

function k6OfTheCommand() {
  const command = join(root, 'dist', 'cli', 'crescendo.js');
  if (!existsSync(command))
    throw 'There is no k6 for the tests: run "node build.mjs", or set K6 to the path of k6 2.2 or newer.';
  const { status, stdout } = spawnSync(process.execPath, [command, 'k6', '--path'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const path = stdout.trim().split('\n').at(-1)?.trim();
  if (status === 0 && path) return path;
  throw 'There is no k6 for the tests: set K6 to the path of k6 2.2 or newer.';
}

/** Throws a text for people when a filter matches no file. */
function findTests(filters) {
  const files = readdirSync(join(root, 'tests')).filter((name) => name.endsWith('.test.ts'));
  const chosen = files.filter((name) => filters.length === 0 || filters.some((part) => name.includes(part)));
  if (chosen.length === 0)
    throw `No test file is called like "${filters.join(' ')}": there are ${files.join(', ')}.`;
  return chosen.sort().map((name) => join('tests', name));
}

function runTests(files, k6) {
  const reporters = ['spec', './tests/support/skipped.mjs'].flatMap((reporter) => [
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
  ]);
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--test', '--test-concurrency=1', ...reporters, ...files],
    { cwd: root, stdio: 'inherit', env: { ...process.env, K6: k6 } },
  );
  // Ctrl-C reaches the tests too; they clean up and end first.
  process.on('SIGINT', () => undefined);
  child.on('close', (code) => (process.exitCode = code === 0 ? 0 : 1));
}

try {
  runTests(findTests(process.argv.slice(2)), findK6());
} catch (problem) {
  if (typeof problem !== 'string') throw problem;
  console.error(problem);
  process.exitCode = 1;
}
