/** What goes over the wire of an agent platform: JSON texts, one message each. Pure. */
import { isPlainObject, jsonIn } from '../../lib/words/jsonFields.ts';

export const PING = '{"type":"ping"}';
export const FAREWELL = '{"type":"disconnect"}';

export function subscribe(channel: string): string {
  return JSON.stringify({ type: 'subscribe', channel });
}

export function unsubscribe(channel: string): string {
  return JSON.stringify({ type: 'unsubscribe', channel });
}

/** Who talks to whom over one connection. */
export interface Parties {
  user: string;
  agent: string;
}

/**
 * The beginning of all messages of a user. Only what differs is written for each: `timestamp` is what its response must
 * carry, `number` (in the data, which comes back too) tells which message a response with another timestamp is for.
 */
export function messageWriter({ user, agent }: Parties): (number: number, timestamp: number) => string {
  const start = `{"type":"agent_message","from":${JSON.stringify(user)},"to":${JSON.stringify(agent)},"payload":{"action":"`;
  return (number, timestamp) =>
    `${start}${number % 2 === 0 ? 'execute' : 'status'}","timestamp":${timestamp},"data":{"number":${number}}}}`;
}

/** What the platform said. */
export type ServerMessage =
  | { type: 'pong' | 'disconnect_ack' }
  | { type: 'subscribed' | 'unsubscribed'; channel: string }
  | Response
  /** For all subscribers of a channel; nobody waits for it. */
  | { type: 'broadcast' }
  /** Of a type that the protocol does not know. */
  | { type: 'unknown' }
  /** Of a known type, without what it must carry. */
  | { type: 'bad' }
  | { type: 'no JSON' };

/** The response to one message of a user's. */
export interface Response {
  type: 'agent_response';
  from: string;
  to: string;
  timestamp: number;
  /** The `number` that came back; undefined: the platform did not send the data back. */
  number: number | undefined;
  /** Whether the agent did what it was asked for. */
  isProcessed: boolean;
}

/** Reads a frame. */
export function readMessage(text: string): ServerMessage {
  const message = jsonIn(text);
  if (message === undefined) return NO_JSON;
  if (!isPlainObject(message)) return BAD;
  switch (message['type']) {
    case 'agent_response':
      return responseOf(message);
    case 'pong':
      return PONG;
    case 'subscribed':
    case 'unsubscribed':
      return typeof message['channel'] === 'string'
        ? { type: message['type'], channel: message['channel'] }
        : BAD;
    case 'disconnect_ack':
      return FAREWELL_ACK;
    case 'broadcast':
      return BROADCAST;
    default:
      return typeof message['type'] === 'string' ? UNKNOWN : BAD;
  }
}

const PONG = { type: 'pong' } as const;
const FAREWELL_ACK = { type: 'disconnect_ack' } as const;
const BROADCAST = { type: 'broadcast' } as const;
const UNKNOWN = { type: 'unknown' } as const;
const BAD = { type: 'bad' } as const;
const NO_JSON = { type: 'no JSON' } as const;

function responseOf({ from, to, timestamp, payload }: Record<string, unknown>): Response | typeof BAD {
  if (typeof from !== 'string' || typeof to !== 'string' || typeof timestamp !== 'number') return BAD;
  if (!isPlainObject(payload) || typeof payload['status'] !== 'string') return BAD;
  const { status, data } = payload;
  const number = isPlainObject(data) ? data['number'] : undefined;
  return {
    type: 'agent_response',
    from,
    to,
    timestamp,
    number: typeof number === 'number' ? number : undefined,
    isProcessed: status === 'processed',
  };
}
