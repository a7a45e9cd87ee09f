// Does the history keep every run, say the same with and without its database, and survive whatever happens to it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { loadDuckDb, withDatabase } from '../cli/history/historyDatabase.ts';
import {
  chosenRuns,
  readFilters,
  readMetric,
  readPercentile,
  readStages,
} from '../cli/history/historyFilter.ts';
import { runFolders } from '../cli/history/historyFolders.ts';
import { tellUnreadable } from '../cli/history/historyGaps.ts';
import { findRun, nameRun, readNames, removeName } from '../cli/history/historyNames.ts';
import { rowsOf } from '../cli/history/historyRun.ts';
import { describeTables, EXAMPLES } from '../cli/history/historySchema.ts';
import { query, readHistory, rebuild, storeRun, syncNames } from '../cli/history/historyStore.ts';
import { listText, tableText } from '../cli/history/historyText.ts';
import { cut } from '../cli/process/textWidth.ts';
import { painter } from '../report/text/paint.ts';
import { sparkline, trendText } from '../cli/history/historyTrend.ts';
import type { RunRecord } from '../report/derive/evidence.ts';
import type { RunSummary } from '../report/derive/summary.ts';
import { verdictOf, type Verdict } from '../report/derive/verdict.ts';
import { ROOT } from './support/bundle.ts';
import { folder } from './support/files.ts';
import { problems, problemsOfAsync } from './support/problems.ts';
import { CHATBOT_TALK, PING_WORDS, pingSummary } from './support/ping.ts';
import { counter, summaryWith, trend } from './support/runData.ts';
import { writeRunFiles } from './support/runFiles.ts';

const P95 = { metric: 'answer_latency', percentile: 'p95' };
const PLAIN = painter(false);

function record(change: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    crescendo: '0.1.0',
    script: 'ramp',
    settings: {},
    k6Arguments: [],
    seed: 1,
    target: {
      apiBaseUrl: 'https://chat.example.com',
      websocketBaseUrl: 'wss://chat.example.com/ws',
      isReference: false,
      stats: null,
    },
    k6: { version: '2.2.0', extensions: [], exitCode: 0 },
    machine: {},
    startedAt: '2026-11-01T10:00:00.250Z',
    endedAt: '2026-11-01T10:00:31.000Z',
    result: 'PASS',
    exitCode: 0,
    ...change,
  };
}

/** Of a run without a summary. */
const NONE = {
  result: 'INVALID',
  sentence: 'no summary',
  reasons: [],
  holds: null,
  breaks: null,
} as const satisfies Verdict;

/** Writes a run folder, an hour after the one before. */
function writeRun(
  reports: string,
  number: number,
  summary?: RunSummary,
  change: Partial<RunRecord> = {},
): string {
  const startedAt = new Date(Date.UTC(2026, 10, 1, number)).toISOString();
  const path = join(reports, `${startedAt.slice(0, 19).replaceAll(':', '-')}Z-ramp`);
  const run = record({ startedAt, ...change });
  writeRunFiles(
    path,
    summary === undefined ? { verdict: NONE, run } : { summary, verdict: verdictOf(summary), run },
  );
  return path;
}

const slow = (p95: number) =>
  summaryWith({ 'answer_latency{stage:3}': { ...trend(100, 100), 'p(95)': p95 } });
const failing = summaryWith({
  'failures{phase:connect,reason:handshake_refused}': counter(3),
  'answer_latency{stage:3}': { ...trend(100, 100), 'p(95)': 900 },
});

/** Five runs: three alike, one of another script, one without a summary. */
function fiveRuns(t: TestContext): string {
  const reports = folder(t);
  writeRun(reports, 1, slow(150));
  writeRun(reports, 2, failing);
  writeRun(reports, 3, slow(170.5));
  writeRun(reports, 4, summaryWith({}, { script: 'burst' }), { script: 'burst' });
  writeRun(reports, 5);
  return reports;
}

const byFolder = (a: { folder: string }, b: { folder: string }) => (a.folder < b.folder ? -1 : 1);

