/** HTML that escapes by default: `html` makes text of every value that is not HTML already. Pure. */
import { plain } from '../../lib/words/plain.ts';
import { withUnitsTied } from '../text/words.ts';

/** Markup that may stand in a page as it is; only this file makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold; `undefined`, `null` and `false` are nothing, lists are joined. */
export type Content = Html | string | number | undefined | null | false | readonly Content[];

/** No text of a report needs more; a longer one is cut, for whoever sent it meant to do harm. */
const LONGEST = 600;
/** What is to be copied is of no use when it is cut, unless somebody meant to fill the disk. */
const LONGEST_COPY = 50_000;

/** A template whose values are escaped for text and for attributes in double quotes. */
export function html(markup: TemplateStringsArray, ...values: readonly Content[]): Html {
  const parts = compact(markup).map((part, index) => (index === 0 ? part : textOf(values[index - 1]) + part));
  return new Html(parts.join(''));
}

/** Without the indentation of the source. */
function compact(markup: TemplateStringsArray): readonly string[] {
  return markup.map((part) => part.replace(/\n\s+/g, '\n'));
}

/** Markup of our own that is no template: style, script, paths of drawings. Never a text from elsewhere. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** Data for a `<script type="application/json">`: nothing in it can end the element. */
export function embeddedJson(data: unknown): Html {
  const text = JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, asUnicode);
  return new Html(text);
}

function textOf(value: Content): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return escape(String(value));
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escape(text: string): string {
  return withUnitsTied(escapedExactly(text, LONGEST));
}

/** Text to be copied: escaped, and spaces stay spaces. */
export function verbatim(text: string): Html {
  return new Html(escapedExactly(text, LONGEST_COPY));
}

function escapedExactly(text: string, longest: number): string {
  const cut = text.length > longest ? `${text.slice(0, longest)} …` : text;
  const readable = /^[\n -~]*$/.test(cut) ? cut : plain(cut);
  return readable.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

function asUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
