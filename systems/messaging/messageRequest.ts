/** A message on its way to a messaging platform, by HTTP. Pure. */

/** Below the address of the API. */
export const MESSAGES_PATH = '/v1/messages';

/** The body; `text` and `sentAt` are JSON: messages share a text, and the platform hands `sentAt` on as it is. */
export function messageBody(conversation: string, text: string, sentAt: string | number): string {
  return `{"conversation_id":${JSON.stringify(conversation)},"text":${text},"sent_at":${sentAt}}`;
}
