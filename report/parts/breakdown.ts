/** What became of an operation by the values of the tag that it is told apart by: requests by endpoint. Pure. */
import { classesByValue } from '../../lib/words/failures.ts';
import { tagged } from '../../lib/vocabulary/metricWords.ts';
import { countedAs } from '../../lib/words/plural.ts';
import type { Operation, Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { PERCENTILES, percentilesText, valueScale } from '../html/charts/latency.ts';
import { legend, lineChart, type Line, type LineKind } from '../html/charts/lineChart.ts';
import { namedScale } from '../html/charts/scale.ts';
import { html, type Content, type Html } from '../html/escape.ts';
import { axisTime, capital } from '../html/stageWords.ts';
import { columnsOf, table } from '../html/table.ts';
import type { Distribution, K6Metrics, Share } from '../derive/k6Data.ts';
import { wordsOfReason } from '../derive/explain.ts';
import { aggregateOf } from '../derive/measures.ts';
import type { RunSummary, StageSummary } from '../derive/summary.ts';
import type { NamedLine } from '../text/books.ts';
import { shareText, timeText, whole } from '../text/words.ts';
import type { Part } from './part.ts';

/** An operation with the tag that it is told apart by. */
type Divided = Operation & { by: NonNullable<Operation['by']> };

/** What became of the operations with one value of the tag, in the whole run. Times are milliseconds. */
export interface BreakdownRow {
  began: number;
  good: number;
  bad: number;
  success: Share;
  latency: Distribution;
  /** What failed, by class, where that is told. */
  reasons?: Record<string, number>;
}

/** By operation and value; values without any are left out. */
export type BreakdownSummary = Record<string, Record<string, BreakdownRow>>;

/** The part of runs whose vocabulary has such operations. */
export const BREAKDOWN: Part = {
  name: 'breakdown',
  title: 'Breakdown',
  field: 'breakdown',
  summarize: (metrics, { vocabulary }) => {
    const entries = dividedOf(vocabulary).map(
      ([name, operation]) => [name, breakdownOf(metrics, operation, vocabulary)] as const,
    );
    return entries.length === 0 ? {} : { breakdown: Object.fromEntries(entries) };
  },
  lines: (summary) => each(summary, linesOf).flat(),
  section: (summary) => each(summary, sectionOf),
};

function dividedOf({ operations }: Vocabulary): [string, Divided][] {
  return Object.entries(operations).filter((entry): entry is [string, Divided] => entry[1].by !== undefined);
}

function breakdownOf(
  metrics: K6Metrics,
  operation: Divided,
  vocabulary: Vocabulary,
): Record<string, BreakdownRow> {
  const { by, began, good, bad, success, latency } = operation;
  const classes = by.reasons === true ? classesByValue(vocabulary) : undefined;
  const rows = by.values.map((value) => {
    const of = (metric: string) => tagged(metric, by.tag, value);
    const row: BreakdownRow = {
      began: metrics.count(of(began.metric)),
      good: metrics.count(of(good.metric)),
      bad: metrics.count(of(bad.metric)),
      success: metrics.share(of(success)),
      latency: latency === undefined ? {} : metrics.distribution(of(latency)),
      ...(classes === undefined ? {} : { reasons: reasonsOf(metrics, classes, value) }),
    };
    return [value, row] as const;
  });
  return Object.fromEntries(rows.filter(([, row]) => row.began > 0));
}

function reasonsOf(
  metrics: K6Metrics,
  classes: ReturnType<typeof classesByValue>,
  of: string,
): Record<string, number> {
  const counts = classes
    .filter(({ value }) => value === of)
    .map(({ reason, key }) => [reason, metrics.count(key)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** `connection refused, 3 times`; empty: nothing failed. */
function reasonsText({ reasons = {} }: BreakdownRow, vocabulary: Vocabulary): string {
  return Object.entries(reasons)
    .map(
      ([reason, count]) =>
        `${wordsOfReason(reason, undefined, vocabulary.reasons).title}${count > 1 ? ` (${whole(count)})` : ''}`,
    )
    .join(', ');
}

type Rows = [value: string, row: BreakdownRow][];

function each<T>(summary: RunSummary, make: (operation: Divided, rows: Rows, summary: RunSummary) => T): T[] {
  return dividedOf(summary.vocabulary).map(([name, operation]) =>
    make(operation, Object.entries(summary.breakdown?.[name] ?? {}), summary),
  );
}

function linesOf({ noun }: Divided, rows: Rows, { vocabulary }: RunSummary): NamedLine[] {
  return rows.map(([value, row]) => {
    const { began, good, success, latency } = row;
    const what = `${countedAs(began, noun)}, success ${shareText(success.rate)}`;
    const times = good > 0 ? percentilesText(latency) : '';
    return [value, [what, times, reasonsText(row, vocabulary)].filter((part) => part !== '').join(', ')];
  });
}

function sectionOf(operation: Divided, rows: Rows, summary: RunSummary): Html {
  const { noun, by } = operation;
  return html`<p class="note">${capital(noun.many)} by ${by.tag}, in the whole run.</p>
    ${wholeRun(operation, rows, summary.vocabulary)} ${overLevels(operation, summary)}`;
}

function wholeRun({ noun, by, began, good, bad }: Divided, rows: Rows, vocabulary: Vocabulary): Html {
  const heads = [
    by.tag,
    began.word,
    good.word,
    bad.word,
    'success',
    ...PERCENTILES.map(({ name }) => name),
    'max',
    ...(by.reasons === true ? ['why'] : []),
  ];
  const cells = ([value, row]: Rows[number]) => [
    value,
    whole(row.began),
    whole(row.good),
    whole(row.bad),
    shareText(row.success.rate),
    ...PERCENTILES.map(({ aggregate }) => timeText(row.latency[aggregate])),
    timeText(row.latency['max']),
    ...(by.reasons === true ? [reasonsText(row, vocabulary)] : []),
  ];
  return table(
    `${capital(noun.many)} by ${by.tag}`,
    columnsOf(heads),
    rows.map((row) => ({ cells: cells(row) })),
  );
}

const KINDS: readonly LineKind[] = ['p50', 'p95', 'p99', 'failures', 'planned', 'other2', 'other3'];

/** The p95 of each value by level, in the stages in which it is done alone; nothing where none has two such stages. */
function overLevels({ noun, by, latency = '' }: Divided, { plan, stages }: RunSummary): Content {
  const done = ({ number }: StageSummary) => plan.stages[number - 1]?.only?.[by.tag] ?? [];
  const lines = by.values.flatMap((value, index): Line[] => {
    const points = stages
      .filter((stage) => done(stage).join() === value)
      .map((stage) => ({
        x: stage.level,
        y: aggregateOf(stage.measures[tagged(latency, by.tag, value)], 'p(95)') ?? null,
      }));
    const kind = KINDS[index % KINDS.length] ?? 'p50';
    return points.length < 2 ? [] : [{ name: value, kind, hasMarkers: true, points }];
  });
  if (lines.length === 0) return '';
  const levels = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const values = lines.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  return html`<p class="note">p95 of ${noun.many} by level, each ${by.tag} alone.</p>
    ${legend(lines)}
    <figure>
      ${lineChart({
        label: `p95 of ${noun.many} by level, a line for each ${by.tag} alone; the table of limits has the values.`,
        x: namedScale(levels, 20),
        y: valueScale(values),
        xText: whole,
        yText: axisTime,
        lines,
      })}
    </figure>`;
}
