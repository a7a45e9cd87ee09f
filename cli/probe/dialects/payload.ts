/** JSON in the text of a frame: one value, several, or one behind something else. Pure. */
import { isPlainObject, isRecord, jsonIn } from '../../../lib/words/jsonFields.ts';

/** How JSON stands in a frame. `several`: one behind the other, or with a separator; `list`: of objects; `prefixed`: behind other characters. */
export type Form = 'one' | 'several' | 'list' | 'prefixed' | 'none';

/** The values that a text holds. `before`: what stands before a prefixed one. */
export interface Payload {
  form: Form;
  values: readonly unknown[];
  before?: string;
}

/** Between values that stand one behind the other: ends of lines, the separator of SignalR, or nothing between objects. */
const BETWEEN = /[\r\n\u001e]+|(?<=\})(?=\{)/;
const PREFIX = /^([^\s{["]{1,16}:? ?)([[{][^]*)$/;

/** Reads a text as JSON. A number or a word alone is none. */
export function payloadOf(text: string): Payload {
  const whole = containerIn(text);
  if (Array.isArray(whole) && whole.length > 0 && whole.every(isPlainObject))
    return { form: 'list', values: whole };
  if (whole !== undefined) return { form: 'one', values: [whole] };
  const parts = text.split(BETWEEN).filter((part) => part.trim() !== '');
  const values = parts.map(containerIn);
  if (values.length > 0 && values.every((value) => value !== undefined)) return { form: 'several', values };
  const [, before = '', rest = ''] = PREFIX.exec(text) ?? [];
  const inner = containerIn(rest);
  return inner === undefined ? { form: 'none', values: [] } : { form: 'prefixed', values: [inner], before };
}

/** The object or the list that a text is. */
export function containerIn(text: string): unknown {
  const value = jsonIn(text);
  return isRecord(value) ? value : undefined;
}
