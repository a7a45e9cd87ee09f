/** What a dialect must hear in frames, and that nothing in them harms it. */
import assert from 'node:assert/strict';
import type { ChatProtocol, Frame, ServerMessage } from '../../../systems/chatbot/dialect.ts';
import { heardIn } from './frames.ts';

/** A frame, and what must be heard in it. */
export type HeardRow = readonly [frame: Frame, messages: readonly ServerMessage[]];

/** Each frame must be heard so, and by itself. */
export function assertHeard(protocol: ChatProtocol, rows: readonly HeardRow[]): void {
  for (const [frame, messages] of rows)
    assert.deepEqual(heardIn(protocol, frame), messages, typeof frame === 'string' ? frame : 'binary');
}

/** JSON that no dialect's server should send. */
const STRANGE: readonly string[] = [
  ...['null', 'true', '0', '-1e999', '""', '"x"', '[]', '[[]]', '[null]', '{}', '{"":null}'],
  ...['{"__proto__":null}', '{"constructor":{"name":1}}', '[1,2,3,4,5]', '[{},{},{},{},{}]'],
  ...[`${'['.repeat(500)}${']'.repeat(500)}`, `${'{"id":'.repeat(500)}1${'}'.repeat(500)}`],
];

/** Values that take the place of each value within a frame of JSON. */
const OTHERS: readonly unknown[] = [null, true, -1, 1e300, '', 'x', [], {}, [null], { id: {} }];

/**
 * Whatever stands in the place of a value within these messages, and whatever else comes: nothing throws, and what is heard
 * has the fields of its type. `framed`: puts a dialect's own characters around JSON.
 */
export function assertUnharmed(
  protocol: ChatProtocol,
  messages: readonly unknown[],
  framed = (json: string) => json,
): void {
  const variants = messages.flatMap(variantsOf).map((variant) => JSON.stringify(variant));
  const frames = [...STRANGE, ...variants].map(framed);
  assert.ok(frames.length > 50, String(frames.length));
  for (const frame of frames) for (const message of heardIn(protocol, frame)) assertWhole(message, frame);
}

function assertWhole(message: ServerMessage, frame: string): void {
  assert.equal(typeof message.type, 'string', frame);
  if (message.type === 'error' && message.id !== null) assert.equal(typeof message.id, 'string', frame);
  if (message.type !== 'chunk') return;
  const { id, seq, text, complete } = message;
  assert.deepEqual(
    [typeof id, seq, typeof text, typeof complete],
    ['string', null, 'string', 'boolean'],
    frame,
  );
}

/** A value, each with one of what is within it replaced or left out. */
function variantsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [...OTHERS];
  const entries = Object.entries(value);
  const inner = entries.flatMap(([name, own]) =>
    variantsOf(own).map((other) => withField(value, name, other)),
  );
  const less = entries.map(([name]) => withField(value, name, undefined));
  return [...OTHERS, ...inner, ...less];
}

function withField(value: object, name: string, other: unknown): unknown {
  if (!Array.isArray(value)) return { ...value, [name]: other };
  return value.map((own: unknown, index) => (String(index) === name ? other : own));
}
