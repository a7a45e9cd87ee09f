/** What failed of an answer, in words. Pure; a VU loads it when the first answer fails (`./answerTexts.ts?lazy`). */
import { strangeText } from '../../lib/vu/failureTexts.ts';
import { plural } from '../../lib/words/plural.ts';
import type { Chunk } from './dialect.ts';

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

function came(chunks: number): string {
  return `${plural(chunks, 'chunk')} came`;
}
