/** Values of code that is written: what stands for itself, and what is put in when the code runs. Pure. */

/** A piece of a text, or the expression that makes it. */
export type Piece = string | { code: string };

/** A text that the code puts together; of one expression alone, that expression, which may be no text. */
export class Made {
  readonly pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces.filter((piece) => piece !== '');
  }
}

/** The expression. */
export function made(code: string): Made {
  return new Made([{ code }]);
}

/** JSON in which some values are made. */
export type Term =
  string | number | boolean | null | Made | readonly Term[] | { readonly [name: string]: Term };

/** A text for code, in single quotes as people write it. */
export function quoted(text: string): string {
  const json = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return text.includes("'") && !text.includes('"') ? `"${json}"` : `'${json.replaceAll("'", "\\'")}'`;
}

/** The code of a text; `wrap` goes around what is put in, such as `encodeURIComponent`. */
export function textCode(text: string | Made, wrap = ''): string {
  if (typeof text === 'string') return quoted(text);
  const around = (code: string) => (wrap === '' ? code : `${wrap}(${code})`);
  const [first, ...more] = text.pieces;
  if (first === undefined) return "''";
  if (more.length === 0) return typeof first === 'string' ? quoted(first) : around(first.code);
  const inner = text.pieces.map((piece) =>
    typeof piece === 'string' ? templatePart(piece) : `\${${around(piece.code)}}`,
  );
  return `\`${inner.join('')}\``;
}

function templatePart(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/`|\$\{/g, '\\$&');
}

/** The code of a value, on one line. */
export function termCode(term: Term): string {
  if (typeof term === 'string' || term instanceof Made) return textCode(term);
  if (typeof term !== 'object' || term === null) return String(term);
  if (isList(term)) return `[${term.map(termCode).join(', ')}]`;
  const fields = Object.entries(term).map(([name, value]) => fieldCode(name, termCode(value)));
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function fieldCode(name: string, code: string): string {
  if (name === code) return name;
  return `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)}: ${code}`;
}

/** The expressions in a value. */
export function codesIn(term: Term): string[] {
  if (term instanceof Made)
    return term.pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.code]));
  return typeof term === 'object' && term !== null
    ? Object.values(term).flatMap((inner: Term) => codesIn(inner))
    : [];
}

function isList(term: object): term is readonly Term[] {
  return Array.isArray(term);
}

/** Puts texts and made ones together. */
export function joined(...parts: readonly (string | Made)[]): string | Made {
  const pieces = parts.flatMap((part) => (typeof part === 'string' ? [part] : part.pieces));
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return new Made(pieces);
}

/** Every leaf of parsed JSON as what `replace` makes of it; `path` as in `data.id`. */
export function termOf(value: unknown, replace: (leaf: Leaf, path: string) => Term, path = ''): Term {
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (Array.isArray(value))
    return value.map((inner: unknown, index) => termOf(inner, replace, below(String(index))));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, termOf(inner, replace, below(name))]),
    );
  return replace(value as Leaf, path);
}

/** What stands at the end of a path. */
export type Leaf = string | number | boolean | null;
