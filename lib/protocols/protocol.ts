/** What a chat back end's dialect must tell Crescendo: the only thing to write for another back end. Pure. */

/** How frames are encrypted on the wire; `lib/encryption.ts` has their layouts. */
export const ENCRYPTION_MODES = ['aes-256-gcm', 'aes-256-cbc-hmac', 'openssl', 'none'] as const;
export type EncryptionMode = (typeof ENCRYPTION_MODES)[number];

/** One REST call. `name` stands for it in metrics: no id, no token. */
export interface RestCall {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: string;
  headers: Record<string, string>;
}

/** What identifies a session to the back end. */
export interface ChatIds {
  token: string;
  sessionId: string;
  connectionId: string;
}

/** Part of the answer to question `id`; `seq` is null when the back end does not number it. */
export interface Chunk {
  type: 'chunk';
  id: string;
  seq: number | null;
  text: string;
  complete: boolean;
}

/** What the server said, in the words of every chat: part of an answer, a refusal, or something to ignore. */
export type ServerMessage =
  | Chunk
  | { type: 'error'; id: string | null }
  | { type: 'unknown' }
  /** A known type without what it must carry. */
  | { type: 'bad' };

/** A chat dialect. Readers get the parsed JSON of a reply and answer `undefined` when it lacks what is promised. */
export interface ChatProtocol {
  requestToken(user: string): RestCall;
  readToken(reply: unknown): string | undefined;
  createSession(token: string): RestCall;
  readSession(reply: unknown): { sessionId: string; connectionId: string } | undefined;
  deleteSession(ids: ChatIds): RestCall;
  /** Path and query of the socket, and the headers of its handshake besides Origin. */
  socket(ids: ChatIds): { path: string; headers: Record<string, string> };
  /** The text of a question's message, before encryption. */
  question(id: string, course: string, text: string): string;
  /** Reads the parsed JSON of a message. */
  read(message: unknown): ServerMessage;
}

/** Whether a value of parsed JSON has fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A field of a parsed JSON object that must be a non-empty string; `undefined` otherwise. */
export function textField(value: unknown, name: string): string | undefined {
  const text = isRecord(value) ? value[name] : undefined;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
