/**
 * What a client of SignalR asks before it dials
 * (https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/TransportProtocols.md). Pure.
 */
import { textField } from '../../../lib/words/jsonFields.ts';
import { withParameters, withoutQuery } from '../../../lib/words/query.ts';
import type { ChatProtocol } from '../dialect.ts';

/** The session is the connection that the socket then names: by its secret token, by its id before version 1. */
export function negotiation(path: string, accessToken: (token: string) => string) {
  const hub = withoutQuery(path);
  const place = `${hub}${hub.endsWith('/') ? '' : '/'}negotiate`;
  const url = withParameters(place + path.slice(hub.length), { negotiateVersion: '1' });
  return {
    createSession: (token) => {
      const said = accessToken(token);
      return {
        name: `POST ${place}`,
        method: 'POST',
        path: url,
        headers: said === '' ? {} : { Authorization: `Bearer ${said}` },
      };
    },
    readSession: (reply) => {
      const connectionId = textField(reply, 'connectionId') ?? '';
      const sessionId = textField(reply, 'connectionToken') ?? connectionId;
      return sessionId === '' ? { lacks: 'connectionToken' } : { sessionId, connectionId };
    },
  } satisfies Partial<ChatProtocol>;
}
