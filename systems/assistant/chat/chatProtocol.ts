/** Chats over HTTP on the wire. Pure. */
import { textField } from '../../../lib/words/jsonFields.ts';

/** The endpoints, as values of the tag `endpoint`. */
export const ENDPOINTS = ['chat'] as const;

/** Where a message goes, below the address of the API. */
export const CHAT_PATH = '/api/chat';

/** A message as a body. */
export function chatBody(message: string): string {
  return JSON.stringify({ message });
}

/** What the JSON of an answer lacks; `undefined`: nothing. */
export function lacking(reply: unknown): string | undefined {
  return textField(reply, 'reply') === undefined ? 'reply' : undefined;
}
