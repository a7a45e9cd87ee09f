/**
 * Makes the charts of a report live, in the browser: zoom, one cursor for all. Without it they are drawings.
 * Bundled by build.mjs with uPlot; not part of anything else.
 */
import uPlot from 'uplot';
import type { DistributionData } from './distribution.ts';
import type { TimeChart, TimeData } from './overTime.ts';
import { MARKED_PERCENTILES, percentAt, placeOf } from './percentAxis.ts';
import { axisCount, axisTime } from '../stageWords.ts';
import { clockText, duration } from '../../text/words.ts';

interface PageData {
  time?: TimeData;
  distribution?: DistributionData;
}

const DASHES: Partial<Record<string, number[]>> = {
  planned: [2, 4],
  p99: [7, 3],
  out: [7, 3],
  other2: [7, 3],
  other3: [2, 3],
};

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const unitText = {
  time: { axis: axisTime, value: duration },
  count: { axis: axisCount, value: axisCount },
};

function placeFor(id: string): { figure: HTMLElement; live: HTMLElement } | undefined {
  const figure = document.querySelector<HTMLElement>(`figure[data-chart="${id}"]`);
  const live = figure?.querySelector<HTMLElement>('.live');
  return figure && live ? { figure, live } : undefined;
}

/** Axes and grid in the colours of the page. */
function axis(values: (value: number) => string, size: number): uPlot.Axis {
  const style = { stroke: colour('soft'), font: '12px system-ui, sans-serif', size };
  const rule = { stroke: colour('rule'), width: 1 };
  return {
    ...style,
    grid: rule,
    ticks: { ...rule, size: 5 },
    values: (_, marks) => marks.map((mark) => values(mark)),
  };
}

function series(line: TimeChart['lines'][number], text: (value: number) => string): uPlot.Series {
  const dash = DASHES[line.kind];
  return {
    label: line.name,
    stroke: colour(line.kind),
    width: 2,
    points: { show: false },
    spanGaps: false,
    ...(dash === undefined ? {} : { dash }),
    ...(line.isStep && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: -1 }) } : {}),
    value: (_, value: number | null) => (value === null ? '–' : text(value)),
  };
}

/** Stage marks, the stage that broke, and limits, below the lines. */
function drawMarks(plot: uPlot, { marks, bands }: TimeData, limits: TimeChart['limits']): void {
  const { ctx, bbox } = plot;
  const { left, top, width, height } = bbox;
  const at = (value: number) => plot.valToPos(value, 'x', true);
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.font = `${12 * ratio}px system-ui, sans-serif`;
  for (const { from, to } of bands) {
    ctx.globalAlpha = 0.1;
    ctx.fillStyle = colour('bad');
    ctx.fillRect(at(from), top, at(to) - at(from), height);
  }
  ctx.globalAlpha = 0.8;
  ctx.lineWidth = ratio;
  ctx.strokeStyle = ctx.fillStyle = colour('soft');
  ctx.setLineDash([ratio, 3 * ratio]);
  let free = -Infinity;
  for (const { x, text } of marks) {
    line(ctx, at(x), top, at(x), top + height);
    if (at(x) < free) continue;
    ctx.fillText(text, at(x) + 3 * ratio, top + 12 * ratio);
    free = at(x) + ctx.measureText(text).width + 12 * ratio;
  }
  for (const { y, text, kind } of limits) {
    const position = plot.valToPos(y, 'y', true);
    ctx.strokeStyle = ctx.fillStyle = colour(kind);
    ctx.setLineDash([10 * ratio, 5 * ratio]);
    line(ctx, left, position, left + width, position);
    ctx.fillText(text, left + 6 * ratio, position - 5 * ratio);
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

const HEIGHT = 210;

/** From 0 to a little above the greatest value or limit; marks of less than 1 ms, or of a part of one thing, would all read 0. */
function fromZero(limits: TimeChart['limits']): uPlot.Range.Function {
  return (_plot, _least, most) => [0, Math.max(most, ...limits.map(({ y }) => y), 1) * 1.22];
}

function timeChart(chart: TimeChart, data: TimeData): uPlot | undefined {
  const place = placeFor(chart.id);
  if (place === undefined) return undefined;
  const text = unitText[chart.unit];
  const options: uPlot.Options = {
    width: place.live.clientWidth || place.figure.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false, range: (_, __, most) => [0, most] }, y: { range: fromZero(chart.limits) } },
    cursor: { sync: { key: 'time' }, points: { size: 7 } },
    axes: [axis(clockText, 30), axis(text.axis, 62)],
    series: [
      { label: 'time', value: (_, value: number | null) => (value === null ? '–' : clockText(value)) },
      ...chart.lines.map((each) => series(each, text.value)),
    ],
    hooks: { drawAxes: [(plot) => drawMarks(plot, data, chart.limits)] },
  };
  return new uPlot(options, [data.seconds, ...chart.lines.map(({ values }) => values)], place.live);
}

