// Is the figure that history shows that of the right stage, and is a trend compared with the baseline that was named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { nameRun } from '../cli/history/historyNames.ts';
import { rowsOf } from '../cli/history/historyRun.ts';
import { levels, type Plan } from '../lib/plans/load.ts';
import { aggregateOf, measureOf } from '../report/derive/measures.ts';
import type { OperationSummary, RunSummary } from '../report/derive/summary.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { crescendo, type CommandEnd } from './support/command.ts';
import { distinctEvidence } from './support/distinctRun.ts';
import { folder } from './support/files.ts';
import { runRecord } from './support/htmlEvidence.ts';
import { writeRunFiles } from './support/runFiles.ts';
import { METRICS, rate, summaryWith, trend, type Metrics } from './support/runData.ts';

const PLAN = levels([10, 10, 10], 10);

/** A run whose stages have these p95; null: no answer. */
function withP95(plan: Plan, ...values: (number | null)[]): RunSummary {
  const metrics = values.map((value, index): [string, Record<string, number>] => [
    `answer_latency{stage:${index + 1}}`,
    value === null ? trend(0, 0) : { ...trend(100, 100), 'p(95)': value },
  ]);
  return summaryWith(Object.fromEntries(metrics), { plan });
}

describe('the figure of a run', () => {
  const shown = (summary: RunSummary) => {
    const [run] = rowsOf('x', { summary, verdict: verdictOf(summary), run: runRecord() }).runs;
    return [run?.p95_ms, run?.p95_level];
  };
  test('of stages of equal size is that of the last', () =>
    assert.deepEqual(shown(withP95(PLAN, 111, 222, 333)), [333, 10]));
  test('is that of the last with answers, where the last have none', () => {
    assert.deepEqual(shown(withP95(PLAN, 111, 222, null)), [222, 10]);
    assert.deepEqual(shown(withP95(PLAN, 111, null, null)), [111, 10]);
    assert.deepEqual(shown(withP95(PLAN, null, null, null)), [null, null]);
  });
  test('is that of the most sessions, wherever they are', () => {
    assert.deepEqual(shown(withP95(levels([10, 30, 20], 10), 111, 222, 333)), [222, 30]);
    assert.deepEqual(shown(withP95(levels([30, 20, 30], 10), 111, 222, 333)), [333, 30]);
    assert.deepEqual(shown(withP95(levels([10, 20, 30], 10), 111, 222, null)), [222, 20]);
  });
});

test('the rows of a run have each figure of its summary in its column', () => {
  const evidence = distinctEvidence();
  const { summary, verdict } = evidence;
  const { runs, stages, operations, limits, failures, measures } = rowsOf('x', evidence);
  const told: Record<string, unknown> = {
    result: verdict.result,
    holds: 23,
    breaks: 37,
    breaks_stage: 3,
    duration_ms: 71_500,
    level_noun: 'sessions',
    headline: 'question',
    lag_p99_ms: summary.generator.lag['p(99)'],
    peak_cpu: 0.61,
    peak_memory_bytes: 734e6,
    p95_ms: summary.stages[5]?.operations['question']?.latency?.['p(95)'],
    p95_level: 127,
  };
  const [run] = runs;
  for (const [name, value] of Object.entries(told)) assert.equal(run?.[name as 'holds'], value, name);
  assert.deepEqual(
    stages.map(({ stage, level, held, state, binding }) => [stage, level, held, state, binding]),
    summary.stages.map(({ number, level, held, state, binding }) => [number, level, held, state, binding]),
  );
  const booksOf = (stage: number | null, operation: string, books: Partial<OperationSummary> = {}) => ({
    folder: 'x',
    stage,
    operation,
    noun: summary.vocabulary.operations[operation]?.noun.many,
    began: books.began ?? null,
    good: books.good ?? null,
    bad: books.bad ?? null,
    stopped: books.stopped ?? null,
    open: books.open ?? null,
    success: books.success?.rate ?? null,
    p50_ms: books.latency?.['med'] ?? null,
    p95_ms: books.latency?.['p(95)'] ?? null,
    p99_ms: books.latency?.['p(99)'] ?? null,
    average_at_once: books.concurrent ?? null,
    peak_at_once: stage === null && operation === 'question' ? 487 : null,
  });
  assert.deepEqual(
    operations,
    Object.keys(summary.vocabulary.operations).flatMap((name) => [
      booksOf(null, name, summary.operations[name]),
      ...summary.stages.map(({ number, operations: of }) => booksOf(number, name, of[name])),
    ]),
  );
  assert.deepEqual(
    limits.map(({ stage, metric, expression, bound, value, kept, margin }) => [
      stage,
      metric,
      expression,
      bound,
      value,
      kept,
      margin,
    ]),
    summary.stages.flatMap(({ number, limits: all }) =>
      all.map(({ metric, expression, bound, value, kept, margin }) => [
        number,
        metric,
        expression,
        bound,
        value,
        kept,
        margin,
      ]),
    ),
  );
  assert.deepEqual(
    failures.map(({ phase, reason, status, count, visits }) => [phase, reason, status, count, visits]),
    summary.failures.map(({ phase, reason, status, count, sessions: affected }) => [
      phase,
      reason,
      status ?? null,
      count,
      affected,
    ]),
  );
  const NAMES = { p95: 'p(95)', p50: 'med', p99: 'p(99)', max: 'max', rate: 'rate', count: 'count' };
  const expected = (place: Parameters<typeof measureOf>[0], metric: string, statistic: keyof typeof NAMES) =>
    aggregateOf(measureOf(place, summary.vocabulary, metric), NAMES[statistic]);
  const places = [{ number: null, of: summary }, ...summary.stages.map((of) => ({ number: of.number, of }))];
  for (const { number, of } of places)
    for (const metric of Object.keys(METRICS))
      for (const statistic of ['p50', 'p95', 'p99', 'max', 'rate', 'count'] as const) {
        const rows = measures.filter(
          (row) => row.stage === number && row.metric === metric && row.statistic === statistic,
        );
        const value = expected(of, metric, statistic);
        assert.deepEqual(
          rows.map((row) => [row.value, row.unit]),
          value === undefined ? [] : [[value, METRICS[metric]?.unit]],
          `${metric} ${statistic} of stage ${number}`,
        );
      }
});

