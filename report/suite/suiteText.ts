/** `summary.txt`: the tests of a suite in a table of at most 80 columns. Pure. */
import { plain } from '../../lib/words/plain.ts';
import { painter, RESULT_STYLES, type Paint } from '../text/paint.ts';
import { row } from '../text/text.ts';
import { clockText } from '../text/words.ts';
import { WIDTH, wrap } from '../text/wrap.ts';
import { marginText, sizeOption, suiteSentence } from './suiteWords.ts';
import type { Figure, SuiteRecord, SuiteTest } from './suiteRecord.ts';

const COLUMNS = { name: 18, result: 8, figure: 28, limit: 9, margin: 7, took: 8 };

/** The whole text; `colours` only for a terminal, `files`: where the files are. */
export function renderSuiteText(record: SuiteRecord, colours: boolean, files?: string): string {
  const paint = painter(colours);
  const { suite, result, tests } = record;
  const option = sizeOption(record);
  const size = option === '' ? '' : ` (${option})`;
  const [first = '', ...more] = wrap(`${suite}${size}: ${suiteSentence(record)}`, WIDTH - 9);
  const lines = [
    '',
    `${paint(result.padEnd(9), RESULT_STYLES[result])}${paint(first, 'bold')}`,
    ...more.map((line) => ' '.repeat(9) + line),
    '',
    paint(` ${line('test', 'verdict', 'decided by', 'limit', 'margin', 'took')}`, 'dim'),
    ...tests.flatMap((test) => testLines(test, paint)),
    '',
    ...(files === undefined ? [] : row('files', `${files} (index.html, suite.md, junit.xml, suite.json)`)),
    ...(files === undefined || result === 'PASS' ? [] : row('next', `crescendo analyze ${files}`)),
    '',
  ];
  return lines.join('\n');
}

function line(name: string, result: string, figure: string, ...numbers: [string, string, string]): string {
  const [limit, margin, took] = numbers;
  return [
    fitted(name, COLUMNS.name),
    result.padEnd(COLUMNS.result),
    fitted(figure, COLUMNS.figure),
    limit.padStart(COLUMNS.limit),
    margin.padStart(COLUMNS.margin),
    took.padStart(COLUMNS.took - 5),
  ]
    .join(' ')
    .trimEnd();
}

/** Names are of one line and of letters. */
function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

/** The name gives way to the value. */
function figureText({ name, value }: Figure): string {
  const room = COLUMNS.figure - value.length - 1;
  return `${name.length > room ? fitted(name, room) : name} ${value}`;
}

/** What did not pass says why. */
function testLines({ name, result, figure, sentence, seconds }: SuiteTest, paint: Paint): string[] {
  const measured = figure === null ? '–' : figureText(figure);
  const took = result === 'NOT RUN' ? '–' : clockText(seconds);
  const cells = line(name, '%', measured, figure?.limit ?? '–', marginText(figure), took);
  const padded = result.padEnd(COLUMNS.result);
  const text = ` ${cells.replace('%'.padEnd(COLUMNS.result), () => paint(padded, RESULT_STYLES[result]))}`;
  if (result === 'PASS') return [text];
  return [text, ...wrap(plain(sentence), WIDTH - 4).map((part) => `    ${part}`)];
}