/** What was written to stderr while `work` ran. */
async function stderrOf(t: TestContext, work: () => Promise<void>): Promise<string> {
  let text = '';
  const write = t.mock.method(process.stderr, 'write', (part: string) => {
    text += part;
    return true;
  });
  await work();
  write.mock.restore();
  return text;
}

/** Ends a child process with its exit code. */
function ended(script: string): Promise<number | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  return new Promise((resolve) => child.on('close', resolve));
}

describe('rows of a run', () => {
  test('have what the files say', () => {
    const evidence = { summary: failing, verdict: verdictOf(failing), run: record() };
    const { runs, stages, operations, measures, limits, failures } = rowsOf('x', evidence);
    const [run] = runs;
    assert.equal(run?.started_at, '2026-11-01T10:00:00.250Z');
    assert.deepEqual(
      [run.target, run.plan, run.result, run.holds, run.breaks, run.breaks_stage, run.p95_ms, run.p95_level],
      [
        'chat.example.com',
        '10 → 30 sessions, 3 stages × 10 s',
        verdictOf(failing).result,
        20,
        30,
        3,
        900,
        30,
      ],
    );
    assert.deepEqual(
      stages.map(({ stage, level, state }) => [stage, level, state]),
      [
        [1, 10, 'held'],
        [2, 20, 'held'],
        [3, 30, 'broke'],
      ],
    );
    const value = (metric: string, statistic: string) =>
      measures
        .filter((row) => row.metric === metric && row.statistic === statistic)
        .map((row) => [row.stage, row.value]);
    assert.deepEqual(value('answer_latency', 'p95'), [
      [null, 140],
      [1, 140],
      [2, 140],
      [3, 900],
    ]);
    assert.deepEqual(value('answer_latency', 'p50')[1], [1, 100]);
    assert.deepEqual(value('answer_success', 'rate')[3], [3, 1]);
    assert.deepEqual(value('questions_sent', 'count')[0], [null, 300]);
    assert.deepEqual(
      operations
        .filter(({ operation }) => operation === 'question')
        .map(({ stage, noun, began, good, bad, p95_ms: p95 }) => [stage, noun, began, good, bad, p95]),
      [
        [null, 'invocations', 300, 300, 0, 140],
        [1, 'invocations', 100, 100, null, 140],
        [2, 'invocations', 100, 100, null, 140],
        [3, 'invocations', 100, 100, null, 900],
      ],
    );
    assert.equal(limits.filter(({ kept }) => kept === false).length, 1);
    assert.deepEqual(
      failures.map(({ phase, count }) => [phase, count]),
      [['connect', 3]],
    );
  });

  test('tell runs that are alike from others', () => {
    const alike = (summary: RunSummary, script = 'ramp') =>
      rowsOf('x', { summary, verdict: verdictOf(summary), run: record({ script }) }).runs[0]?.alike;
    const shorter = summaryWith();
    shorter.plan = { ...shorter.plan, stages: shorter.plan.stages.slice(1) };
    assert.equal(alike(slow(1)), alike(failing));
    assert.notEqual(alike(failing), alike(failing, 'burst'));
    assert.notEqual(alike(failing), alike(shorter));
  });

  test('are refused where a file is not what it should be', () => {
    const verdict = verdictOf(failing);
    const wrong = [
      { verdict },
      { verdict, run: record({ startedAt: 'yesterday' }) },
      { verdict, run: record({ script: 7 as unknown as string }) },
    ];
    for (const evidence of wrong) assert.throws(() => rowsOf('x', evidence), JSON.stringify(evidence));
  });
});

