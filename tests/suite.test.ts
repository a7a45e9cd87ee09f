// What a suite is made of: its file, its scale, its time, its exit code, and what it writes.
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { gravest } from '../cli/exitCodes.ts';
import { folderCalled, nameIn } from '../cli/history/historyFolders.ts';
import { SECTIONS, SETTINGS } from '../cli/setup/knownSettings.ts';
import { findSuite, shippedSuites } from '../cli/suite/findSuite.ts';
import { unmetNeeds, type Machine } from '../cli/suite/needs.ts';
import { atScale } from '../cli/suite/scale.ts';
import { parseSuite } from '../cli/suite/suiteReader.ts';
import { leftText, progressText, timeLeft } from '../cli/suite/suiteProgress.ts';
import { SettingsReader } from '../lib/before/settings/reader.ts';
import { parseLimits, withThroughput } from '../lib/words/limits.ts';
import { renderSuiteHtml } from '../report/suite/suiteHtml.ts';
import { renderSuiteJunit } from '../report/suite/suiteJunit.ts';
import { renderSuiteText } from '../report/suite/suiteText.ts';
import type { SuiteRecord, SuiteTest, TestFigures } from '../report/suite/suiteRecord.ts';
import { AGENTS_SECTIONS } from '../systems/agents/settings.ts';
import { BROADCAST_SECTIONS } from '../systems/graph/broadcast/broadcastSettings.ts';
import { CHATBOT_SECTIONS } from '../systems/chatbot/settings.ts';
import { CONNECTIONS_SECTIONS } from '../systems/graph/connections/connectionsSettings.ts';
import { ROOT } from './support/bundle.ts';
import { problems } from './support/problems.ts';
import { readXml } from './support/xmlReader.ts';

const schema = (file: string): object =>
  JSON.parse(readFileSync(join(ROOT, 'schema', file), 'utf8')) as object;
const isSuiteFile = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  schema('suite-file.schema.json'),
);
const isSuiteRecord = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  schema('suite.schema.json'),
);

const parse = (suite: unknown) => parseSuite(JSON.stringify(suite, null, 1), 'mine/suite.json', 'suite');

