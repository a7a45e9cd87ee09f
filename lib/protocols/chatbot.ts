/** The course chatbot on the wire: REST for token and session, JSON messages on `/ws/chat`. Pure. */
import { isRecord, textField, type ChatProtocol, type ServerMessage } from './protocol.ts';

const JSON_BODY = { 'Content-Type': 'application/json' };
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

export const chatbot: ChatProtocol = {
  requestToken: (user) => ({
    name: 'POST /auth/token',
    method: 'POST',
    path: '/auth/token',
    body: JSON.stringify({ user }),
    headers: JSON_BODY,
  }),
  readToken: (reply) => textField(reply, 'token'),

  createSession: (token) => ({
    name: 'POST /chat/sessions',
    method: 'POST',
    path: '/chat/sessions',
    body: '{}',
    headers: { ...JSON_BODY, ...bearer(token) },
  }),
  readSession: (reply) => {
    const sessionId = textField(reply, 'session_id');
    const connectionId = textField(reply, 'connection_id');
    return sessionId && connectionId ? { sessionId, connectionId } : undefined;
  },
  deleteSession: ({ token, sessionId }) => ({
    name: 'DELETE /chat/sessions/{id}',
    method: 'DELETE',
    path: `/chat/sessions/${encodeURIComponent(sessionId)}`,
    headers: bearer(token),
  }),

  socket: ({ token, sessionId, connectionId }) => ({
    path: `/ws/chat?session_id=${encodeURIComponent(sessionId)}&connection_id=${encodeURIComponent(connectionId)}`,
    headers: bearer(token),
  }),
  question: (id, course, text) => JSON.stringify({ type: 'question', id, course, text }),
  read: (message) => {
    if (!isRecord(message)) return { type: 'bad' };
    const { type } = message;
    if (type === 'chunk') return readChunk(message);
    if (type === undefined) return { type: 'bad' };
    if (type === 'error') return { type: 'error', id: textField(message, 'id') ?? null };
    return { type: 'unknown' };
  },
};

function readChunk({ id, seq, text, complete_response: complete }: Record<string, unknown>): ServerMessage {
  if (typeof id !== 'string' || typeof complete !== 'boolean') return { type: 'bad' };
  return {
    type: 'chunk',
    id,
    seq: typeof seq === 'number' ? seq : null,
    text: typeof text === 'string' ? text : '',
    complete,
  };
}
