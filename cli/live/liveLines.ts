/** The live view as lines of at most 79 columns. Pure. */
import type { Limit } from '../../lib/words/limits.ts';
import type { Stage } from '../../lib/plans/load.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { levelText } from '../../lib/plans/rate.ts';
import type { Column, Noun, Operation } from '../../lib/vocabulary/vocabulary.ts';
import type { LimitResult } from '../../report/derive/summary.ts';
import { clockText, duration, figureText, limitText, percent, whole } from '../../report/text/words.ts';
import type { Break } from './liveBreaks.ts';
import type { FailureCount } from './liveFailures.ts';
import { brokenText, judgeSoFar } from './liveLimits.ts';
import type { Figures, Samples } from './liveReader.ts';
import type { LiveWords } from './liveWords.ts';
import { cut } from '../process/textWidth.ts';

const WIDTH = 79;
const CLASSES = 3;
/** Room for the state of a stage, and a space. */
const STATE_WIDTH = 10;

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
  /** The same until the last visit has ended, at the latest. */
  longest: number | undefined;
  /** Rows of stages: those that wait for their last operations, and the current one. */
  rows: StageRow[];
  words: LiveWords;
  figures: Figures;
  /** Operations of the headline that are under way now, and the most seen so far. */
  active: number;
  peak: number;
  generator: GeneratorNow;
  firstBreak: Break | undefined;
  /** Limits that bind the current stage. */
  limits: readonly Limit[];
  /** How far that is of which the run is a part. */
  progress?: string | undefined;
}

/** One row of the table of stages. */
export interface StageRow {
  number: number;
  name?: string | undefined;
  level: number | undefined;
  /** Where the level changes within the stage: the one at its start. */
  from?: number | undefined;
  samples: Samples;
  /** That of the headline's p95. */
  limit: Limit | undefined;
  state: string;
  current: boolean;
  broken: boolean;
}

/** The head of the table of stages. */
export function headLine(words: LiveWords): Line {
  const heads = shownColumns(words).map(({ head }) => head);
  return {
    text: row(words, ['stage', words.level.many, ...heads, 'limit', 'margin'], 'state'),
    style: 'dim',
  };
}

function row(words: LiveWords, texts: readonly string[], state: string): string {
  const cells = widthsOf(words).map((width, index) => (texts[index] ?? '').padStart(width));
  return cut(`${cells.join('')} ${state}`, WIDTH);
}

/** Of the number of the stage, its level, the columns, the limit and the margin. */
function widthsOf(words: LiveWords): number[] {
  const columns = shownColumns(words).map((column) => columnWidth(words, column));
  return [5, levelWidth(words), ...columns, ...limitWidths(words)];
}

/** None where nobody said what is judged. */
const limitWidths = ({ headline }: LiveWords): number[] => (headline === undefined ? [] : [8, 7]);

const levelWidth = ({ level }: LiveWords): number => Math.max(8, level.many.length) + 1;

/** For `1,234,567`, `99.92 %` and `9.99 s`. */
function columnWidth({ metrics }: LiveWords, { head, metric }: Column): number {
  const widest = { trend: 6, rate: 7, counter: 9, gauge: 9 }[metrics[metric]?.kind ?? 'counter'];
  return Math.max(head.length, widest) + 1;
}

/** As many as fit; the last ones give way, but not the one of which limit and margin are. */
function shownColumns(words: LiveWords): Column[] {
  const { columns, headline } = words;
  const judged = columns.find(
    ({ metric, aggregate }) => metric === headline?.latency && aggregate === 'p(95)',
  );
  const fixed = [STATE_WIDTH, 5, levelWidth(words), ...limitWidths(words)];
  if (judged !== undefined) fixed.push(columnWidth(words, judged));
  let left = fixed.reduce((rest, width) => rest - width, WIDTH);
  return columns.filter((column) => column === judged || (left -= columnWidth(words, column)) >= 0);
}

