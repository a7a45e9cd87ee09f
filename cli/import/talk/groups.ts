/** Messages of one kind: those with the same value in the field that tells the type, or with the same fields. Pure. */
import { lastName } from '../../probe/fields/leaves.ts';
import { typeFieldOf } from '../../probe/fields/typeField.ts';
import { isPlainObject } from '../../../lib/words/jsonFields.ts';
import type { Message } from './messages.ts';
import { ACK } from './socketIoPackets.ts';

/** `type`: the value of the type field; empty where there is none. */
export interface Group {
  type: string;
  messages: readonly Message[];
}

/** All kinds, in the order in which they came; `path`: of the field that tells the type, where there is one. */
export interface Groups {
  path: string | undefined;
  groups: readonly Group[];
}

/** A field of this name tells no type, even if few words stand there. */
const TEXT_NAME = /(^|_)(token|text|content|delta|chunk|body|answer|reply|word|words)$/;

/** Sorts messages by kind. */
export function groupsOf(messages: readonly Message[]): Groups {
  const hasAcks = messages.some(({ leaves }) => leaves.get('event') === ACK);
  const found = typeFieldOf(messages.map(({ leaves }) => leaves))?.path;
  const path = hasAcks ? 'event' : found !== undefined && TEXT_NAME.test(lastName(found)) ? undefined : found;
  const byKey = new Map<string, Message[]>();
  for (const message of messages) {
    const key = path === undefined ? shapeOf(message) : typeOf(message, path);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [message]);
    else known.push(message);
  }
  const groups = [...byKey].map(([key, list]) => ({ type: path === undefined ? '' : key, messages: list }));
  return { path, groups };
}

/** Its value of the type field; empty: it has none. */
export function typeOf({ leaves }: Message, path: string | undefined): string {
  return path === undefined ? '' : String(leaves.get(path) ?? '');
}

function shapeOf({ value }: Message): string {
  return isPlainObject(value) ? Object.keys(value).sort().join('\n') : '';
}
