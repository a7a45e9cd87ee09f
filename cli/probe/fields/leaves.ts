/** The fields of messages with their paths, such as `data.id` or `choices.0.text`. Pure. */
import { isRecord } from '../../../lib/words/jsonFields.ts';

/** What stands at the end of a path. */
export type Leaf = string | number | boolean | null;

/** The fields of one message by path. */
export type Leaves = ReadonlyMap<string, Leaf>;

const DEEPEST = 4;
const MOST = 200;
/** A longer name is data. */
const LONGEST_NAME = 50;

/** The fields of a message; of lists the first three entries, and not more than 200 fields in all. */
export function leavesOf(message: unknown): Leaves {
  const leaves = new Map<string, Leaf>();
  collect(message, [], leaves);
  return leaves;
}

function collect(value: unknown, path: readonly string[], leaves: Map<string, Leaf>): void {
  if (leaves.size >= MOST) return;
  if (isRecord(value)) {
    if (path.length >= DEEPEST) return;
    const entries = Object.entries(value).slice(0, Array.isArray(value) ? 3 : MOST);
    for (const [name, inner] of entries)
      if (name.length <= LONGEST_NAME) collect(inner, [...path, name], leaves);
  } else if (path.length > 0 && isLeaf(value)) leaves.set(path.join('.'), value);
}

function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** All paths, in the order in which they were seen first. */
export function pathsOf(messages: readonly Leaves[]): string[] {
  return [...new Set(messages.flatMap((leaves) => [...leaves.keys()]))];
}

/** What stood at a path, message by message, where there was something. */
export function valuesAt(messages: readonly Leaves[], path: string): Leaf[] {
  return messages.flatMap((leaves) => {
    const value = leaves.get(path);
    return value === undefined ? [] : [value];
  });
}

/** Whether a field of this path is called an id. */
export function isIdName(path: string): boolean {
  return /(^|_)(u?u?id|ref|reference|correlation)$/.test(lastName(path));
}

/** The last name of a path that is no position in a list, in small letters. */
export function lastName(path: string): string {
  const names = path.split('.').filter((name) => !/^\d+$/.test(name));
  return (names.at(-1) ?? '').replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
}