describe('a run of an earlier version', () => {
  test('is left out, and a sentence says so', async (t) => {
    const reports = fiveRuns(t);
    const old = writeRun(reports, 9, { ...slow(150), version: 1 as unknown as 2 });
    const { runs, unreadable } = await readHistory(reports);
    assert.deepEqual([runs.length, unreadable.length], [5, 1]);
    const told = await stderrOf(t, async () => {
      await Promise.resolve();
      tellUnreadable(unreadable);
    });
    assert.equal(
      told,
      `Left out: ${join(reports, basename(old), 'summary.json')} has version 1 of the summary; this Crescendo reads 2: use Crescendo 0.1.0, which wrote it.\n`,
    );
    assert.deepEqual((await rebuild(reports)).unreadable, unreadable);
  });
});

describe('a system of its own', () => {
  test('is kept, queried and drawn in its own words', async (t) => {
    const reports = folder(t);
    for (const [number, middle] of [100, 150].entries())
      writeRun(reports, number, pingSummary(middle), { script: 'ping' });
    await rebuild(reports);
    const wanted = { metric: 'ping_latency', percentile: 'p95' };
    const { runs, points, metrics } = await readHistory(reports, wanted);
    assert.deepEqual(
      runs.map((run) => [run.headline, run.level_noun, run.holds, run.p95_level]),
      [
        ['ping', 'connections', 25, 25],
        ['ping', 'connections', 25, 25],
      ],
    );
    const own = Object.keys(PING_WORDS.metrics).filter((name) => name !== 'pings_lost');
    const house = ['generator_lag', 'hold_vu_time'];
    assert.deepEqual([...metrics.keys()].sort(), [...own, ...house].sort());
    const sql = 'SELECT operation, noun, began, good, bad FROM operations WHERE stage IS NULL';
    assert.deepEqual((await query(reports, sql)).rows, [
      ['ping', 'pings', 200, 200, 0],
      ['ping', 'pings', 200, 200, 0],
    ]);
    const drawn = trendText(
      {
        title: 'ping_latency p95',
        runs: runs.sort(byFolder),
        points: points.filter(({ statistic }) => statistic === 'p95'),
        unit: 'ms',
        baseline: undefined,
      },
      PLAIN,
    );
    assert.match(drawn, /^ connections +5 +25$/m);
    assert.match(drawn, /^ 2026-11-01 01:00 . +210 ms↑ +210 ms↑$/m);
    const list = listText(runs, new Map(), PLAIN);
    assert.match(list, / PASS +25 +- +210 ms\n/);
    for (const text of [drawn, list.replaceAll('chat.example.com', '')])
      assert.doesNotMatch(text, CHATBOT_TALK);
  });

  test('leaves no word of the chatbot in the tables', () => {
    assert.doesNotMatch(describeTables().replaceAll(/sessions?, (connections, )?…/g, ''), CHATBOT_TALK);
  });
});

