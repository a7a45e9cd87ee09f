/** Reads a page as a browser does: its tables by caption and heading, its lists by name. */
import assert from 'node:assert/strict';
import { parse, type DefaultTreeAdapterTypes } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode | DefaultTreeAdapterTypes.Document;
type Element = DefaultTreeAdapterTypes.Element;

/** A row of a table: its cells by heading; a heading that comes again is called `p95 (2)`. */
export type Cells = Record<string, string>;

const isElement = (node: Node): node is Element => 'tagName' in node;

function within(node: Node): Element[] {
  if (!('childNodes' in node)) return [];
  return node.childNodes.flatMap((child) => (isElement(child) ? [child, ...within(child)] : []));
}

const called = (node: Node, ...names: string[]): Element[] =>
  within(node).filter(({ tagName }) => names.includes(tagName));

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((one) => one.name === name)?.value;
}

/** What a reader sees of it, on one line. */
function text(node: Node): string {
  if (node.nodeName === '#text') return (node as DefaultTreeAdapterTypes.TextNode).value;
  if (!('childNodes' in node)) return '';
  const inner = node.childNodes.map(text).join('');
  return isElement(node) && node.tagName === 'br' ? ' ' : inner;
}

const words = (node: Node): string =>
  text(node)
    .replace(/[\s\u00a0]+/g, ' ')
    .trim();

/** Rows by heading, of a table's heads and cells. */
export function cellsByHeading(heads: readonly string[], rows: readonly (readonly string[])[]): Cells[] {
  const names = heads.map((head, index) => {
    const before = heads.slice(0, index).filter((other) => other === head).length;
    return before === 0 ? head : `${head} (${before + 1})`;
  });
  return rows.map((row) => {
    assert.equal(row.length, names.length, `${row.length} cells below ${names.length} headings`);
    return Object.fromEntries(names.map((name, index) => [name, row[index] ?? '']));
  });
}

/** A parsed page. */
export class Page {
  private readonly all: readonly Element[];

  constructor(html: string) {
    this.all = within(parse(html));
  }

  /** The table with this caption. */
  table(caption: string): Cells[] {
    const tables = this.all.filter(({ tagName }) => tagName === 'table');
    const table = tables.find((one) => called(one, 'caption').some((node) => words(node) === caption));
    assert.ok(table, `there is no table "${caption}"`);
    const [head, ...rows] = called(table, 'tr').map((row) => called(row, 'th', 'td').map(words));
    return cellsByHeading(head ?? [], rows);
  }

  /** Names and values of the lists in the element with this id, or class. */
  facts(name: string): Record<string, string> {
    const part = this.part(name);
    const [names, values] = [called(part, 'dt'), called(part, 'dd')];
    assert.equal(names.length, values.length);
    return Object.fromEntries(names.map((node, index) => [words(node), words(values[index] ?? node)]));
  }

  /** All words in it. */
  words(name: string): string {
    return words(this.part(name));
  }

  /** The `d` of each drawn line in it, by class; of the first drawing that has one. */
  lines(name: string): Record<string, string> {
    const paths = called(this.part(name), 'path').filter((path) =>
      attribute(path, 'class')?.startsWith('line '),
    );
    const drawn = paths.map((path) => [attribute(path, 'class') ?? '', attribute(path, 'd') ?? ''] as const);
    return Object.fromEntries(drawn.filter(([, d]) => d !== 'M1 6H29').toReversed());
  }

  /** The JSON in the script element with this id. */
  data(id: string): unknown {
    return JSON.parse(text(this.part(id))) as unknown;
  }

  private part(name: string): Element {
    const { all } = this;
    const found =
      all.find((element) => attribute(element, 'id') === name) ??
      all.find((element) => attribute(element, 'class')?.split(' ').includes(name));
    assert.ok(found, `there is no part "${name}"`);
    return found;
  }
}
