/** Latency of the headline's operations against the level: the picture that people come for. Pure. */
import { headlineOf, metricsOf, type Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import type { Distribution } from '../../derive/k6Data.ts';
import { aggregateOf, measureOf } from '../../derive/measures.ts';
import type { LimitResult, RunSummary, StageSummary } from '../../derive/summary.ts';
import type { Verdict } from '../../derive/verdict.ts';
import { aggregateName, limitText, metricName, timeText, whole } from '../../text/words.ts';
import { html, type Html } from '../escape.ts';
import { legend, lineChart, type Chart, type Line, type LineKind } from './lineChart.ts';
import { linearScale, logScale, namedScale, type Scale } from './scale.ts';
import { axisTime, capital, headlineTimes, rises, stageName } from '../stageWords.ts';
import { columnsOf, table } from '../table.ts';

/** The percentiles that are drawn: name, k6's name, kind of line. */
export const PERCENTILES = [
  { name: 'p50', aggregate: 'med', kind: 'p50' },
  { name: 'p95', aggregate: 'p(95)', kind: 'p95' },
  { name: 'p99', aggregate: 'p(99)', kind: 'p99' },
] as const satisfies readonly { name: string; aggregate: string; kind: LineKind }[];

/** `p50 12 ms, p95 40 ms, p99 41 ms`. */
export function percentilesText(times: Distribution): string {
  return PERCENTILES.map(({ name, aggregate }) => `${name} ${timeText(times[aggregate])}`).join(', ');
}

/** Both ends this far apart are unreadable on an even axis. */
const WIDE_RANGE = 40;

/** The section; a sentence instead of a chart where no stage has a latency. */
export function latencySection({ stages, vocabulary }: RunSummary, { breaks }: Verdict): Html {
  const { level } = vocabulary;
  const { latency } = headlineOf(vocabulary);
  const measured = stages.filter((stage) => headlineTimes(stage, vocabulary)['count'] !== undefined);
  const title = rises(stages) ? `Latency against ${level.many}` : 'Latency by stage';
  if (latency === undefined || measured.length === 0)
    return html`<section id="latency">
      <h2>${title}</h2>
      <p>No stage has a latency that was measured.</p>
    </section>`;
  const lines = linesOf(stages, vocabulary);
  const hasCross = lines.some(({ points }) => points.some(({ isBad }) => isBad));
  return html`<section id="latency">
    <h2>${title}</h2>
    <p class="note">
      ${capital(latencyName(vocabulary))}: ${metricsOf(vocabulary)[latency]?.is}, of each stage's judged
      part.${hasCross && ' A cross marks a value that broke its limit.'}
    </p>
    ${legend(lines)}
    <figure>${lineChart(chartOf(stages, vocabulary, lines, breaks))}</figure>
    <details>
      <summary>Table: times by stage</summary>
      ${latencyTable(stages, vocabulary)}
    </details>
  </section>`;
}

/** The headline's latency in words: `answer latency`. */
export function latencyName(vocabulary: Vocabulary): string {
  return (headlineOf(vocabulary).latency ?? 'latency').replaceAll('_', ' ');
}

function linesOf(stages: readonly StageSummary[], vocabulary: Vocabulary): Line[] {
  const hasMarkers = stages.length <= 60;
  return PERCENTILES.map(({ name, aggregate, kind }) => {
    const isBroken = (stage: StageSummary) =>
      stage.limits.some((limit) => isLatency(limit, aggregate, vocabulary) && limit.kept === false);
    const first = stages.find(isBroken);
    const points = stages.map((stage, index) => ({
      x: placeOf(stages, index),
      y: headlineTimes(stage, vocabulary)[aggregate] ?? null,
      isBad: stage === first || (hasMarkers && isBroken(stage)),
    }));
    return { name, kind, hasMarkers, points };
  });
}

/** The level where it rises, else the number of the stage. */
function placeOf(stages: readonly StageSummary[], index: number): number {
  return (rises(stages) ? stages[index]?.level : stages[index]?.number) ?? 0;
}

function chartOf(
  stages: readonly StageSummary[],
  vocabulary: Vocabulary,
  lines: readonly Line[],
  breaks: Verdict['breaks'],
): Chart {
  const values = lines.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  const drawn = limitsOf(stages, vocabulary).filter(({ y }) => y < 4 * Math.max(...values));
  const byLevel = rises(stages);
  const places = stages.map((_, index) => placeOf(stages, index));
  const name = new Map(stages.map((stage) => [stage.number, stageName(stage)]));
  return {
    label: `${capital(latencyName(vocabulary))} (p50, p95, p99) by ${byLevel ? `number of ${vocabulary.level.many}` : 'stage'}; the table below has the values.`,
    x: namedScale(places, 20),
    y: valueScale([...values, ...drawn.map(({ y }) => y)]),
    xText: (value) => (byLevel ? whole(value) : (name.get(value) ?? '')),
    yText: axisTime,
    xTitle: byLevel ? vocabulary.level.many : 'stage',
    lines,
    limits: drawn,
    bands: breaks === null ? [] : [bandOf(places, stages, breaks)],
  };
}

/** Even from 0, unless the range is so wide that small values would lie on the ground. */
export function valueScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const [least, most] = [least0(positive), Math.max(1, ...positive)];
  return most / least > WIDE_RANGE ? logScale(least, most) : linearScale(most * 1.04);
}

