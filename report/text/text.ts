/** The end of a run as text of at most 80 columns. Pure. */
import type { Example } from '../../lib/words/exampleText.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { exampleOf } from '../derive/evidence.ts';
import { newLooks } from '../limits/looks.ts';
import { worstLag } from '../derive/generatorLag.ts';
import { partsOf } from '../parts/parts.ts';
import { affectedText, bookLines, retryLines, type NamedLine } from './books.ts';
import { painter, RESULT_STYLES, type Paint } from './paint.ts';
import type { RunSummary, StageSummary } from '../derive/summary.ts';
import type { Verdict } from '../derive/verdict.ts';
import { textColumns, type StageColumn } from './stageColumns.ts';
import { requestTable } from './requestTable.ts';
import { brokenTexts, counted, duration, percent, STATE_SIGNS, whole } from './words.ts';
import { WIDTH, wrap } from './wrap.ts';

/** What only an observer outside k6 knows. */
export interface TextExtras {
  /** Most of the headline's operations seen open at the same time. */
  peakConcurrent?: number;
  /** Greatest share of its cores that k6 used over a second. */
  peakCpu?: number;
  peakMemoryBytes?: number;
  /** Where the files are. */
  files?: string;
  /** The first failure of each class. */
  examples?: readonly Example[];
}

/** The whole text; `colours` only for a terminal. */
export function renderText(
  summary: RunSummary,
  verdict: Verdict,
  colours: boolean,
  extras: TextExtras = {},
): string {
  const paint = painter(colours);
  const figures = [
    ...stageTable(summary, paint),
    '',
    ...rows(bookLines(summary, extras.peakConcurrent)),
    ...failureLines(summary, extras.examples),
    ...partsOf(summary).flatMap((part) => rows(part.lines(summary))),
    ...rows(retryLines(summary)),
    ...ledgerLines(summary),
    ...generatorLines(summary, extras),
    ...requestTable(summary, paint),
  ];
  return renderEnd(verdict, figures, colours, extras.files);
}

/** The verdict above lines of figures, which are dim when they can't be trusted, and where the files are. */
export function renderEnd(verdict: Verdict, figures: string[], colours: boolean, files?: string): string {
  const paint = painter(colours);
  const doubtful = verdict.result === 'INVALID';
  const lines = [
    '',
    ...headline(verdict, paint),
    '',
    ...(doubtful ? figures.map((line) => paint(line, 'dim')) : figures),
    ...(files === undefined ? [] : row('files', files)),
    '',
  ];
  return lines.join('\n') + '\n';
}

function headline({ result, sentence, reasons }: Verdict, paint: Paint): string[] {
  const [first = '', ...more] = wrap(sentence, WIDTH - 9).map((line) => ' '.repeat(9) + line);
  const others = reasons
    .slice(1)
    .flatMap((reason) => wrap(`also: ${reason}`, WIDTH - 9))
    .map((line) => ' '.repeat(9) + line);
  return [
    paint(result, RESULT_STYLES[result]) + ' '.repeat(9 - result.length) + paint(first.trim(), 'bold'),
    ...more,
    ...others,
  ];
}

/** What the number of a stage, and its sign, take of a line. */
const [NUMBER, SIGN] = [6, 3];

function stageTable(summary: RunSummary, paint: Paint): string[] {
  const { stages, requiredSessions, stopsAtBreak, vocabulary } = summary;
  const columns = textColumns(vocabulary, WIDTH - NUMBER - SIGN);
  const head = columns.map((column) => column.head.padStart(column.width)).join('');
  const reached = stopsAtBreak ? stages.filter(({ state }) => state !== 'not reached') : stages;
  const told = new Set<string>();
  const rows = reached.flatMap((stage) => [
    stageRow(stage, columns, paint),
    ...brokenLimits(stage, paint),
    ...lookLines(newLooks(summary, stage.limits, told)),
  ]);
  const left = stages.length - reached.length;
  const notes = [
    ...namedStages(stages),
    ...(requiredSessions === null
      ? []
      : [`stages above ${countedAs(requiredSessions, vocabulary.level)} only inform`]),
    ...(left === 0 ? [] : [`${counted(left, 'more stage')} of the plan not reached`]),
  ];
  const legend = notes.flatMap((note) => wrap(`(${note})`, WIDTH - 2)).map((line) => ` ${line}`);
  return [paint(`${'stage'.padStart(NUMBER)}${head}`, 'dim'), ...rows, ...legend];
}

