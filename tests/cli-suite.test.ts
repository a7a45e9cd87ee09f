// Does `crescendo suite` run every test, whatever becomes of the others, and say what became of each?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { SuiteComparison } from '../report/compare/compareSuites.ts';
import type { SuiteRecord } from '../report/suite/suiteRecord.ts';
import { crescendo, type CommandEnd } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { noTerminal, TestTerminal } from './support/pty.ts';
import { quickTarget, settingsFor, targetProcess } from './support/target.ts';
import { readXml } from './support/xmlReader.ts';

const K6 = { K6: k6Path() };
/** Signals are sent as POSIX has them. */
const posix = process.platform === 'win32' ? { skip: 'signals are sent as POSIX has them' } : {};

/** Two short tests, of which the first breaks a limit; the third is asked for by one of its names. */
const BURST = { script: 'burst', env: { NUM_SESSIONS: 200, QUESTIONS: 'MED1060:20' } };
const SUITE = {
  ...{ name: 'mine', about: 'For a test.', coolDownSeconds: 0.1 },
  tests: [
    {
      ...{ ...BURST, name: 'strict' },
      env: { ...BURST.env, THRESHOLDS_FILE: 'strict.json' },
      needs: { programs: ['node'] },
    },
    { ...BURST, name: 'plain' },
  ],
};
const STRICT = '{"target": {"answer_latency": ["p(95)<0.001"], "answer_success": ["rate>0.9"]}}';

function written(t: TestContext, suite: object = SUITE): string {
  const here = folder(t);
  writeFileSync(join(here, 'suite.json'), JSON.stringify(suite));
  writeFileSync(join(here, 'strict.json'), STRICT);
  return here;
}

/** What there is in the folder of the one suite that was run in `here`. */
function left(here: string): { path: string; record: SuiteRecord; read: (file: string) => string } {
  const reports = join(here, 'reports');
  const names = readdirSync(reports).filter((name) => existsSync(join(reports, name, 'suite.json')));
  assert.equal(names.length, 1, readdirSync(reports).join());
  const path = join(reports, names[0] ?? '');
  const read = (file: string) => readFileSync(join(path, file), 'utf8');
  return { path, record: JSON.parse(read('suite.json')) as SuiteRecord, read };
}

const results = ({ tests }: SuiteRecord) => tests.map(({ name, result }) => `${name} ${result}`);
const shown = ({ stdout, stderr }: CommandEnd) => `${stdout}\n${stderr}`;

test('a broken limit: 99, the other test ran, and each file tells of it', async (t) => {
  const here = written(t);
  const target = await quickTarget(t);
  const env = { ...K6, ...settingsFor(target) };
  const args = ['suite', './suite.json', '--scale', '0.01', '-e', 'SEED=7'];
  const end = await crescendo(args, { folder: here, env });
  assert.equal(end.exitCode, 99, shown(end));
  const { path, record, read } = left(here);
  assert.deepEqual(results(record), ['strict FAIL', 'plain PASS']);
  assert.deepEqual([record.result, record.exitCode, record.suite, record.scale], ['FAIL', 99, 'mine', 0.01]);

  assert.match(end.stdout, /^suite mine: 2 tests, at most \d+:\d\d at --scale 0\.01\nFor a test\.\n/);
  assert.match(end.stdout, / 1 strict: NUM_SESSIONS 200 → 2, QUESTIONS MED1060:20 → MED1060:2\n/);
  assert.match(end.stdout, /\n\[suite\] test 1 of 2, strict: FAIL \| at most \d+:\d\d left\n/);
  assert.match(end.stdout, /\n\[suite\] cool-down 0:01, then plain\n/);
  assert.match(end.stdout, /\n\[suite\] test 2 of 2, plain: PASS\n/);
  for (const line of end.stdout.split('\n')) assert.ok(line.length <= 80 || line.includes(' → ws'), line);

  const run = (test: string) =>
    JSON.parse(read(join(test, 'run.json'))) as { settings: object; seed: number; result: string };
  for (const test of ['01-strict', '02-plain']) {
    const { settings, seed } = run(test);
    assert.deepEqual(
      { NUM_SESSIONS: '2', QUESTIONS: 'MED1060:2', SEED: '7' },
      Object.fromEntries(Object.entries(settings).filter(([name]) => /^(NUM|QUE|SEED)/.test(name))),
    );
    assert.equal(seed, 7);
  }
  assert.equal(target.stats().questions, 8);
  assert.match(read('summary.txt'), /^\nFAIL {5}mine \(--scale 0\.01\): 1 of 2 tests passed; took/);
  assert.match(read('index.html'), /href="01-strict\/report\.html"/);
  assert.ok(existsSync(join(path, '01-strict', 'report.html')));
  const junit = readXml(read('junit.xml'));
  assert.deepEqual([junit.attributes['name'], junit.attributes['failures']], ['mine', '2']);
  assert.ok(!readdirSync(join(here, 'reports')).some((name) => name.endsWith('.partial')));
  assert.match(end.stdout, new RegExp(`files +${path.slice(here.length + 1)}/01-strict\\n`));

  const analyzed = await crescendo(['analyze', path], { folder: here });
  assert.equal(analyzed.exitCode, 99, shown(analyzed));
  assert.match(
    analyzed.stdout,
    / FAIL {2}strict\n[^]* ✗ answer p95 [^]*? {5}look at the queue before the model/,
  );
  assert.match(analyzed.stdout, / PASS {2}plain\n/);

  await hasFigures(here, path, record);
  await isInHistory(here, path);
});

