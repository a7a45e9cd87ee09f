/** A metric per stage over runs, as text of at most 80 columns. Pure. */
import { duration, percent, whole, counted } from '../../report/text/words.ts';
import type { Paint } from '../../report/text/paint.ts';
import type { Row } from './historySchema.ts';
import type { Point } from './historyStore.ts';
import { cut } from '../process/textWidth.ts';
import { WIDTH } from '../../report/text/wrap.ts';

/** What a trend is drawn of; `runs` from the oldest to the newest. */
export interface Trend {
  title: string;
  runs: readonly Row<'runs'>[];
  points: readonly Point[];
  /** Of the points. */
  unit: string;
  /** The run that the others are compared with; the one before each, when it is left out. */
  baseline: Row<'runs'> | undefined;
}

const RUN_WIDTH = 20;
const CELL_WIDTH = 10;
const FITTING = Math.floor((WIDTH - RUN_WIDTH) / CELL_WIDTH);
/** Changes that an arrow marks: of a share in points, of others as a share of them. */
const NOTABLE = { share: 0.01, other: 0.1 };
const MARKS: Readonly<Record<string, string>> = { PASS: '✓', FAIL: '✗', INVALID: '?', ABORTED: '…' };

/** Values of a run by number of stage. */
type Values = ReadonlyMap<number, number>;

/** The title, a line per run, and a last one that draws each stage over the runs. */
export function trendText(trend: Trend, paint: Paint): string {
  const { shown, left } = stagesToShow(trend);
  const values = valuesByRun(trend.points);
  const lines = trend.runs.map((run, index) => {
    const other = trend.baseline ?? trend.runs[index - 1];
    return runLine(trend, shown, run, valuesOf(values, run), valuesOf(values, other));
  });
  return [
    paint(cut(trend.title, WIDTH), 'bold'),
    '',
    ...headLines(trend, shown).map((line) => paint(line, 'dim')),
    ...lines,
    barLine(
      trend.runs.map((run) => valuesOf(values, run)),
      shown,
    ),
    '',
    ...legend(trend, left).map((line) => paint(` ${line}`, 'dim')),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

function barLine(runs: readonly Values[], shown: readonly number[]): string {
  const cells = shown.map((stage) => {
    const bars = sparkline(runs.map((values) => values.get(stage) ?? null));
    return `${bars.padStart(CELL_WIDTH - 1)} `;
  });
  return ' '.repeat(RUN_WIDTH) + cells.join('');
}

/** As many stages as fit, evenly spread, with the first and the last. */
function stagesToShow({ points }: Trend): { shown: number[]; left: number } {
  const all = [...new Set(points.map(({ stage }) => stage))].sort((a, b) => a - b);
  if (all.length <= FITTING) return { shown: all, left: 0 };
  const step = (all.length - 1) / (FITTING - 1);
  const shown = Array.from({ length: FITTING }, (_, index) => all[Math.round(index * step)] ?? 0);
  return { shown, left: all.length - FITTING };
}

function valuesByRun(points: readonly Point[]): Map<string, Map<number, number>> {
  const runs = new Map<string, Map<number, number>>();
  for (const { folder, stage, value } of points)
    runs.set(folder, (runs.get(folder) ?? new Map<number, number>()).set(stage, value));
  return runs;
}

function valuesOf(values: ReadonlyMap<string, Values>, run: Row<'runs'> | undefined): Values {
  return (run === undefined ? undefined : values.get(run.folder)) ?? new Map();
}

function headLines({ points, runs }: Trend, shown: readonly number[]): string[] {
  const levels = shown.map((stage) => {
    const counts = new Set(points.filter((point) => point.stage === stage).map(({ level }) => level));
    const [count = 0, ...others] = counts;
    return others.length > 0 ? 'various' : whole(count);
  });
  const cells = (texts: readonly string[]) =>
    texts.map((text) => `${text.padStart(CELL_WIDTH - 1)} `).join('');
  const [noun, ...others] = new Set(runs.map((run) => run.level_noun));
  const name = noun === null || noun === undefined || others.length > 0 ? 'level' : noun;
  return [
    ` ${'run (UTC)'.padEnd(RUN_WIDTH - 1)}${cells(shown.map((stage) => `stage ${stage}`))}`,
    ` ${cut(name, RUN_WIDTH - 2).padEnd(RUN_WIDTH - 1)}${cells(levels)}`,
  ];
}

function runLine(
  trend: Trend,
  shown: readonly number[],
  run: Row<'runs'>,
  values: Values,
  others: Values,
): string {
  const time = run.started_at.slice(0, 16).replace('T', ' ');
  const cells = shown.map((stage) => {
    const [value, other] = [values.get(stage) ?? null, others.get(stage) ?? null];
    if (value === null) return `${'-'.padStart(CELL_WIDTH - 1)} `;
    return `${valueText(value, trend.unit).padStart(CELL_WIDTH - 1)}${arrow(value, other, trend.unit)}`;
  });
  return ` ${time} ${MARKS[run.result] ?? ' '} `.padEnd(RUN_WIDTH) + cells.join('');
}

function valueText(value: number, unit: string): string {
  if (unit === 'ms') return duration(value);
  if (unit === 'share') return percent(value);
  return value >= 100 || Number.isInteger(value) ? whole(value) : String(Number(value.toFixed(2)));
}

function arrow(value: number, other: number | null, unit: string): string {
  if (other === null) return ' ';
  const change = unit === 'share' ? value - other : (value - other) / other;
  if (Math.abs(change) <= (unit === 'share' ? NOTABLE.share : NOTABLE.other) || Number.isNaN(change))
    return ' ';
  return change > 0 ? '↑' : '↓';
}

const BARS = '▁▂▃▄▅▆▇█';
/** Runs that a row of bars has room for. */
const DRAWN = 8;

/** The last eight values as bars from nothing to the largest; `·` where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const last = values.slice(-DRAWN);
  const most = Math.max(...last.map((value) => value ?? 0));
  return last
    .map((value) =>
      value === null ? '·' : (BARS[Math.round((value / (most || 1)) * (BARS.length - 1))] ?? '·'),
    )
    .join('');
}

function legend({ unit, baseline, runs }: Trend, left: number): string[] {
  const change = unit === 'share' ? 'a percentage point' : '10 %';
  const than = baseline === undefined ? 'the run before' : cut(baseline.folder, 34);
  return [
    `↑ ↓ more than ${change} away from ${than}`,
    ...(runs.length > DRAWN ? [`▁ to █: the last ${DRAWN} runs, from 0 to the largest`] : []),
    ...(left === 0 ? [] : [`${counted(left, 'more stage')}; --stages 2,4-6 chooses`]),
  ];
}
