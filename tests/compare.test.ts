// Does compare find what changed, call noise noise, and refuse what can't be compared?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  compareRuns,
  factorText,
  unlike,
  type Compared,
  type Comparison,
} from '../report/compare/compare.ts';
import { countInterval, quantileInterval, shareInterval, spreadOf } from '../report/compare/noise.ts';
import {
  renderComparison,
  renderComparisonJunit,
  renderComparisonMarkdown,
} from '../report/compare/comparisonText.ts';
import { comparedUnits } from '../report/compare/figures.ts';
import { tolerancesWith } from '../report/compare/tolerance.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import type { TestInfo } from '../report/derive/summary.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { CHATBOT_TALK, pingSummary } from './support/ping.ts';
import { rate, summaryWith, trend, type Metrics } from './support/runData.ts';

/** Percentiles of evenly spread answers between 90 and 110 % of `middle`. */
function answers(count: number, middle: number): Record<string, number> {
  const at = (share: number) => middle * (0.9 + 0.2 * share);
  const grid = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 97.5, 99, 99.5, 99.9];
  const points = Object.fromEntries(grid.map((point) => [`p(${point})`, at(point / 100)]));
  return { ...trend(count, middle), ...points, min: at(0), med: at(0.5), max: at(1) };
}

/** A run whose answers take `middle` milliseconds in every stage. */
function run(name: string, middle: number, changes: Metrics = {}, info: Partial<TestInfo> = {}): Compared {
  const stages = [1, 2, 3].map((stage) => [`answer_latency{stage:${stage}}`, answers(100, middle)]);
  const shares = [1, 2, 3].map((stage) => [`answer_success{stage:${stage}}`, rate(100, 0)]);
  const metrics = { ...Object.fromEntries([...stages, ...shares]), ...changes } as Metrics;
  const summary = summaryWith(metrics, info);
  return { name, summary, verdict: verdictOf(summary) };
}

function figure(comparison: Comparison, name: string, stage: number | null) {
  const found = comparison.figures.find((one) => one.name === name && one.stage === stage);
  assert.ok(found, `${name} is not compared`);
  return found;
}

describe('known effects', () => {
  test('30 % slower is worse, and says where and by how much', () => {
    const comparison = compareRuns([run('base', 100)], run('now', 130));
    assert.equal(comparison.verdict, 'worse');
    assert.match(comparison.sentence, /^worse: answer p\d+ 1\.3 × slower in stage \d \(\d+ ms → \d+ ms\)/);
    assert.equal(figure(comparison, 'answer p50', 2).verdict, 'worse');
    assert.equal(figure(comparison, 'answer success', 2).verdict, 'same');
  });
  test('12 times faster says so', () => {
    const comparison = compareRuns([run('base', 360)], run('now', 30));
    assert.match(comparison.sentence, /^improved: answer p\d+ 12 × faster/);
  });
  test('failed answers are worse beyond chance only', () => {
    const with5 = run('now', 100, { 'answer_success{stage:2}': rate(90, 10) });
    assert.equal(figure(compareRuns([run('base', 100)], with5), 'answer success', 2).verdict, 'worse');
    const with1 = run('now', 100, { 'answer_success{stage:2}': rate(99, 1) });
    const one = figure(compareRuns([run('base', 100)], with1), 'answer success', 2);
    assert.deepEqual([one.verdict, one.why], ["can't tell", 'chance explains it']);
  });
  test('fewer sessions held come first', () => {
    const broken = run('now', 100, { 'answer_latency{stage:3}': answers(100, 2000) });
    const { sentence } = compareRuns([run('base', 100)], broken);
    assert.match(sentence, /^worse: (sessions held \(30 → 20\)|answer p)/);
  });
});

