/** JSON as it was written: read and written again, 1e3 or 20 digits would come back as another text. */
import { parseTree, type Node } from 'jsonc-parser';

/** Returns where everything stands in a text that is JSON; undefined where it lies too deep for the parser. */
export function writtenTree(text: string): Node | undefined {
  try {
    return parseTree(text);
  } catch {
    return undefined;
  }
}

/** Returns where a member of an object stands. As for JSON.parse, the last of several of one name counts. */
export function memberOf(object: Node | undefined, name: string): Node | undefined {
  return object?.children?.findLast(({ children }) => children?.[0]?.value === name)?.children?.[1];
}

/** Returns the part of `text` that `node` stands for. */
export function textOf(text: string, node: Node | undefined): string | undefined {
  return node && text.slice(node.offset, node.offset + node.length);
}
