/** Charts over time: level, latency, messages, failures, generator. Drawings that a script makes live. Pure. */
import { applies, type Limit } from '../../../lib/words/limits.ts';
import { headlineOf, type Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import type { RunSummary } from '../../derive/summary.ts';
import type { Timeline } from '../../derive/timeline.ts';
import type { Verdict } from '../../derive/verdict.ts';
import { explain } from '../../derive/explain.ts';
import { clockText, limitText, NOTHING, timeText, whole } from '../../text/words.ts';
import { html, type Html } from '../escape.ts';
import { latencyName, valueScale } from './latency.ts';
import { legend, lineChart, type LineKind } from './lineChart.ts';
import { momentsOf, type Moment } from './moments.ts';
import { linearScale, namedScale, thin } from './scale.ts';
import { axisCount, axisTime, capital, rateText, short, stageName } from '../stageWords.ts';
import { table } from '../table.ts';

/** What the live chart and the drawing are made of. */
export interface TimeChart {
  id: string;
  title: string;
  unit: 'time' | 'count';
  lines: { name: string; kind: LineKind; isStep?: boolean; values: (number | null)[] }[];
  limits: { y: number; text: string; kind: LineKind }[];
}

/** Everything that the live charts need. */
export interface TimeData {
  seconds: number[];
  marks: { x: number; text: string }[];
  bands: { from: number; to: number; text: string }[];
  charts: TimeChart[];
}

/** More stages than this are not all marked. */
const MARKS = 40;

/** As many points as a live chart, a drawing and the table get. */
const [LIVE, STILL, ROWS] = [1200, 240, 60];

/** The data of the live charts. */
export function timeData(timeline: Timeline, summary: RunSummary, verdict: Verdict): TimeData {
  return dataOf(momentsOf(timeline, summary, LIVE).moments, summary, verdict);
}

/** The section with its drawings and its table. */
export function overTimeSection(timeline: Timeline, summary: RunSummary, verdict: Verdict): Html {
  const { seconds } = momentsOf(timeline, summary, LIVE);
  const still = dataOf(momentsOf(timeline, summary, STILL).moments, summary, verdict);
  const rows = momentsOf(timeline, summary, ROWS);
  const each =
    seconds > 1
      ? `Each point covers ${seconds} s; p95 and p99 are those of its worst second.`
      : 'One point per second.';
  return html`<section id="time">
    <h2>Over time</h2>
    <p class="note">${each} Upright lines are the starts of stages.</p>
    ${still.charts.map((chart) => figure(chart, still))}
    <details>
      <summary>Table: the run over time</summary>
      ${timeTable(rows.moments, rows.seconds)}
    </details>
  </section>`;
}

function figure(chart: TimeChart, data: TimeData): Html {
  const lines = chart.lines.map((line) => ({
    ...line,
    isStep: line.isStep === true,
    points: line.values.map((y, index) => ({ x: data.seconds[index] ?? 0, y })),
  }));
  const values = [...chart.lines.flatMap((line) => line.values), ...chart.limits.map(({ y }) => y)];
  const known = values.filter((value) => value !== null);
  const y = chart.unit === 'time' ? valueScale(known) : linearScale(Math.max(1, ...known) * 1.04);
  return html`<h3>${chart.title}</h3>
    <figure data-chart="${chart.id}">
      <div class="still">
        ${legend(lines)}${lineChart(
          {
            label: `${chart.title} over time; the table below has the values.`,
            x: namedScale(timeMarks(data.seconds), 20),
            y,
            xText: clockText,
            yText: chart.unit === 'time' ? axisTime : axisCount,
            lines,
            limits: chart.limits,
            marks: data.marks,
            bands: data.bands,
          },
          true,
        )}
      </div>
      <div class="live"></div>
    </figure>`;
}

/** Round moments from 0 to the end. */
function timeMarks(seconds: readonly number[]): number[] {
  const end = seconds.at(-1) ?? 1;
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
  const step = steps.find((candidate) => end / candidate <= 12) ?? 86_400;
  const marks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  return marks.length > 1 && (marks.at(-1) ?? 0) > end - step / 3
    ? [...marks.slice(0, -1), end]
    : [...marks, end];
}

function dataOf(moments: readonly Moment[], summary: RunSummary, verdict: Verdict): TimeData {
  const { plan } = summary;
  const end = moments.at(-1)?.second ?? 0;
  const reached = plan.end === null ? [] : plan.stages.filter(({ start }) => start / 1000 < end);
  const broken =
    plan.end === null ? undefined : plan.stages.find(({ number }) => number === verdict.breaks?.stage);
  return {
    seconds: moments.map(({ second }) => second),
    marks: thin(reached, MARKS).map((stage) => ({ x: stage.start / 1000, text: String(stage.number) })),
    bands:
      broken === undefined
        ? []
        : [
            {
              from: broken.start / 1000,
              to: Math.min(end, broken.end / 1000),
              text: `stage ${broken.number} breaks`,
            },
          ],
    charts: chartsOf(moments, summary),
  };
}

/** Those that have anything to show. */
function chartsOf(moments: readonly Moment[], summary: RunSummary): TimeChart[] {
  return allCharts(moments, summary).filter(({ lines }) =>
    lines.some(({ values }) => values.some((value) => value !== null)),
  );
}

function allCharts(moments: readonly Moment[], summary: RunSummary): TimeChart[] {
  const values = (read: (moment: Moment) => number | null) => moments.map((moment) => rounded(read(moment)));
  const hasPlan = moments.some(({ planned }) => planned !== null);
  const planned = {
    name: 'planned',
    kind: 'planned',
    isStep: true,
    values: values((moment) => moment.planned),
  } as const;
  const { plan, vocabulary } = summary;
  const limits = summary.limits.filter((limit) => plan.stages.some((stage) => applies(limit, stage, plan)));
  return [
    {
      id: 'level',
      title: capital(vocabulary.level.many),
      unit: 'count',
      lines: [
        ...(hasPlan ? [planned] : []),
        { name: 'open', kind: 'open', values: values(({ open }) => open) },
      ],
      limits: [],
    },
    {
      id: 'latency',
      title: capital(latencyName(vocabulary)),
      unit: 'time',
      lines: [
        { name: 'p50', kind: 'p50', values: values(({ p50 }) => p50) },
        { name: 'p95', kind: 'p95', values: values(({ p95 }) => p95) },
        { name: 'p99', kind: 'p99', values: values(({ p99 }) => p99) },
      ],
      limits: drawnLimits(limits, vocabulary, moments),
    },
    {
      id: 'messages',
      title: 'Messages per second',
      unit: 'count',
      lines: [
        { name: 'received', kind: 'in', values: values(({ received }) => received) },
        { name: 'sent', kind: 'out', values: values(({ sent }) => sent) },
      ],
      limits: [],
    },
    {
      id: 'failures',
      title: 'Failures per second',
      unit: 'count',
      lines: failureLines(moments, vocabulary),
      limits: [],
    },
    {
      id: 'lag',
      title: 'Lag of the load generator (p99)',
      unit: 'time',
      lines: [{ name: 'lag p99', kind: 'lag', values: values(({ lag }) => lag) }],
      limits: [],
    },
  ];
}

/** Limits on p95 and p99 that are not so far above the values that these would lie on the ground. */
function drawnLimits(
  limits: readonly Limit[],
  vocabulary: Vocabulary,
  moments: readonly Moment[],
): TimeChart['limits'] {
  const { latency } = headlineOf(vocabulary);
  const most = moments.reduce((greatest, { p99 }) => Math.max(greatest, p99 ?? 0), 0);
  return limits.flatMap((limit) => {
    const kind = ({ 'p(95)': 'p95', 'p(99)': 'p99' } as const)[limit.aggregate];
    if (limit.metric !== latency || kind === undefined || limit.bound >= 4 * most) return [];
    return [{ y: limit.bound, text: `limit ${kind} ${limitText(limit)}`, kind }];
  });
}

/** All failures, and the three greatest classes where they are known. */
function failureLines(moments: readonly Moment[], { reasons }: Vocabulary): TimeChart['lines'] {
  const totals = new Map<string, number>();
  for (const { classes } of moments)
    for (const [name, value] of Object.entries(classes)) totals.set(name, (totals.get(name) ?? 0) + value);
  const ranked = [...totals].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const kinds = ['other1', 'other2', 'other3'] as const;
  const all = {
    name: 'all',
    kind: 'failures' as const,
    values: moments.map(({ failures }) => rounded(failures)),
  };
  const classes = ranked.map(([name], index) => ({
    name: short(explain(name, undefined, reasons).title),
    kind: kinds[index] ?? 'other3',
    values: moments.map((moment) => rounded(moment.classes[name] ?? 0)),
  }));
  return [all, ...classes];
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}

const numberText = (value: number | null): string => (value === null ? NOTHING : whole(value));

const COLUMNS: readonly { head: string; text: (moment: Moment) => string }[] = [
  { head: 'time', text: ({ second }) => clockText(second) },
  { head: 'stage', text: ({ stage }) => (stage === undefined ? NOTHING : stageName(stage)) },
  { head: 'planned', text: ({ planned }) => numberText(planned) },
  { head: 'open', text: ({ open }) => numberText(open) },
  { head: 'p50', text: ({ p50 }) => timeText(p50) },
  { head: 'p95', text: ({ p95 }) => timeText(p95) },
  { head: 'p99', text: ({ p99 }) => timeText(p99) },
  { head: 'received/s', text: ({ received }) => rateText(received) },
  { head: 'sent/s', text: ({ sent }) => rateText(sent) },
  { head: 'failures/s', text: ({ failures }) => rateText(failures) },
];

/** Without the columns that hold nothing. */
function timeTable(moments: readonly Moment[], seconds: number): Html {
  const columns = COLUMNS.filter(({ text }) => moments.some((moment) => text(moment) !== NOTHING));
  return table(
    `The run in parts of ${seconds} s; a row's time is its end`,
    columns.map(({ head }) => ({ head })),
    moments.map((moment) => ({ cells: columns.map(({ text }) => text(moment)) })),
  );
}