function namedStages(stages: readonly StageSummary[]): string[] {
  const names = stages.flatMap(({ number, name, informs }) =>
    name === undefined ? [] : [`${number} ${name}${informs ? ' (only informs)' : ''}`],
  );
  return names.length === 0 ? [] : [names.join(', ')];
}

function stageRow(stage: StageSummary, columns: readonly StageColumn[], paint: Paint): string {
  const cells = columns.map((column) => column.text(stage).padStart(column.width));
  const style = stage.state === 'held' ? 'green' : stage.state === 'broke' ? 'red' : 'yellow';
  const sign = paint(STATE_SIGNS[stage.state], style);
  return `${String(stage.number).padStart(NUMBER)}${cells.join('')}  ${sign}`;
}

function brokenLimits(stage: StageSummary, paint: Paint): string[] {
  const texts = brokenTexts(stage);
  if (texts.length === 0) return [];
  return wrap(`broke: ${texts.join(', ')}`, WIDTH - 8).map((line) => paint(`        ${line}`, 'red'));
}

/** Below the first stage that needs them. */
function lookLines(looks: readonly string[]): string[] {
  return looks.flatMap((look) =>
    wrap(`look at ${look}`, WIDTH - 10).map((line, index) => `${' '.repeat(index === 0 ? 8 : 10)}${line}`),
  );
}

function failureLines({ failures, vocabulary }: RunSummary, examples: TextExtras['examples']): string[] {
  if (failures.length === 0) return row('failures', 'none');
  return failures.flatMap((failure, index) => {
    const { phase, title, why, count } = failure;
    const what = `${vocabulary.phases[phase]?.prefix ?? ''}${title}`;
    const example = exampleOf(failure, examples);
    return [
      ...row(
        index === 0 ? 'failures' : '',
        `${whole(count)} × ${what} ${affectedText(failure, vocabulary)}: ${why}`,
      ),
      ...(example === undefined ? [] : row('', `first: ${example}`)),
    ];
  });
}

function ledgerLines({ ledger }: RunSummary): string[] {
  const wrong = ledger.filter(({ balanced }) => !balanced);
  if (wrong.length === 0) return row('ledger', `balances (${ledger.map(({ name }) => name).join(', ')})`);
  return row('ledger', `does not balance: ${wrong.map(({ name }) => name).join(', ')}`);
}

function generatorLines(summary: RunSummary, extras: TextExtras): string[] {
  const parts = [
    lagText(summary),
    ...(extras.peakCpu === undefined ? [] : [`CPU peak ${percent(extras.peakCpu, 0)}`]),
    ...(extras.peakMemoryBytes === undefined ? [] : [`memory ${whole(extras.peakMemoryBytes / 1e6)} MB`]),
  ];
  return row('generator', parts.join(', '));
}

/** The run's, and that of the worst stage where it breaks the limit. */
function lagText(summary: RunSummary): string {
  const { generator, generatorLagLimitMs: limit } = summary;
  const lag = generator.lag['p(99)'];
  if (lag === undefined) return 'lag not measured';
  const { p99 = lag, stage = null } = worstLag(summary) ?? {};
  const worst = stage === null || p99 < limit ? '' : `, ${duration(p99)} in stage ${stage}`;
  return `lag p99 ${duration(lag)}${worst} (limit ${limit} ms)`;
}

const rows = (lines: readonly NamedLine[]): string[] => lines.flatMap(([name, text]) => row(name, text));

/** A named text in lines of at most 80 columns. */
export function row(name: string, text: string): string[] {
  const width = Math.max(13, name.length + 1);
  return wrap(text, WIDTH - 1 - width).map(
    (line, index) => ` ${(index === 0 ? name : '').padEnd(width)}${line}`,
  );
}
