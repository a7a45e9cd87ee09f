/**
 * XML without a document type, as XMPP has it: one element with its attributes, children and text. Pure. Takes time in
 * proportion to the text, whatever is in it.
 */
import { plainText } from './xmlText.ts';

/** An element; prefixes of its name are left out. */
export interface XmlElement {
  name: string;
  /** By their names as they were written, such as `xml:lang`. */
  attributes: Record<string, string>;
  children: XmlElement[];
  /** Its own text, without that of its children. */
  text: string;
}

const NAME = /^[A-Za-z_:\u0080-\uffff][\w:.\-\u0080-\uffff]*$/;
const BLANK = /^\s*$/;

/** The first child of that name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** The text of the first child of that name; `undefined`: there is no such child. */
export function childText(element: XmlElement, name: string): string | undefined {
  return childOf(element, name)?.text;
}

/** The element that a text is; `undefined`: it is not well-formed, or has a document type. */
export const xmlIn = xmlReader();

/** Reads one text after the other, of captured variables, for it runs for every frame. What is false is not well-formed. */
function xmlReader(): (text: string) => XmlElement | undefined {
  let source = '';
  let at = 0;
  /** The innermost element that is open, and those around it with their names as they were written. */
  let inner = elementOf('');
  let around: XmlElement[] = [];
  let names: string[] = [];

  function read(text: string): XmlElement | undefined {
    source = text;
    at = 0;
    inner = elementOf('');
    around = [];
    names = [];
    while (at < source.length) if (!readText() || !readMarkup()) return undefined;
    const isWhole = names.length === 0 && inner.children.length === 1 && BLANK.test(inner.text);
    return isWhole ? inner.children[0] : undefined;
  }

  function readText(): boolean {
    const end = source.indexOf('<', at);
    if (end === at) return true;
    const raw = end < 0 ? source.slice(at) : source.slice(at, end);
    at = end < 0 ? source.length : end;
    return !raw.includes(']]>') && add(plainText(raw));
  }

  function add(text: string | undefined): boolean {
    if (text !== undefined) inner.text += text;
    return text !== undefined;
  }

  function readMarkup(): boolean {
    switch (source[at + 1]) {
      case '/':
        return readEnd();
      case '!':
        return readData();
      case '?':
        return until('?>') !== undefined;
      default:
        return at === source.length || readStart();
    }
  }

  /** The text from here to a mark, which is skipped. */
  function until(mark: string): string | undefined {
    const start = at;
    const end = source.indexOf(mark, start);
    if (end < 0) return undefined;
    at = end + mark.length;
    return source.slice(start, end);
  }

  function readData(): boolean {
    if (source.startsWith('<!--', at)) return until('-->') !== undefined;
    if (!source.startsWith('<![CDATA[', at) || names.length === 0) return false;
    at += 9;
    return add(until(']]>'));
  }

  function readEnd(): boolean {
    at += 2;
    if (until('>')?.trimEnd() !== names.pop()) return false;
    inner = around.pop() ?? inner;
    return true;
  }

  function readStart(): boolean {
    const name = nameAt(at + 1);
    if (!NAME.test(name)) return false;
    at += 1 + name.length;
    const element = elementOf(name.slice(name.indexOf(':') + 1));
    inner.children.push(element);
    if (!readAttributes(element.attributes)) return false;
    const isEmpty = source[at] === '/';
    if (isEmpty) at++;
    else enter(element, name);
    return source[at++] === '>';
  }

  function nameAt(start: number): string {
    const tag = source.slice(start, Math.max(start, source.indexOf('>', start)));
    const blank = tag.indexOf(' ');
    const name = blank < 0 ? tag : tag.slice(0, blank);
    return NAME.test(name) ? name : (/^[^\s/]*/.exec(name)?.[0] ?? '');
  }

  function enter(element: XmlElement, name: string): void {
    around.push(inner);
    names.push(name);
    inner = element;
  }

  /** Each has space before it. */
  function readAttributes(attributes: Record<string, string>): boolean {
    while (isSpace(source[at])) {
      skipSpace();
      const next = source[at];
      if (next !== '>' && next !== '/' && !readAttribute(attributes)) return false;
    }
    return true;
  }

  function readAttribute(attributes: Record<string, string>): boolean {
    const name = until('=')?.trimEnd() ?? '';
    if (isSpace(source[at])) skipSpace();
    const quote = source[at++];
    if ((quote !== '"' && quote !== "'") || !NAME.test(name) || Object.hasOwn(attributes, name)) return false;
    const value = until(quote);
    const plain = value === undefined || value.includes('<') ? undefined : plainText(value);
    if (plain === undefined) return false;
    attributes[name] = plain;
    return true;
  }

  function skipSpace(): void {
    do at++;
    while (isSpace(source[at]));
  }

  return read;
}

function elementOf(name: string): XmlElement {
  return { name, attributes: {}, children: [], text: '' };
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}
