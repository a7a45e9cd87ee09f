/**
 * What `npm start`, `npm test` and `npm run bench` do first: install the packages and build dist/ where that is
 * missing or out of date. Plain Node, for there are no packages yet. Says what it does; silent when nothing is to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const SOURCES = [
  'build',
  'build.mjs',
  'package.json',
  'tsconfig.json',
  'cli',
  'data',
  'lib',
  'report',
  'systems',
  'schema',
  'scripts',
  'target',
  'thresholds',
];

const root = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(root, ...parts);

/** Newest modification in a file or folder, in milliseconds; 0 when there is none. */
function changed(path) {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => changed(join(path, name))));
}

function packagesAreCurrent() {
  const installed = at('node_modules', '.package-lock.json');
  return existsSync(installed) && changed(installed) >= changed(at('package-lock.json'));
}

function buildIsCurrent() {
  const scripts = readdirSync(at('scripts')).map((name) => at('dist', name.replace(/\.ts$/, '.js')));
  const products = [at('dist', 'cli', 'crescendo.js'), ...scripts];
  const oldest = Math.min(...products.map(changed));
  return oldest >= Math.max(...SOURCES.map((name) => changed(at(name))));
}

/** Runs a command with its output visible; ends this process with a sentence when it fails. */
function run(what, command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status === 0) return;
  const reason = error === undefined ? `exit code ${status}` : error.message;
  console.error(`${what} failed (${reason}). Read the lines above, then try again.`);
  process.exit(2);
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(
    `Crescendo needs Node ${OLDEST_NODE} or newer, and this is ${process.version}. See nodejs.org.`,
  );
  process.exit(2);
}
if (!packagesAreCurrent()) {
  console.error('Installing the packages (npm ci).');
  // npm is npm.cmd on Windows, which only a shell can start.
  run('Installing the packages', 'npm', ['ci'], { shell: process.platform === 'win32' });
}
if (!buildIsCurrent()) {
  console.error('Building dist/ (node build.mjs).');
  run('The build', process.execPath, ['build.mjs']);
}
