// Does `crescendo history` know every run of `crescendo run`, with and without DuckDB, and never change how a run ends?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Row } from '../cli/history/historySchema.ts';
import { ROOT } from './support/bundle.ts';
import { crescendo, type CommandEnd } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';

const KEY = '5ec2e7'.padEnd(64, '0');
const ENV = { K6: k6Path(), ENCRYPTION_KEY: KEY };
const SHORT = ['-e', 'NUM_SESSIONS=2', '-e', 'QUESTIONS=MED1060:1'];

const burst = (here: string) => crescendo(['run', 'burst', ...SHORT], { folder: here, env: ENV });
const history = (here: string, ...args: string[]) => crescendo(['history', ...args], { folder: here });

/** What `history --json` says. */
function runsIn({ exitCode, stdout, stderr }: CommandEnd): Row<'runs'>[] {
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(stdout) as Row<'runs'>[];
}

const runFoldersIn = (here: string) =>
  readdirSync(join(here, 'reports')).filter((name) => name.endsWith('Z-burst') || /-burst-\d$/.test(name));

function assertRefused({ exitCode, stdout, stderr }: CommandEnd, sentence: RegExp): void {
  assert.deepEqual([exitCode, stdout], [2, ''], stderr);
  assert.match(stderr, sentence);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
}

/** The command as it is installed with `npm ci --omit=optional`. */
function withoutDuckDb(t: TestContext): (here: string, ...args: string[]) => Promise<CommandEnd> {
  const app = folder(t);
  mkdirSync(join(app, 'dist', 'cli'), { recursive: true });
  mkdirSync(join(app, 'node_modules'));
  copyFileSync(join(ROOT, 'package.json'), join(app, 'package.json'));
  copyFileSync(join(ROOT, 'dist', 'cli', 'crescendo.js'), join(app, 'dist', 'cli', 'crescendo.js'));
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((entry) => !/^\.|^@duckdb$/.test(entry)))
    symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name), 'junction');
  return (here, ...args) =>
    new Promise((resolve) => {
      const command = [join(app, 'dist', 'cli', 'crescendo.js'), 'history', ...args];
      const child = execFile(process.execPath, command, { cwd: here }, (_, stdout, stderr) =>
        resolve({ exitCode: child.exitCode, stdout, stderr }),
      );
    });
}

describe('crescendo history', () => {
  test('two runs that end together are both there; without DuckDB it says the same', async (t) => {
    const here = folder(t);
    const none = await history(here);
    assert.deepEqual(none, {
      exitCode: 0,
      stdout: 'There are no runs in reports yet: "crescendo run" puts them there.\n',
      stderr: '',
    });
    const ends = await Promise.all([burst(here), burst(here)]);
    for (const { exitCode, stderr } of ends) assert.deepEqual([exitCode, stderr], [0, '']);
    const database = readFileSync(join(here, 'reports', 'history.duckdb'));
    assert.ok(!database.includes(KEY.slice(0, 12)));

    const runs = runsIn(await history(here, '--json'));
    assert.deepEqual(runs.map((run) => run.folder).sort(), runFoldersIn(here).sort());
    const rows = await history(
      here,
      '--json',
      '--sql',
      'SELECT folder FROM runs ORDER BY started_at DESC, folder DESC',
    );
    assert.deepEqual(
      JSON.parse(rows.stdout),
      runs.map((run) => ({ folder: run.folder })),
    );

    const bare = withoutDuckDb(t);
    assert.deepEqual(runsIn(await bare(here, '--json')), runs);
    const trend = ['--trend', 'answer_latency', '--percentile', '99'];
    const drawn = await history(here, ...trend);
    assert.match(
      drawn.stdout,
      /^answer_latency p99 of burst, 2 sessions at once, each once\n\n run \(UTC\) +stage 1\n/,
    );
    assert.deepEqual(await bare(here, ...trend), drawn);
    assertRefused(
      await bare(here, '--sql', 'SELECT 1'),
      /^--sql needs DuckDB, .* Run: npm install @duckdb\/node-api\./,
    );
    assertRefused(await bare(here, '--rebuild'), /^--rebuild needs DuckDB/);
    assert.equal((await bare(here, '--name', 'main')).exitCode, 0);
    const named = await history(here, '--baseline', 'main');
    assert.equal(named.stdout, `${join('reports', runs[0]?.folder ?? '')}\n`);
  });

  test('a history that is damaged costs a run nothing but a line', async (t) => {
    const here = folder(t);
    const file = join(here, 'reports', 'history.duckdb');
    mkdirSync(join(here, 'reports'));
    writeFileSync(file, 'damaged');
    const { exitCode, stdout, stderr } = await burst(here);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^PASS/m);
    assert.match(stderr, /^The run is not in the history: .*history\.duckdb can't be used .*--rebuild.*\n$/);
    assertRefused(
      await history(here),
      /^reports.history\.duckdb can't be used .*"crescendo history --rebuild"/,
    );
    assert.match((await history(here, '--rebuild')).stdout, /history\.duckdb has 1 run now\.$/m);
    const list = await history(here);
    assert.deepEqual([list.exitCode, list.stderr], [0, '']);
    assert.match(
      list.stdout,
      /^ \S+-burst +PASS +2 +- +[\d.]+ m?s\n {3}reference target · 2 sessions at once/m,
    );
    for (const line of list.stdout.split('\n')) assert.ok(line.length <= 80, line);
    rmSync(join(here, 'reports', runFoldersIn(here)[0] ?? ''), { recursive: true });
    assert.match((await history(here)).stdout, /1 run$/m);
    assert.match((await history(here, '--rebuild')).stdout, /has 0 runs now/);
    assert.match((await history(here)).stdout, /^There are no runs/);
  });

  test('wrong usage is a sentence', async (t) => {
    const here = folder(t);
    assertRefused(
      await history(here, '--sql', 'SELECT 1'),
      /^There is no reports.history\.duckdb yet\. .*--rebuild/,
    );
    assertRefused(
      await history(here, '--sql', 'SELECT 1', '--trend', 'x'),
      /^--trend and --sql don't go together/,
    );
    assertRefused(await history(here, 'folder'), /^"folder" is not needed here/);
    assertRefused(await history(here, '--baseline', 'main'), /^There is no run "main"/);
    assertRefused(await history(here, '--name', 'main'), /^There are no runs in reports yet/);
    assertRefused(await history(here, '--limit', 'all'), /^--limit is "all": it must be a whole number/);
    const tables = await history(here, '--tables');
    assert.match(tables.stdout, /^runs: a row is a run\n {2}folder +VARCHAR/);
  });
});
