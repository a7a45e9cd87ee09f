// Does compare tell what else differs between two runs, refuse those that measure different things, and no others?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { levels, recovery } from '../lib/plans/load.ts';
import { compareRuns, unlike, type Compared } from '../report/compare/compare.ts';
import type { RunRecord } from '../report/derive/evidence.ts';
import type { RecoverySummary } from '../report/parts/recovery.ts';
import type { RunSummary } from '../report/derive/summary.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { runRecord } from './support/htmlEvidence.ts';
import { summaryWith } from './support/runData.ts';

const MACHINE = {
  os: 'Linux 6',
  cpu: 'CPU',
  cores: 2,
  memoryBytes: 8e9,
  node: '20.0.0',
  platform: 'linux x64',
};

function run(name: string, change: Partial<RunRecord> = {}, summary: RunSummary = summaryWith()): Compared {
  return {
    name,
    summary,
    verdict: verdictOf(summary),
    run: runRecord({ machine: MACHINE, ...change }),
  };
}

const remarks = (base: Compared, now: Compared) => compareRuns([base], now).remarks;

describe('what may explain a change is told', () => {
  test('nothing of runs of the same machine and version', () =>
    assert.deepEqual(remarks(run('base'), run('now')), []));
  const others: [what: string, change: Partial<RunRecord>, remark: string][] = [
    ['another CPU', { machine: { ...MACHINE, cpu: 'Other' } }, "the machine's cpu"],
    ['other cores', { machine: { ...MACHINE, cores: 64 } }, "the machine's cores"],
    ['other memory', { machine: { ...MACHINE, memoryBytes: 4e9 } }, "the machine's memoryBytes"],
    ['another system', { machine: { ...MACHINE, os: 'Darwin 25' } }, "the machine's os"],
    ['another Node', { machine: { ...MACHINE, node: '26.0.0' } }, "the machine's node"],
    ['another Crescendo', { crescendo: '0.2.0' }, 'the version of Crescendo'],
    [
      'all of it',
      { machine: { ...MACHINE, cpu: 'Other', cores: 64, os: 'Darwin 25' }, crescendo: '0.2.0' },
      "the machine's cpu, the machine's cores, the machine's os, the version of Crescendo",
    ],
  ];
  for (const [what, change, remark] of others)
    test(what, () => {
      assert.deepEqual(remarks(run('base'), run('now', change)), [`base and now differ in ${remark}`]);
      assert.deepEqual(unlike(run('base'), run('now', change)), [], 'it forbids nothing');
    });
  test('of each base once, and not of one that is left out', () => {
    const now = run('now', { crescendo: '0.2.0' });
    const invalid = run('bad', {}, summaryWith({ script_errors: { count: 1, rate: 1 } }));
    assert.deepEqual(compareRuns([run('a'), run('b'), invalid], now).remarks, [
      'bad is left out: INVALID',
      'a and now differ in the version of Crescendo',
      'b and now differ in the version of Crescendo',
    ]);
  });
  test('what was forced comes first', () => {
    const now = run('now', { crescendo: '0.2.0' });
    const forced = compareRuns([run('base')], now, undefined, ['They differ.']);
    assert.deepEqual(forced.remarks, ['They differ.', 'base and now differ in the version of Crescendo']);
  });
  test('nothing is known of the machine of plain k6', () => {
    const { name, summary, verdict } = run('plain');
    assert.deepEqual(remarks({ name, summary, verdict }, run('now', { crescendo: '0.2.0' })), []);
  });
});

