/** The live view as lines of at most 79 columns. Pure. */
import type { Limit } from '../../lib/words/limits.ts';
import type { Stage } from '../../lib/words/load.ts';
import type { LimitResult } from '../../report/derive/summary.ts';
import { clockText, counted, duration, limitText, percent, whole } from '../../report/text/words.ts';
import type { Break } from './liveBreaks.ts';
import type { FailureCount } from './liveFailures.ts';
import { brokenText, judgeSoFar } from './liveLimits.ts';
import type { Figures, StageFigures } from './liveReader.ts';
import type { Sample } from '../k6/restApi.ts';
import { cut } from '../process/textWidth.ts';

const WIDTH = 79;
const CLASSES = 3;
/** Columns of the table of stages, but for the last. */
const WIDTHS = [6, 9, 8, 9, 7, 7, 7, 8, 7];

/** A line, and how a terminal with colours shows it. */
export interface Line {
  text: string;
  style?: 'bold' | 'dim' | 'red' | 'yellow';
}

/** How k6's process fares. */
interface GeneratorNow {
  /** Share of its cores, and memory; `undefined` before they were read. */
  cpu: number | undefined;
  memoryBytes: number | undefined;
  /** p99; `undefined` when it is not known. */
  lagLimitMs: number | undefined;
}

/** Everything that the view shows. */
export interface LiveState {
  /** Milliseconds since the start of the scenario, and until the end of the plan where it has one. */
  elapsed: number;
  planned: number | undefined;
  /** The same until the last session has ended, at the latest. */
  longest: number | undefined;
  /** Rows of stages: those that wait for their last answers, and the current one. */
  rows: StageRow[];
  figures: Figures;
  active: number;
  peak: number;
  generator: GeneratorNow;
  firstBreak: Break | undefined;
  /** Limits that bind the current stage. */
  limits: readonly Limit[];
}

/** One row of the table of stages. */
export interface StageRow {
  number: number;
  level: number | undefined;
  figures: StageFigures | undefined;
  limit: Limit | undefined;
  state: string;
  current: boolean;
  broken: boolean;
}

/** The head of the table of stages. */
export const HEAD: Line = {
  text: row(['stage', 'sessions', 'answers', 'success', 'p50', 'p95', 'max', 'limit', 'margin'], 'state'),
  style: 'dim',
};

function row(cells: readonly string[], state: string): string {
  const text = cells.map((cell, index) => cell.padStart(WIDTHS[index] ?? 0)).join('');
  return cut(`${text} ${state}`, WIDTH);
}

/** A row of the table. The limit and the margin are those of the answers' p95. */
export function stageLine({
  number,
  level: sessions,
  figures,
  limit,
  state,
  current,
  broken,
}: StageRow): Line {
  const latency = figures?.latency ?? {};
  const result = limit === undefined ? undefined : judgeSoFar(limit, latency);
  const cells = [
    `${current ? '▶' : ' '}${String(number).padStart(4)}`,
    sessions === undefined ? '' : whole(sessions),
    figures === undefined ? '' : whole(figures.answered),
    figures?.success === undefined ? '' : percent(figures.success),
    time(latency['med']),
    time(latency['p(95)']),
    time(latency['max']),
    result === undefined ? '' : limitText(result),
    marginText(result),
  ];
  const text = row(cells, state);
  return broken ? { text, style: 'red' } : current ? { text, style: 'bold' } : { text };
}

function time(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '' : duration(milliseconds);
}

function marginText(result: LimitResult | undefined): string {
  return result?.margin === null || result === undefined ? '' : percent(result.margin, 0);
}

/** What is left or over, never less than nothing: `0:55`, `1:02:03`. */
export function clock(milliseconds: number): string {
  return clockText(Math.max(0, Math.ceil(milliseconds / 1000)));
}

/** All lines below the finished stages. */
export function liveLines(state: LiveState): Line[] {
  return [
    ...state.rows.map(stageLine),
    ...endingLines(state),
    { text: '' },
    ...sessionLines(state),
    ...failureLines(state.figures),
    ...limitLines(state),
    generatorLine(state.generator, state.figures.lag),
  ].map((line) => ({ ...line, text: cut(line.text, WIDTH) }));
}

