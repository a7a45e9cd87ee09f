/** What a chat back end's dialect must tell Crescendo: the only thing to write for another back end. Pure. */

import type { Lacks } from '../../lib/words/jsonFields.ts';
import type { RestCall } from '../../lib/words/restCall.ts';
import type { Credentials } from './client/users.ts';

/**
 * What a script's protocol has that needs metrics of its own: `pushes`, messages that nobody here asked for; `batches`,
 * several messages in a frame; `redials`, a socket for each question, which is closed behind the answer.
 */
export type ChatFeature = 'pushes' | 'batches' | 'redials';

/** What goes over the socket at a time: text, or binary, which `readFrame` gets and no encryption hides. */
export type Frame = string | ArrayBuffer;

/** One frame, or several in their order. */
export type Frames = Frame | readonly Frame[];

/** Several, in their order. */
export function framesOf(what: Frames): readonly Frame[] {
  return typeof what === 'string' || what instanceof ArrayBuffer ? [what] : what;
}

/** What identifies a session to the back end; empty where the back end has no such thing. */
export interface ChatIds {
  user: string;
  token: string;
  sessionId: string;
  connectionId: string;
  /** Where the reply of the session sends its socket, if it does. */
  socketUrl?: string | undefined;
  /** What `USERS_FILE` has of the user, by the names of its columns. */
  credentials?: Credentials | undefined;
}

/** What a back end says of a session that it has made. */
export interface SessionReply {
  sessionId: string;
  connectionId: string;
  /** The whole address of the socket, where it is not that of the settings. */
  socketUrl?: string | undefined;
}

/** The headers of a reply, by their names in the usual capitals: `X-Session-Id`. */
export type ReplyHeaders = Readonly<Record<string, string>>;

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
  /** A refusal of question `id`; null: of whatever is going on. `text`: what it says, where the frame does not show it. */
  | { type: 'error'; id: string | null; text?: string }
  /** Questions may be asked (`awaitsReady`). */
  | { type: 'ready' }
  /** The server wants this said at once, such as the answer to its own ping. */
  | { type: 'reply'; text: Frames }
  /**
   * What nobody here asked for, such as what others write in the same room; `sentAt`: when it was sent (epoch ms), where
   * it says so. Counted and timed by scripts whose system has `pushes`, ignored by others.
   */
  | { type: 'push'; sentAt?: number }
  /** The answer to a frame of `heartbeat`. */
  | { type: 'pong' }
  /** Nothing of interest: a heartbeat, "is typing". */
  | { type: 'ignored' }
  /**
   * Counted in `messages_unknown`, and ignored otherwise; but one that `lacks` what would tell its type, and holds the id
   * of the open question, fails that question.
   */
  | ({ type: 'unknown' } & Partial<Lacks>)
  /** A known type without what it must carry. */
  | ({ type: 'bad' } & Partial<Lacks>);

/**
 * What a session begins and ends with. Readers get the parsed JSON of a reply, and its headers, and answer with the name
 * of what it lacks, or `undefined`, when that is promised. A step that the back end does not have is left out; a request
 * without its reader is made, and its reply not looked at.
 */
export interface SessionSteps {
  requestToken?: ((user: string, credentials?: Credentials) => RestCall) | undefined;
  readToken?: ((reply: unknown, headers: ReplyHeaders) => string | Lacks | undefined) | undefined;
  createSession?: ((token: string) => RestCall) | undefined;
  readSession?: ((reply: unknown, headers: ReplyHeaders) => SessionReply | Lacks | undefined) | undefined;
  /** Clean-up: made for every session that was set up, after its last question. */
  deleteSession?: ((ids: ChatIds) => RestCall) | undefined;
}

/** A chat dialect over a socket. */
export interface ChatProtocol extends SessionSteps {
  /**
   * Forgets what it knows of the session before, or of the socket before; called before each dial. `dial`: how often this
   * session has dialled, so that what it resumes by may be kept where that is above 0.
   */
  begin?: ((ids: ChatIds, dial: number) => void) | undefined;
  /**
   * Path and query of the socket, the headers of its handshake besides Origin, and the subprotocols that it offers. `url`:
   * its whole address instead, from a reply; it is dialled only where its host is one of the settings (`SOCKET_HOSTS`).
   */
  socket: (ids: ChatIds) => {
    path: string;
    url?: string | undefined;
    headers: Record<string, string>;
    subprotocols?: readonly string[];
  };
  /** What is said first after opening, before encryption. */
  hello?: ((ids: ChatIds) => Frames) | undefined;
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
  /** Ids of questions are 1, 2, 3 … in each session; UUIDs when left out. */
  countedIds?: boolean | undefined;
  /** A question, before encryption; it is timed from its last frame. */
  question: (id: string, course: string, text: string) => Frames;
  /** Said at the end, where frames are not encrypted; nobody waits until the server has read it. */
  goodbye?: (() => Frames) | undefined;
  /**
   * What is said every so many seconds while the socket is open. `awaitsPong`: a connection on which no `pong` came since
   * the one before is lost.
   */
  heartbeat?: { seconds: number; frames: () => Frames; awaitsPong?: boolean } | undefined;
  /** Reads the parsed JSON of a message, where each frame is one. */
  read?: ((message: unknown) => ServerMessage) | undefined;
  /**
   * Reads a frame as it came, decrypted, instead, and calls `hear` for each message in it: none, where it is a part of one,
   * or several.
   */
  readFrame?: ((frame: Frame, hear: (message: ServerMessage) => void) => void) | undefined;
}