describe('what measures something else is refused', () => {
  const settings = (change: Record<string, unknown>) => summaryWith({}, { settings: { seed: 1, ...change } });
  test('another script', () => {
    const own = { ...summaryWith(), script: 'own' };
    assert.deepEqual(unlike(run('base'), run('now', {}, own)), [
      'base and now differ in their script: ramp and own.',
    ]);
  });
  test('another k6', () => {
    const newer = run('now', { k6: { version: '2.3.0', extensions: [], exitCode: 0 } });
    assert.deepEqual(unlike(run('base'), newer), ['base and now differ in k6: 2.2.0 and 2.3.0.']);
    const { name, summary, verdict } = newer;
    assert.deepEqual(unlike(run('base'), { name, summary, verdict }), [], 'nobody knows the k6 of plain k6');
  });
  test('another seed, which makes other questions and pauses', () =>
    assert.deepEqual(unlike(run('base', {}, settings({})), run('now', {}, settings({ seed: 2 }))), [
      'base and now differ in the setting seed: 1 and 2.',
    ]));
  test('another setting, or one that only one of them has', () => {
    const now = run('now', {}, settings({ think: { kind: 'fixed', seconds: 2 }, retries: 2 }));
    const base = run('base', {}, settings({ think: { kind: 'fixed', seconds: 1 } }));
    assert.deepEqual(unlike(base, now), [
      'base and now differ in the setting think: {"kind":"fixed","seconds":1} and {"kind":"fixed","seconds":2}.',
      'base and now differ in the setting retries: none and 2.',
    ]);
  });
  test('the order of names within a setting is no difference', () => {
    const one = run('base', {}, settings({ chatbot: { a: 'x', b: 'y' } }));
    const other = run('now', {}, settings({ chatbot: { b: 'y', a: 'x' } }));
    assert.deepEqual(unlike(one, other), []);
    const swapped = run('now', {}, settings({ chatbot: { a: 'y', b: 'x' } }));
    assert.equal(unlike(one, swapped).length, 1);
  });
  test('where and with which key, files and names is free', () => {
    const free = {
      apiBaseUrl: 'http://b',
      websocketBaseUrl: 'ws://b',
      origin: 'http://b',
      encryptionKey: 'b',
      thresholdsFile: 'b.json',
      sessionLog: 2,
      summaryFile: 'b.json',
      reportFile: 'b.html',
    };
    assert.deepEqual(unlike(run('base', {}, settings({})), run('now', {}, settings(free))), []);
  });
  test('what a system calls free is free, and what only one of the runs calls shaping is not', () => {
    const own = (name: string, value: number, shapingSettings?: string[]) => {
      const { shapingSettings: all, ...summary } = settings({ rooms: value });
      assert.ok(all?.includes('questions'), 'those of the chatbot');
      return run(name, {}, { ...summary, ...(shapingSettings === undefined ? {} : { shapingSettings }) });
    };
    const refused = ['base and now differ in the setting rooms: 1 and 2.'];
    assert.deepEqual(unlike(own('base', 1, []), own('now', 2, [])), []);
    assert.deepEqual(unlike(own('base', 1, ['rooms']), own('now', 2, [])), refused);
    assert.deepEqual(unlike(own('base', 1, []), own('now', 2, ['rooms'])), refused);
    assert.deepEqual(unlike(own('base', 1), own('now', 2, [])), refused, 'one that does not say');
  });
  test('settings that are in the plan are told by the plan alone', () => {
    const plan = levels([10, 20], 10);
    const now = run('now', {}, summaryWith({}, { plan, settings: { levels: [10, 20], profile: 'load' } }));
    const base = run(
      'base',
      {},
      summaryWith({}, { plan: levels([10, 30], 10), settings: { levels: [10, 30] } }),
    );
    assert.deepEqual(unlike(base, now), ['base and now differ in their plans: 10, 30 and 10, 20 sessions.']);
  });
  test('plans of other times', () => {
    const of = (name: string, seconds: number) =>
      run(name, {}, summaryWith({}, { plan: levels([10, 20], seconds) }));
    assert.deepEqual(unlike(of('base', 10), of('now', 15)), [
      'base and now differ in the times of their plans, 20.0 s and 30.0 s long.',
    ]);
    assert.deepEqual(unlike(of('base', 10), of('now', 10)), []);
  });
  test('another outage, but not another limit of the answers in it', () => {
    const plan = recovery({
      sessions: 10,
      beforeSeconds: 20,
      seconds: 8,
      recoverySeconds: 10,
      afterSeconds: 20,
      probesPerSecond: 5,
    });
    const of = (name: string, change: object) =>
      run(
        name,
        {},
        {
          ...summaryWith(),
          plan: {
            ...plan,
            outage: { start: 25_000, length: 8000, probesPerSecond: 5, withinMs: 500, ...change },
          },
        },
      );
    assert.deepEqual(unlike(of('base', {}), of('now', { withinMs: 900 })), []);
    assert.equal(unlike(of('base', {}), of('now', { probesPerSecond: 10 })).length, 1);
  });
});

describe('an outage that did not end', () => {
  const plan = recovery({
    sessions: 10,
    beforeSeconds: 20,
    seconds: 8,
    recoverySeconds: 10,
    afterSeconds: 20,
    probesPerSecond: 5,
  });
  const recovered: RecoverySummary = {
    startedAt: 25_000,
    errorsLastedMs: 8000,
    p95BackAfterMs: 9000,
    lost: 3,
    probes: { answered: 100, failed: 40, dropped: 0 },
  };
  const of = (name: string, change: Partial<RecoverySummary>): Compared => {
    const summary = { ...summaryWith({}, { plan }, 64_000), recovery: { ...recovered, ...change } };
    return {
      name,
      summary,
      verdict: { result: 'PASS', sentence: '', reasons: [], holds: null, breaks: null },
    };
  };
  const figure = (name: string, base: Compared, now: Compared) =>
    compareRuns([base], now).figures.find((one) => one.name === name);

  test('counts as one to the end of the plan: 63 s less the 25 s at which it began', () => {
    for (const [name, field] of [
      ['errors lasted', 'errorsLastedMs'],
      ['p95 back after', 'p95BackAfterMs'],
    ] as const) {
      const never = figure(name, of('base', {}), of('now', { [field]: null }));
      assert.deepEqual([never?.now, never?.verdict], [38_000, 'worse']);
      const again = figure(name, of('base', { [field]: null }), of('now', {}));
      assert.deepEqual([again?.base, again?.verdict], [38_000, 'improved']);
      const both = figure(name, of('base', { [field]: null }), of('now', { [field]: null }));
      assert.deepEqual([both?.base, both?.now, both?.verdict], [38_000, 38_000, 'same']);
    }
  });
  test('is no figure of runs without one', () => {
    const { figures } = compareRuns([run('base')], run('now'));
    assert.deepEqual(
      figures.filter(({ stage }) => stage === null).map(({ name }) => name),
      ['sessions held', 'failures'],
    );
  });
});

describe('stages that were not finished', () => {
  test('have no figures that could be compared', () => {
    const cut = summaryWith({}, {}, 15_000);
    const short = { ...run('now', {}, cut), verdict: { ...verdictOf(summaryWith()), holds: 10 } };
    const { figures } = compareRuns([run('base')], short);
    const ofStage = (stage: number) => [
      ...new Set(figures.filter((one) => one.stage === stage).map(({ why }) => why)),
    ];
    assert.deepEqual(ofStage(1), [undefined]);
    assert.deepEqual([ofStage(2), ofStage(3)], [['not measured in this run'], ['not measured in this run']]);
  });
});