function endingLines({ elapsed, planned, longest }: LiveState): Line[] {
  if (planned === undefined || elapsed < planned) return [];
  const left = longest === undefined ? '' : `, at the latest in ${clock(longest - elapsed)}`;
  return [{ text: ` ▶ the plan is over: the last sessions end${left}`, style: 'bold' }];
}

function sessionLines({ elapsed, planned, rows, figures, active, peak }: LiveState): Line[] {
  const sessions = rows.find(({ current }) => current)?.level;
  const { open, started, completed, failed, stopped } = figures.sessions;
  const of = planned === undefined || elapsed >= planned ? '' : ` of ${clock(planned)}`;
  const wanted = sessions === undefined ? '' : ` of ${whole(sessions)} planned`;
  const { questions, messages } = figures;
  const flow =
    messages === undefined ? '' : `   msgs/s ${whole(messages.sent)} ↑ ${whole(messages.received)} ↓`;
  return [
    { text: ` time        ${clock(elapsed)}${of}${flow}` },
    {
      text: ` sessions    ${whole(open)} open${wanted}   started ${whole(started)}   completed ${whole(completed)}`,
    },
    { text: `             failed ${whole(failed)}   ended by the plan ${whole(stopped)}` },
    {
      text: ` invocations ${whole(active)} active, peak ${whole(peak)}   sent ${whole(questions.sent)}   answered ${whole(questions.answered)}`,
    },
  ];
}

function failureLines({ failures: { total, classes } }: Figures): Line[] {
  if (total === 0) return [{ text: ' failures    none' }];
  const rows = classes.slice(0, CLASSES).map((row): Line => ({ text: `             ${failureText(row)}` }));
  const more = classes.length > CLASSES ? `, of ${classes.length} classes the most frequent:` : '';
  return [{ text: ` failures    ${whole(total)}${more}`, style: 'yellow' }, ...rows];
}

function failureText({ title, count, sessions }: FailureCount): string {
  return `${whole(count)} × ${title}, in ${counted(sessions, 'session')}`;
}

/** Limits that are broken so far; k6 judges at the end of the stage. */
function limitLines({ limits, figures, firstBreak }: LiveState): Line[] {
  const { latency = {}, success } = figures.stage ?? {};
  const samples: Record<string, Sample> = {
    answer_latency: latency,
    answer_success: success === undefined ? {} : { rate: success },
  };
  const broken = limits
    .map((limit) => judgeSoFar(limit, samples[limit.metric] ?? {}))
    .filter(({ kept }) => kept === false);
  const now: Line[] = broken.length > 0 ? [{ text: ` now over    ${brokenText(broken)}`, style: 'red' }] : [];
  return [...now, ...breakLines(firstBreak)];
}

function breakLines(firstBreak: Break | undefined): Line[] {
  if (firstBreak === undefined) return [];
  return [{ text: ` first broke ${breakText(firstBreak)}`, style: 'red' }];
}

/** `stage 5, 210 sessions: answer p95 6.2 s, limit 5 s`. */
export function breakText({ stage, limits }: Break): string {
  return `${stageText(stage)}: ${brokenText(limits)}`;
}

function stageText({ number, level: sessions }: Pick<Stage, 'number' | 'level'>): string {
  return sessions > 0 ? `stage ${number}, ${counted(sessions, 'session')}` : `stage ${number}`;
}

function generatorLine({ cpu, memoryBytes, lagLimitMs }: GeneratorNow, lag: Sample): Line {
  const busy = cpu !== undefined && cpu > 0.9;
  const p95 = lag['p(95)'];
  const late = lagLimitMs !== undefined && (p95 ?? 0) >= lagLimitMs;
  const parts = [
    ...(cpu === undefined ? [] : [`CPU ${percent(cpu, 0)}`]),
    ...(memoryBytes === undefined ? [] : [`memory ${whole(memoryBytes / 1e6)} MB`]),
    ...(p95 === undefined ? [] : [`lag p95 ${duration(p95)}`]),
    busy
      ? 'TOO BUSY: use fewer sessions per machine'
      : late
        ? 'LATE: its own delay spoils the figures'
        : 'OK',
  ];
  const text = ` generator   ${parts.join('   ')}`;
  return busy || late ? { text, style: 'yellow' } : { text };
}
