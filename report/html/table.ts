/** Tables that scroll by themselves where a screen is narrow. Pure. */
import { html, type Content, type Html } from './escape.ts';

/** A column: its head, what it says when somebody points at it, and the class of its cells (`left`, `words`). */
export interface Column {
  head: Content;
  title?: string;
  kind?: 'left' | 'words';
}

/** One row; the first cell is its head. */
export interface Row {
  cells: readonly Content[];
  /** `broke`: stands out; `rest`: stands back. */
  kind?: 'broke' | 'rest' | undefined;
}

/** Columns with these heads, of which the first names the rows. */
export function columnsOf(heads: readonly string[]): Column[] {
  return heads.map((head, index) => (index === 0 ? { head, kind: 'left' } : { head }));
}

/** A table with a caption, which is also what screen readers call its scrolling part. */
export function table(caption: string, columns: readonly Column[], rows: readonly Row[]): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(columnHead)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => tableRow(row, columns))}
      </tbody>
    </table>
  </div>`;
}

function columnHead({ head, title, kind }: Column): Html {
  return html`<th scope="col" class="${kind}" ${title !== undefined && html` title="${title}"`}>${head}</th>`;
}

function tableRow({ cells, kind }: Row, columns: readonly Column[]): Html {
  const [first, ...rest] = cells;
  const cell = (content: Content, index: number) => {
    const column = columns[index + 1]?.kind;
    return column === undefined ? html`<td>${content}</td>` : html`<td class="${column}">${content}</td>`;
  };
  return html`<tr class="${kind}">
    <th scope="row" class="${columns[0]?.kind}">${first}</th>
    ${rest.map(cell)}
  </tr> `;
}

/** Name and value below each other. */
export function facts(rows: readonly (readonly [name: string, value: Content])[]): Html {
  return html`<dl class="facts">
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}
