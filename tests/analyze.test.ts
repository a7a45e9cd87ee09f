// Does `crescendo analyze` name each requirement with its figure and where to look, of runs and of real files of Locust?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { analysesIn } from '../cli/analyze/analysesIn.ts';
import { locustPrefixes, readLocust } from '../cli/analyze/locustFolder.ts';
import type { Analysis } from '../report/analyze/analysis.ts';
import { renderAnalyses } from '../report/analyze/analysisText.ts';
import { parseLocustLimits } from '../report/analyze/locustLimits.ts';
import { analysisOfLocust } from '../report/analyze/ofLocust.ts';
import { analysisOfRun } from '../report/analyze/ofRun.ts';
import { REPORTS } from '../report/files.ts';
import { summaryOf } from '../report/derive/summary.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { ROOT } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { folder, inputFile } from './support/files.ts';
import { cleanEvidence, runRecord } from './support/htmlEvidence.ts';
import { problems, problemsOfAsync } from './support/problems.ts';
import { cleanMetrics, k6Data, testInfo, trend } from './support/runData.ts';
import { writeRunFiles } from './support/runFiles.ts';

/** Written by Locust 2.47 in 6 s against the reference target, with one path that is not there. */
const SAMPLE = join(ROOT, 'tests', 'locust');

const judged = (text: string) =>
  analysisOfLocust(readLocust(SAMPLE, 'run'), parseLocustLimits(text, 'limits.json'), 'limits.json');
const rowsOf = ({ rows }: Analysis) =>
  rows.map(({ name, measured, limit, kept }) => `${String(kept)}: ${name} ${measured} ${limit}`);

