/** Which field tells the type of a message. Pure. */
import { isIdName, lastName, pathsOf, valuesAt, type Leaves } from './leaves.ts';

/** A field and how often each of its values came. */
export interface TypeField {
  path: string;
  counts: ReadonlyMap<string, number>;
}

/** Names that such fields have, the likeliest first. */
const NAMES = [
  'type',
  'event',
  'kind',
  'msg_type',
  'message_type',
  'op',
  'action',
  'command',
  'cmd',
  'method',
  'msg',
  't',
];
/** What tells a type looks like a name. */
const LIKE_A_NAME = /^[\w.:/-]{1,40}$/;
/** A share of the messages that must have it. */
const NEARLY_ALL = 0.75;
/** From so many messages on a field is believed whatever its name is. */
const ENOUGH = 4;

/** The field that seems to tell the type: one with few different values over the messages; `undefined`: none does. */
export function typeFieldOf(messages: readonly Leaves[]): TypeField | undefined {
  const fields = pathsOf(messages)
    .filter((path) => path.split('.').length <= 2)
    .flatMap((path) => candidate(messages, path));
  fields.sort((one, other) => rank(one, messages) - rank(other, messages));
  return fields[0];
}

function candidate(messages: readonly Leaves[], path: string): TypeField[] {
  const values = valuesAt(messages, path);
  if (values.length < NEARLY_ALL * messages.length) return [];
  if (!values.every((value) => isName(value))) return [];
  const counts = new Map<string, number>();
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const isFew = counts.size > 1 && counts.size <= values.length / 2 && values.length >= ENOUGH;
  const isWord = values.every((value) => typeof value === 'string') && !isIdName(path);
  const isCalledSo = NAMES.includes(lastName(path));
  return (isFew && isWord) || isCalledSo ? [{ path, counts }] : [];
}

/** Small numbers are types, too, as in {"op": 10}. */
function isName(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value < 100;
  return typeof value === 'string' && LIKE_A_NAME.test(value);
}

/**
 * The smaller, the likelier: a name that promises it and several values; such a name; several values. Among equals the
 * higher field, the likelier name, and otherwise the one whose values go with the same other fields each time.
 */
function rank({ path, counts }: TypeField, messages: readonly Leaves[]): number {
  const called = NAMES.indexOf(lastName(path));
  const group = called < 0 ? 2 : counts.size > 1 ? 0 : 1;
  const among = called < 0 ? shapesOf(messages, path) - counts.size : called;
  return group * 1e6 + path.split('.').length * 1e5 + among;
}

/** How many pairs there are of a value and of the fields that came with it. */
function shapesOf(messages: readonly Leaves[], path: string): number {
  const shapes = messages.map((leaves) =>
    [String(leaves.get(path)), ...[...leaves.keys()].sort()].join('\n'),
  );
  return new Set(shapes).size;
}