describe('the database', () => {
  test('says what the folders say', async (t) => {
    const reports = fiveRuns(t);
    const plain = folder(t);
    cpSync(reports, plain, { recursive: true });
    for (const name of runFolders(reports)) await storeRun(join(reports, name));
    const [kept, read] = [await readHistory(reports, P95), await readHistory(plain, P95)];
    assert.equal(kept.runs.length, 5);
    assert.deepEqual([kept.unknown, kept.unreadable], [[], []]);
    assert.deepEqual(kept.runs.sort(byFolder), read.runs.sort(byFolder));
    const sorted = (points: typeof kept.points) =>
      points
        .map(({ folder: name, stage, level, statistic, value }) =>
          [name, stage, level, statistic, value].join(' '),
        )
        .sort();
    assert.deepEqual(sorted(kept.points), sorted(read.points));
    assert.equal(kept.points.filter(({ statistic }) => statistic === 'p95').length, 12);
    assert.deepEqual(
      [...kept.metrics].sort(([a], [b]) => (a < b ? -1 : 1)),
      [...read.metrics].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  });

  test('takes older runs in when it is made, and a run stored twice once', async (t) => {
    const reports = fiveRuns(t);
    const last = join(reports, runFolders(reports).at(-1) ?? '');
    await storeRun(last);
    await storeRun(last);
    const { rows } = await query(reports, 'SELECT count(*), count(DISTINCT folder) FROM runs');
    assert.deepEqual(rows, [[5, 5]]);
    assert.deepEqual((await query(reports, 'SELECT count(*) FROM stages')).rows, [[12]]);
  });

  test('is made again from the folders', async (t) => {
    const reports = fiveRuns(t);
    assert.deepEqual(await rebuild(reports), { stored: 5, unreadable: [] });
    const [first = ''] = runFolders(reports);
    rmSync(join(reports, first), { recursive: true });
    const copied = writeRun(reports, 9, slow(160));
    writeFileSync(join(writeRun(reports, 10, slow(1)), 'summary.json'), '{"stages": [');
    const before = await readHistory(reports);
    assert.deepEqual([before.runs.length, before.unknown.length, before.unreadable.length], [6, 1, 1]);
    assert.deepEqual((await rebuild(reports)).unreadable.length, 1);
    const { runs, unknown } = await readHistory(reports);
    assert.deepEqual([runs.length, unknown], [5, []]);
    const names = runs.map((run) => join(reports, run.folder));
    assert.deepEqual([names.includes(join(reports, first)), names.includes(copied)], [false, true]);
  });

  test('when damaged: a sentence with the remedy, which works; storing tells and does not throw', async (t) => {
    const reports = fiveRuns(t);
    const file = join(reports, 'history.duckdb');
    for (const damage of [Buffer.alloc(20_000, 'x'), undefined]) {
      if (damage === undefined) writeFileSync(file, readFileSync(file).subarray(0, 12_288 + 2000));
      else writeFileSync(file, damage);
      const [problem = '', ...more] = await problemsOfAsync(() => readHistory(reports));
      assert.match(
        problem,
        /history\.duckdb can't be used \(.*\)\. "crescendo history --rebuild" makes it again/,
      );
      assert.deepEqual(more, []);
      const told = await stderrOf(t, () => storeRun(writeRun(reports, 1, slow(150))));
      assert.match(told, /^The run is not in the history: .*--rebuild.*\n$/);
      assert.equal((await rebuild(reports)).stored, 5);
    }
    assert.equal((await readHistory(reports)).runs.length, 5);
  });

  test('of another version or another program is not touched', async (t) => {
    const reports = fiveRuns(t);
    const duckDb = await loadDuckDb();
    assert.ok(duckDb);
    const file = join(reports, 'history.duckdb');
    const change = (sql: string) => withDatabase(duckDb, file, 'write', (connection) => connection.run(sql));
    await change('CREATE TABLE mine (a INT)');
    assert.match((await problemsOfAsync(() => readHistory(reports)))[0] ?? '', /it is not a history/);
    await rebuild(reports);
    await change('UPDATE meta SET version = 7');
    assert.match(
      (await problemsOfAsync(() => query(reports, 'SELECT 1')))[0] ?? '',
      /version 7, .* version 2\).*--rebuild/,
    );
    assert.match(await stderrOf(t, () => storeRun(writeRun(reports, 1, slow(1)))), /version 7/);
  });

  test('takes a run as a whole or not at all', async (t) => {
    const reports = fiveRuns(t);
    await rebuild(reports);
    writeFileSync(join(reports, 'baselines.json'), '{');
    const told = await stderrOf(t, () => storeRun(writeRun(reports, 6, slow(1))));
    assert.match(
      told,
      /^The run is not in the history: .*baselines\.json can't be read .*Correct or remove it/,
    );
    assert.deepEqual((await query(reports, 'SELECT count(*) FROM stages')).rows, [[12]]);
    const { runs, unknown } = await readHistory(reports);
    assert.deepEqual([runs.length, unknown.length], [6, 1]);
  });

  test('four processes that end together are all stored', async (t) => {
    const reports = folder(t);
    await rebuild(reports);
    const folders = [1, 2, 3, 4].map((number) => writeRun(reports, number, slow(100 + number)));
    const stores = folders.map((path) =>
      ended(
        `import { storeRun } from './cli/history/historyStore.ts'; await storeRun(${JSON.stringify(path)});`,
      ),
    );
    assert.deepEqual(await Promise.all(stores), [0, 0, 0, 0]);
    const { rows } = await query(reports, 'SELECT count(*), count(DISTINCT folder) FROM runs');
    assert.deepEqual(rows, [[4, 4]]);
  });

  test('in use by another process: waits, and in the end says by whom', async (t) => {
    const reports = fiveRuns(t);
    await rebuild(reports);
    const file = join(reports, 'history.duckdb');
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD], {
      cwd: ROOT,
      env: { ...process.env, FILE: file, NODE_TEST_CONTEXT: undefined },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => holder.kill());
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const duckDb = await loadDuckDb();
    assert.ok(duckDb);
    const open = () => withDatabase(duckDb, file, 'read', () => Promise.resolve(), 100);
    assert.match(
      (await problemsOfAsync(open))[0] ?? '',
      /history\.duckdb is in use by another process.*Close that/,
    );
    const stored = storeRun(writeRun(reports, 7, slow(1)));
    holder.stdin.end();
    assert.equal(await stderrOf(t, () => stored), '');
    assert.deepEqual((await query(reports, 'SELECT count(*) FROM runs')).rows, [[6]]);
  });
});

