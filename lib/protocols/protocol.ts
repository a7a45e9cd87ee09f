/** What a chat back end's dialect must tell Crescendo: the only thing to write for another back end. Pure. */

/** How frames are encrypted on the wire; `lib/k6/encryption.ts` has their layouts. */
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

/** What identifies a session to the back end; empty where the back end has no such thing. */
export interface ChatIds {
  user: string;
  token: string;
  sessionId: string;
  connectionId: string;
}

/**
 * Part of the answer to question `id`; null: to the open one (`withoutIds`). `seq` is null when the back end does not
 * number it. A back end that ends an answer with a message of its own: `text` '', `seq` null, `complete` true; it counts
 * as a chunk.
 */
export interface Chunk {
  type: 'chunk';
  id: string | null;
  seq: number | null;
  text: string;
  complete: boolean;
}

/** What the server said, in the words of every chat. */
export type ServerMessage =
  | Chunk
  /** A refusal of question `id`; null: of whatever is going on. */
  | { type: 'error'; id: string | null }
  /** Questions may be asked (`awaitsReady`). */
  | { type: 'ready' }
  /** The server wants this said at once, such as the answer to its own ping. */
  | { type: 'reply'; text: string }
  /** Nothing of interest: a heartbeat, "is typing". */
  | { type: 'ignored' }
  /**
   * Counted in `messages_unknown`, and ignored otherwise; but one that `lacks` what would tell its type, and holds the id
   * of the open question, fails that question.
   */
  | ({ type: 'unknown' } & Partial<Lacks>)
  /** A known type without what it must carry. */
  | ({ type: 'bad' } & Partial<Lacks>);

/** The name of a field that is missing, for the report. */
export interface Lacks {
  lacks: string;
}

/**
 * A chat dialect. Readers get the parsed JSON of a reply and answer with the name of what it lacks, or `undefined`, when
 * that is promised. A step that the back end does not have is left out; a request without its reader is made, and its reply not looked at.
 */
export interface ChatProtocol {
  requestToken?: ((user: string) => RestCall) | undefined;
  readToken?: ((reply: unknown) => string | Lacks | undefined) | undefined;
  createSession?: ((token: string) => RestCall) | undefined;
  readSession?:
    ((reply: unknown) => { sessionId: string; connectionId: string } | Lacks | undefined) | undefined;
  /** Clean-up: made for every session that was set up, after its socket was closed. */
  deleteSession?: ((ids: ChatIds) => RestCall) | undefined;
  /** Path and query of the socket, and the headers of its handshake besides Origin. */
  socket: (ids: ChatIds) => { path: string; headers: Record<string, string> };
  /** The text of the first message after opening, before encryption. */
  hello?: ((ids: ChatIds) => string) | undefined;
  /**
   * The socket counts as opened when `read` has met `ready`, within CONNECT_TIMEOUT_SECONDS after dialling. What goes
   * wrong before is a failure of phase `connect`.
   */
  awaitsReady?: boolean | undefined;
  /**
   * Chunks carry no id. A failed question then ends its session, because what comes later could be the answer to it
   * or to the next one.
   */
  withoutIds?: boolean | undefined;
  /** The text of a question's message, before encryption. */
  question: (id: string, course: string, text: string) => string;
  /** Reads the parsed JSON of a message. */
  read: (message: unknown) => ServerMessage;
}

/** Whether a value of parsed JSON has fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What stands at a path of parsed JSON, such as `data.token` or `choices.0.text`; `undefined`: nothing. */
export function valueAt(value: unknown, path: string): unknown {
  let inner = value;
  for (const name of path.split('.')) inner = isRecord(inner) ? inner[name] : undefined;
  return inner;
}

/** The text at such a path; `undefined` when there is none, or an empty one. */
export function textField(value: unknown, path: string): string | undefined {
  const text = valueAt(value, path);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** The id at such a path, a text or a number; `undefined` when there is none, or one that JSON numbers can't hold. */
export function idField(value: unknown, path: string): string | undefined {
  const id = valueAt(value, path);
  const isExact = typeof id === 'number' && Math.abs(id) <= Number.MAX_SAFE_INTEGER;
  return isExact ? String(id) : textField(value, path);
}