describe('noise', () => {
  test('the same is the same', () => {
    assert.equal(compareRuns([run('base', 100)], run('now', 105)).verdict, 'same');
    assert.equal(compareRuns([run('base', 1000)], run('now', 1090)).verdict, 'same');
  });
  test('bases that vary widen the tolerance', () => {
    const bases = [300, 360, 420].map((middle, index) => run(`base ${index}`, middle));
    assert.equal(compareRuns(bases.slice(1, 2), run('now', 450)).verdict, 'worse');
    assert.equal(compareRuns(bases, run('now', 450)).verdict, 'same');
    const even = [359, 360, 361].map((middle, index) => run(`base ${index}`, middle));
    assert.equal(compareRuns(even, run('now', 450)).verdict, 'worse');
  });
  test('few samples tell nothing', () => {
    const few = run('now', 200, { 'answer_latency{stage:1}': answers(9, 200) });
    const one = figure(compareRuns([run('base', 100)], few), 'answer p50', 1);
    assert.deepEqual([one.verdict, one.why], ["can't tell", 'too few samples']);
  });
  test('a run that is INVALID tells nothing; as one of several bases it is left out', () => {
    const invalid = run('bad', 100, { script_errors: { count: 1, rate: 1 } });
    assert.equal(invalid.verdict.result, 'INVALID');
    assert.equal(compareRuns([invalid], run('now', 100)).verdict, "can't tell");
    assert.equal(compareRuns([run('base', 100)], invalid).verdict, "can't tell");
    const { verdict, remarks } = compareRuns([run('base', 100), invalid], run('now', 100));
    assert.deepEqual([verdict, remarks], ['same', ['bad is left out: INVALID']]);
  });
});

describe('statistics', () => {
  test('spread of several runs: t·s·√(1 + 1/n)', () => {
    assert.equal(spreadOf([5]), 0);
    // By degrees of freedom, from printed tables.
    const T = { 1: 12.706, 2: 4.303, 11: 2.201, 30: 2.042 };
    for (const [freedom, t] of Object.entries(T)) {
      const n = Number(freedom) + 1;
      const values = Array.from({ length: n }, (_, index) => index % 2);
      const mean = values.reduce((sum, value) => sum + value, 0) / n;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
      const factor = spreadOf(values) / (deviation * Math.sqrt(1 + 1 / n));
      assert.equal(factor.toFixed(3), t.toFixed(3), `${freedom} degrees of freedom`);
    }
  });
  test("Wilson's interval, as textbooks have it", () => {
    const { low, high } = shareInterval({ rate: 0.5, samples: 100 }) ?? { low: 0, high: 0 };
    assert.deepEqual([low.toFixed(4), high.toFixed(4)], ['0.4038', '0.5962']);
    assert.equal(shareInterval({ rate: 1, samples: 9 }), undefined);
  });
  test('the interval of a median of 100 lies between its ranks 40 and 60', () => {
    const { low, high } = quantileInterval(answers(100, 100), 0.5) ?? { low: 0, high: 0 };
    assert.ok(Math.abs(low - 98.04) < 0.01 && Math.abs(high - 101.96) < 0.01, `${low} … ${high}`);
  });
  test('counts', () => {
    const { low, high } = countInterval(100);
    assert.ok(low > 80 && low < 82 && high > 120 && high < 122, `${low} … ${high}`);
  });
  test('factors', () => {
    assert.deepEqual(
      [factorText(1200, 100), factorText(100, 130), factorText(100, 103), factorText(0, 5)],
      ['12 × faster', '1.3 × slower', undefined, undefined],
    );
  });
});

describe('unlike runs', () => {
  test('are refused with what is different', () => {
    const base = run('base', 100, {}, { settings: { questions: 'a:1', numSessions: 2 } });
    const now = run('now', 100, {}, { settings: { questions: 'a:2', numSessions: 3 } });
    assert.deepEqual(unlike(base, base), []);
    assert.deepEqual(unlike(base, now), ['base and now differ in the setting questions: a:1 and a:2.']);
    const other = { ...now, summary: { ...now.summary, settings: base.summary.settings, script: 'own' } };
    assert.deepEqual(unlike(base, other), ['base and now differ in their script: ramp and own.']);
  });
  test('are not those that have another number of connections in a VU', () => {
    const base = run('base', 100);
    const plan = { ...base.summary.plan, perVu: 10 };
    assert.deepEqual(unlike(base, { ...base, name: 'now', summary: { ...base.summary, plan } }), []);
  });
  test('plans too', () => {
    const base = run('base', 100);
    const plan = { ...base.summary.plan, stages: base.summary.plan.stages.slice(1) };
    const now = { ...base, name: 'now', summary: { ...base.summary, plan } };
    assert.deepEqual(unlike(base, now), [
      'base and now differ in their plans: 10, 20, 30 and 20, 30 sessions.',
    ]);
  });
});

const UNITS = comparedUnits(CHATBOT_WORDS);

