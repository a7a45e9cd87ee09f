/**
 * Phoenix channels, version 2 of their messages (arrays of join reference, reference, topic, event and payload:
 * https://hexdocs.pm/phoenix/writing_a_channels_client.html): a question is a push, its answer the reply to it, or later
 * events that tell its id. Pure.
 */
import { textField, valueAt } from '../../../lib/words/jsonFields.ts';
import { withParameters } from '../../../lib/words/query.ts';
import type { ChatIds, ChatProtocol, ServerMessage } from '../dialect.ts';
import { IGNORED, wholeAnswer } from './messages.ts';

/** What a back end has made of it. */
export interface PhoenixWords {
  /** With the query that it needs besides its own. */
  path?: string;
  topic: (ids: ChatIds) => string;
  /** What joining the topic says. */
  join?: (ids: ChatIds) => object;
  event: string;
  data: (id: string, course: string, text: string) => object;
  /** The text in the reply to a question; a back end whose answers are events leaves it out. */
  answer?: (response: unknown) => string | undefined;
  /** Reads another event of the topic. */
  heard?: (event: string, payload: unknown) => ServerMessage;
  heartbeatSeconds?: number;
}

/** No question has that reference: theirs are numbers. */
const JOIN = 'join';
const BEAT = 'beat';

/** Makes the protocol of a VU. */
export function phoenix({
  path = '/socket/websocket',
  topic,
  join = () => ({}),
  event,
  data,
  answer,
  heard = () => IGNORED,
  heartbeatSeconds = 30,
}: PhoenixWords): ChatProtocol {
  const url = withParameters(path, { vsn: '2.0.0' });
  let joined = '';

  function replyTo(ref: unknown, payload: unknown): ServerMessage {
    const isFine = textField(payload, 'status') === 'ok';
    if (ref === BEAT) return { type: 'pong' };
    if (ref === JOIN) return isFine ? { type: 'ready' } : { type: 'error', id: null };
    if (typeof ref !== 'string') return { type: 'bad', lacks: 'ref' };
    if (!isFine) return { type: 'error', id: ref };
    const text = answer?.(valueAt(payload, 'response'));
    if (answer === undefined) return IGNORED;
    if (text === undefined) return { type: 'bad', lacks: 'response' };
    return wholeAnswer(ref, text);
  }

  return {
    begin: (ids) => void (joined = topic(ids)),
    socket: () => ({ path: url, headers: {} }),
    hello: (ids) => JSON.stringify([JOIN, JOIN, joined, 'phx_join', join(ids)]),
    awaitsReady: true,
    countedIds: true,
    question: (id, course, text) => JSON.stringify([JOIN, id, joined, event, data(id, course, text)]),
    heartbeat: {
      seconds: heartbeatSeconds,
      frames: () => JSON.stringify([null, BEAT, 'phoenix', 'heartbeat', {}]),
      awaitsPong: true,
    },
    read: (message) => {
      if (!Array.isArray(message) || typeof message[3] !== 'string')
        return { type: 'unknown', lacks: 'event' };
      const [, ref, , name, payload] = message as readonly unknown[];
      if (name === 'phx_reply') return replyTo(ref, payload);
      if (name === 'phx_error') return { type: 'error', id: null };
      return name === 'phx_close' ? IGNORED : heard(String(name), payload);
    },
  };
}
