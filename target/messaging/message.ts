/** Messages, as they are read from a request. */
import { readObject } from '../requests/jsonBody.ts';
import { memberOf, textOf, writtenTree } from '../writtenJson.ts';

/** A message for a conversation. */
export interface Message {
  conversation: string;
  text: string;
  /** Any JSON, as it was written. */
  sentAt: string;
}

/** Reads a body; undefined if it is no message. */
export function readMessage(body: string): Message | undefined {
  const { conversation_id, text, sent_at } = readObject(body) ?? {};
  if (typeof conversation_id !== 'string' || typeof text !== 'string' || sent_at === undefined)
    return undefined;
  const sentAt = written(body, sent_at);
  return sentAt === undefined ? undefined : { conversation: conversation_id, text, sentAt };
}

/** Most clients write a value as JSON.stringify does; where it stands so, the costlier look is spared. */
function written(body: string, value: unknown): string | undefined {
  const usual = JSON.stringify(value);
  const start = body.indexOf(`"sent_at":${usual}`);
  const after = start === -1 ? '' : body[start + `"sent_at":`.length + usual.length];
  if (after === ',' || after === '}') return usual;
  return textOf(body, memberOf(writtenTree(body), 'sent_at'));
}
