/** What failed on a socket, in words. Pure. */
import { reasonOfClose } from '../words/failures.ts';
import type { Chunk } from '../../systems/chatbot/dialect.ts';
import { plural } from '../words/plural.ts';

/** A message that lacks a field; where nobody says which, the message. */
export function lackText(lacks: string | undefined, message: string): string {
  return lacks === undefined ? message : `the message lacks "${lacks}": ${message}`;
}

/** A chunk, as the protocol has read it. */
export function chunkText(chunk: Chunk): string {
  return `a chunk is read as ${JSON.stringify(chunk)}`;
}

/** An answer that was at fault when its last chunk came. */
export function endText(chunks: number, last: Chunk): string {
  return `${came(chunks)}; the last is read as ${JSON.stringify(last)}`;
}

/** An answer that did not end; `strange`: a message of unknown type that came meanwhile. */
export function unfinishedText(chunks: number, strange: string | undefined): string {
  const more = strange === undefined ? '' : `; ${strangeText(strange)}`;
  return `${came(chunks)}, and none was the last one${more}`;
}

/** What came instead of what was waited for; empty: nothing. */
export function strangeText(strange: string | undefined): string {
  return strange === undefined ? '' : `a message came of a type that the protocol does not know: ${strange}`;
}

/** What the other side said of its close; empty where its code says as much. */
export function closeText(code: number | undefined, text: string): string {
  if (text === '' && reasonOfClose(code) !== 'closed_other') return '';
  return code === undefined ? text : `closed with ${code}${text === '' ? '' : `: ${text}`}`;
}

function came(chunks: number): string {
  return `${plural(chunks, 'chunk')} came`;
}