/** Opens the file, says so, and keeps it until stdin ends. */
const HOLD = `
import { DuckDBInstance } from '@duckdb/node-api';
const instance = await DuckDBInstance.create(process.env.FILE);
console.log('open');
process.stdin.on('end', () => instance.closeSync()).resume();
`;

/** The sentences with which an action is refused, which it must be. */
function problemsOf(action: () => unknown): readonly string[] {
  const found = problems(action);
  assert.notDeepEqual(found, [], 'nothing was refused');
  return found;
}

describe('SQL', () => {
  test('answers the documented questions', async (t) => {
    const reports = fiveRuns(t);
    nameRun(reports, 'main', join(reports, runFolders(reports)[0] ?? ''));
    await rebuild(reports);
    const answers = await Promise.all(EXAMPLES.map(([, sql]) => query(reports, sql)));
    assert.deepEqual(answers[0]?.rows.map((row) => row.join(' ')).sort(), ['burst 30', 'ramp 30']);
    assert.deepEqual(
      answers[1]?.rows.map(([week]) => week),
      Array(answers[1]?.rows.length).fill('2026-10-26T00:00:00.000Z'),
    );
    assert.deepEqual(answers[2]?.rows, [['answer_latency', 'p(95)<500', 3, 1]]);
    assert.equal(answers[3]?.rows.length, 1);
    assert.equal(answers[4]?.rows.length, 0);
    assert.deepEqual(answers[5]?.rows, [
      ['invocations', 1200, 0],
      ['sessions', 200, 0],
      ['sockets', 200, 0],
    ]);
    for (const [question] of EXAMPLES) assert.ok(describeTables().includes(question));
  });

  test('only reads, and only the tables', async (t) => {
    const reports = fiveRuns(t);
    await rebuild(reports);
    const file = join(reports, 'stolen.csv');
    const refused = [
      'DELETE FROM runs',
      'DROP TABLE runs',
      `COPY runs TO '${file}'`,
      `SELECT * FROM read_text('${join(ROOT, 'package.json')}')`,
      `ATTACH '${join(reports, 'other.duckdb')}'`,
      'SET enable_external_access = true',
      'INSTALL httpfs',
      'SELEC 1',
      'SELECT 1; SELECT 2',
      ' ',
    ];
    for (const sql of refused) {
      const [problem = '', ...more] = await problemsOfAsync(() => query(reports, sql));
      assert.match(problem, /^(The SQL can't be run: .+|--sql (has|is) .+)[.!?]$/, sql);
      assert.deepEqual(more, []);
    }
    assert.deepEqual((await query(reports, 'SELECT count(*) FROM runs')).rows, [[5]]);
  });

  test('gives numbers, texts and moments', async (t) => {
    const reports = fiveRuns(t);
    await rebuild(reports);
    const sql =
      'SELECT started_at, 12345678901234567890::HUGEINT AS huge, [1, 2] AS list FROM runs ORDER BY 1 LIMIT 1';
    const { columns, rows } = await query(reports, sql);
    assert.deepEqual(columns, ['started_at', 'huge', 'list']);
    assert.deepEqual(rows, [['2026-11-01T01:00:00.000Z', '12345678901234567890', [1, 2]]]);
    assert.match(
      tableText(columns, rows),
      /^started_at +huge +list\n─+ {2}─+ {2}─+\n2026-11-01 01:00:00 {2}12345/,
    );
  });
});

describe('filters', () => {
  const now = new Date('2026-11-21T10:00:00Z');

  test('choose, newest first', async (t) => {
    const { runs } = await readHistory(fiveRuns(t));
    const hours = (options: object) =>
      chosenRuns(runs, readFilters(options, now)).map((run) => Number(run.started_at.slice(11, 13)));
    assert.deepEqual(hours({}), [5, 4, 3, 2, 1]);
    assert.deepEqual(hours({ script: 'burst' }), [4]);
    assert.deepEqual(hours({ result: 'pass,invalid' }).includes(2), false);
    assert.deepEqual(hours({ target: 'CHAT.example' }).length, 5);
    assert.deepEqual(hours({ target: 'reference' }), []);
    assert.deepEqual(hours({ since: '2026-11-01T03:00' }), [5, 4, 3]);
    assert.deepEqual(hours({ since: '19d' }), []);
    assert.deepEqual(hours({ since: '3w' }), [5, 4, 3, 2, 1]);
  });

  test('are refused in sentences, all at once', () => {
    const options = { result: 'ok', since: 'yesterday', limit: '0' };
    const problems = problemsOf(() => readFilters(options, now));
    assert.equal(problems.length, 3);
    for (const problem of problems) assert.match(problem, /^--\w+ is ".+": it must be .+\.$/);
    assert.match(problemsOf(() => readFilters({ since: '2026-13-45' }, now))[0] ?? '', /2026-13-45/);
  });

  test('of a trend', () => {
    assert.deepEqual(
      [readPercentile('95'), readPercentile('p99.9'), readPercentile('97.50')],
      ['p95', 'p99.9', 'p97.5'],
    );
    for (const text of ['0', '100', 'x', '-5']) problemsOf(() => readPercentile(text));
    const known = ['answer_latency', 'answer_success'];
    assert.equal(readMetric('answer_success', known), 'answer_success');
    assert.match(
      problemsOf(() => readMetric('answr_latency', known))[0] ?? '',
      /did you mean answer_latency\? Stages have answer_latency, answer_success\./,
    );
    problemsOf(() => readMetric('toString', known));
    assert.deepEqual([1, 2, 3, 4, 5, 6].filter(readStages('1,4-5')), [1, 4, 5]);
    for (const text of ['', '0', '6-2', '1,', 'x']) problemsOf(() => readStages(text));
  });
});

describe('names', () => {
  test('stand for a folder, move and go', async (t) => {
    const reports = fiveRuns(t);
    const [first = '', second = ''] = runFolders(reports).map((name) => join(reports, name));
    await rebuild(reports);
    nameRun(reports, 'main', first);
    nameRun(reports, '__proto__', second);
    assert.deepEqual([findRun('main', reports), findRun('__proto__', reports)], [first, second]);
    nameRun(reports, 'main', second);
    await syncNames(reports);
    assert.equal(findRun('main', reports), second);
    const { rows } = await query(reports, "SELECT count(*) FROM names WHERE name = 'main'");
    assert.deepEqual(rows, [[1]]);
    removeName(reports, 'main');
    assert.match(problemsOf(() => findRun('main', reports))[0] ?? '', /^There is no run "main"/);
    problemsOf(() => removeName(reports, 'main'));
  });

  test('a folder is found by its path and by its name; one that is gone is told', (t) => {
    const reports = fiveRuns(t);
    const [name = ''] = runFolders(reports);
    assert.deepEqual(
      [findRun(join(reports, name), reports), findRun(name, reports)],
      [join(reports, name), join(reports, name)],
    );
    nameRun(reports, 'main', join(reports, name));
    rmSync(join(reports, name), { recursive: true });
    assert.match(
      problemsOf(() => findRun('main', reports))[0] ?? '',
      /not there any more\. Name another run/,
    );
    assert.match(problemsOf(() => findRun('mian', reports))[0] ?? '', /Did you mean main\?/);
  });

  test('must be names, and of runs in the folder', (t) => {
    const reports = fiveRuns(t);
    const path = join(reports, runFolders(reports)[0] ?? '');
    for (const name of ['', '../x', 'a b', '\u001b[31m', 'x'.repeat(41)])
      problemsOf(() => nameRun(reports, name, path));
    assert.match(problemsOf(() => nameRun(reports, 'main', ROOT))[0] ?? '', /is not in /);
    writeFileSync(join(reports, 'baselines.json'), '["main"]');
    assert.match(
      problemsOf(() => readNames(reports))[0] ?? '',
      /baselines\.json can't be read .*Correct or remove it/,
    );
  });
});

describe('text', () => {
  test('the list fits 80 columns, and a trend too', async (t) => {
    const reports = fiveRuns(t);
    const { runs, points: all } = await readHistory(reports, P95);
    const points = all.filter(({ statistic }) => statistic === 'p95');
    const named = new Map(runs.map((run) => [run.folder, ['a-name-of-forty-letters-which-is-the-longest']]));
    const list = listText(runs, named, PLAIN);
    assert.match(list, /2026-11-01T02-00-00Z-ramp +FAIL +20 +30 +900 ms\n/);
    assert.match(listText(runs, new Map(), PLAIN), /INVALID .*\n {3}chat\.example\.com · no summary/);
    const ramps = runs.filter(({ script, plan }) => script === 'ramp' && plan !== null).sort(byFolder);
    const drawn = trendText({ title: 'p95', runs: ramps, points, unit: 'ms', baseline: undefined }, PLAIN);
    assert.match(drawn, /^ 2026-11-01 01:00 ✓ +140 ms +140 ms +150 ms$/m);
    assert.match(drawn, /^ 2026-11-01 02:00 ✗ +140 ms +140 ms +900 ms↑$/m);
    assert.match(drawn, /^ 2026-11-01 03:00 ✓ +140 ms +140 ms +1\d\d ms↓$/m);
    assert.match(drawn, /^ +███ +███ +▂█▂$/m);
    const many = points.flatMap((point) =>
      Array.from({ length: 500 }, (_, i) => ({ ...point, stage: i + 1 })),
    );
    const wide = trendText(
      { title: 'p95', runs: ramps, points: many, unit: 'ms', baseline: ramps[0] },
      PLAIN,
    );
    assert.match(wide, /stage 1 .*stage 500\n[\s\S]*494 more stages/);
    for (const line of [list, drawn, wide].join('\n').split('\n')) assert.ok(line.length <= 80, line);
  });

  test('bars', () => {
    assert.equal(sparkline([0, null, 50, 100]), '▁·▅█');
    assert.equal(sparkline([0, 0]), '▁▁');
    assert.equal(sparkline(Array.from({ length: 20 }, () => 1)).length, 8);
  });

  test('of others steers no terminal', async (t) => {
    const reports = folder(t);
    const hostile = '\u001b[2J\u0007\u202eevil';
    const target = { ...record().target, websocketBaseUrl: `wss://${hostile}` };
    writeRun(reports, 1, slow(1), { script: hostile, target });
    const { runs } = await readHistory(reports);
    await rebuild(reports);
    const { columns, rows } = await query(reports, 'SELECT script, target, sentence FROM runs');
    const shown = listText(runs, new Map(), PLAIN) + tableText(columns, rows) + cut(hostile, 80);
    assert.match(shown, /evil/);
    assert.doesNotMatch(shown.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});