function least0(values: readonly number[]): number {
  return values.length === 0 ? 1 : Math.min(...values);
}

/** The stage that broke, half way to its neighbours. */
function bandOf(
  places: readonly number[],
  stages: readonly StageSummary[],
  breaks: NonNullable<Verdict['breaks']>,
) {
  const index = stages.findIndex(({ number }) => number === breaks.stage);
  const at = places[index] ?? 0;
  const half = (neighbour: number | undefined) => (neighbour === undefined ? at : (at + neighbour) / 2);
  const text = rises(stages) ? `breaks at ${whole(breaks.level)}` : `stage ${breaks.stage} breaks`;
  return { from: half(places[index - 1]), to: half(places[index + 1]), text };
}

/** One line for each latency limit; those of later stages are the same. */
function limitsOf(
  stages: readonly StageSummary[],
  vocabulary: Vocabulary,
): { y: number; text: string; kind: LineKind }[] {
  return PERCENTILES.flatMap(({ name, aggregate, kind }) => {
    const limits = stages.flatMap((stage) =>
      stage.limits.filter((limit) => isLatency(limit, aggregate, vocabulary)),
    );
    const [first] = limits;
    return first === undefined ? [] : [{ y: first.bound, text: `limit ${name} ${limitText(first)}`, kind }];
  });
}

function isLatency(limit: LimitResult, aggregate: string, vocabulary: Vocabulary): boolean {
  const named = limit.aggregate === 'p(50)' ? 'med' : limit.aggregate;
  return limit.metric === headlineOf(vocabulary).latency && named === aggregate;
}

/** A value of the table: its name, and where it stands in a stage. */
interface Figure {
  head: string;
  metric: string;
  aggregate: string;
}

/** The headline's latency, and p50 and p95 of the other times that the table of stages has. */
function figuresOf(vocabulary: Vocabulary): Figure[] {
  const { latency = '' } = headlineOf(vocabulary);
  const known = metricsOf(vocabulary);
  const others = new Set(
    vocabulary.columns.flatMap(({ metric }) =>
      metric !== latency && known[metric]?.kind === 'trend' && known[metric].unit === 'ms' ? [metric] : [],
    ),
  );
  const own = [{ name: 'min', aggregate: 'min' }, ...PERCENTILES, { name: 'max', aggregate: 'max' }];
  return [
    ...own.map(({ name, aggregate }) => ({ head: name, metric: latency, aggregate })),
    ...[...others].flatMap((metric) =>
      ['med', 'p(95)'].map((aggregate) => ({
        head: `${metricName(metric)} ${aggregateName(aggregate)}`,
        metric,
        aggregate,
      })),
    ),
  ];
}

function latencyTable(stages: readonly StageSummary[], vocabulary: Vocabulary): Html {
  const figures = figuresOf(vocabulary);
  const { level } = vocabulary;
  const { good } = headlineOf(vocabulary);
  const heads = ['stage', level.many, good.word, ...figures.map(({ head }) => head)];
  const rows = stages.map((stage) => ({
    cells: [
      stageName(stage),
      whole(stage.level),
      whole(headlineTimes(stage, vocabulary)['count'] ?? 0),
      ...figures.map(({ metric, aggregate }) =>
        timeText(aggregateOf(measureOf(stage, vocabulary, metric), aggregate)),
      ),
    ],
    kind: stage.state === 'broke' ? ('broke' as const) : undefined,
  }));
  return table(`${capital(latencyName(vocabulary))} by stage`, columnsOf(heads), rows);
}
