/** What the page of a dialect holds for those who begin with it. Pure. */

/** An example and what can be said in it. */
export interface DialectPage {
  /** Such as `Socket.IO`. */
  title: string;
  /** The lines of the example that import, and those that make `protocol`. */
  imports: readonly string[];
  code: string;
  /** The words of the dialect and what each is, in the order of the page. */
  words: ReadonlyMap<string, string>;
}

/** Reads a page: its title, its first block of TypeScript, its table whose first column is `word`. */
export function readDialectPage(text: string): DialectPage {
  const [, title = ''] = /^# (.+)$/m.exec(text) ?? [];
  const [, example = ''] = /^```ts\n(.*?)^```$/ms.exec(text) ?? [];
  const lines = example.split('\n');
  const isImport = (line: string) => line.startsWith('import ');
  return {
    title,
    imports: lines.filter(isImport),
    code: lines
      .filter((line) => !isImport(line))
      .join('\n')
      .trim(),
    words: wordsIn(text),
  };
}

/** What stands in further columns is told by their headings. */
function wordsIn(text: string): Map<string, string> {
  const [, head = '', table = ''] = /^(\| word +\|.*)\n\|[ :|-]+\n((?:\|.*\n)*)/m.exec(text) ?? [];
  const [, , ...headings] = cellsOf(head);
  const rows = table.split('\n').filter(Boolean).map(cellsOf);
  return new Map(
    rows.map(([word = '', what = '', ...more]) => [
      word.replaceAll('`', ''),
      [what, ...more.map((cell, index) => `${headings[index] ?? ''}: ${cell}`)].join('; '),
    ]),
  );
}

function cellsOf(line: string): string[] {
  const [, ...cells] = line.split(/(?<!\\)\|/);
  return cells.slice(0, -1).map((cell) => plainWords(cell.trim()));
}

/** A cell of Markdown without its links and escapes. */
function plainWords(cell: string): string {
  return cell.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/\\(\W)/g, '$1');
}
