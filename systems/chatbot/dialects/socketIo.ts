/**
 * Socket.IO 4 over a WebSocket (protocol 5 of socket.io, 4 of engine.io: https://socket.io/docs/v4/socket-io-protocol/):
 * a question is an event, its answer the acknowledgement of that event, or later events that tell its id. Pure.
 */
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import { withParameters } from '../../../lib/words/query.ts';
import type { ChatIds, ChatProtocol, ServerMessage } from '../dialect.ts';
import { IGNORED, wholeAnswer } from './messages.ts';

/** What a back end has made of it. */
export interface SocketIoWords {
  /** With the query that it needs besides its own. */
  path?: string;
  /** `/` when left out. */
  namespace?: string;
  /** What the connection says of itself. */
  auth?: (ids: ChatIds) => object;
  /** The event of a question, and what it carries. */
  event: string;
  data: (id: string, course: string, text: string) => unknown;
  /** Reads an event and what it carries. */
  heard?: (event: string, data: unknown) => ServerMessage;
  /** The text in the acknowledgement of a question; a back end that acknowledges without an answer leaves it out. */
  answer?: (data: unknown) => string | undefined;
}

/** The kinds of packets: the first digit is engine.io's, the second socket.io's. */
const CONNECT = '40';
const DISCONNECT = '41';
const EVENT = '42';
const ACK = '43';
const CONNECT_ERROR = '44';

/** Makes the protocol of a VU. Ids of questions are numbers, for those of acknowledgements are. */
export function socketIo({
  path = '/socket.io/',
  namespace = '/',
  auth,
  event,
  data,
  heard = () => IGNORED,
  answer,
}: SocketIoWords): ChatProtocol {
  const place = namespace === '/' ? '' : `${namespace},`;
  const url = withParameters(path, { EIO: '4', transport: 'websocket' });
  const eventName = JSON.stringify(event);

  function readPacket(kind: string, body: string): ServerMessage {
    if (kind === CONNECT) return { type: 'ready' };
    if (kind === CONNECT_ERROR) return { type: 'error', id: null };
    if (kind === EVENT) return readEvent(jsonIn(body.replace(/^\d+/, '')));
    if (kind === ACK) return readAck(body);
    return kind === DISCONNECT ? IGNORED : { type: 'unknown' };
  }

  function readEvent(json: unknown): ServerMessage {
    if (!Array.isArray(json) || typeof json[0] !== 'string') return { type: 'bad', lacks: 'event' };
    return heard(json[0], json[1]);
  }

  function readAck(body: string): ServerMessage {
    const [, id = '', list = ''] = /^(\d+)(.*)$/s.exec(body) ?? [];
    const json = jsonIn(list);
    if (id === '' || !Array.isArray(json)) return { type: 'bad', lacks: 'id' };
    const text = answer?.(json[0]);
    if (answer === undefined) return IGNORED;
    if (text === undefined) return { type: 'error', id };
    return wholeAnswer(id, text);
  }

  return {
    socket: () => ({ path: url, headers: {} }),
    // The server speaks first: `0{"sid": …}`; its answer to what follows says that it is ready.
    hello: (ids) => CONNECT + place + (auth === undefined ? '' : JSON.stringify(auth(ids))),
    awaitsReady: true,
    countedIds: true,
    question: (id, course, text) =>
      `${EVENT}${place}${answer === undefined ? '' : id}[${eventName},${JSON.stringify(data(id, course, text))}]`,
    goodbye: () => DISCONNECT + place,
    readFrame: (frame, hear) => {
      if (typeof frame !== 'string') return hear(IGNORED);
      if (frame === '2') return hear({ type: 'reply', text: '3' });
      if (frame.startsWith('0') || frame === '6') return hear(IGNORED);
      const body = frame.slice(2);
      hear(readPacket(frame.slice(0, 2), body.startsWith(place) ? body.slice(place.length) : body));
    },
  };
}
