/** The HTTP endpoints of the messaging platform. */

/** What stands for each in settings, faults and counts. */
export const MESSAGING_ENDPOINTS = [
  // POST /v1/auth/login
  'login',
  // POST /v1/messages
  'message',
  // GET /v1/conversations
  'conversations',
  // POST /v1/files/initiate
  'initiate',
  // POST /v1/files/{id}/chunks
  'chunk',
  // POST /v1/files/{id}/complete
  'complete',
] as const;

/** The name of one endpoint. */
export type MessagingEndpoint = (typeof MESSAGING_ENDPOINTS)[number];