/** The chosen stage beside the reference; a list chooses. */
function distributionChart(data: DistributionData): uPlot | undefined {
  const place = placeFor('distribution');
  if (place === undefined) return undefined;
  const pick = picker(data, () => {
    const [chosen] = dataOf(data).slice(1);
    if (chosen) plot.setData(dataOf(data));
    const name = data.stages[data.chosen]?.name ?? '';
    const label = plot.root.querySelectorAll('.u-legend .u-label')[1];
    if (label) label.textContent = name;
  });
  place.live.append(pick);
  const options: uPlot.Options = {
    width: place.live.clientWidth || place.figure.clientWidth,
    height: 300,
    scales: { x: { time: false }, y: { range: fromZero([]) } },
    axes: [
      {
        ...axis(percentAt, 30),
        splits: () => MARKED_PERCENTILES.map(placeOf),
      },
      axis(axisTime, 62),
    ],
    series: [
      { label: 'percent', value: (_, value: number | null) => (value === null ? '–' : percentAt(value)) },
      series({ name: data.stages[data.chosen]?.name ?? '', kind: 'p95', values: [] }, duration),
      series({ name: data.stages[data.reference]?.name ?? '', kind: 'planned', values: [] }, duration),
    ],
  };
  const plot = new uPlot(options, dataOf(data), place.live);
  return plot;
}

function dataOf({ places, stages, chosen, reference }: DistributionData): uPlot.AlignedData {
  return [places, stages[chosen]?.values ?? [], stages[reference]?.values ?? []];
}

function picker(data: DistributionData, changed: () => void): HTMLElement {
  const label = document.createElement('label');
  label.className = 'pick';
  const select = document.createElement('select');
  data.stages.forEach(({ name }, index) =>
    select.add(new Option(name, String(index), false, index === data.chosen)),
  );
  select.addEventListener('change', () => {
    data.chosen = Number(select.value);
    changed();
  });
  label.append('Distribution of', select, `compared with ${data.stages[data.reference]?.name ?? ''}`);
  return label;
}

let plots: uPlot[] = [];

/** Draws all charts anew, in the colours that hold now. */
function drawAll(data: PageData): void {
  for (const plot of plots) plot.destroy();
  for (const live of document.querySelectorAll('.live')) live.replaceChildren();
  const { time, distribution } = data;
  const all = [
    ...(time === undefined ? [] : time.charts.map((chart) => timeChart(chart, time))),
    distribution === undefined ? undefined : distributionChart(distribution),
  ];
  plots = all.filter((plot) => plot !== undefined);
}

function fit(): void {
  for (const plot of plots) {
    const width = plot.root.parentElement?.clientWidth ?? 0;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: plot.height });
  }
}

function start(): void {
  const text = document.getElementById('data')?.textContent;
  if (!text) return;
  const data = JSON.parse(text) as PageData;
  for (const figure of document.querySelectorAll('figure[data-chart]')) figure.classList.add('is-live');
  drawAll(data);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawAll(data));
  addEventListener('resize', fit);
}

start();
