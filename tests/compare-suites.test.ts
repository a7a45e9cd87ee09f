// Does compare pair the tests of suites, say what it can't pair, and show before and now with the right factor?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Compared } from '../report/compare/compare.ts';
import { compareSuites, type ComparedSuite, type SuiteComparison } from '../report/compare/compareSuites.ts';
import {
  renderSuiteComparison,
  renderSuiteComparisonJunit,
  renderSuiteComparisonMarkdown,
} from '../report/compare/suiteComparisonText.ts';
import type { RunSummary, TestInfo } from '../report/derive/summary.ts';
import { verdictOf, type Verdict } from '../report/derive/verdict.ts';
import { renderSuiteMarkdown } from '../report/suite/suiteMarkdown.ts';
import { blockedWhere, figuresOf } from '../report/suite/testFigures.ts';
import type { SuiteRecord, SuiteTest, TestFigures } from '../report/suite/suiteRecord.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { counter, rate, summaryWith, trend, type Metrics } from './support/runData.ts';
import { writeRunFiles } from './support/runFiles.ts';
import { readXml } from './support/xmlReader.ts';

/** Answers of about so many milliseconds, with the points of k6's grid. */
function answers(count: number, middle: number): Record<string, number> {
  const grid = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 97.5, 99, 99.5, 99.9];
  const points = grid.map((point) => [`p(${point})`, middle * (0.9 + point / 500)]);
  return { ...trend(count, middle), ...(Object.fromEntries(points) as Record<string, number>) };
}

/** The summary of a run whose answers take about `middle` milliseconds, in all of it and in each stage. */
function summaryOf(middle: number, changes: Metrics = {}, info: Partial<TestInfo> = {}): RunSummary {
  const stages = [1, 2, 3].map((stage) => [`answer_latency{stage:${stage}}`, answers(100, middle)]);
  const times = { answer_latency: answers(300, middle), ...(Object.fromEntries(stages) as Metrics) };
  return summaryWith({ ...times, ...changes }, info);
}

function runOf(name: string, summary: RunSummary, verdict: Verdict = verdictOf(summary)): Compared {
  return { name, summary, verdict };
}

/** A suite of tests with answers of so many milliseconds; a text says why there is no run. */
function suite(name: string, tests: Record<string, number | string | RunSummary>): ComparedSuite {
  const entries = Object.entries(tests).map(([test, run]) => {
    if (typeof run === 'string') return { name: test, why: run };
    return { name: test, run: runOf(`${name}/${test}`, typeof run === 'number' ? summaryOf(run) : run) };
  });
  return { name, suite: 'nightly', tests: entries };
}

function pair({ tests }: SuiteComparison, name: string) {
  const found = tests.find(({ test }) => test === name);
  assert.ok(found, `${name} is not there`);
  return found;
}

const verdicts = ({ tests }: SuiteComparison) => tests.map(({ test, verdict }) => `${test} ${verdict}`);

