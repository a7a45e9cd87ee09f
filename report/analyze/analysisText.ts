/** The requirements of tests as text of at most 80 columns. Pure. */
import { painter, RESULT_STYLES, type Paint } from '../text/paint.ts';
import { WIDTH, wrap } from '../text/wrap.ts';
import { counted } from '../text/words.ts';
import type { Analysis, Checked } from './analysis.ts';

const SIGNS = { kept: '✓', broken: '✗', unknown: '?' } as const;
/** What the columns behind the name take at least, with the spaces before them. */
const LEAST = { measured: 10, limit: 9, where: 10 };
/** A longer name has a line of its own. */
const LONGEST_NAME = 36;

/** All of them; `colours` only for a terminal. */
export function renderAnalyses(analyses: readonly Analysis[], colours: boolean): string {
  const paint = painter(colours);
  return `${analyses.flatMap((analysis) => ['', ...analysisLines(analysis, paint)]).join('\n')}\n\n`;
}

function analysisLines({ title, result, sentence, rows }: Analysis, paint: Paint): string[] {
  const head = ` ${paint(result, RESULT_STYLES[result])}  ${paint(title, 'bold')}`;
  const kept = rows.filter((row) => row.kept === true).length;
  return [
    head,
    ...wrap(sentence, WIDTH - 2).map((line) => `  ${line}`),
    ...(rows.length === 0 ? [] : ['', ...table(rows, paint)]),
    ...(rows.length === 0 ? [] : [`  ${kept} of ${counted(rows.length, 'requirement')} kept`]),
  ];
}

interface Widths {
  name: number;
  measured: number;
  limit: number;
}

function table(rows: readonly Checked[], paint: Paint): string[] {
  const widest = (texts: readonly string[], least: number) =>
    Math.max(least, ...texts.map((text) => text.length + 2));
  const widths = {
    name: Math.min(LONGEST_NAME, widest(['requirement', ...rows.map(({ name }) => name)], 0)),
    measured: widest(
      rows.map(({ measured }) => measured),
      LEAST.measured,
    ),
    limit: widest(
      rows.map(({ limit }) => limit),
      LEAST.limit,
    ),
  };
  const head =
    `   ${line(widths, { name: 'requirement', measured: 'measured', limit: 'limit', where: rows.some(({ where }) => where !== '') ? 'where' : '' })}`.trimEnd();
  const told = new Set<string>();
  return [paint(head, 'dim'), ...rows.flatMap((row) => rowLines(row, widths, paint, told))];
}

function line(widths: Widths, { name, measured, limit, where }: Omit<Checked, 'kept' | 'look'>): string {
  const cells = measured.padStart(widths.measured) + limit.padStart(widths.limit);
  return `${name.padEnd(widths.name)}${cells}  ${where}`.trimEnd();
}

function rowLines(row: Checked, widths: Widths, paint: Paint, told: Set<string>): string[] {
  const [sign, style] = signOf(row.kept);
  const isLong = row.name.length > widths.name;
  const [head = '', ...more] = wrap(row.name, WIDTH - 3);
  const first = isLong ? [` ${paint(sign, style)} ${head}`, ...more.map((text) => `   ${text}`)] : [];
  const start = isLong ? '   ' : ` ${paint(sign, style)} `;
  return [
    ...first,
    `${start}${line(widths, isLong ? { ...row, name: '' } : row)}`,
    ...lookLines(row, paint, told),
  ];
}

function signOf(kept: boolean | null) {
  if (kept === null) return [SIGNS.unknown, 'yellow'] as const;
  return kept ? ([SIGNS.kept, 'green'] as const) : ([SIGNS.broken, 'red'] as const);
}

/** Each place once. */
function lookLines({ kept, look }: Checked, paint: Paint, told: Set<string>): string[] {
  if (kept !== false || look === undefined || told.has(look)) return [];
  told.add(look);
  return wrap(`look at ${look}`, WIDTH - 7).map((text, index) =>
    paint(`${' '.repeat(index === 0 ? 5 : 7)}${text}`, 'yellow'),
  );
}
