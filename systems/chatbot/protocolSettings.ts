/** What settings can change of the chatbot's dialect. Pure. */

/** Our names of the fields in replies and messages, and of the types of messages; each is the chatbot's own, too. */
export const FIELD_NAMES = {
  user: 'user',
  token: 'token',
  session_id: 'session_id',
  connection_id: 'connection_id',
  type: 'type',
  id: 'id',
  course: 'course',
  text: 'text',
  seq: 'seq',
  complete_response: 'complete_response',
  question: 'question',
  chunk: 'chunk',
  error: 'error',
} as const;

/** Those of the names above that are values of the field `type`. */
export const MESSAGE_TYPES: readonly FieldName[] = ['question', 'chunk', 'error'];

export type FieldName = keyof typeof FIELD_NAMES;

/**
 * Our name → the back end's, where it is another. A field that we read may be nested: `data.token`; where we write it,
 * its last part counts.
 */
export type FieldNames = Readonly<Partial<Record<FieldName, string>>>;

/** Paths of the back end, which may have a query, and its names. */
export interface ChatbotSettings {
  tokenPath: string;
  sessionsPath: string;
  socketPath: string;
  fieldNames: FieldNames;
}

/** The chatbot's own. */
export const CHATBOT: ChatbotSettings = {
  tokenPath: '/auth/token',
  sessionsPath: '/chat/sessions',
  socketPath: '/ws/chat',
  fieldNames: {},
};
