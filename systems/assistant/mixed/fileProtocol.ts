/** Files of the assistant on the wire. Pure. */
import { isPlainObject } from '../../../lib/words/jsonFields.ts';

/** Where files are written, below the address of the API. */
export const FILES_PATH = '/api/files';

/** The path of one. */
export function filePath(name: string): string {
  return `${FILES_PATH}/${encodeURIComponent(name)}`;
}

/** A file as a body. */
export function fileBody(name: string, content: string): string {
  return JSON.stringify({ name, content });
}

/** A content that is told from the one before: letters of one byte each. */
export function contentOf(number: number, bytes: number): string {
  return `${number}.`.padEnd(bytes, 'abcdefghijklmnopqrstuvwxyz').slice(0, bytes);
}

/** What the JSON of an answer to a write lacks; `undefined`: nothing. */
export function lacksAfterWrite(reply: unknown, name: string, content: string): string | undefined {
  if (!isPlainObject(reply) || reply['name'] !== name) return 'name';
  return reply['size'] === content.length ? undefined : 'size';
}

/** The content in the JSON of an answer to a read; `undefined`: there is none. */
export function contentIn(reply: unknown): string | undefined {
  const content = isPlainObject(reply) ? reply['content'] : undefined;
  return typeof content === 'string' ? content : undefined;
}
