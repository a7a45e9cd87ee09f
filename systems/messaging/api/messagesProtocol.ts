/** Messages and conversations of a messaging platform on the wire. Pure. */
import { idField, isPlainObject, valueAt } from '../../../lib/words/jsonFields.ts';
import { messageBody, MESSAGES_PATH } from '../messageRequest.ts';

/** The endpoints, as values of the tag `endpoint`. */
export const ENDPOINTS = ['messages', 'conversations'] as const;

/** One of them. */
export type Endpoint = (typeof ENDPOINTS)[number];

/** A message that is sent; `sentAt`: epoch milliseconds, a whole number, for not every platform keeps fractions. */
export interface Message {
  conversationId: string;
  sentAt: number;
}

/** A request, below the address of the API. */
export interface ApiRequest {
  method: 'GET' | 'POST';
  path: string;
  body: string | null;
}

/** The list of conversations. */
export const CONVERSATIONS: ApiRequest = { method: 'GET', path: '/v1/conversations', body: null };

/** A message; `textJson`: its text as JSON, which all messages of a VU share. */
export function messageRequest({ conversationId, sentAt }: Message, textJson: string): ApiRequest {
  return { method: 'POST', path: MESSAGES_PATH, body: messageBody(conversationId, textJson, sentAt) };
}

/** What is wrong with the JSON of an answer to a message; `undefined`: nothing. */
export function wrongMessage(reply: unknown, { conversationId, sentAt }: Message): string | undefined {
  if (idField(reply, 'id') === undefined) return 'lacks "id"';
  if (valueAt(reply, 'conversation_id') !== conversationId) return `is not of ${conversationId}`;
  return valueAt(reply, 'sent_at') === sentAt ? undefined : `has another "sent_at" than ${sentAt}`;
}

/** The same of the list of conversations. */
export function wrongList(reply: unknown): string | undefined {
  return isPlainObject(reply) && Array.isArray(reply['conversations']) ? undefined : 'lacks "conversations"';
}
