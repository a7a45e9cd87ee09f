/** Answers in parts, as events of several dialects have them. Pure. */
import { idField, textField } from '../../../lib/words/jsonFields.ts';
import type { ServerMessage } from '../dialect.ts';

/** A part of an answer in an event such as `{"id": "1", "text": "…", "done": false}`; for `heard`. */
export function partOf(data: unknown, { id = 'id', text = 'text', done = 'done' } = {}): ServerMessage {
  const question = idField(data, id);
  if (question === undefined) return { type: 'bad', lacks: id };
  const isLast = (data as Record<string, unknown>)[done] === true;
  return { type: 'chunk', id: question, seq: null, text: textField(data, text) ?? '', complete: isLast };
}
