/**
 * SignalR's JSON hub protocol over a WebSocket
 * (https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md, and TransportProtocols.md beside
 * it): a question is an invocation, its answer the result, the items of a stream, or later invocations by the server that
 * tell its id. Pure.
 */
import { isPlainObject, jsonIn, textField } from '../../../lib/words/jsonFields.ts';
import { lineBuffer } from '../../../lib/words/lineBuffer.ts';
import { withParameters } from '../../../lib/words/query.ts';
import type { ChatProtocol, ServerMessage } from '../dialect.ts';
import { IGNORED } from './messages.ts';
import { negotiation } from './signalRNegotiation.ts';

type Fields = Record<string, unknown>;
type Reader = (value: unknown) => string | undefined;

/** What a back end has made of it. */
export interface SignalRWords {
  /** Where the hub is, with the query that it needs besides its own. */
  path?: string;
  /** Dials at once, without the id of a connection. */
  skipNegotiation?: boolean;
  /** What says who is there, '' for nothing; the token of the log-in when left out. */
  accessToken?: (token: string) => string;
  /** The method of a question, and what it is given. */
  target: string;
  arguments: (id: string, course: string, text: string) => readonly unknown[];
  /** The text in the result of a question. */
  answer?: Reader;
  /** The text in an item; with it the method is invoked as a stream, whose end ends the answer. */
  item?: Reader;
  /** Reads what the server invokes here. */
  heard?: (target: string, args: readonly unknown[]) => ServerMessage;
  heartbeatSeconds?: number;
}

/** The types of messages. */
const [INVOCATION, STREAM_ITEM, COMPLETION, STREAM_INVOCATION] = [1, 2, 3, 4] as const;
const [PING, CLOSE, ACK, SEQUENCE] = [6, 7, 8, 9] as const;

const END = '\u001e';
const written = (message: object): string => JSON.stringify(message) + END;
const HANDSHAKE = written({ protocol: 'json', version: 1 });
const BEAT = written({ type: PING });
const GOODBYE = written({ type: CLOSE });

/** Makes the protocol of a VU; a script whose server puts several messages in a frame names the feature `batches`. */
export function signalR({
  path = '/hub',
  skipNegotiation = false,
  accessToken = (token) => token,
  target,
  arguments: argumentsOf,
  answer,
  item,
  heard = () => IGNORED,
  heartbeatSeconds = 15,
}: SignalRWords): ChatProtocol {
  const buffer = lineBuffer(END);
  const type = item === undefined ? INVOCATION : STREAM_INVOCATION;
  let shookHands = false;
  let isFirst = true;

  function messageOf(message: unknown): ServerMessage {
    if (!isPlainObject(message)) return { type: 'bad' };
    switch (message['type']) {
      case INVOCATION:
        return invoked(message['target'], message['arguments']);
      case STREAM_ITEM:
        return textOf(message, 'item', item, false);
      case COMPLETION:
        return completed(message);
      case CLOSE:
        return hasError(message) ? { type: 'error', id: null } : IGNORED;
      case PING:
      case ACK:
      case SEQUENCE:
        return IGNORED;
      case undefined:
        return shookHands ? { type: 'unknown', lacks: 'type' } : handsShaken(message);
      default:
        return { type: 'unknown' };
    }
  }

  function handsShaken(message: Fields): ServerMessage {
    if (hasError(message)) return { type: 'error', id: null };
    shookHands = true;
    return { type: 'ready' };
  }

  function invoked(name: unknown, args: unknown): ServerMessage {
    if (typeof name !== 'string') return { type: 'bad', lacks: 'target' };
    return Array.isArray(args) ? heard(name, args) : { type: 'bad', lacks: 'arguments' };
  }

  function completed(message: Fields): ServerMessage {
    if (hasError(message)) return { type: 'error', id: textField(message, 'invocationId') ?? null };
    return item === undefined
      ? textOf(message, 'result', answer, true)
      : textOf(message, 'invocationId', () => '', true);
  }

  function textOf(
    message: Fields,
    field: string,
    read: Reader | undefined,
    complete: boolean,
  ): ServerMessage {
    const id = textField(message, 'invocationId');
    if (id === undefined) return { type: 'bad', lacks: 'invocationId' };
    if (read === undefined) return IGNORED;
    const text = read(message[field]);
    return text === undefined
      ? { type: 'bad', lacks: field }
      : { type: 'chunk', id, seq: null, text, complete };
  }

  return {
    ...(!skipNegotiation && negotiation(path, accessToken)),
    begin: (_ids, dial) => {
      buffer.clear();
      shookHands = false;
      isFirst = dial === 0;
    },
    // A connection that was negotiated takes one socket; another socket makes one for itself.
    socket: ({ sessionId, token }) => ({
      path: withParameters(path, { id: isFirst ? sessionId : '', access_token: accessToken(token) }),
      headers: {},
    }),
    hello: () => HANDSHAKE,
    awaitsReady: true,
    question: (id, course, text) =>
      written({ type, invocationId: id, target, arguments: argumentsOf(id, course, text) }),
    heartbeat: { seconds: heartbeatSeconds, frames: () => BEAT },
    goodbye: () => GOODBYE,
    readFrame: (frame, hear) => {
      if (typeof frame !== 'string') return hear({ type: 'bad' });
      buffer.take(frame, (text) => hear(messageOf(jsonIn(text))));
    },
  };
}

function hasError({ error }: Fields): boolean {
  return error !== undefined && error !== null;
}
