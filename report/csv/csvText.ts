/** CSV as RFC 4180 has it, safe to open in a spreadsheet. Pure. */
import { plain } from '../../lib/words/plain.ts';

/** A text that others wrote, or a number of ours. */
export type Cell = string | number;

/** Rows → text; lines end with CR LF. */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

/** Spreadsheets run texts that begin so, wide forms included; a ' before them shows them instead. */
const RUNS = /^ *[=+\-@|%＝＋－＠]/;

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  const line = /^[\t\r\n]/.test(cell) || RUNS.test(plain(cell)) ? `'${plain(cell)}` : plain(cell);
  return /[",]|^\s|\s$/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
