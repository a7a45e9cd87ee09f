/** Notifications of a messaging platform on the wire: frames of JSON over a socket, and messages by HTTP. Pure. */
import { isPlainObject, jsonIn, textField } from '../../../lib/words/jsonFields.ts';

/** Below the address of the sockets. */
export const SOCKET_PATH = '/ws/notifications';

export const HEARTBEAT = '{"type":"heartbeat"}';

export function subscribe(conversation: string): string {
  return JSON.stringify({ type: 'subscribe', conversations: [conversation] });
}

/** Whether the answer to a message says that it was taken. */
export function isTaken(text: string): boolean {
  return textField(jsonIn(text), 'id') !== undefined;
}

/** What the platform said. */
export type ServerFrame =
  | { type: 'heartbeat_ack' }
  | { type: 'subscribed' | 'unsubscribed'; conversations: string }
  | { type: 'notification'; conversation: string; sentAt: Readonly<Record<string, unknown>> }
  /** Of a type, or of an event, that the protocol does not know. */
  | { type: 'unknown' }
  /** Of a known type, without what it must carry. */
  | { type: 'bad' }
  | { type: 'no JSON' };

const ACK = { type: 'heartbeat_ack' } as const;
const UNKNOWN = { type: 'unknown' } as const;
const BAD = { type: 'bad' } as const;
const NO_JSON = { type: 'no JSON' } as const;
/** What others send may carry any value. */
const NO_STAMP = {};

/** Reads a frame. */
export function readFrame(text: string): ServerFrame {
  const frame = jsonIn(text);
  if (frame === undefined) return NO_JSON;
  if (!isPlainObject(frame)) return BAD;
  const { type } = frame;
  switch (type) {
    case 'notification':
      return readNotification(frame);
    case 'heartbeat_ack':
      return ACK;
    case 'subscribed':
    case 'unsubscribed':
      return Array.isArray(frame['conversations'])
        ? { type, conversations: frame['conversations'].join() }
        : BAD;
    default:
      return typeof type === 'string' ? UNKNOWN : BAD;
  }
}

function readNotification(frame: Readonly<Record<string, unknown>>): ServerFrame {
  const { event, conversation_id: conversation, sent_at: sentAt } = frame;
  if (event !== 'message') return typeof event === 'string' ? UNKNOWN : BAD;
  if (typeof conversation !== 'string' || sentAt === undefined) return BAD;
  return { type: 'notification', conversation, sentAt: isPlainObject(sentAt) ? sentAt : NO_STAMP };
}