describe('files of Locust', () => {
  test('are read as they are: quotes, commas, N/A, a history of each second', () => {
    assert.deepEqual(locustPrefixes(SAMPLE), ['run']);
    const { rows, history, failures } = readLocust(SAMPLE, 'run');
    assert.deepEqual(
      rows.map(({ type, name, figures }) => [
        type,
        name,
        figures['count'],
        figures['failed'],
        figures['p(99)'],
      ]),
      [
        ['GET', '/api/graph/search, "am"', 84, 0, 450],
        ['GET', '/api/graph/stats', 176, 0, 450],
        ['GET', '/health', 25, 0, 65],
        ['POST', '/v1/nothing', 30, 30, 450],
        ['', 'Aggregated', 315, 30, 450],
      ],
    );
    assert.equal(history[0]?.p95, null);
    assert.equal(Math.max(...history.map(({ users }) => users)), 5);
    assert.deepEqual(
      failures.map(({ type, name, count }) => [type, name, count]),
      [['POST', '/v1/nothing', 30]],
    );
  });

  test('are judged by limits on rows, "*" for those that are not named, the sum only by its name', () => {
    const analysis = judged(
      '{"*": ["p(95)<60", "failures<0.5"], "GET /health": ["p(99)<=65", "avg<1"], "/v1/nothing": ["count>=30"], "Aggregated": ["rate>1000", "max<500", "med>=8"]}',
    );
    assert.deepEqual(rowsOf(analysis), [
      'true: GET /api/graph/search, "am" p95 55 ms < 60 ms',
      'true: GET /api/graph/search, "am" failures 0.00 % < 50 %',
      'true: GET /api/graph/stats p95 58 ms < 60 ms',
      'true: GET /api/graph/stats failures 0.00 % < 50 %',
      'true: GET /health p99 65 ms <= 65 ms',
      'false: GET /health average 13 ms < 1 ms',
      'true: POST /v1/nothing requests 30 >= 30',
      'false: Aggregated requests 62.79/s > 1,000/s',
      'true: Aggregated max 463 ms < 500 ms',
      'true: Aggregated median 8.0 ms >= 8 ms',
    ]);
    assert.deepEqual([analysis.result, analysis.sentence], ['FAIL', '315 requests in 5 s, 5 users at most']);
  });

  test('say where to look: at the class of what failed most, or at the second that was slowest', () => {
    const [failed, slow] = judged(
      '{"POST /v1/nothing": ["failures<0.01"], "GET /health": ["p(95)<1"]}',
    ).rows.toReversed();
    assert.match(failed?.look ?? '', /^the paths in the settings: 30 × HTTPError\('404 Client Error/);
    assert.match(
      slow?.look ?? '',
      /^what the target did at 23:55:\d\d UTC, with 5 users: then it was slowest/,
    );
    assert.equal(judged('{"GET /health": ["rate>1000"]}').rows[0]?.look, undefined);
  });

  test('that hold nothing to judge prove nothing', () => {
    const row = { type: 'GET', name: '/x', figures: { count: 0, failed: 0, 'p(95)': 0 } };
    const files = { title: 'x', rows: [row], history: [], failures: [] };
    const limits = parseLocustLimits('{"*": ["p(95)<5", "failures<0.1"]}', 'x');
    const analysis = analysisOfLocust(files, limits, 'x');
    assert.equal(analysis.result, 'INVALID');
    assert.equal(analysis.sentence, 'there is nothing to judge 2 requirements by');
    assert.equal(analysisOfLocust({ ...files, rows: [] }, limits, 'x').result, 'INVALID');
  });

  test('are ours, too: the CSV files of a run', (t) => {
    const here = folder(t);
    const evidence = cleanEvidence();
    for (const file of ['stats.csv', 'stats_history.csv', 'failures.csv'])
      writeFileSync(join(here, file), REPORTS[file]?.(evidence) ?? '');
    const files = readLocust(here, '');
    const { questions_sent: sent } = evidence.summary.metrics;
    const answer = files.rows.find(({ name }) => name === 'answer');
    assert.equal(answer?.figures['count'], sent?.['count']);
    assert.ok(files.history.length > 0, 'there is a history');
    const limits = parseLocustLimits('{"WS answer": ["failures<0.01", "p(95)<100000"]}', 'x');
    assert.equal(analysisOfLocust(files, limits, 'x').result, 'PASS');
  });

  test('with other columns, or cut, are refused in a sentence', (t) => {
    const here = folder(t);
    const write = (text: string) => writeFileSync(join(here, 'a_stats.csv'), text);
    write('Type,Name,Requests Count,Failure Count,95%\nGET,/,1,0,5\n');
    const said = () => problems(() => readLocust(here, 'a')).join();
    assert.match(
      said(),
      /a_stats\.csv has no column "Request Count", which Locust 2 writes\. It has "Requests Count"\. Give/,
    );
    write('Type,Name\nGET,"/\n');
    assert.match(
      said(),
      /a_stats\.csv(:\d+)? can't be read as CSV \(.*\)\. Give the files as Locust wrote them\.$/,
    );
    write('Type,Name,Request Count\nGET\n');
    assert.match(said(), /can't be read as CSV/);
  });
});

describe('a file of limits', () => {
  test('says everything that is wrong at once, with its line', () => {
    const text = ['{ "*": ["p(97)<5", "p95<5", 7],', '  "a": [],', '  "b": ["failures<5", "med<10"] }'].join(
      '\n',
    );
    assert.deepEqual(
      problems(() => parseLocustLimits(text, 'l.json')),
      [
        'l.json:1: "p(97)<5" needs a percentile that Locust does not keep. Use one of 50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100.',
        'l.json:1: "p95<5" is not a limit. Write med, avg, min, max, p(95), failures, rate or count, then <, <=, > or >= and a number, such as "p(95)<500".',
        'l.json:1: 7 is not a limit. Write med, avg, min, max, p(95), failures, rate or count, then <, <=, > or >= and a number, such as "p(95)<500".',
        'l.json:2: "a" must have a list of limits, for example ["p(95)<500"].',
        'l.json:3: "failures<5" is a share of the requests, between 0 and 1. Did you mean failures<0.05?',
      ],
    );
    for (const none of ['{}', '[]'])
      assert.match(problems(() => parseLocustLimits(none, 'l')).join(), /^l:1: there/);
  });

  test('of rows that there are not is refused with the nearest name', () => {
    assert.deepEqual(
      problems(() => judged('{"GET /helth": ["med<1"], "x": ["med<1"]}')),
      [
        'limits.json has limits for "GET /helth", which is no row of these files. Did you mean "GET /health"?',
        'limits.json has limits for "x", which is no row of these files. There are GET /api/graph/search, "am", GET /api/graph/stats, GET /health, POST /v1/nothing, Aggregated.',
      ],
    );
  });
});

describe('a run', () => {
  const broken = summaryOf(
    testInfo(),
    k6Data({
      ...cleanMetrics(),
      'answer_latency{stage:2}': trend(100, 9000),
      'answer_latency{stage:3}': trend(100, 500),
    }),
  );

  test('has each requirement once, where it was broken most, and where to look', () => {
    const { rows, result } = analysisOfRun('ramp', { summary: broken, verdict: verdictOf(broken) });
    assert.equal(result, 'FAIL');
    assert.deepEqual(
      rows.map(({ name, measured, limit, kept, where }) => [name, measured, limit, kept, where]),
      [
        ['answer p95', '12.6 s', '< 500 ms', false, 'stage 2'],
        ['answer success', '100 %', '> 90 %', true, 'stage 1'],
        ['session success', '100 %', '> 90 %', true, 'stage 1'],
      ],
    );
    assert.deepEqual(
      rows.map(({ look }) => look?.slice(0, 22)),
      ['the queue before the m', undefined, undefined],
    );
  });

  test('as text is at most 80 columns wide, and tells each place once', () => {
    const row = {
      measured: '12.6 s',
      limit: '< 500 ms',
      kept: false,
      where: 'stage 2',
      look: 'a place '.repeat(20),
    };
    const analysis: Analysis = {
      ...{ title: 'x', result: 'FAIL', sentence: 'long '.repeat(40).trim() },
      rows: [
        { ...row, name: 'a b '.repeat(30).trim() },
        { ...row, name: 'short' },
        { ...row, name: 'other', kept: null, look: undefined },
      ],
    };
    const text = renderAnalyses([analysis, { ...analysis, result: 'NOT RUN', rows: [] }], false);
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
    assert.equal(text.split('look at').length, 2, text);
    assert.match(text, /0 of 3 requirements kept/);
    assert.match(text, / \? other/);
  });
});

/** A folder with the files of a run that passes. */
function writtenRun(t: TestContext): string {
  const path = join(folder(t), 'run');
  writeRunFiles(path, { ...cleanEvidence(), run: runRecord() });
  return path;
}

describe('the command', () => {
  const command = async (...args: string[]) => crescendo(['analyze', ...args], { folder: ROOT });

  test('ends with 0, 99, 3 or 4, as the gravest of what it finds', async (t) => {
    const good = writtenRun(t);
    const passed = await command(good);
    assert.equal(passed.exitCode, 0, passed.stdout + passed.stderr);
    assert.match(passed.stdout, /PASS {2}run\n[^]*✓ answer p95[^]*(\d+) of \1 requirements kept/);
    for (const [result, code] of Object.entries({ FAIL: 99, INVALID: 3, ABORTED: 4 })) {
      const verdict = { result, sentence: 'because', reasons: [], holds: null, breaks: null };
      writeFileSync(join(good, 'verdict.json'), JSON.stringify(verdict));
      const { exitCode, stdout } = await command(good);
      assert.equal(exitCode, code, stdout);
      assert.match(stdout, new RegExp(`${result} {2}run\\n {2}because`));
    }
  });

  test('takes a folder of runs, and one of Locust with limits or without', async (t) => {
    const runs = folder(t);
    for (const name of ['a', 'b']) cpSync(writtenRun(t), join(runs, name), { recursive: true });
    assert.match((await command(runs)).stdout, /PASS {2}a\n[^]*PASS {2}b\n/);
    const locust = await command(SAMPLE);
    assert.equal(locust.exitCode, 99, locust.stderr);
    assert.match(
      locust.stdout,
      /✗ POST \/v1\/nothing failures +100 % +< 1 %\n {5}look at the paths in the settings/,
    );
    assert.match(locust.stdout, /These are limits of the house: [^]*--limits <file>/);
    for (const line of locust.stdout.split('\n')) assert.ok(line.length <= 80, line);
    const limits = inputFile(t, 'limits.json', '{"GET /health": ["p(99)<66"]}');
    const own = await command(SAMPLE, '--limits', limits);
    assert.equal(own.exitCode, 0, own.stdout + own.stderr);
    assert.doesNotMatch(own.stdout, /of the house/);
  });

  test('ends with 2 where there is nothing to analyze, and says what it takes', async (t) => {
    const empty = folder(t);
    for (const args of [
      [empty],
      [join(empty, 'none')],
      [join(ROOT, 'README.md')],
      [empty, '--limits', 'x.json'],
    ]) {
      const { exitCode, stdout, stderr } = await command(...args);
      assert.deepEqual([exitCode, stdout], [2, ''], args.join(' '));
      assert.match(
        stderr,
        /Give the folder of a suite or of a run, such as reports\/…-messaging, or one with CSV files/,
      );
    }
    const { exitCode, stderr } = await command(SAMPLE, '--limits', join(empty, 'x.json'));
    assert.equal(exitCode, 2);
    assert.match(stderr, /^--limits is ".*x\.json": it can't be read \(.*\)\. Check the path\.\n$/);
  });

  test('reads a suite by its record, and refuses one that is damaged', async (t) => {
    const suite = folder(t);
    renameSync(writtenRun(t), join(suite, '01-ramp'));
    const record = {
      ...{
        version: 1,
        crescendo: '0.1.0',
        suite: 'x',
        scale: 1,
        startedAt: '',
        endedAt: '',
        result: 'PASS',
        exitCode: 0,
      },
      tests: ['ramp', 'burst'].map((name, index) => ({
        ...{ name, script: name, result: 'NOT RUN', exitCode: null, sentence: 'was stopped', seconds: 0 },
        ...{ folder: index === 0 ? '01-ramp' : null, figure: null, scaled: [] },
      })),
    };
    writeFileSync(join(suite, 'suite.json'), JSON.stringify(record));
    const { analyses } = await analysesIn(suite, undefined);
    assert.deepEqual(
      analyses.map(({ title, result }) => [title, result]),
      [
        ['ramp', 'PASS'],
        ['burst', 'NOT RUN'],
      ],
    );
    writeFileSync(join(suite, 'suite.json'), JSON.stringify({ ...record, tests: 5 }));
    assert.match(
      (await problemsOfAsync(() => analysesIn(suite, undefined))).join(),
      /suite\.json is not what Crescendo writes/,
    );
    rmSync(join(suite, 'suite.json'));
    assert.equal((await analysesIn(suite, undefined)).analyses.length, 1);
  });
});

test('the sample is as Locust wrote it', () => {
  assert.match(
    readFileSync(join(SAMPLE, 'run_stats.csv'), 'utf8'),
    /^Type,Name,Request Count,[^\n]+99\.99%,100%\r?\n/,
  );
});