describe('the figures of a test', () => {
  const figures = (changes: Metrics = {}, info: Partial<TestInfo> = {}) => {
    const of = figuresOf(runOf('run', summaryOf(100, changes, info)));
    assert.ok(of);
    return of;
  };

  test('are those of the headline over the whole run, in seconds', () => {
    assert.deepEqual(figures(), {
      ...{ requests: 300, successes: 300, minSeconds: 0.05, averageSeconds: 0.1, p50Seconds: 0.1 },
      ...{
        p95Seconds: (answers(300, 100)['p(95)'] ?? 0) / 1000,
        p99Seconds: (answers(300, 100)['p(99)'] ?? 0) / 1000,
        maxSeconds: 0.2,
        requestsPerSecond: 300 / 31,
      },
      ...{ totalSeconds: 31, blocked: null, errorRate: 0, met: true },
    });
  });
  test('have the share of what ended that ended badly', () => {
    const bad = summaryOf(100, {
      questions_answered: counter(240),
      questions_failed: counter(60),
      answer_success: rate(240, 60),
    });
    const of = figuresOf({ summary: bad, verdict: { ...verdictOf(summaryOf(100)), result: 'FAIL' } });
    assert.deepEqual([of?.successes, of?.errorRate, of?.met], [240, 0.2, false]);
  });
  test('are dashes where nothing was measured', () => {
    const none = figures({
      answer_latency: { count: 0, min: 0, avg: 0, med: 0, max: 0, 'p(95)': 0, 'p(99)': 0 },
    });
    assert.deepEqual([none.minSeconds, none.p95Seconds, none.maxSeconds], [null, null, null]);
  });
  test('take as long as it took until all were done, where the system tells that', () => {
    const vocabulary = { ...CHATBOT_WORDS, allDone: 'first_chunk_latency' };
    const times = { ...trend(300, 40), max: 12_500 };
    assert.equal(figures({ first_chunk_latency: times }, { vocabulary }).totalSeconds, 12.5);
    const none = { ...times, count: 0, max: 0 };
    assert.equal(figures({ first_chunk_latency: none }, { vocabulary }).totalSeconds, null);
    assert.equal(figures({}, { vocabulary: { ...CHATBOT_WORDS, allDone: 'none' } }).totalSeconds, null);
  });
  test('say whose event loop was blocked', () => {
    assert.deepEqual(
      [
        blockedWhere(true, true),
        blockedWhere(true, null),
        blockedWhere(false, true),
        blockedWhere(false, false),
        blockedWhere(null, false),
      ],
      ['both', 'target', 'generator', 'no', null],
    );
    const loop = (blocked: boolean | null) => ({ worstMs: 5, blocked });
    const loops = { target: loop(true), generator: loop(false), stages: [] };
    const watched = { ...summaryOf(100), loops };
    assert.equal(figuresOf(runOf('run', watched))?.blocked, 'target');
  });
  test('do not say whether a run met its criteria that can not be trusted; of no summary there are none', () => {
    const invalid = summaryOf(100, { script_errors: counter(1) });
    assert.equal(verdictOf(invalid).result, 'INVALID');
    const { requests, met } = figuresOf(runOf('run', invalid)) ?? {};
    assert.deepEqual([requests, met], [300, null]);
    assert.equal(figuresOf({ verdict: verdictOf(summaryOf(100)) }), null);
  });
});

