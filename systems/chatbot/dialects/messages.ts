/** What most dialects hear, as it is told. Pure. */
import type { Chunk, ServerMessage } from '../dialect.ts';

/** Nothing that concerns the session. */
export const IGNORED: ServerMessage = { type: 'ignored' };

/** Something that nobody here asked for. */
export const PUSH: ServerMessage = { type: 'push' };

/** An answer that comes in one message. */
export function wholeAnswer(id: string, text: string): Chunk {
  return { type: 'chunk', id, seq: null, text, complete: true };
}