describe('the file of a suite', () => {
  test('leaves out what it may', () => {
    assert.deepEqual(parse({ tests: [{ script: 'ramp' }] }), {
      ...{ name: 'suite', about: undefined, stopsAtFailure: false },
      tests: [
        {
          ...{ name: 'ramp', values: {}, needs: {}, coolDownSeconds: 30 },
          script: join(ROOT, 'dist', 'ramp.js'),
        },
      ],
    });
  });

  test('has settings of all tests, and of each, which go before; files are seen from its own folder', () => {
    const { tests, ...suite } = parse({
      ...{ $schema: 'x', name: 'mine', about: 'For a test.', coolDownSeconds: 5, afterFailure: 'stop' },
      env: { SEED: 4, LIMITS: 'critical' },
      tests: [
        {
          ...{ script: 'ramp', name: 'small', coolDownSeconds: 0 },
          env: { SEED: '7', THRESHOLDS_FILE: 'limits.json' },
          needs: { openFiles: 100, memoryMegabytes: 5, programs: ['node'], settings: ['OUTAGE_URL'] },
        },
        { script: 'burst' },
      ],
    });
    assert.deepEqual(suite, { name: 'mine', about: 'For a test.', stopsAtFailure: true });
    assert.deepEqual(
      tests.map(({ name, values, coolDownSeconds }) => ({ name, values, coolDownSeconds })),
      [
        {
          ...{ name: 'small', coolDownSeconds: 0 },
          values: { SEED: '7', LIMITS: 'critical', THRESHOLDS_FILE: resolve('mine/limits.json') },
        },
        { name: 'burst', values: { SEED: '4', LIMITS: 'critical' }, coolDownSeconds: 5 },
      ],
    );
    assert.deepEqual(tests[0]?.needs, {
      ...{ openFiles: 100, memoryMegabytes: 5, programs: ['node'], settings: ['OUTAGE_URL'] },
    });
  });

  test('says everything that is wrong at once, each with its line, its value and the remedy', () => {
    const text = [
      '{',
      ' "nam": "x", "afterFailure": "go", "coolDownSeconds": -1, "about": 5,',
      ' "env": {"RAMP_MAX_SESSION": 5},',
      ' "tests": [',
      '  {"script": "rampp", "env": {"SEED": {}}},',
      '  {"name": "a b", "scrpt": "ramp"},',
      '  {"script": "burst", "needs": {"openFile": 3, "programs": "docker"}},',
      '  {"script": "burst"}, 7',
      ' ]',
      '}',
    ].join('\n');
    const told = problems(() => parseSuite(text, 'x.json', 'x'));
    const expected: RegExp[] = [
      /^x\.json:2: "nam" is not known here\. Did you mean name\?$/,
      /^x\.json:3: RAMP_MAX_SESSION is not a setting of Crescendo\. Did you mean RAMP_MAX_SESSIONS\?$/,
      /^x\.json:2: "coolDownSeconds" is -1: it must be a number from 0 to 86400\.$/,
      /^x\.json:2: "about" is 5: it must be a text\.$/,
      /^x\.json:2: "afterFailure" is "go": it must be "continue" or "stop"\.$/,
      /^x\.json:5: There is no script "rampp"\. Did you mean ramp\? The scripts are /,
      /^x\.json:5: SEED is \{\}: it must be a text or a number\.$/,
      /^x\.json:6: "scrpt" is not known here\. Did you mean script\?$/,
      /^x\.json:6: "script" is missing: it must be the name of a script, such as "ramp"\.$/,
      /^x\.json:6: "name" is "a b": it must be 1 to 30 letters/,
      /^x\.json:7: "openFile" is not known here\. Did you mean openFiles\?$/,
      /^x\.json:7: "programs" is "docker": it must be a list of names\.$/,
      /^x\.json:8: here must be an object with script, name, env, needs, coolDownSeconds\./,
      /^x\.json:8: a second test is called "burst": give one of them another "name"\.$/,
    ];
    assert.equal(told.length, expected.length, told.join('\n'));
    for (const pattern of expected)
      assert.ok(
        told.some((one) => pattern.test(one)),
        String(pattern),
      );
  });

  test('without tests, or no JSON, is refused with the shape', () => {
    for (const text of ['{}', '{"tests": []}', '{"tests": {}}', '[', ''])
      assert.match(problems(() => parseSuite(text, 'x.json', 'x')).join('\n'), /^x\.json:1: [^]*"tests": \[/);
  });

  test('that ships fits its schema; those of scripts that are there can be read', () => {
    assert.deepEqual(shippedSuites(), ['agents', 'all', 'assistant', 'chatbot', 'graph', 'messaging']);
    const scripts = readdirSync(join(ROOT, 'scripts')).map((name) => name.replace('.ts', ''));
    for (const name of shippedSuites()) {
      const value = JSON.parse(readFileSync(join(ROOT, 'suites', `${name}.json`), 'utf8')) as {
        tests: { script: string }[];
      };
      assert.ok(isSuiteFile(value), `${name}: ${JSON.stringify(isSuiteFile.errors)}`);
      if (value.tests.every(({ script }) => scripts.includes(script)))
        assert.deepEqual(
          problems(() => findSuite(name)),
          [],
          name,
        );
    }
  });

  test('that nobody knows is told with the nearest name', () => {
    assert.match(
      problems(() => findSuite('chatbt')).join(),
      /^There is no suite "chatbt"\. Did you mean chatbot\? The suites are agents, all, assistant, chatbot, graph, messaging; or/,
    );
    assert.match(
      problems(() => findSuite('./none.json')).join(),
      /^The suite "\.\/none\.json" can't be read/,
    );
  });
});

describe('a scale', () => {
  const scaled = (values: Record<string, string>, scale: number, sections = CHATBOT_SECTIONS) =>
    atScale(values, sections, scale).values;

  test('makes loads smaller by itself, times by its root, and never below what is sensible', () => {
    const values = { RAMP_MAX_SESSIONS: '500', RAMP_START_SESSIONS: '10', RAMP_INTERVAL_SECONDS: '180' };
    assert.deepEqual(scaled(values, 0.01), {
      ...{ RAMP_MAX_SESSIONS: '5', RAMP_START_SESSIONS: '1', RAMP_INTERVAL_SECONDS: '18' },
    });
    assert.deepEqual(scaled({ RAMP_INTERVAL_SECONDS: '40', HOLD_SECONDS: '9' }, 0.01), {
      ...{ RAMP_INTERVAL_SECONDS: '10', HOLD_SECONDS: '9' },
    });
    assert.deepEqual(scaled({ NUM_SESSIONS: '50', HOLD_SECONDS: '600' }, 4), {
      ...{ NUM_SESSIONS: '200', HOLD_SECONDS: '1200' },
    });
    assert.deepEqual(scaled({ HOLD_SECONDS: '5', QUESTIONS: 'MED1060:1' }, 1), {
      ...{ HOLD_SECONDS: '5', QUESTIONS: 'MED1060:1' },
    });
  });

  test('changes numbers in texts, not words; levels that become the same are one', () => {
    assert.deepEqual(scaled({ QUESTIONS: 'MED1060:200,general:20', SESSION_LEVELS: '1,10,25,500' }, 0.02), {
      ...{ QUESTIONS: 'MED1060:4,general:2', SESSION_LEVELS: '1,10' },
    });
    const phases = { PHASES: 'a-1:10-100:400, b:1000:900', RATE_FACTOR: '1', CONNECTIONS: '300' };
    assert.deepEqual(atScale(phases, AGENTS_SECTIONS, 0.01).values, {
      ...{ PHASES: 'a-1:10-100:40, b:1000:90', RATE_FACTOR: '0.01', CONNECTIONS: '3' },
    });
    assert.deepEqual(atScale({ CLIENTS: '20' }, BROADCAST_SECTIONS, 0.01).values, { CLIENTS: '2' });
    assert.deepEqual(atScale({ CONNECTION_LEVELS: '10,50,2000' }, CONNECTIONS_SECTIONS, 0.01).values, {
      CONNECTION_LEVELS: '10,20',
    });
  });

  test('says what became of which, and lets be what does not depend on the size', () => {
    const values = { SEED: '4', RETRIES: '3', NUM_SESSIONS: '50', PROFILE: 'smoke' };
    const { values: made, scaled: changed } = atScale(values, CHATBOT_SECTIONS, 0.1);
    assert.deepEqual(made, { ...values, NUM_SESSIONS: '5' });
    assert.deepEqual(changed, [{ name: 'NUM_SESSIONS', from: '50', to: '5' }]);
  });

  test('makes values that each setting takes, of whatever its default is', () => {
    const known = SETTINGS.filter(({ scales }) => scales !== undefined);
    assert.ok(known.length > 20, 'settings scale');
    for (const setting of known)
      for (const scale of [0.0001, 0.01, 0.3, 7, 100]) {
        const { default: usual } = setting;
        const text = typeof usual === 'object' ? '40' : String(usual);
        const value = atScale({ [setting.env]: text }, SECTIONS, scale).values[setting.env];
        const reader = new SettingsReader({ [setting.env]: value });
        reader.value(setting);
        assert.deepEqual(
          problems(() => reader.done()),
          [],
          `${setting.env} ${text} × ${scale}`,
        );
      }
  });

  test('multiplies limits on numbers per second, and no others, with THROUGHPUT_FACTOR', () => {
    const metrics = {
      done: { kind: 'counter', unit: 'count', is: 'x', limit: 'run' },
      time: { kind: 'trend', unit: 'ms', is: 'x', limit: 'run' },
    } as const;
    const text =
      '{"target": {"done": ["rate>1000", "count<5"], "time": ["p(95)<100"]}, "critical": {"done": ["rate>30"]}}';
    const limits = withThroughput(parseLimits(text, 'x.json', metrics), 0.01);
    assert.deepEqual(
      limits.target.map(({ expression, bound }) => [expression, bound]),
      [
        ['rate>10', 10],
        ['count<5', 5],
        ['p(95)<100', 100],
      ],
    );
    assert.deepEqual(
      limits.critical.map(({ expression }) => expression),
      ['rate>0.3'],
    );
  });
});

describe('what a test needs', () => {
  const machine: Machine = { openFiles: 1024, memoryMegabytes: 500, hasProgram: (name) => name === 'node' };
  const target = { variables: { OUTAGE_URL: ' ' }, isReference: false };
  const needs = {
    ...{ openFiles: 20_000, memoryMegabytes: 900, programs: ['node', 'dockr'], settings: ['OUTAGE_URL'] },
  };

  test('is told with the remedy', () => {
    assert.deepEqual(unmetNeeds(needs, 1, machine, target), [
      'it needs 20,000 open files, and 1,024 are allowed. Run: ulimit -n 20000, or use a smaller --scale.',
      'it needs 900 MB of memory, and 500 MB are free. End other programs, or use a smaller --scale.',
      'it needs the program "dockr", which is not on the PATH. Install it.',
      'it needs 1 more setting: OUTAGE_URL. Set it, as with -e OUTAGE_URL=….',
    ]);
  });

  test('is less at a smaller scale, but not nothing; the reference target needs no settings', () => {
    const reference = { ...target, isReference: true };
    assert.deepEqual(
      unmetNeeds({ ...needs, programs: [] }, 0.05, { ...machine, openFiles: 2000 }, reference),
      [],
    );
    assert.equal(unmetNeeds(needs, 0.0001, { ...machine, openFiles: 1999 }, reference).length, 2);
    assert.deepEqual(unmetNeeds({}, 1, { ...machine, openFiles: NaN }, target), []);
  });
});

describe('the time that is left', () => {
  const test1 = { lengthMs: 60_000, atMost: false, coolDownMs: 30_000 };
  const tests = [test1, { ...test1, lengthMs: 100_000 }, { ...test1, lengthMs: 20_000, atMost: true }];

  test('is that of the plans and of the rests between them', () => {
    assert.deepEqual(timeLeft(tests, 0), { ms: 240_000, atMost: true });
    assert.deepEqual(timeLeft(tests.slice(0, 2), 0, 20_000), { ms: 170_000, atMost: false });
    assert.deepEqual(timeLeft(tests, 1, 500_000), { ms: 50_000, atMost: true });
    assert.deepEqual(timeLeft(tests, 2, 5000), { ms: 15_000, atMost: true });
  });

  test('is said in a line that fits beside a label of 13', () => {
    const place = { index: 98, of: 99, name: 'a'.repeat(30) };
    const line = progressText(place, 36_000_000, { ms: 7_325_000, atMost: true });
    assert.equal(line, `test 99 of 99, ${'a'.repeat(30)} | 10:00:00 | at most 2:02:05 left`);
    assert.ok(line.length <= 80);
    assert.equal(leftText({ ms: 65_000, atMost: false }), 'about 1:05');
  });
});

test('the gravest exit code is what can not be trusted, then what could not be run, failed, was stopped', () => {
  assert.equal(gravest([0, 4, 99, 2, 3]), 3);
  assert.equal(gravest([0, 4, 99, 2]), 2);
  assert.equal(gravest([0, 4, 99]), 99);
  assert.equal(gravest([0, 4, 0]), 4);
  assert.equal(gravest([]), 0);
});

test('the runs of a suite have names in the history, and nothing outside it has', () => {
  assert.equal(nameIn('reports', 'reports/x'), 'x');
  assert.equal(nameIn('reports', join('reports', 'x', '01-ramp')), 'x/01-ramp');
  for (const outside of ['reports', '.', 'other/x', 'reports/../x', 'reports/a/b/c'])
    assert.equal(nameIn('reports', outside), undefined, outside);
  assert.equal(folderCalled('reports', 'x/01-ramp'), join('reports', 'x', '01-ramp'));
  assert.equal(folderCalled('reports', '../../etc'), join('reports', 'etc'));
});

const ended = (change: Partial<SuiteTest>): SuiteTest => ({
  ...{ name: 'ramp', script: 'ramp', result: 'PASS', exitCode: 0, sentence: 'holds 5 sessions' },
  ...{ folder: '01-ramp', seconds: 62, scaled: [], figure: null },
  ...change,
});
const LONG = { name: 'chunk time per 10mb of each file p99', value: '308 ms', limit: '5 s', margin: -700 };
const FIGURE = { name: 'answer p95', value: '6.20 s', limit: '5 s', margin: -0.24 };
const FIGURES: TestFigures = {
  ...{ requests: 4, successes: 4, minSeconds: 0.1, averageSeconds: 0.2, p50Seconds: 0.2, p95Seconds: 0.3 },
  ...{ p99Seconds: 0.3, maxSeconds: 0.3, requestsPerSecond: 2, totalSeconds: 2 },
  ...{ blocked: null, errorRate: null, met: true },
};
const RECORD: SuiteRecord = {
  ...{ version: 1, crescendo: '0.1.0', suite: 'mine', scale: 0.1, result: 'FAIL', exitCode: 99 },
  ...{ startedAt: '2026-11-21T03:00:00.000Z', endedAt: '2026-11-21T03:12:40.000Z' },
  tests: [
    ended({ figure: LONG, scaled: [{ name: 'RAMP_MAX_SESSIONS', from: '500', to: '50' }] }),
    ended({
      ...{ name: 'burst-of-very-many-users-indeed', script: 'burst', result: 'FAIL', exitCode: 99 },
      ...{
        folder: '02-burst',
        figure: FIGURE,
        sentence: 'holds no stage: <b>answer</b> p95 6.20 s, limit 5 s',
      },
    }),
    ended({
      name: 'late',
      result: 'NOT RUN',
      exitCode: null,
      folder: null,
      sentence: 'the suite was stopped',
    }),
  ],
};

describe('what a suite writes', () => {
  test('suite.json is what its schema says', () => {
    assert.ok(isSuiteRecord(RECORD), JSON.stringify(isSuiteRecord.errors));
    assert.equal(isSuiteRecord({ ...RECORD, more: 1 }), false);
    assert.equal(isSuiteRecord({ ...RECORD, result: 'OK' }), false);
    const withFigures = (figures: object | null) => ({ ...RECORD, tests: [{ ...ended({}), figures }] });
    assert.ok(isSuiteRecord(withFigures(FIGURES)), JSON.stringify(isSuiteRecord.errors));
    assert.ok(isSuiteRecord(withFigures(null)));
    assert.equal(isSuiteRecord(withFigures({ ...FIGURES, blocked: 'yes' })), false);
  });

  test('summary.txt has every test in a table of 80 columns', () => {
    const text = renderSuiteText(RECORD, false, 'reports/2026-11-21T03-00-00Z-mine');
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
    assert.deepEqual(text.split('\n').slice(1, 9), [
      'FAIL     mine (--scale 0.1): 1 of 3 tests passed, 1 was not run; took 12:40',
      '',
      ' test               verdict  decided by                       limit  margin took',
      ' ramp               PASS     chunk time per 10mb … 308 ms       5 s   701 × 1:02',
      ' burst-of-very-man… FAIL     answer p95 6.20 s                  5 s   -24 % 1:02',
      '    holds no stage: <b>answer</b> p95 6.20 s, limit 5 s',
      ' late               NOT RUN  –                                    –       –   –',
      '    the suite was stopped',
    ]);
    assert.match(text, / next {9}crescendo analyze reports\/2026-11-21T03-00-00Z-mine\n/);
    const painted = renderSuiteText(RECORD, true, 'x');
    assert.match(painted, /\u001b\[31mFAIL {4}\u001b\[0m/);
  });

  test('index.html links to the reports, needs no network, and holds no markup of others', () => {
    const page = renderSuiteHtml(RECORD);
    assert.match(page, /<a href="01-ramp\/report\.html">ramp<\/a>/);
    assert.match(page, /<a href="02-burst\/report\.html">burst-of-very-many-users-indeed<\/a>/);
    assert.doesNotMatch(page, /<b>answer|<script|https?:\/\//);
    assert.match(page, /default-src 'none'/);
    assert.match(page, /RAMP_MAX_SESSIONS/);
    assert.equal((page.match(/<a href=/g) ?? []).length, 2);
  });

  test('junit.xml has the suites of all runs, each with the name of its test', () => {
    const run = (result: 'failure' | undefined) => ({
      name: 'run',
      seconds: 5,
      cases: [{ name: 'verdict', classname: 'x', result: result && { kind: result, message: 'no' } }],
    });
    const root = readXml(renderSuiteJunit(RECORD, [[run(undefined)], [run('failure')], []]));
    assert.deepEqual(
      { ...root.attributes },
      {
        ...{ name: 'mine', tests: '2', failures: '1', errors: '0', skipped: '0', time: '760.000' },
      },
    );
    assert.deepEqual(
      root.children.map(({ attributes, children }) => [
        attributes['name'],
        children[0]?.attributes['classname'],
      ]),
      [
        ['ramp: run', 'ramp.run'],
        ['burst-of-very-many-users-indeed: run', 'burst-of-very-many-users-indeed.run'],
      ],
    );
  });
});