/** A row of the table. The limit and the margin are those of the headline's p95. */
export function stageLine(words: LiveWords, stage: StageRow): Line {
  const { number, level, samples, limit, state, current, broken } = stage;
  const latency = samples[words.headline?.latency ?? ''] ?? {};
  const result = limit === undefined ? undefined : judgeSoFar(limit, latency);
  const texts = [
    `${current ? '▶' : ' '}${String(number).padStart(4)}`,
    level === undefined ? '' : whole(level),
    ...shownColumns(words).map((column) => columnText(words, column, samples)),
    result === undefined ? '' : limitText(result),
    marginText(result),
  ];
  const text = row(words, texts, state);
  return broken ? { text, style: 'red' } : current ? { text, style: 'bold' } : { text };
}

function columnText({ metrics }: LiveWords, { metric, aggregate }: Column, samples: Samples): string {
  const value = samples[metric]?.[aggregate];
  if (value === undefined) return '';
  return figureText(aggregate === 'count' ? 'count' : (metrics[metric]?.unit ?? 'count'), value);
}

/** A share of the limit; what is far beyond it is a multiple of it, for which there is room. */
function marginText({ margin }: Partial<LimitResult> = {}): string {
  if (margin === undefined || margin === null) return '';
  return margin > -10 ? percent(margin, 0) : `${margin.toFixed(0)} ×`;
}

/** What is left or over, never less than nothing: `0:55`, `1:02:03`. */
export function clock(milliseconds: number): string {
  return clockText(Math.max(0, Math.ceil(milliseconds / 1000)));
}

/** Of a run that is a part of something larger. */
function suiteLine({ progress }: LiveState): Line[] {
  return progress === undefined ? [] : [{ text: `${label('suite')}${progress}` }];
}

/** All lines below the finished stages. */
export function liveLines(state: LiveState): Line[] {
  return [
    ...state.rows.map((stage) => stageLine(state.words, stage)),
    ...endingLines(state),
    { text: '' },
    timeLine(state),
    ...nameLines(state),
    ...bookLines(state),
    ...failureLines(state),
    ...limitLines(state),
    generatorLine(state),
    ...suiteLine(state),
  ].map((line) => ({ ...line, text: cut(line.text, WIDTH) }));
}

function endingLines({ elapsed, planned, longest, words }: LiveState): Line[] {
  if (planned === undefined || elapsed < planned) return [];
  const left = longest === undefined ? '' : `, at the latest in ${clock(longest - elapsed)}`;
  return [{ text: ` ▶ the plan is over: the last ${words.visits.many} end${left}`, style: 'bold' }];
}

function timeLine({ elapsed, planned, figures: { messages } }: LiveState): Line {
  const of = planned === undefined || elapsed >= planned ? '' : ` of ${clock(planned)}`;
  const flow =
    messages === undefined ? '' : `   msgs/s ${whole(messages.sent)} ↑ ${whole(messages.received)} ↓`;
  return { text: `${label('time')}${clock(elapsed)}${of}${flow}` };
}

/** What the current stage is for, where the plan has words for it. */
function nameLines({ rows, words }: LiveState): Line[] {
  const { name, level = 0, from } = rows.find(({ current }) => current) ?? {};
  if (name === undefined) return [];
  return [{ text: `${label('stage')}${name}: ${levelText({ level, from }, words.level)}` }];
}

/** The label at the start of a line. */
function label(text: string): string {
  return ` ${text.padEnd(12)}`;
}

function bookLines(state: LiveState): Line[] {
  const { visit, headline } = state.words;
  if (visit === undefined || headline === undefined) return vuLines(state);
  return [...visitLines(state, visit), ...(visit === headline ? [] : [headlineLine(state, headline)])];
}

function vuLines({ words, figures: { vus } }: LiveState): Line[] {
  return vus === undefined ? [] : [{ text: `${label(words.level.many)}${whole(vus)}` }];
}

