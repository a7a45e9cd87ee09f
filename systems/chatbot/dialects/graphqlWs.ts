/**
 * GraphQL over a WebSocket (subprotocol `graphql-transport-ws`, as npm's graphql-ws has it:
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md): a question is an operation, its answer what the
 * operation yields until it is complete. Pure.
 */
import { isRecord, textField, valueAt } from '../../../lib/words/jsonFields.ts';
import type { ChatIds, ChatProtocol, ServerMessage } from '../dialect.ts';
import { wholeAnswer } from './messages.ts';

/** What a back end has made of it. */
export interface GraphqlWsWords {
  path?: string;
  /** What `connection_init` says, such as a token. */
  init?: (ids: ChatIds) => object;
  /** A subscription, or a query. */
  query: string;
  variables: (id: string, course: string, text: string) => object;
  /** Where in `data` the text of a part is, such as `answer.text`. */
  text: string;
}

const PONG = '{"type":"pong"}';

/** Makes the protocol of a VU. */
export function graphqlWs({
  path = '/graphql',
  init = () => ({}),
  query,
  variables,
  text,
}: GraphqlWsWords): ChatProtocol {
  function next(id: string, payload: unknown): ServerMessage {
    const errors = valueAt(payload, 'errors');
    if (Array.isArray(errors) && errors.length > 0) return { type: 'error', id };
    return {
      type: 'chunk',
      id,
      seq: null,
      text: textField(valueAt(payload, 'data'), text) ?? '',
      complete: false,
    };
  }

  return {
    socket: () => ({ path, headers: {}, subprotocols: ['graphql-transport-ws'] }),
    hello: (ids) => JSON.stringify({ type: 'connection_init', payload: init(ids) }),
    awaitsReady: true,
    question: (id, course, words) =>
      JSON.stringify({ id, type: 'subscribe', payload: { query, variables: variables(id, course, words) } }),
    read: (message) => {
      if (!isRecord(message)) return { type: 'bad' };
      const id = textField(message, 'id');
      switch (message['type']) {
        case 'connection_ack':
          return { type: 'ready' };
        case 'ping':
          return { type: 'reply', text: PONG };
        case 'pong':
          return { type: 'pong' };
        case 'next':
          return id === undefined ? { type: 'bad', lacks: 'id' } : next(id, message['payload']);
        case 'error':
          return { type: 'error', id: id ?? null };
        case 'complete':
          return id === undefined ? { type: 'bad', lacks: 'id' } : wholeAnswer(id, '');
        default:
          return message['type'] === undefined ? { type: 'unknown', lacks: 'type' } : { type: 'unknown' };
      }
    },
  };
}
