/** How the latency of a stage's headline operations is distributed, from the percentile grid. Pure. */
import { countedAs } from '../../../lib/words/plural.ts';
import { headlineOf, type Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import { percentOf } from '../../derive/percentiles.ts';
import type { RunSummary, StageSummary } from '../../derive/summary.ts';
import type { Verdict } from '../../derive/verdict.ts';
import { timeText } from '../../text/words.ts';
import { html, type Html } from '../escape.ts';
import { latencyName, valueScale } from './latency.ts';
import { legend, lineChart, type LineKind } from './lineChart.ts';
import { MARKED_PERCENTILES, percentAt, placeOf } from './percentAxis.ts';
import { axisTime, capital, headlineTimes, stageName } from '../stageWords.ts';
import { table } from '../table.ts';

/** The data of the live chart. */
export interface DistributionData {
  /** Places on the axis, and the percentiles that they stand for. */
  places: number[];
  percentiles: number[];
  stages: { name: string; values: (number | null)[] }[];
  /** Index of the stage that is shown at first, and of the one that it is compared with. */
  chosen: number;
  reference: number;
}

/** What the live chart is made of; undefined where no stage has a latency. */
export function distributionData(
  { stages, vocabulary }: RunSummary,
  verdict: Verdict,
): DistributionData | undefined {
  const measured = stages.filter((stage) => isMeasured(stage, vocabulary));
  const percentiles = gridOf(measured, vocabulary);
  if (measured.length === 0 || percentiles.length === 0) return undefined;
  const names = measured.map((stage) => stage.number);
  return {
    places: percentiles.map((percentile) => Number(placeOf(percentile).toFixed(4))),
    percentiles,
    stages: measured.map((stage) => ({
      name: `stage ${stageName(stage)} (${countedAs(stage.level, vocabulary.level)})`,
      values: percentiles.map((percentile) => rounded(valueAt(stage, percentile, vocabulary))),
    })),
    chosen: Math.max(0, names.indexOf(telling(measured, verdict)?.number ?? 0)),
    reference: 0,
  };
}

/** The section with a drawing of the first stage and of the one that tells most. */
export function distributionSection(summary: RunSummary, verdict: Verdict): Html {
  const { stages, vocabulary } = summary;
  const data = distributionData(summary, verdict);
  if (data === undefined)
    return html`<section id="distribution">
      <h2>Distribution</h2>
      <p>There is no latency to show.</p>
    </section>`;
  const { good, noun } = headlineOf(vocabulary);
  const chosen = [...new Set([data.reference, data.chosen])].flatMap((index) => data.stages[index] ?? []);
  return html`<section id="distribution">
    <h2>Distribution of the ${latencyName(vocabulary)}</h2>
    <p class="note">
      So many percent of a stage's ${noun.many} that were ${good.word} took no longer than that. The axis
      gives the slow tail as much room as the rest.
    </p>
    <figure data-chart="distribution">
      <div class="still">${drawing(data, chosen, vocabulary)}</div>
      <div class="live"></div>
    </figure>
    <details>
      <summary>Table: percentiles of every stage</summary>
      ${percentileTable(stages, data.percentiles, vocabulary)}
    </details>
  </section>`;
}

function drawing(data: DistributionData, chosen: DistributionData['stages'], vocabulary: Vocabulary): Html {
  const kinds: LineKind[] = chosen.length === 1 ? ['p95'] : ['p50', 'p95'];
  const lines = chosen.map(({ name, values }, index) => ({
    name,
    kind: kinds[index] ?? ('p95' as const),
    hasMarkers: true,
    points: values.map((y, place) => ({ x: data.places[place] ?? 0, y })),
  }));
  const known = chosen.flatMap(({ values }) => values.filter((value) => value !== null));
  const end = data.places.at(-1) ?? 1;
  const marks = MARKED_PERCENTILES.filter((percentile) => placeOf(percentile) <= end + 1e-6);
  return html`${legend(lines)}${lineChart({
    label: `${capital(latencyName(vocabulary))} by percentile; the table below has the values.`,
    x: { least: 0, most: end, marks: marks.map(placeOf), at: (value) => value / end },
    y: valueScale(known),
    xText: percentAt,
    yText: axisTime,
    xTitle: `percent of the ${headlineOf(vocabulary).noun.many}`,
    lines,
  })}`;
}

/** The stage that broke, else the largest that was measured. */
function telling(stages: readonly StageSummary[], { breaks }: Verdict): StageSummary | undefined {
  const broke = stages.find(({ number }) => number === breaks?.stage);
  return broke ?? [...stages].sort((a, b) => b.level - a.level)[0];
}

function isMeasured(stage: StageSummary, vocabulary: Vocabulary): boolean {
  return headlineTimes(stage, vocabulary)['count'] !== undefined;
}

/** The percentiles that k6 was asked for, in order; those that only repeat each other are left to the table. */
function gridOf([first]: readonly StageSummary[], vocabulary: Vocabulary): number[] {
  if (first === undefined) return [];
  const names = Object.keys(headlineTimes(first, vocabulary)).filter((name) => name.startsWith('p('));
  const grid = names.map((name) => percentOf(name) ?? NaN);
  return grid.filter((percent) => percent < 100).sort((a, b) => a - b);
}

function valueAt(stage: StageSummary, percentile: number, vocabulary: Vocabulary): number | null {
  return headlineTimes(stage, vocabulary)[`p(${percentile})`] ?? null;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(5));
}

/** A column for each of these, if the grid has it. */
const IN_TABLE = [1, 5, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9];

function percentileTable(
  stages: readonly StageSummary[],
  grid: readonly number[],
  vocabulary: Vocabulary,
): Html {
  const shown = IN_TABLE.filter((percentile) => grid.includes(percentile));
  const columns = [
    { head: 'stage', kind: 'left' as const },
    { head: 'min' },
    ...shown.map((p) => ({ head: `${p} %` })),
    { head: 'max' },
  ];
  const rows = stages
    .filter((stage) => isMeasured(stage, vocabulary))
    .map((stage) => ({
      cells: [
        stageName(stage),
        timeText(headlineTimes(stage, vocabulary)['min']),
        ...shown.map((percentile) => timeText(valueAt(stage, percentile, vocabulary))),
        timeText(headlineTimes(stage, vocabulary)['max']),
      ],
    }));
  return table(`${capital(latencyName(vocabulary))}: so many percent came within`, columns, rows);
}
