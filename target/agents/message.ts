/** What clients say to the agents, as it is read from a frame. */
import { isObject } from '../isObject.ts';
import { memberOf, textOf, writtenTree } from '../writtenJson.ts';

/** A message for an agent. */
export interface AgentMessage {
  type: 'agent_message';
  from: string;
  to: string;
  action: 'execute' | 'status';
  /** The number as it was written: read and written again, 1e3 or 20 digits would come back as another text. */
  timestamp: string;
  /** The JSON as it was written; undefined if there was none. */
  data: string | undefined;
}

/** A message for the subscribers of a channel. */
export interface Broadcast {
  type: 'broadcast';
  channel: string;
  /** All of it as it was written. */
  frame: string;
}

/** One message of a client. */
export type ClientMessage =
  | { type: 'ping' }
  | { type: 'subscribe' | 'unsubscribe'; channel: string }
  | AgentMessage
  | Broadcast
  | { type: 'disconnect' };

/** Reads a frame; undefined if it is no message of the protocol. */
export function readMessage(text: string): ClientMessage | undefined {
  const value = parseJson(text);
  if (!isObject(value)) return undefined;
  const { type, channel, payload } = value;
  switch (type) {
    case 'ping':
    case 'disconnect':
      return { type };
    case 'subscribe':
    case 'unsubscribe':
      return typeof channel === 'string' ? { type, channel } : undefined;
    case 'agent_message':
      return readAgentMessage(value, text);
    case 'broadcast':
      return typeof channel === 'string' && isObject(payload) ? { type, channel, frame: text } : undefined;
    default:
      return undefined;
  }
}

function readAgentMessage(
  { from, to, payload }: Record<string, unknown>,
  text: string,
): AgentMessage | undefined {
  if (!isName(from) || !isName(to) || !isObject(payload)) return undefined;
  const { action, timestamp } = payload;
  if ((action !== 'execute' && action !== 'status') || typeof timestamp !== 'number') return undefined;
  const written = memberOf(writtenTree(text), 'payload');
  if (written === undefined) return undefined;
  return {
    type: 'agent_message',
    from,
    to,
    action,
    timestamp: textOf(text, memberOf(written, 'timestamp')) ?? '',
    data: textOf(text, memberOf(written, 'data')),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
