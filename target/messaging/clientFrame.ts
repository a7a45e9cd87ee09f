/** What clients say on `/ws/notifications`, as it is read from a frame. */
import { readObject } from '../requests/jsonBody.ts';

/** One message of a client. */
export type ClientFrame =
  { type: 'heartbeat' } | { type: 'subscribe' | 'unsubscribe'; conversations: string[] };

/** Reads a frame; undefined if it is no message of the protocol. */
export function readFrame(text: string): ClientFrame | undefined {
  const { type, conversations } = readObject(text) ?? {};
  if (type === 'heartbeat') return { type };
  if (type !== 'subscribe' && type !== 'unsubscribe') return undefined;
  return isListOfTexts(conversations) ? { type, conversations } : undefined;
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
