/** How the answer latency of a stage is distributed, from the percentile grid. Pure. */
import { percentOf } from '../../derive/percentiles.ts';
import type { RunSummary, StageSummary } from '../../derive/summary.ts';
import type { Verdict } from '../../derive/verdict.ts';
import { timeText, counted } from '../../text/words.ts';
import { html, type Html } from '../escape.ts';
import { valueScale } from './latency.ts';
import { legend, lineChart, type LineKind } from './lineChart.ts';
import { MARKED_PERCENTILES, percentAt, placeOf } from './percentAxis.ts';
import { axisTime, stageName } from '../stageWords.ts';
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

/** What the live chart is made of; undefined where no stage has answers. */
export function distributionData({ stages }: RunSummary, verdict: Verdict): DistributionData | undefined {
  const measured = stages.filter(isMeasured);
  const percentiles = gridOf(measured);
  if (measured.length === 0 || percentiles.length === 0) return undefined;
  const names = measured.map((stage) => stage.number);
  return {
    places: percentiles.map((percentile) => Number(placeOf(percentile).toFixed(4))),
    percentiles,
    stages: measured.map((stage) => ({
      name: `stage ${stageName(stage)} (${counted(stage.level, 'session')})`,
      values: percentiles.map((percentile) => rounded(valueAt(stage, percentile))),
    })),
    chosen: Math.max(0, names.indexOf(telling(measured, verdict)?.number ?? 0)),
    reference: 0,
  };
}

/** The section with a drawing of the first stage and of the one that tells most. */
export function distributionSection(summary: RunSummary, verdict: Verdict): Html {
  const data = distributionData(summary, verdict);
  if (data === undefined)
    return html`<section id="distribution">
      <h2>Distribution</h2>
      <p>There are no answers to show.</p>
    </section>`;
  const chosen = [...new Set([data.reference, data.chosen])].flatMap((index) => data.stages[index] ?? []);
  return html`<section id="distribution">
    <h2>Distribution of the answer latency</h2>
    <p class="note">
      So many percent of a stage's answers came within so much time. The axis gives the slow tail as much room
      as the rest.
    </p>
    <figure data-chart="distribution">
      <div class="still">${drawing(data, chosen)}</div>
      <div class="live"></div>
    </figure>
    <details>
      <summary>Table: percentiles of every stage</summary>
      ${percentileTable(summary.stages, data.percentiles)}
    </details>
  </section>`;
}

function drawing(data: DistributionData, chosen: DistributionData['stages']): Html {
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
    label: 'Answer latency by percentile; the table below has the values.',
    x: { least: 0, most: end, marks: marks.map(placeOf), at: (value) => value / end },
    y: valueScale(known),
    xText: percentAt,
    yText: axisTime,
    xTitle: 'percent of the answers',
    lines,
  })}`;
}

/** The stage that broke, else the largest that was measured. */
function telling(stages: readonly StageSummary[], { breaks }: Verdict): StageSummary | undefined {
  const broke = stages.find(({ number }) => number === breaks?.stage);
  return broke ?? [...stages].sort((a, b) => b.level - a.level)[0];
}

const isMeasured = ({ answerLatency }: StageSummary): boolean => answerLatency['count'] !== undefined;

/** The percentiles that k6 was asked for, in order; those that only repeat each other are left to the table. */
function gridOf(stages: readonly StageSummary[]): number[] {
  const names = Object.keys(stages[0]?.answerLatency ?? {}).filter((name) => name.startsWith('p('));
  const grid = names.map((name) => percentOf(name) ?? NaN);
  return grid.filter((percent) => percent < 100).sort((a, b) => a - b);
}

function valueAt({ answerLatency }: StageSummary, percentile: number): number | null {
  return answerLatency[`p(${percentile})`] ?? null;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(5));
}

/** A column for each of these, if the grid has it. */
const IN_TABLE = [1, 5, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9];

function percentileTable(stages: readonly StageSummary[], grid: readonly number[]): Html {
  const shown = IN_TABLE.filter((percentile) => grid.includes(percentile));
  const columns = [
    { head: 'stage', kind: 'left' as const },
    { head: 'min' },
    ...shown.map((p) => ({ head: `${p} %` })),
    { head: 'max' },
  ];
  const rows = stages.filter(isMeasured).map((stage) => ({
    cells: [
      stageName(stage),
      timeText(stage.answerLatency['min']),
      ...shown.map((percentile) => timeText(valueAt(stage, percentile))),
      timeText(stage.answerLatency['max']),
    ],
  }));
  return table('Answer latency: so many percent came within', columns, rows);
}