/** Visits, whose level is planned; where they are what the verdict speaks of, with their peak. */
function visitLines({ rows, words, figures, active, peak }: LiveState, visit: Operation): Line[] {
  const { visits: books } = figures;
  if (books === undefined) return [];
  const level = rows.find(({ current }) => current)?.level;
  const isLevel = visit.noun.many === words.level.many;
  const planned = level === undefined || !isLevel ? '' : ` of ${whole(level)} planned`;
  const open =
    visit === words.headline ? `${whole(active)} active, peak ${whole(peak)}` : `${whole(books.open)} open`;
  const { began, good, bad } = visit;
  const stopped = visit.stopped === undefined ? '' : `   ended by the plan ${whole(books.stopped)}`;
  return [
    {
      text: `${label(visit.noun.many)}${open}${planned}   ${began.word} ${whole(books.began)}   ${good.word} ${whole(books.good)}`,
    },
    { text: `${label('')}${bad.word} ${whole(books.bad)}${stopped}` },
  ];
}

function headlineLine({ figures, active, peak }: LiveState, { noun, began, good, open }: Operation): Line {
  const { began: sent = 0, good: done = 0 } = figures.headline ?? {};
  const flow = open === undefined ? '' : `${whole(active)} active, peak ${whole(peak)}   `;
  return { text: `${label(noun.many)}${flow}${began.word} ${whole(sent)}   ${good.word} ${whole(done)}` };
}

function failureLines({ words, figures: { failures } }: LiveState): Line[] {
  const { total, classes } = failures;
  if (total === 0) return [{ text: `${label('failures')}none` }];
  const rows = classes
    .slice(0, CLASSES)
    .map((one): Line => ({ text: `${label('')}${failureText(one, words.visits)}` }));
  const more = classes.length > CLASSES ? `, of ${classes.length} classes the most frequent:` : '';
  return [{ text: `${label('failures')}${whole(total)}${more}`, style: 'yellow' }, ...rows];
}

function failureText({ title, count, visits }: FailureCount, noun: Noun): string {
  return `${whole(count)} × ${title}, in ${countedAs(visits, noun)}`;
}

/** Limits that are broken so far; k6 judges at the end of the stage. */
function limitLines({ limits, figures, firstBreak, words }: LiveState): Line[] {
  const { samples = {} } = figures.stage ?? {};
  const broken = limits
    .map((limit) => judgeSoFar(limit, samples[limit.metric] ?? {}))
    .filter(({ kept }) => kept === false);
  const now: Line[] =
    broken.length > 0 ? [{ text: `${label('now over')}${brokenText(broken)}`, style: 'red' }] : [];
  return [...now, ...breakLines(firstBreak, words.level)];
}

function breakLines(firstBreak: Break | undefined, noun: Noun): Line[] {
  if (firstBreak === undefined) return [];
  return [{ text: `${label('first broke')}${breakText(firstBreak, noun)}`, style: 'red' }];
}

/** `stage 5, 210 sessions: latency p95 6.2 s, limit 5 s`; `noun`: what a level counts. */
export function breakText({ stage, limits }: Break, noun: Noun): string {
  return `${stageText(stage, noun)}: ${brokenText(limits)}`;
}

function stageText(stage: Stage, noun: Noun): string {
  const { number, name, level } = stage;
  const text = name === undefined ? `stage ${number}` : `stage ${number} (${name})`;
  return level > 0 || stage.from ? `${text}, ${levelText(stage, noun)}` : text;
}

function generatorLine({ generator, figures, words }: LiveState): Line {
  const { cpu, memoryBytes, lagLimitMs } = generator;
  const busy = cpu !== undefined && cpu > 0.9;
  const p95 = figures.lag['p(95)'];
  const late = lagLimitMs !== undefined && (p95 ?? 0) >= lagLimitMs;
  const parts = [
    ...(cpu === undefined ? [] : [`CPU ${percent(cpu, 0)}`]),
    ...(memoryBytes === undefined ? [] : [`memory ${whole(memoryBytes / 1e6)} MB`]),
    ...(p95 === undefined ? [] : [`lag p95 ${duration(p95)}`]),
    busy
      ? `TOO BUSY: use fewer ${words.level.many} per machine`
      : late
        ? 'LATE: its own delay spoils the figures'
        : 'OK',
  ];
  const text = `${label('generator')}${parts.join('   ')}`;
  return busy || late ? { text, style: 'yellow' } : { text };
}