/** Runs an hour apart, with the p95 of the last of their stages, or with other metrics; their folders' names. */
function runsIn(reports: string, all: readonly (number | Metrics)[]): string[] {
  return all.map((given, index) => {
    const startedAt = new Date(Date.UTC(2026, 10, 1, index + 1)).toISOString();
    const name = `${startedAt.slice(0, 19).replaceAll(':', '-')}Z-ramp`;
    const summary =
      typeof given === 'number' ? withP95(PLAN, 100, 200, given) : summaryWith(given, { plan: PLAN });
    const evidence = { summary, verdict: verdictOf(summary), run: runRecord({ startedAt }) };
    writeRunFiles(join(reports, name), evidence);
    return name;
  });
}

/** What `history --trend` prints, and how it ends; its reports are in `reports` of the folder. */
async function trendOf(reports: string, metric: string, ...args: string[]): Promise<CommandEnd> {
  return crescendo(['history', '--reports', reports, '--trend', metric, ...args], { folder: reports });
}

async function printed(reports: string, metric: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await trendOf(reports, metric, ...args);
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

/** The last cell of each run's line, the oldest first. */
const cells = (text: string): string[] =>
  [...text.matchAll(/^ 2026-11-01 \d\d:00 \S +.*?(\S+ \S+)$/gm)].map(([, cell = '']) => cell);

describe('a trend', () => {
  test('compares each run with the one before it, where no baseline is named', async (t) => {
    const reports = folder(t);
    runsIn(reports, [300, 320, 400, 300]);
    const text = await printed(reports, 'answer_latency');
    assert.deepEqual(cells(text), ['300 ms', '320 ms', '400 ms↑', '300 ms↓']);
    assert.match(text, /↑ ↓ more than 10 % away from the run before/);
  });

  test('compares every run with its baseline, older ones, too, by name and by folder', async (t) => {
    const reports = folder(t);
    const [, second = ''] = runsIn(reports, [300, 400, 430, 300, 450]);
    nameRun(reports, 'main', join(reports, second));
    for (const baseline of ['main', second, join(reports, second)]) {
      const text = await printed(reports, 'answer_latency', '--baseline', baseline);
      assert.deepEqual(cells(text), ['300 ms↓', '400 ms', '430 ms', '300 ms↓', '450 ms↑'], baseline);
      assert.match(text, /↑ ↓ more than 10 % away from 2026-11-01T02-00-00Z-ramp/);
    }
  });

  test('compares with a baseline that is not among the runs shown', async (t) => {
    const reports = folder(t);
    const [first = ''] = runsIn(reports, [300, 400, 430]);
    const text = await printed(reports, 'answer_latency', '--baseline', first, '--limit', '2');
    assert.deepEqual(cells(text), ['400 ms↑', '430 ms↑']);
  });

  test('of shares compares percentage points', async (t) => {
    const reports = folder(t);
    const success = (passes: number): Metrics => ({ 'answer_success{stage:3}': rate(passes, 1000 - passes) });
    const [first = ''] = runsIn(reports, [success(950), success(945), success(930), success(970)]);
    const text = await printed(reports, 'answer_success', '--baseline', first);
    assert.deepEqual(cells(text), ['95.00 %', '94.50 %', '93.00 %↓', '97.00 %↑']);
    assert.match(text, /more than a percentage point away/);
  });

  test('refuses a baseline that is no run of the folder', async (t) => {
    const reports = folder(t);
    runsIn(reports, [300]);
    for (const [baseline, sentence] of [
      ['mian', /^There is no run "mian"/],
      [reports, /^--baseline is ".*", which is no run in /],
    ] as const) {
      const { exitCode, stdout, stderr } = await trendOf(reports, 'answer_latency', '--baseline', baseline);
      assert.deepEqual([exitCode, stdout], [2, '']);
      assert.match(stderr, sentence);
    }
  });

  test('as JSON has the points of the baseline, too', async (t) => {
    const reports = folder(t);
    const [first = ''] = runsIn(reports, [300, 400, 430]);
    const text = await printed(
      ...([
        reports,
        'answer_latency',
        '--baseline',
        first,
        '--limit',
        '1',
        '--json',
        '--stages',
        '3',
      ] as const),
    );
    const points = JSON.parse(text) as { folder: string; stage: number; level: number; value: number }[];
    assert.deepEqual(points.map(({ stage, level, value }) => [stage, level, value]).sort(), [
      [3, 10, 300],
      [3, 10, 430],
    ]);
  });
});
