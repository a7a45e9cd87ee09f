/** Files in chunks at a messaging platform on the wire. Pure. */
import { isPlainObject, idField, valueAt } from '../../../lib/words/jsonFields.ts';

export const INITIATE_PATH = '/v1/files/initiate';

/** The body that begins a file. */
export function initiateBody(name: string, size: number): string {
  return JSON.stringify({ name, size });
}

/** A file that the platform awaits: every chunk but the last is as large as it says. */
export interface Awaited {
  id: string;
  chunkBytes: number;
}

/** Reads the answer to that, of which a chunk may have so many bytes; a text: what is wrong with it. */
export function readAwaited(reply: unknown, mostBytes: number): Awaited | string {
  const id = idField(reply, 'id');
  if (id === undefined) return 'lacks "id"';
  const chunkBytes = valueAt(reply, 'chunk_size');
  if (typeof chunkBytes !== 'number') return 'lacks "chunk_size"';
  if (!Number.isSafeInteger(chunkBytes) || chunkBytes < 1)
    return `says that "chunk_size" is ${chunkBytes}, which is no number of bytes`;
  return chunkBytes <= mostBytes
    ? { id, chunkBytes }
    : `says that "chunk_size" is ${chunkBytes}, more than MAX_CHUNK_BYTES allows (${mostBytes})`;
}

/** Where the chunks of a file go. */
export function chunksPath(id: string): string {
  return `/v1/files/${encodeURIComponent(id)}/chunks`;
}

/** What a chunk says of itself. */
export function chunkHeaders(index: number, sha256: string): Record<string, string> {
  return {
    'Content-Type': 'application/octet-stream',
    'X-Chunk-Index': String(index),
    'X-Chunk-SHA256': sha256,
  };
}

/** A chunk, or a file of so many chunks, as both sides must have it; the checksum in hex. */
interface Sent {
  sha256: string;
}
export interface SentChunk extends Sent {
  index: number;
  bytes: number;
}
export interface SentFile extends Sent {
  size: number;
  chunks: number;
}

/** What is wrong with what the platform says that it has. */
export interface Wrong {
  reason: 'bad_body' | 'checksum';
  text: string;
}

/** Compares a chunk with the answer to it. */
export function wrongChunk(reply: unknown, sent: SentChunk): Wrong | undefined {
  return wrongIn(reply, [
    ['index', sent.index],
    ['bytes', sent.bytes],
    ['sha256', sent.sha256],
  ]);
}

/** The body that asks for the merge of a file. */
export function completeBody(sha256: string): string {
  return JSON.stringify({ sha256 });
}

/** Where that goes. */
export function completePath(id: string): string {
  return `/v1/files/${encodeURIComponent(id)}/complete`;
}

/** Compares a file with the answer to that. */
export function wrongFile(reply: unknown, sent: SentFile): Wrong | undefined {
  return wrongIn(reply, [
    ['size', sent.size],
    ['chunks', sent.chunks],
    ['sha256', sent.sha256],
  ]);
}

/** Checksums may come in capitals. */
function wrongIn(reply: unknown, fields: readonly (readonly [string, string | number])[]): Wrong | undefined {
  for (const [name, own] of fields) {
    const theirs = valueAt(reply, name);
    const same = typeof own === 'string' && typeof theirs === 'string' ? theirs.toLowerCase() : theirs;
    if (same === own) continue;
    if (theirs === undefined) return { reason: 'bad_body', text: `the answer lacks "${name}"` };
    const reason = name === 'sha256' ? 'checksum' : 'bad_body';
    return { reason, text: `"${name}" is ${shown(theirs)} in the answer, and was ${shown(own)}` };
  }
  return undefined;
}

/** The beginning of a checksum is enough, and no report takes it for a secret. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 24 ? text : `${text.slice(0, 13)}…"`;
}

/** The indexes of chunks that the platform misses, of a file of so many; `undefined`: it does not say. */
export function missingChunks(reply: unknown, chunks: number): number[] | undefined {
  if (!isPlainObject(reply)) return undefined;
  const { missing } = reply;
  if (!Array.isArray(missing) || missing.length === 0) return undefined;
  const isIndex = (index: unknown): index is number =>
    typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < chunks;
  return missing.every(isIndex) && new Set(missing).size === missing.length ? missing : undefined;
}
