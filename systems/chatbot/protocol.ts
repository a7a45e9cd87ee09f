/** The course chatbot on the wire: REST for token and session, JSON messages on its socket. Pure. */
import { idField, isRecord, textField, valueAt } from '../../lib/words/jsonFields.ts';
import { openQuery, withoutQuery } from '../../lib/words/query.ts';
import type { Credentials } from './client/users.ts';
import { FIELD_NAMES, type ChatbotSettings, type FieldName } from './protocolSettings.ts';
import { type ChatProtocol, type ServerMessage } from './dialect.ts';

const JSON_BODY = { 'Content-Type': 'application/json' };
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** Makes the protocol of a VU. Field names are captured variables, because `read` runs for every message. */
export function chatbot({ tokenPath, sessionsPath, socketPath, fieldNames: renamed }: ChatbotSettings) {
  const fieldNames: Record<FieldName, string> = { ...FIELD_NAMES, ...renamed };
  const { type, id, text, seq, complete_response: complete, chunk, error } = fieldNames;
  const nested: string[] = [];
  for (const name of [type, id, text, seq, complete]) if (lastPart(name) !== name) nested.push(name);

  function read(message: unknown): ServerMessage {
    const fields = message as Record<string, unknown> | null;
    if (fields?.[type] !== chunk) return readOther(message);
    const question = fields[id];
    const number = fields[seq];
    const words = fields[text];
    const isLast = fields[complete] ?? false;
    if (typeof question !== 'string') return { type: 'bad', lacks: id };
    if (typeof isLast !== 'boolean') return { type: 'bad', lacks: complete };
    return {
      type: 'chunk',
      id: question,
      seq: typeof number === 'number' ? number : null,
      text: typeof words === 'string' ? words : '',
      complete: isLast,
    };
  }

  function readOther(message: unknown): ServerMessage {
    const kind = valueAt(message, type);
    if (kind === undefined) return { type: 'unknown', lacks: type };
    if (kind === error) return { type: 'error', id: textField(message, id) ?? null };
    return { type: 'unknown' };
  }

  const tokenName = `POST ${withoutQuery(tokenPath)}`;
  const sessions = withoutQuery(sessionsPath);
  const sessionsName = `POST ${sessions}`;
  const sessionsQuery = sessionsPath.slice(sessions.length);
  const below = sessions.replace(/\/+$/, '');
  const deleteName = `DELETE ${below}/{id}`;
  const socketStart = openQuery(socketPath);
  const sessionId = lastPart(fieldNames.session_id);
  const connectionId = lastPart(fieldNames.connection_id);
  const userKey = lastPart(fieldNames.user);
  const typeKey = lastPart(type);
  const idKey = lastPart(id);
  const courseKey = lastPart(fieldNames.course);
  const textKey = lastPart(text);
  return {
    requestToken: (user: string, credentials?: Credentials) => ({
      name: tokenName,
      method: 'POST',
      path: tokenPath,
      body: JSON.stringify({ ...withoutUser(credentials), [userKey]: user }),
      headers: JSON_BODY,
    }),
    readToken: (reply) => textField(reply, fieldNames.token) ?? { lacks: fieldNames.token },

    createSession: (token) => ({
      name: sessionsName,
      method: 'POST',
      path: sessionsPath,
      body: '{}',
      headers: { ...JSON_BODY, ...bearer(token) },
    }),
    readSession: (reply) => {
      const session = idField(reply, fieldNames.session_id);
      const connection = idField(reply, fieldNames.connection_id);
      if (session === undefined) return { lacks: fieldNames.session_id };
      if (connection === undefined) return { lacks: fieldNames.connection_id };
      return { sessionId: session, connectionId: connection };
    },
    deleteSession: (ids) => ({
      name: deleteName,
      method: 'DELETE',
      path: `${below}/${encodeURIComponent(ids.sessionId)}${sessionsQuery}`,
      headers: bearer(ids.token),
    }),

    socket: (ids) => ({
      path: `${socketStart}${sessionId}=${encodeURIComponent(ids.sessionId)}&${connectionId}=${encodeURIComponent(ids.connectionId)}`,
      headers: bearer(ids.token),
    }),
    question: (questionId, course, words) =>
      JSON.stringify({
        [typeKey]: fieldNames.question,
        [idKey]: questionId,
        [courseKey]: course,
        [textKey]: words,
      }),
    read: nested.length === 0 ? read : (message) => read(lift(message, nested)),
  } satisfies ChatProtocol;
}

/** The other columns of a user's line. */
function withoutUser(credentials: Credentials = {}): Credentials {
  return Object.fromEntries(Object.entries(credentials).filter(([name]) => name !== 'user'));
}

/** `token` of `data.token`. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Puts nested fields where `read` looks for them: under their dotted names. */
function lift(message: unknown, nested: readonly string[]): unknown {
  if (isRecord(message)) for (const name of nested) message[name] = valueAt(message, name);
  return message;
}
