/**
 * What a chat back end's dialect must tell Crescendo where a question is an HTTP request: the only thing to write for
 * another such back end. Pure.
 */
import type { Lacks } from '../../../lib/words/jsonFields.ts';
import type { RestCall } from '../../../lib/words/restCall.ts';
import type { ChatIds, ReplyHeaders, ServerMessage, SessionSteps } from '../dialect.ts';

/**
 * Hears a message of an answer. A chunk, or an error, without id is of the question that was asked; `piece`: the part of the
 * body that it was read from, for the report. What only sockets have (`ready`, `reply`, `push`, `pong`) is ignored.
 */
export type HearTurn = (message: ServerMessage, piece?: string) => void;

/** A chat dialect over HTTP: a request whose reply is the answer, or one whose reply says where the answer is. */
export interface TurnProtocol extends SessionSteps {
  /** Forgets what it knows of the session before; called when the session is set up. */
  begin?: ((ids: ChatIds) => void) | undefined;
  /** Ids of questions are 1, 2, 3 … in each session; UUIDs when left out. */
  countedIds?: boolean | undefined;
  /** A question; it is timed from when this is sent. Any status but 2xx is a failure, and redirects are not followed. */
  turn: (ids: ChatIds, id: string, course: string, text: string) => RestCall;
  /**
   * Where the reply of `turn` only says where the answer is: what gets it. Its path must begin with a slash, and is below
   * `API_BASE_URL` like every other; a reply can't send load elsewhere. Gets the JSON of the reply (`undefined` without one).
   */
  stream?: ((reply: unknown, ids: ChatIds, headers: ReplyHeaders) => RestCall | Lacks) | undefined;
  /**
   * Reads the whole body of an answer and calls `hear` for each message in it, in their order. One that ends without a
   * chunk that is `complete` is an answer that never completed.
   */
  readBody: (body: string, hear: HearTurn) => void;
}