/** Of each test in suite.json and suite.md, and beside those of another time. */
async function hasFigures(here: string, path: string, { tests }: SuiteRecord): Promise<void> {
  assert.deepEqual(
    tests.map(({ figures }) => [figures?.requests, figures?.successes, figures?.errorRate, figures?.met]),
    [
      [4, 4, 0, false],
      [4, 4, 0, true],
    ],
  );
  const page = readFileSync(join(path, 'suite.md'), 'utf8');
  assert.match(page, /^## ❌ FAIL: mine\n\n1 of 2 tests passed; took [^]*\n\| plain \| 4 \| 4 \| \d/);
  assert.match(page, /\n- FAIL strict: holds no stage/);
  const compared = await crescendo(['compare', path, path, '--json', 'c.json'], { folder: here });
  // Four answers are too few to tell anything, but not to be shown.
  assert.equal(compared.exitCode, 3, shown(compared));
  assert.match(compared.stdout, /\n \? plain\n[^]*\n {3}requests +4 +4\n/);
  const { tests: pairs } = JSON.parse(readFileSync(join(here, 'c.json'), 'utf8')) as SuiteComparison;
  assert.deepEqual(pairs[1]?.base, tests[1]?.figures);
}

/** The runs of a suite are listed, can be named, compared and verified. */
async function isInHistory(here: string, path: string): Promise<void> {
  const suite = path.slice(path.lastIndexOf('/') + 1);
  const listed = await crescendo(['history', '--json'], { folder: here });
  const runs = JSON.parse(listed.stdout) as { folder: string }[];
  assert.deepEqual(runs.map((one) => one.folder).sort(), [`${suite}/01-strict`, `${suite}/02-plain`]);
  const plain = join(path, '02-plain');
  assert.equal((await crescendo(['history', '--name', 'base', plain], { folder: here })).exitCode, 0);
  const compared = await crescendo(['compare', 'base', plain], { folder: here });
  assert.match(compared.stdout, /^\n? burst: 02-plain → 02-plain\n/, shown(compared));
  assert.equal((await crescendo(['verify', plain], { folder: here })).exitCode, 0);
}

test('--stop-at-failure and "afterFailure" leave the others out, each test without one gets its own target', async (t) => {
  const here = written(t, { ...SUITE, afterFailure: 'stop' });
  const end = await crescendo(['suite', './suite.json', '--scale', '0.01'], { folder: here, env: K6 });
  assert.equal(end.exitCode, 99, shown(end));
  const { record, read } = left(here);
  assert.deepEqual(results(record), ['strict FAIL', 'plain NOT RUN']);
  assert.match(
    record.tests[1]?.sentence ?? '',
    /ends with the first test that does not pass, and that was strict$/,
  );
  const { target } = JSON.parse(read(join('01-strict', 'run.json'))) as { target: { isReference: boolean } };
  assert.equal(target.isReference, true);
});

test('Ctrl-C stops the test that runs, leaves out the others, and still reports: 4', posix, async (t) => {
  const long = { ...BURST, script: 'ramp', env: { RAMP_MAX_SESSIONS: 1, RAMP_START_SESSIONS: 1 } };
  const here = written(t, { tests: [{ ...BURST, name: 'first' }, long, { ...BURST, name: 'last' }] });
  const target = await targetProcess(t);
  const end = await crescendo(
    ['suite', './suite.json', '-e', 'NUM_SESSIONS=1', '-e', 'QUESTIONS=MED1060:1', '--scale', '0.001'],
    {
      ...{ folder: here, env: { ...K6, ...settingsFor(target) } },
      interruptAt: '[stage] 1/1 | 1 session |',
    },
  );
  assert.equal(end.exitCode, 4, shown(end));
  const { record } = left(here);
  assert.deepEqual(results(record), ['first PASS', 'ramp ABORTED', 'last NOT RUN']);
  assert.deepEqual([record.result, record.tests[2]?.exitCode], ['ABORTED', null]);
  assert.match(end.stdout, /\[suite\] test 2 of 3, ramp: ABORTED\n/);
  assert.ok(!/\[suite\] test 3/.test(end.stdout), end.stdout);
});

test('everything that is wrong with any test is said before the first, and nothing is left: 2', async (t) => {
  const here = written(t, {
    tests: [
      { script: 'ramp', env: { RAMP_MAX_SESSIONS: 'many', RAMP_START_SESSIONS: 0 } },
      { script: 'stress', env: { QUESTIONS: 'MED1060:1' }, needs: { programs: ['no-such-program'] } },
      { script: 'burst', env: { THRESHOLDS_FILE: 'none.json' } },
    ],
  });
  const { exitCode, stdout, stderr } = await crescendo(['suite', './suite.json'], { folder: here, env: K6 });
  assert.deepEqual([exitCode, stdout], [2, ''], stderr);
  const lines = stderr.trim().split('\n');
  const expected = [
    /^suite\.json: test "ramp": RAMP_START_SESSIONS is "0": it must be .* RAMP_START_SESSIONS is from suite\.json\.$/,
    /^suite\.json: test "ramp": RAMP_MAX_SESSIONS is "many": it must be .* RAMP_MAX_SESSIONS is from suite\.json\.$/,
    /^suite\.json: test "stress": QUESTIONS is set, but stress does not read it\. Remove it there\.$/,
    /^suite\.json: test "stress": it needs the program "no-such-program", which is not on the PATH\. Install it\.$/,
    /^suite\.json: test "burst": THRESHOLDS_FILE is ".*none\.json": there is no such file/,
  ];
  assert.equal(lines.length, expected.length, stderr);
  for (const pattern of expected)
    assert.ok(
      lines.some((line) => pattern.test(line)),
      `${String(pattern)}\n${stderr}`,
    );
  assert.ok(!existsSync(join(here, 'reports')));
});

test('a suite or a scale that there is not is refused in one sentence', async (t) => {
  const here = folder(t);
  for (const [args, said] of [
    [['grap'], /^There is no suite "grap"\. Did you mean graph\?/],
    [
      ['graph', '--scale', 'tiny'],
      /^--scale is "tiny": it must be a number from 0\.0001 to 100, for example --scale 0\.01\.$/,
    ],
    [['graph', '-e', 'SED=1'], /^-e/],
  ] as const) {
    const { exitCode, stderr } = await crescendo(['suite', ...args], { folder: here, env: K6 });
    assert.equal(exitCode, 2, stderr);
    if (args[1] !== '-e') assert.match(stderr.trim(), said);
  }
});

test('on a terminal the live view says how far the suite is', { skip: noTerminal() }, async (t) => {
  const ramp = { RAMP_MAX_SESSIONS: 1, RAMP_START_SESSIONS: 1, RAMP_INTERVAL_SECONDS: 6 };
  const here = written(t, {
    coolDownSeconds: 2,
    tests: [
      { script: 'ramp', env: ramp },
      { ...BURST, name: 'last' },
    ],
  });
  const target = await quickTarget(t);
  const env = { ...K6, ...settingsFor(target), QUESTIONS: 'MED1060:1' };
  const args = ['suite', './suite.json', '-e', 'NUM_SESSIONS=1', '-e', 'QUESTIONS=MED1060:1'];
  const terminal = new TestTerminal(t, args, { folder: here, env });
  await terminal.until((lines) =>
    lines.some((line) => /^ suite {7}test 1 of 2, ramp \| \d:\d\d \| at most \d+:\d\d left$/.test(line)),
  );
  await terminal.until((lines) => lines.some((line) => /^ cool-down 0:0[12], then last$/.test(line)));
  assert.equal(await terminal.ended, 0);
  const lines = await terminal.lines();
  assert.ok(
    !lines.some((line) => line.startsWith(' suite ') || line.startsWith(' cool-down')),
    lines.join('\n'),
  );
  assert.ok(lines.some((line) => /^PASS {5}suite: 2 of 2 tests passed; took /.test(line)));
});
