/**
 * Centrifugo's JSON protocol over a WebSocket, of version 4 and later
 * (https://centrifugal.dev/docs/transports/client_protocol): a question is a call of a method or a publication, its answer
 * the reply to the call, or publications that tell its id. Pure.
 */
import { isPlainObject, isRecord, jsonIn, valueAt } from '../../../lib/words/jsonFields.ts';
import type { ChatIds, ChatProtocol, ServerMessage } from '../dialect.ts';
import { IGNORED, PUSH, wholeAnswer } from './messages.ts';

/** A call of a method, which a back end answers through the server, or a publication to a channel. */
export type CentrifugoQuestion =
  { rpc: { method: string; data: unknown } } | { publish: { channel: string; data: unknown } };

/** What a back end has made of it. */
export interface CentrifugoWords {
  /** With the query that it needs. */
  path?: string;
  /** What `connect` says; the token of the log-in, if there is one, when left out. */
  connect?: (ids: ChatIds) => object;
  /** What each `subscribe` before the first question says, such as its `channel`; the server may subscribe by itself. */
  subscriptions?: (ids: ChatIds) => readonly object[];
  /** Ids are 1, 2, 3 … in each session. */
  ask: (id: string, course: string, text: string, ids: ChatIds) => CentrifugoQuestion;
  /** The text in the data of the reply to a call; a back end whose answers are publications leaves it out. */
  answer?: (data: unknown) => string | undefined;
  /** Reads a publication, or what is sent to this client alone (channel ''); a push when left out. */
  heard?: (channel: string, data: unknown) => ServerMessage;
}

type Fields = Record<string, unknown>;

/** What it says as a ping, and hears as the answer. */
const EMPTY = '{}';
/** Commands count from here; subscriptions come next, then the questions. */
const CONNECT = 1;

/** Makes the protocol of a VU. A server that is busy puts several messages in a frame: feature `batches`. */
export function centrifugo({
  path = '/connection/websocket',
  connect = ({ token }) => (token === '' ? {} : { token }),
  subscriptions = () => [],
  ask,
  answer,
  heard = () => PUSH,
}: CentrifugoWords): ChatProtocol {
  let session: ChatIds;
  let wanted: readonly object[] = [];
  let subscribed = 0;
  let wantsPongs = false;
  const asked = (id: number): string => String(id - CONNECT - wanted.length);
  const isQuestion = (id: number): boolean => id > CONNECT + wanted.length;

  function messageOf(line: string): ServerMessage {
    if (line === EMPTY) return wantsPongs ? { type: 'reply', text: EMPTY } : IGNORED;
    const message = jsonIn(line);
    if (!isPlainObject(message)) return { type: 'bad' };
    const { id, push, error } = message;
    if (push !== undefined) return isPlainObject(push) ? pushed(push) : { type: 'bad', lacks: 'push' };
    const isId = Number.isSafeInteger(id) && Number(id) >= CONNECT;
    if (isId) return replied(Number(id), message);
    return isNone(error) ? { type: 'unknown', lacks: 'id' } : { type: 'error', id: null };
  }

  function replied(id: number, { error, connect: welcome, subscribe, rpc }: Fields): ServerMessage {
    if (!isNone(error)) return { type: 'error', id: isQuestion(id) ? asked(id) : null };
    if (isQuestion(id)) return answered(asked(id), rpc);
    if (id === CONNECT) return isRecord(welcome) ? connected(welcome) : { type: 'bad', lacks: 'connect' };
    if (!isRecord(subscribe)) return { type: 'bad', lacks: 'subscribe' };
    return ++subscribed === wanted.length ? { type: 'ready' } : IGNORED;
  }

  function connected({ pong }: Fields): ServerMessage {
    wantsPongs = pong === true;
    if (wanted.length === 0) return { type: 'ready' };
    const commands = wanted.map((subscribe, index) => JSON.stringify({ id: CONNECT + 1 + index, subscribe }));
    return { type: 'reply', text: commands.join('\n') };
  }

  function answered(id: string, rpc: unknown): ServerMessage {
    if (answer === undefined) return IGNORED;
    const text = answer(valueAt(rpc, 'data'));
    if (text === undefined) return { type: 'bad', lacks: 'rpc.data' };
    return wholeAnswer(id, text);
  }

  /** That the server has ended a subscription is no message of ours, but may be why an answer does not come. */
  function pushed({
    channel,
    pub,
    message,
    join,
    leave,
    subscribe,
    refresh,
    disconnect,
  }: Fields): ServerMessage {
    if (isRecord(pub))
      return typeof channel === 'string' ? heard(channel, pub['data']) : { type: 'bad', lacks: 'channel' };
    if (isRecord(message)) return heard('', message['data']);
    if (join !== undefined || leave !== undefined) return PUSH;
    if (disconnect !== undefined) return { type: 'error', id: null };
    return subscribe !== undefined || refresh !== undefined ? IGNORED : { type: 'unknown' };
  }

  return {
    begin: (ids) => {
      session = ids;
      wanted = subscriptions(ids);
      subscribed = 0;
      wantsPongs = false;
    },
    socket: () => ({ path, headers: {} }),
    hello: (ids) => JSON.stringify({ id: CONNECT, connect: connect(ids) }),
    awaitsReady: true,
    countedIds: true,
    question: (id, course, text) =>
      JSON.stringify({ id: CONNECT + wanted.length + Number(id), ...ask(id, course, text, session) }),
    readFrame: (frame, hear) => {
      if (typeof frame !== 'string') return hear({ type: 'bad' });
      if (!frame.includes('\n')) return hear(messageOf(frame));
      for (const line of frame.split('\n')) if (line !== '') hear(messageOf(line));
    },
  };
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null;
}
