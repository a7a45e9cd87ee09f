/** The history as text: the list of runs and the answer of a query. Pure. */
import stringWidth from 'string-width';
import { RESULT_STYLES, type Paint, type Style } from '../../report/text/paint.ts';
import { duration, whole } from '../../report/text/words.ts';
import { cut, padded } from '../process/textWidth.ts';
import type { Row } from './historySchema.ts';
import { WIDTH } from '../../report/text/wrap.ts';

const FOLDER_WIDTH = 38;
const HEAD = ` ${'run (UTC)'.padEnd(FOLDER_WIDTH)} verdict    holds  breaks  p95 at the top`;

/** Two lines per run: its figures; its names, target and plan. `named` has the names of a folder. */
export function listText(
  runs: readonly Row<'runs'>[],
  named: ReadonlyMap<string, readonly string[]>,
  paint: Paint,
): string {
  const lines = runs.flatMap((run) => [figures(run, paint), paint(about(run, named), 'dim')]);
  return [paint(HEAD, 'dim'), ...lines].join('\n');
}

/** Stored results may be of another version. */
const styles: Readonly<Record<string, Style>> = RESULT_STYLES;

function figures({ folder, result, holds, breaks, p95_ms: p95 }: Row<'runs'>, paint: Paint): string {
  const level = (count: number | null) => (count === null ? '-' : whole(count));
  return [
    ` ${padded(shortName(folder), FOLDER_WIDTH)}`,
    paint(result.padEnd(8), styles[result] ?? 'dim'),
    level(holds).padStart(7),
    level(breaks).padStart(7),
    (p95 === null ? '-' : duration(p95)).padStart(15),
  ].join(' ');
}

/** A run of a suite has the folder of that before its own, which gives way where there is no room. */
function shortName(folder: string): string {
  const [, suite, run] = /^(.*)(\/[^/]*)$/.exec(folder) ?? [];
  if (suite === undefined || run === undefined || folder.length <= FOLDER_WIDTH)
    return cut(folder, FOLDER_WIDTH);
  return cut(cut(suite, Math.max(LEAST_SUITE, FOLDER_WIDTH - run.length)) + run, FOLDER_WIDTH);
}

/** Its time. */
const LEAST_SUITE = 21;

function about(
  { folder, target, plan, script }: Row<'runs'>,
  named: ReadonlyMap<string, readonly string[]>,
): string {
  const names = (named.get(folder) ?? []).map((name) => `"${name}"`);
  const inFolder = folder.includes(script) ? [] : [script];
  const whole = shortName(folder) === folder || !folder.includes('/') ? [] : [folder];
  const parts = [...names, ...whole, ...inFolder, target, plan ?? 'no summary'];
  return `   ${cut(parts.join(' · '), WIDTH - 3)}`;
}

const CELL_WIDTH = 60;

/** The rows of a query under their column names; texts are cut to 60 columns. */
export function tableText(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => row.map(cellText));
  const widths = columns.map((name, index) =>
    Math.max(
      ...[cut(name, CELL_WIDTH), ...cells.map((row) => row[index] ?? '')].map((text) => stringWidth(text)),
    ),
  );
  const isNumber = columns.map((_, index) => rows.every((row) => !isText(row[index])));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) =>
        isNumber[index] ? text.padStart(widths[index] ?? 0) : padded(text, widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const head = columns.map((name) => cut(name, CELL_WIDTH));
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join('\n');
}

const isText = (value: unknown): boolean => value !== null && typeof value !== 'number';

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return cut(typeof value === 'string' ? momentText(value) : jsonText(value), CELL_WIDTH);
}

/** `2026-11-21 10:00:00`, or the day alone, of a moment as an ISO text; other texts as they are. */
function momentText(text: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d{3}Z$/.exec(text) ?? [];
  if (day === undefined || time === undefined) return text;
  return time === '00:00:00' ? day : `${day} ${time}`;
}

/** JSON of anything that DuckDB returns; its whole numbers may be larger than a number can be. */
export function jsonText(value: unknown, space?: number): string {
  const text = JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part),
    space,
  ) as string | undefined;
  return text ?? 'null';
}
