/**
 * STOMP 1.2 over a WebSocket (subprotocol `v12.stomp`, https://stomp.github.io/stomp-specification-1.2.html): a question
 * is sent to a destination, its answer comes from another one that is subscribed to. Pure.
 */
import type { ChatIds, ChatProtocol, ServerMessage } from '../dialect.ts';
import { IGNORED, wholeAnswer } from './messages.ts';
import { stompFrame, stompReader, type StompFrame } from './stompFrames.ts';

/** What a back end has made of it. */
export interface StompWords {
  path?: string;
  /** The virtual host. */
  host?: string;
  /** Further headers of CONNECT, such as `login` and `passcode`. */
  connect?: (ids: ChatIds) => Record<string, string>;
  /** Where answers come from; at least one place. */
  subscribe: (ids: ChatIds) => readonly string[];
  /** Where questions go. */
  destination: string;
  /** What a question carries; its text and the header `correlation-id` when left out. */
  send?: (id: string, course: string, text: string, ids: ChatIds) => StompQuestion;
  /**
   * Reads a message; `isAsked` tells whether a question of that id was asked in this session. When left out, a message is
   * the whole answer to the question in its header `correlation-id`.
   */
  heard?: (message: StompFrame, isAsked: (id: string) => boolean) => ServerMessage;
  /** The server sends no receipts, as Spring's simple broker: questions follow the subscription at once. */
  withoutReceipts?: boolean;
  /** 0: none. */
  heartbeatSeconds?: number;
}

/** Headers besides the destination, and the body. */
export interface StompQuestion {
  headers: Record<string, string>;
  body: string;
}

const NOBODY: ChatIds = { user: '', token: '', sessionId: '', connectionId: '' };
const SUBSCRIBED = 'subscribed';
const CORRELATION = 'correlation-id';

/** Makes the protocol of a VU. */
export function stomp({
  path = '/ws',
  host = '/',
  connect = () => ({}),
  subscribe,
  destination,
  send = (id, _course, text) => ({ headers: { [CORRELATION]: id }, body: text }),
  heard = answerIn,
  withoutReceipts = false,
  heartbeatSeconds = 10,
}: StompWords): ChatProtocol {
  const reader = stompReader();
  const beat = String(Math.round(heartbeatSeconds * 1000));
  const asked = new Set<string>();
  const isAsked = (id: string): boolean => asked.has(id);
  let ids = NOBODY;
  let wantsBeats = false;

  function readConnected({ headers }: StompFrame, hear: (message: ServerMessage) => void): void {
    if (headers['version'] !== '1.2') return hear({ type: 'bad', lacks: 'version 1.2' });
    const [, wanted = '0'] = (headers['heart-beat'] ?? '').split(',');
    wantsBeats = Number(wanted) > 0;
    hear({ type: 'reply', text: subscriptions() });
    if (withoutReceipts) hear({ type: 'ready' });
  }

  function subscriptions(): string[] {
    const places = subscribe(ids);
    return places.map((place, index) => {
      const isLast = index === places.length - 1;
      const receipt = isLast && !withoutReceipts ? { receipt: SUBSCRIBED } : {};
      return stompFrame('SUBSCRIBE', { id: String(index), destination: place, ...receipt });
    });
  }

  function readError({ headers }: StompFrame): ServerMessage {
    const id = headers['receipt-id'];
    return { type: 'error', id: id !== undefined && isAsked(id) ? id : null };
  }

  function readWhole(frame: StompFrame | undefined, hear: (message: ServerMessage) => void): void {
    switch (frame?.command) {
      case undefined:
        return hear({ type: 'bad', lacks: 'a well-formed frame' });
      case 'CONNECTED':
        return readConnected(frame, hear);
      case 'RECEIPT':
        return hear(frame.headers['receipt-id'] === SUBSCRIBED ? { type: 'ready' } : IGNORED);
      case 'MESSAGE':
        return hear(heard(frame, isAsked));
      case 'ERROR':
        return hear(readError(frame));
      default:
        return hear({ type: 'unknown' });
    }
  }

  return {
    begin: (theIds) => {
      ids = theIds;
      wantsBeats = false;
      reader.clear();
      asked.clear();
    },
    socket: () => ({ path, headers: {}, subprotocols: ['v12.stomp'] }),
    hello: () =>
      stompFrame('CONNECT', {
        'accept-version': '1.2',
        host,
        'heart-beat': `${beat},${beat}`,
        ...connect(ids),
      }),
    awaitsReady: true,
    question: (id, course, text) => {
      asked.add(id);
      const { headers, body } = send(id, course, text, ids);
      return stompFrame('SEND', { destination, ...headers }, body);
    },
    ...(heartbeatSeconds > 0 && {
      heartbeat: { seconds: heartbeatSeconds, frames: () => (wantsBeats ? '\n' : []) },
    }),
    goodbye: () => stompFrame('DISCONNECT', {}),
    readFrame: (frame, hear) => {
      if (typeof frame !== 'string') return hear({ type: 'bad', lacks: 'text' });
      reader.take(frame, (whole) => readWhole(whole, hear));
    },
  };
}

function answerIn({ headers, body }: StompFrame): ServerMessage {
  const id = headers[CORRELATION];
  if (id === undefined) return { type: 'unknown', lacks: CORRELATION };
  return wholeAnswer(id, body);
}