describe('tolerances', () => {
  test('are read', () => {
    const given = [
      ['answer_latency', '5%, 1.5s'],
      ['answer_success', '2pp'],
    ] as const;
    const { answer_latency: latency, answer_success: success } = tolerancesWith(given, UNITS);
    assert.deepEqual([latency?.relative, latency?.absolute], [0.05, 1500]);
    assert.deepEqual([success?.relative, success?.absolute], [0, 0.02]);
    const patient = tolerancesWith([['answer_latency', '50%']], UNITS);
    assert.equal(compareRuns([run('base', 100)], run('now', 130), patient).verdict, 'same');
  });
  test('or refused', () => {
    assert.throws(() => tolerancesWith([['answer_latncy', '5%']], UNITS), /Did you mean answer_latency\?/);
    assert.throws(() => tolerancesWith([['answer_latency', '5pp']], UNITS), /answer_latency=10%,20ms/);
  });
});

describe('a system of its own', () => {
  const ping = (name: string, middle: number, changes: Metrics = {}): Compared => {
    const summary = pingSummary(middle, changes);
    return { name, summary, verdict: verdictOf(summary) };
  };
  const pongs = (middle: number): Metrics =>
    Object.fromEntries([1, 2].map((stage) => [`ping_latency{stage:${stage}}`, answers(100, middle)]));
  const base = ping('base', 100, pongs(100));

  test('is compared by the figures of its vocabulary', () => {
    const { figures } = compareRuns([base], base);
    assert.deepEqual(
      figures.filter(({ stage }) => stage !== 2).map(({ name, kind }) => [name, kind]),
      [
        ['connections held', 'count'],
        ['failures', 'count'],
        ['ping p50', 'time'],
        ['ping p95', 'time'],
        ['ping p99', 'time'],
        ['echo size p95', 'count'],
        ['ping success', 'share'],
        ['held', 'share'],
      ],
    );
  });
  test('says so in its own words', () => {
    const lost = { ...pongs(300), 'ping_success{stage:2}': rate(60, 40) };
    const comparison = compareRuns([base], ping('now', 300, lost));
    assert.match(comparison.sentence, /^worse: connections held \(25 → 5\), and \d more figures$/);
    const held = figure(comparison, 'connections held', null);
    assert.deepEqual([held.base, held.now, held.verdict], [25, 5, 'worse']);
    const texts = [
      renderComparison(comparison, false),
      renderComparisonMarkdown(comparison),
      renderComparisonJunit(comparison),
    ];
    for (const text of texts) assert.doesNotMatch(text, CHATBOT_TALK);
  });
  test('has its own tolerances, and no others', () => {
    const units = comparedUnits(base.summary.vocabulary);
    const patient = tolerancesWith([['ping_latency', '500%']], units);
    assert.equal(compareRuns([base], ping('now', 300, pongs(300)), patient).verdict, 'same');
    assert.throws(() => tolerancesWith([['answer_latency', '5%']], units), /Possible are|Did you mean/);
  });
  test('is not compared with another', () => {
    const own = { ...base.summary, vocabulary: { ...base.summary.vocabulary, system: 'other' } };
    assert.deepEqual(unlike(base, { ...base, name: 'now', summary: own }), [
      'base and now differ in the system that they test: ping and other.',
    ]);
  });
});

describe('texts', () => {
  const hostile = '<b>&"\'|`[x](y)\u001b[31m';
  const comparison = compareRuns([run(hostile, 100)], run('now', 130));
  test('the table fits 80 columns', () => {
    const lines = renderComparison(compareRuns([run('base', 99_900)], run('now', 299_900)), false).split(
      '\n',
    );
    assert.ok(lines.some((line) => line.includes('✗ worse')));
    for (const line of lines) assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
  });
  test('what others wrote does nothing in them', () => {
    assert.ok(!renderComparison(comparison, false).includes('\u001b'));
    assert.ok(!/[<[`]b?>|\]\(|\u001b/.test(renderComparisonMarkdown(comparison).split('<details>')[0] ?? ''));
    const remarked = { ...comparison, script: hostile };
    assert.match(renderComparisonJunit(remarked), /<testsuite name="&lt;b&gt;&amp;&quot;&apos;\|/);
  });
  test('JUnit has a failure for each figure that is worse', () => {
    const worse = comparison.figures.filter(({ verdict }) => verdict === 'worse').length;
    assert.equal(renderComparisonJunit(comparison).match(/<failure /g)?.length, worse);
    const nothing = compareRuns([], run('now', 100));
    assert.match(renderComparisonJunit(nothing), /<error message="can&apos;t tell: no run of the base/);
  });
});