describe('pairs', () => {
  test('are tests of the same name, wherever they stand; the whole is improved if one is', () => {
    const comparison = compareSuites(
      [suite('base', { one: 100, two: 1000 })],
      suite('now', { two: 100, one: 100 }),
    );
    assert.deepEqual(verdicts(comparison), ['two improved', 'one same']);
    assert.deepEqual(
      [comparison.verdict, comparison.sentence],
      ['improved', 'improved: 2 tests, 1 improved, 1 the same'],
    );
    const { bases = [], now = '' } = pair(comparison, 'two').comparison ?? {};
    assert.deepEqual([bases, now], [['base/two'], 'now/two']);
  });
  test('all the same are the same', () => {
    const one = suite('base', { one: 100, two: 100 });
    assert.equal(compareSuites([one], one).verdict, 'same');
  });
  test('of which one is worse make the whole worse, whatever nobody can tell', () => {
    const comparison = compareSuites(
      [suite('base', { one: 100, two: 100, three: 500 })],
      suite('now', { one: 300, three: 100 }),
    );
    assert.deepEqual(verdicts(comparison), ['one worse', 'three improved', "two can't tell"]);
    assert.equal(comparison.sentence, "worse: 3 tests, 1 worse, 1 can't tell, 1 improved");
  });
  test('that are missing on one side: nobody can tell, and a sentence says where', () => {
    const comparison = compareSuites(
      [suite('base', { both: 500, old: 100 })],
      suite('now', { both: 100, new: 100, broken: 'now/02 has no summary.json.' }),
    );
    assert.equal(comparison.verdict, "can't tell");
    assert.deepEqual(
      ['old', 'new', 'broken'].map((name) => pair(comparison, name).sentence),
      [
        "can't tell: now has no test old.",
        "can't tell: base has no test new.",
        "can't tell: base has no test broken. now/02 has no summary.json.",
      ],
    );
    const { base, now, factor, comparison: none } = pair(comparison, 'old');
    assert.deepEqual([base?.requests, now, factor, none], [300, null, {}, null]);
  });
  test('that are not alike: nobody can tell why not, unless forced', () => {
    const other = (questions: string) => summaryOf(100, {}, { settings: { questions } });
    const [base, now] = [suite('base', { one: other('a:1') }), suite('now', { one: other('a:2') })];
    const told = pair(compareSuites([base], now), 'one');
    assert.match(
      told.sentence,
      /^can't tell: base\/one and now\/one differ in the setting questions: a:1 and/,
    );
    assert.match(told.sentence, / --force compares them all the same\.$/);
    assert.deepEqual([told.comparison, told.factor, told.now?.requests], [null, {}, 300]);
    const forced = pair(compareSuites([base], now, { force: true }), 'one');
    assert.equal(forced.verdict, 'same');
    assert.match(forced.comparison?.remarks.join() ?? '', /differ in the setting questions/);
  });
  test('take tolerances', () => {
    const [base, now] = [suite('base', { one: 100 }), suite('now', { one: 130 })];
    assert.equal(compareSuites([base], now).verdict, 'worse');
    const patient = { answer_latency: { relative: 0.5, absolute: 0 } };
    assert.equal(compareSuites([base], now, { tolerances: patient }).verdict, 'same');
  });
  test('of several bases are held against their mean; a base without the test is left out', () => {
    const bases = [suite('a', { one: 300 }), suite('b', { one: 420 }), suite('c', { two: 5 })];
    const { base, comparison } = pair(compareSuites(bases, suite('now', { one: 36 })), 'one');
    assert.equal(base?.averageSeconds, 0.36);
    assert.deepEqual(comparison?.remarks, ['c has no test one.']);
    const widely = compareSuites(
      [300, 360, 420].map((middle, index) => suite(`base ${index}`, { one: middle })),
      suite('now', { one: 450 }),
    );
    assert.equal(widely.verdict, 'same');
  });
  test('a base that can not be trusted has no part in the mean', () => {
    const invalid = summaryOf(9000, { script_errors: counter(1) });
    const bases = [suite('a', { one: invalid }), suite('b', { one: 100 })];
    const { base, comparison } = pair(compareSuites(bases, suite('now', { one: 100 })), 'one');
    assert.equal(base?.averageSeconds, 0.1);
    assert.deepEqual(comparison?.remarks, ['a/one is left out: INVALID']);
    const { now, factor } = pair(
      compareSuites([suite('b', { one: 100 })], suite('a', { one: invalid })),
      'one',
    );
    assert.deepEqual([now, factor], [null, {}]);
  });
});

describe('factors', () => {
  test('a base that is 10 times slower: 10 × faster, of average and p95; the other way round slower', () => {
    const [slow, fast] = [suite('slow', { one: 1000 }), suite('fast', { one: 100 })];
    assert.deepEqual(pair(compareSuites([slow], fast), 'one').factor, {
      ...{ averageSeconds: '10 × faster', p95Seconds: '10 × faster' },
    });
    assert.deepEqual(pair(compareSuites([fast], slow), 'one').factor, {
      ...{ averageSeconds: '10 × slower', p95Seconds: '10 × slower' },
    });
  });
  test('of the total time', () => {
    const vocabulary = { ...CHATBOT_WORDS, allDone: 'first_chunk_latency' };
    const all = (max: number) =>
      summaryOf(100, { first_chunk_latency: { ...trend(300, 40), max } }, { vocabulary });
    const { factor } = pair(
      compareSuites([suite('base', { one: all(30_000) })], suite('now', { one: all(2500) })),
      'one',
    );
    assert.deepEqual(factor, { totalSeconds: '12 × faster' });
  });
});

