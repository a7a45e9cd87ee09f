/**
 * JSON-RPC 2.0 over a WebSocket (https://www.jsonrpc.org/specification): a question is a request, its answer the result,
 * or notifications that tell its id. A frame may hold several messages. Pure.
 */
import { idField, isPlainObject, jsonIn } from '../../../lib/words/jsonFields.ts';
import type { ChatIds, ChatProtocol, ServerMessage } from '../dialect.ts';
import { IGNORED, wholeAnswer } from './messages.ts';

/** What a back end has made of it. */
export interface JsonRpcWords {
  path?: string;
  /** A request before the first question, such as a log-in; its result says that the server is ready. */
  login?: { method: string; params: (ids: ChatIds) => object };
  method: string;
  params: (id: string, course: string, text: string) => object;
  /** The text in the result of a question; a back end whose answers are notifications leaves it out. */
  answer?: (result: unknown) => string | undefined;
  /** Reads a notification. */
  heard?: (method: string, params: unknown) => ServerMessage;
}

const LOGIN_ID = 0;

/** Makes the protocol of a VU; a script whose server batches names the feature `batches`. */
export function jsonRpc({
  path = '/',
  login,
  method,
  params,
  answer,
  heard = () => IGNORED,
}: JsonRpcWords): ChatProtocol {
  const request = (id: number, name: string, what: object): string =>
    JSON.stringify({ jsonrpc: '2.0', id, method: name, params: what });

  function messageOf(message: unknown): ServerMessage {
    if (!isPlainObject(message)) return { type: 'bad' };
    const { method: name } = message;
    if (typeof name === 'string') return heard(name, message['params']);
    const id = idField(message, 'id');
    if ((message['error'] ?? null) !== null)
      return { type: 'error', id: id === String(LOGIN_ID) ? null : (id ?? null) };
    if (!('result' in message)) return { type: 'unknown', lacks: 'result' };
    return id === undefined ? { type: 'bad', lacks: 'id' } : resultOf(id, message['result']);
  }

  function resultOf(id: string, result: unknown): ServerMessage {
    if (id === String(LOGIN_ID)) return { type: 'ready' };
    if (answer === undefined) return IGNORED;
    const text = answer(result);
    if (text === undefined) return { type: 'bad', lacks: 'result' };
    return wholeAnswer(id, text);
  }

  return {
    socket: () => ({ path, headers: {} }),
    ...(login && { hello: (ids) => request(LOGIN_ID, login.method, login.params(ids)), awaitsReady: true }),
    countedIds: true,
    question: (id, course, text) => request(Number(id), method, params(id, course, text)),
    readFrame: (frame, hear) => {
      const json = typeof frame === 'string' ? jsonIn(frame) : undefined;
      if (Array.isArray(json) && json.length > 0) json.forEach((message) => hear(messageOf(message)));
      else hear(messageOf(json));
    },
  };
}
