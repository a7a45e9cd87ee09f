/** Texts of others and tables in GitHub's Markdown. Pure. */
import { plain } from '../../lib/words/plain.ts';

/** Characters that mean something to Markdown, to HTML or to GitHub (@people, #issues, addresses, formulas). */
const SPECIAL = /[\\`*_{}[\]<>#|&~@$!]|:(?=[/a-z])|www(?=\.)/gi;

/** A text as it stands there, on one line: no markup, no link, no mention. */
export function escaped(text: string): string {
  return plain(text).replace(SPECIAL, (found) =>
    found.length > 1 ? `${found.slice(0, -1)}&#${found.charCodeAt(2)};` : `&#${found.charCodeAt(0)};`,
  );
}

/** The cells of a row. */
export type Row = readonly string[];

/** A table of texts of whoever wrote them. A column stands where `sides` says (`--:` on the right), or else on the left. */
export function markdownTable(head: Row, rows: readonly Row[], sides: Row = []): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => sides[index] ?? '---');
  return [line(head.map(escaped)), line(rule), ...rows.map((row) => line(row.map(escaped)))].join('\n');
}