const HOSTILE = '<b>&"\'|`[x](y)\u001b[31m';
const COMPARISON = compareSuites(
  [suite('base', { one: 400, two: 100, [HOSTILE]: 100 })],
  suite('now', { one: 40, two: 'now/02-two is cut.', [`${'long '.repeat(30)}end`]: 100, [HOSTILE]: 300 }),
);

describe('texts of a comparison', () => {
  test('have each figure before and now, and the factor, in 80 columns', () => {
    const text = renderSuiteComparison(COMPARISON, false);
    for (const line of text.split('\n')) assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
    const lines = text.split('\n');
    const start = lines.indexOf(' + one');
    assert.match(lines[start + 1] ?? '', /^ {3}improved: answer p\d\d 10 × faster in stage 1/);
    const table = lines.slice(lines.indexOf('   figure                        base           now  factor'));
    assert.deepEqual(table.slice(1, 14), [
      '   requests                       300           300',
      '   successes                      300           300',
      '   min (s)                     0.2000        0.0200',
      '   average (s)                 0.4000        0.0400  10 × faster',
      '   p50 (s)                     0.4000        0.0400',
      '   p95 (s)                     0.4360        0.0436  10 × faster',
      '   p99 (s)                     0.4392        0.0439',
      '   max (s)                     0.8000        0.0800',
      '   requests per second           9.68          9.68',
      '   total (s)                    31.00         31.00',
      '   blocked                          –             –',
      '   error rate                  0.00 %        0.00 %',
      '   criteria met                   yes           yes',
    ]);
    assert.match(text, / \? two\n {3}can't tell: now\/02-two is cut\.\n/);
    assert.match(text, /\n worse: 4 tests, 1 worse, 2 can't tell, 1 improved\n$/);
    assert.ok(!text.includes('\u001b'));
    assert.match(renderSuiteComparison(COMPARISON, true), /\u001b\[32m \+ one\u001b\[0m/);
  });
  test('Markdown has the same table, and what changed', () => {
    const text = renderSuiteComparisonMarkdown(COMPARISON);
    assert.match(text, /^## ❌ worse: 4 tests, /);
    assert.match(
      text,
      /\n### ✅ one\n\nimproved: [^\n]+\n\n\| figure \| base \| now \| factor \|\n\| :-- \| --: \| --: \| :-- \|\n\| requests \| 300 \| 300 \| {2}\|\n/,
    );
    assert.match(text, /\n\| average \(s\) \| 0\.4000 \| 0\.0400 \| 10 × faster \|\n/);
    assert.match(text, /<summary>\d+ changed figures<\/summary>/);
    assert.match(text, /\n### ⚠️ two\n\ncan't tell: now\/02-two is cut\.\n\n\| figure/);
    assert.ok(!/<b>|\]\(y|\u001b/.test(text));
  });
  test('JUnit has the cases of each pair with the name of its test, and an error where there is none', () => {
    const root = readXml(renderSuiteComparisonJunit(COMPARISON));
    assert.equal(root.attributes['errors'], '2');
    const names = root.children.map(({ attributes }) => attributes['name']);
    for (const name of ['one: ramp: stage 2', 'two']) assert.ok(names.includes(name), names.join());
  });
});

const FIGURES: TestFigures = {
  ...{ requests: 21_480, successes: 21_000, minSeconds: 0.00123, averageSeconds: 0.0456, p50Seconds: 0.04 },
  ...{
    p95Seconds: 7.891,
    p99Seconds: 12.3,
    maxSeconds: 123.4,
    requestsPerSecond: 358.4,
    totalSeconds: 59.94,
  },
  ...{ blocked: 'generator', errorRate: 0.0223, met: false },
};
const ended = (name: string, change: Partial<SuiteTest> = {}): SuiteTest => ({
  ...{ name, script: 'ramp', result: 'PASS', exitCode: 0, sentence: 'holds 5 sessions', scaled: [] },
  ...{ folder: `01-${name}`, seconds: 62, figure: null, figures: FIGURES, ...change },
});
const recordOf = (tests: readonly SuiteTest[]): SuiteRecord => ({
  ...{ version: 1, crescendo: '0.1.0', suite: 'mine', scale: 0.1, result: 'FAIL', exitCode: 99, tests },
  ...{ startedAt: '2026-11-21T03:00:00.000Z', endedAt: '2026-11-21T03:12:40.000Z' },
});

test('suite.md has the sentence, a row for each test, and why a test did not pass', () => {
  const late = { result: 'NOT RUN', folder: null, exitCode: null, figures: null } as const;
  const text = renderSuiteMarkdown(
    recordOf([
      ended('fine'),
      ended('b|d', { result: 'FAIL', sentence: 'holds <b>no</b> stage' }),
      ended('late', { ...late, sentence: 'the suite was stopped' }),
    ]),
  );
  assert.deepEqual(text.split('\n'), [
    '## ❌ FAIL: mine',
    '',
    '1 of 3 tests passed, 1 was not run; took 12:40 with --scale 0.1; started 2026-11-21 03:00:00 UTC; Crescendo 0.1.0',
    '',
    '| test | requests | successes | min (s) | average (s) | p50 (s) | p95 (s) | p99 (s) | max (s) | requests per second | total (s) | blocked | error rate | criteria met |',
    `| :-- |${' --: |'.repeat(13)}`,
    ...['fine', 'b&#124;d'].map(
      (name) =>
        `| ${name} | 21,480 | 21,000 | 0.00123 | 0.0456 | 0.0400 | 7.89 | 12.30 | 123 | 358 | 59.94 | generator | 2.23 % | no |`,
    ),
    `| late (NOT RUN) |${' – |'.repeat(13)}`,
    '',
    '- FAIL b&#124;d: holds &#60;b&#62;no&#60;/b&#62; stage',
    '- NOT RUN late: the suite was stopped',
    '',
  ]);
  assert.ok(!renderSuiteMarkdown(recordOf([ended('fine')])).includes('\n- '));
});

/** Writes the folder of a suite, as one leaves it; a test without a summary was not run. */
function writeSuite(path: string, tests: Record<string, RunSummary | null>): string {
  mkdirSync(path, { recursive: true });
  const entries = Object.entries(tests).map(([name, summary], index) => {
    if (summary === null)
      return ended(name, { result: 'NOT RUN', folder: null, exitCode: null, sentence: 'it was stopped' });
    const verdict = verdictOf(summary);
    const place = `0${index + 1}-${name}`;
    writeRunFiles(join(path, place), { summary, verdict });
    return ended(name, { result: verdict.result, folder: place, sentence: verdict.sentence });
  });
  writeFileSync(join(path, 'suite.json'), JSON.stringify(recordOf(entries)));
  return path;
}

describe('the command', () => {
  function written(t: TestContext) {
    const here = folder(t);
    const write = (name: string, tests: Record<string, RunSummary | null>) =>
      writeSuite(join(here, name), tests);
    const command = (...args: string[]) => crescendo(['compare', ...args], { folder: here });
    const read = (file: string) => readFileSync(join(here, file), 'utf8');
    return { here, write, command, read };
  }

  test('improved: 0, with every file', async (t) => {
    const { write, command, read } = written(t);
    const base = write('base', { one: summaryOf(400), two: summaryOf(100) });
    const now = write('now', { two: summaryOf(100), one: summaryOf(40) });
    const end = await command(base, now, '--markdown', 'c.md', '--json', 'c.json', '--junit', 'c.xml');
    assert.equal(end.exitCode, 0, end.stdout + end.stderr);
    assert.match(end.stdout, /^\n mine: base → now\n\n = two\n/);
    assert.match(end.stdout, /\n {3}average \(s\) +0\.4000 +0\.0400 {2}10 × faster\n/);
    const json = JSON.parse(read('c.json')) as SuiteComparison;
    assert.deepEqual([json.version, json.verdict, json.bases], [1, 'improved', ['base']]);
    const { base: before, now: after, factor } = pair(json, 'one');
    assert.deepEqual([before?.averageSeconds, after?.averageSeconds], [0.4, 0.04]);
    assert.equal(factor.averageSeconds, '10 × faster');
    assert.match(read('c.md'), /\n\| average \(s\) \| 0\.4000 \| 0\.0400 \| 10 × faster \|\n/);
    assert.match(read('c.xml'), /<testsuite name="one: ramp: stage 1"/);
  });

  test('worse: 99, unless that is tolerated; nobody can tell: 3', async (t) => {
    const { here, write, command } = written(t);
    const base = write('base', { one: summaryOf(100), two: summaryOf(100) });
    const worse = write('worse', { one: summaryOf(130), two: summaryOf(100) });
    assert.equal((await command(base, worse)).exitCode, 99);
    assert.equal((await command(base, worse, '--tolerance', 'answer_latency=50%,5ms')).exitCode, 0);
    const unknown = await command(base, worse, '--tolerance', 'answer_latncy=50%');
    assert.deepEqual([unknown.exitCode, unknown.stdout], [2, '']);
    assert.match(unknown.stderr, /Did you mean answer_latency\?/);

    const late = await command(base, write('late', { one: summaryOf(100), two: null }));
    assert.equal(late.exitCode, 3, late.stdout);
    assert.match(late.stdout, / \? two\n {3}can't tell: late has no run of two: it was stopped\.\n/);
    rmSync(join(here, 'worse', '02-two', 'summary.json'));
    const gone = await command(worse, worse);
    assert.equal(gone.exitCode, 3, gone.stderr);
    assert.match(gone.stdout, /can't tell: "[^]*02-two" has no\s+summary\.json/);
  });

  test('a run whose suite knew that it proves nothing is not believed: 3', async (t) => {
    const { here, write, command } = written(t);
    const base = write('base', { one: summaryOf(100) });
    const file = join(here, 'base', 'suite.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"result":"PASS"', '"result":"INVALID"'));
    const { exitCode, stdout } = await command(base, base);
    assert.equal(exitCode, 3, stdout);
    assert.match(stdout, /can't tell: base\/01-one is INVALID: /);
  });

  test('tests that are not alike: 3, and 0 when forced', async (t) => {
    const { here, write, command } = written(t);
    const base = write('base', { one: summaryOf(100) });
    const now = write('now', { one: summaryOf(100) });
    const file = join(here, 'now', '01-one', 'summary.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"script":"ramp"', '"script":"own"'));
    const { exitCode, stdout } = await command(base, now);
    assert.equal(exitCode, 3, stdout);
    assert.match(stdout, /can't tell: base\/01-one and now\/01-one differ in their script: ramp and\s+own\./);
    assert.equal((await command(base, now, '--force')).exitCode, 0);
  });

  test('a suite and a run, or one suite alone, are refused in one sentence: 2', async (t) => {
    const { write, command } = written(t);
    const base = write('base', { one: summaryOf(100) });
    const mixed = await command(base, join(base, '01-one'));
    assert.deepEqual([mixed.exitCode, mixed.stdout], [2, '']);
    assert.match(
      mixed.stderr,
      /^"[^"]+base" is a suite and "[^"]+01-one" is none: give suites only, or runs/,
    );
    assert.equal(mixed.stderr.trim().split('\n').length, 1);
    const alone = await command(base);
    assert.equal(alone.exitCode, 2);
    assert.match(alone.stderr, /^compare needs two suites or more: /);
  });
});
