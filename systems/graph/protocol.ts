/** What goes over the sockets of a graph service: JSON texts, one message each, and broadcasts to a channel. Pure. */
import { isPlainObject, jsonIn } from '../../lib/words/jsonFields.ts';

export const PING = '{"type":"ping"}';

export function subscribe(channel: string): string {
  return JSON.stringify({ type: 'subscribe', channel });
}

/** A message for all subscribers of a channel, who get it byte for byte; `payload`: JSON. */
export function broadcast(channel: string, payload: string): string {
  return `{"type":"broadcast","channel":${JSON.stringify(channel)},"payload":${payload}}`;
}

/** What the service said. */
export type ServerMessage =
  | { type: 'pong' }
  | { type: 'subscribed'; channel: string }
  | { type: 'broadcast'; channel: string; payload: Readonly<Record<string, unknown>> }
  /** Of a type that the protocol does not know. */
  | { type: 'unknown' }
  /** Of a known type, without what it must carry. */
  | { type: 'bad' }
  | { type: 'no JSON' };

const PONG = { type: 'pong' } as const;
const UNKNOWN = { type: 'unknown' } as const;
const BAD = { type: 'bad' } as const;
const NO_JSON = { type: 'no JSON' } as const;

/** Reads a frame. */
export function readMessage(text: string): ServerMessage {
  const message = jsonIn(text);
  if (message === undefined) return NO_JSON;
  if (!isPlainObject(message)) return BAD;
  const { type, channel, payload } = message;
  switch (type) {
    case 'pong':
      return PONG;
    case 'subscribed':
      return typeof channel === 'string' ? { type, channel } : BAD;
    case 'broadcast':
      return typeof channel === 'string' && isPlainObject(payload) ? { type, channel, payload } : BAD;
    default:
      return typeof type === 'string' ? UNKNOWN : BAD;
  }
}
