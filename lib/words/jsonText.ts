/** JSON files of people: the value, and the line of each of its parts, for sentences that say where. Pure. */
import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { withoutMark } from './jsonFields.ts';
import { InputError } from './settings.ts';

/** A JSON text that was read. */
export interface JsonText {
  value: unknown;
  /** `file:12`: the line, from 1, of the value at a path, or of its nearest parent that exists. */
  place: (...path: (string | number)[]) => string;
  /** A sentence for each name that an object has twice: JSON would silently keep the last. */
  repeated: readonly string[];
}

/**
 * Reads strict JSON; a byte order mark is tolerated. Throws an InputError with one sentence that names `file` (as
 * the sentence is to call it), line and column; `shape` ends it with what the file must look like.
 */
export function parseJson(text: string, file: string, shape = ''): JsonText {
  const json = withoutMark(text);
  if (json.startsWith('\uFFFD\uFFFD') || json.includes('\0'))
    throw refusal(`${file}:1: the file is no UTF-8 text: save it as UTF-8.`, shape);
  if (json.trim() === '') throw refusal(`${file}:1: the file is empty.`, shape);
  const errors: ParseError[] = [];
  const tree = parseTree(json, errors, { disallowComments: true });
  const [error] = errors;
  if (error !== undefined) throw refusal(sentenceOf(error, json, file), shape);
  const line = (node: Node | undefined) => lineAt(json, node?.offset ?? 0);
  return {
    value: strictValue(json, file, shape),
    place: (...path) => `${file}:${line(nearest(tree, path))}`,
    repeated: [...repetitions(tree)].map(
      ([name, first, again]) =>
        `${file}:${line(again)}: "${name}" stands here a second time, after line ${line(first)}. Put both together or rename one.`,
    ),
  };
}

function refusal(sentence: string, shape: string): InputError {
  return new InputError([shape === '' ? sentence : `${sentence} ${shape}`]);
}

/** The library's tree is for places only: its values lose a name such as `__proto__`. */
function strictValue(json: string, file: string, shape: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw refusal(`${file}:1: the file is not JSON (${String(error)}).`, shape);
  }
}

function nearest(tree: Node | undefined, path: readonly (string | number)[]): Node | undefined {
  let node = tree;
  for (const step of path) {
    const child = typeof step === 'number' ? node?.children?.[step] : named(node, step);
    if (child === undefined) break;
    node = child;
  }
  return node;
}

/** The value of a name; the last one, as JSON has it. */
function named(node: Node | undefined, name: string): Node | undefined {
  const property = node?.children?.findLast(({ children }) => children?.[0]?.value === name);
  return property?.children?.[1];
}

/** Every name that stands again in its object: the name, where it stood first, where it stands again. */
function* repetitions(node: Node | undefined): Generator<[name: string, first: Node, again: Node]> {
  const seen = new Map<string, Node>();
  for (const child of node?.children ?? []) {
    if (node?.type === 'object') {
      const name = String(child.children?.[0]?.value);
      const first = seen.get(name);
      if (first === undefined) seen.set(name, child);
      else yield [name, first, child];
    }
    yield* repetitions(child);
  }
}

const LINE_BREAK = /\r\n|\r|\n/;

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(LINE_BREAK).length;
}

function sentenceOf(error: ParseError, text: string, file: string): string {
  const { offset, what } = explained(error, text);
  const column = (text.slice(0, offset).split(LINE_BREAK).at(-1)?.length ?? 0) + 1;
  return `${file}:${lineAt(text, offset)}: ${what.replace('{}', `column ${column}`)}.`;
}

/** Where the mistake is, in characters, and what it is; `{}` in it stands for the column. */
interface Explained {
  offset: number;
  what: string;
}

const WORDS: Record<string, string> = {
  InvalidNumberFormat: 'the number in {} is not complete',
  UnexpectedEndOfNumber: 'the number in {} is not complete',
  PropertyNameExpected: 'a name in double quotes is missing in {}',
  ValueExpected: 'a value is missing in {}',
  ColonExpected: 'a colon is missing in {}',
  EndOfFileExpected: 'the JSON has ended, but there is more in {}',
  InvalidCommentToken: 'there is a comment in {}, which JSON does not allow',
  UnexpectedEndOfString: 'the text that begins in {} has no closing quote in its line',
  InvalidUnicode: 'the text that begins in {} has a \\u without four hexadecimal digits',
  InvalidEscapeCharacter:
    'the text that begins in {} has a backslash that JSON does not know; a backslash itself is written \\\\',
  InvalidCharacter: 'the text that begins in {} has a tab or another control character; a tab is written \\t',
};

function explained({ error, offset, length }: ParseError, text: string): Explained {
  const code = printParseErrorCode(error);
  const token = text.slice(offset, offset + length);
  const before = text.slice(0, offset).trimEnd();
  if (token === '') return { offset, what: 'the file ends too early in {}: something is not closed' };
  if (code === 'InvalidSymbol') return { offset, what: strangeWord(token) };
  if (code === 'CommaExpected') return { offset, what: missingBefore(token) };
  if (/^(ValueExpected|PropertyNameExpected)$/.test(code)) {
    if (/[\]}]/.test(token) && before.endsWith(','))
      return { offset: before.length - 1, what: 'there is a comma too many in {}' };
    if (token === ',' && /[[{,]$/.test(before)) return { offset, what: 'there is a comma too many in {}' };
  }
  return { offset, what: WORDS[code] ?? 'there is a mistake in {}' };
}

function strangeWord(token: string): string {
  const start = token.length > 20 ? `${token.slice(0, 20)}…` : token;
  return `\`${start}\` in {} is not JSON: it has texts in double quotes, numbers, true, false and null`;
}

function missingBefore(token: string): string {
  if (token === '}') return 'a ] is missing before the } in {}';
  if (token === ']') return 'a } is missing before the ] in {}';
  return 'a comma is missing before {}';
}
