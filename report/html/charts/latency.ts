/** Latency against sessions: the picture that people come for. Pure. */
import type { LimitResult, RunSummary, StageSummary } from '../../derive/summary.ts';
import type { Verdict } from '../../derive/verdict.ts';
import { limitText, timeText, whole } from '../../text/words.ts';
import { html, type Html } from '../escape.ts';
import { legend, lineChart, type Chart, type Line, type LineKind } from './lineChart.ts';
import { linearScale, logScale, namedScale, type Scale } from './scale.ts';
import { axisTime, rises, stageName } from '../stageWords.ts';
import { table } from '../table.ts';

/** The percentiles that are drawn: name, k6's name, kind of line. */
export const PERCENTILES = [
  { name: 'p50', aggregate: 'med', kind: 'p50' },
  { name: 'p95', aggregate: 'p(95)', kind: 'p95' },
  { name: 'p99', aggregate: 'p(99)', kind: 'p99' },
] as const satisfies readonly { name: string; aggregate: string; kind: LineKind }[];

/** Both ends this far apart are unreadable on an even axis. */
const WIDE_RANGE = 40;

/** The section; a sentence instead of a chart where no stage has answers. */
export function latencySection({ stages }: RunSummary, { breaks }: Verdict): Html {
  const measured = stages.filter(({ answerLatency }) => answerLatency['count'] !== undefined);
  const title = rises(stages) ? 'Latency against sessions' : 'Latency by stage';
  if (measured.length === 0)
    return html`<section id="latency">
      <h2>${title}</h2>
      <p>No stage has an answer whose latency was measured.</p>
    </section>`;
  const lines = linesOf(stages);
  return html`<section id="latency">
    <h2>${title}</h2>
    <p class="note">
      From sending a question to its complete answer, answered questions of each stage's judged part
      only.${
        lines.some(({ points }) => points.some(({ isBad }) => isBad))
          ? ' A cross marks a value that broke its limit.'
          : ''
      }
    </p>
    ${legend(lines)}
    <figure>${lineChart(chartOf(stages, lines, breaks))}</figure>
    <details>
      <summary>Table: answer latency and first chunk by stage</summary>
      ${latencyTable(stages)}
    </details>
  </section>`;
}

function linesOf(stages: readonly StageSummary[]): Line[] {
  const hasMarkers = stages.length <= 60;
  return PERCENTILES.map(({ name, aggregate, kind }) => {
    const isBroken = (stage: StageSummary) =>
      stage.limits.some((limit) => isLatency(limit, aggregate) && limit.kept === false);
    const first = stages.find(isBroken);
    const points = stages.map((stage, index) => ({
      x: placeOf(stages, index),
      y: stage.answerLatency[aggregate] ?? null,
      isBad: stage === first || (hasMarkers && isBroken(stage)),
    }));
    return { name, kind, hasMarkers, points };
  });
}

/** Sessions where they rise, else the number of the stage. */
function placeOf(stages: readonly StageSummary[], index: number): number {
  return (rises(stages) ? stages[index]?.level : stages[index]?.number) ?? 0;
}

function chartOf(stages: readonly StageSummary[], lines: readonly Line[], breaks: Verdict['breaks']): Chart {
  const values = lines.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  const drawn = limitsOf(stages).filter(({ y }) => y < 4 * Math.max(...values));
  const bySessions = rises(stages);
  const places = stages.map((_, index) => placeOf(stages, index));
  const name = new Map(stages.map((stage) => [stage.number, stageName(stage)]));
  return {
    label: `Answer latency (p50, p95, p99) by ${bySessions ? 'number of sessions' : 'stage'}; the table below has the values.`,
    x: namedScale(places, 20),
    y: valueScale([...values, ...drawn.map(({ y }) => y)]),
    xText: (value) => (bySessions ? whole(value) : (name.get(value) ?? '')),
    yText: axisTime,
    xTitle: bySessions ? 'sessions' : 'stage',
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
  const text = rises(stages) ? `breaks at ${whole(breaks.sessions)}` : `stage ${breaks.stage} breaks`;
  return { from: half(places[index - 1]), to: half(places[index + 1]), text };
}

/** One line for each latency limit; those of later stages are the same. */
function limitsOf(stages: readonly StageSummary[]): { y: number; text: string; kind: LineKind }[] {
  return PERCENTILES.flatMap(({ name, aggregate, kind }) => {
    const limits = stages.flatMap((stage) => stage.limits.filter((limit) => isLatency(limit, aggregate)));
    const [first] = limits;
    return first === undefined ? [] : [{ y: first.bound, text: `limit ${name} ${limitText(first)}`, kind }];
  });
}

function isLatency({ metric, expression }: LimitResult, aggregate: string): boolean {
  const [named] = expression.split(/[<>=!]/);
  return metric === 'answer_latency' && (named === aggregate || (named === 'p(50)' && aggregate === 'med'));
}

const COLUMNS = [
  { head: 'stage', kind: 'left' },
  { head: 'sessions' },
  { head: 'answers' },
  { head: 'min' },
  ...PERCENTILES.map(({ name }) => ({ head: name })),
  { head: 'max' },
  { head: 'first chunk p50' },
  { head: 'p95' },
] as const;

function latencyTable(stages: readonly StageSummary[]): Html {
  const rows = stages.map((stage) => {
    const { answerLatency: answer, firstChunkLatency: first } = stage;
    const times = [answer['min'], answer['med'], answer['p(95)'], answer['p(99)'], answer['max']];
    const cells = [...times, first['med'], first['p(95)']].map((value) => timeText(value));
    return {
      cells: [stageName(stage), whole(stage.level), whole(answer['count'] ?? 0), ...cells],
      kind: stage.state === 'broke' ? ('broke' as const) : undefined,
    };
  });
  return table('Answer latency by stage', COLUMNS, rows);
}
