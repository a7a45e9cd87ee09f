/** The chat sessions that exist. */
import { randomUUID } from 'node:crypto';

/** What a client gets when it creates a session, as it goes over the wire. */
export interface Session {
  session_id: string;
  connection_id: string;
}

/** The sessions created and not yet deleted. */
export class Sessions {
  private readonly connections = new Map<string, string>();

  /** Creates a session. */
  create(): Session {
    const session = { session_id: randomUUID(), connection_id: randomUUID() };
    this.connections.set(session.session_id, session.connection_id);
    return session;
  }

  /** True if the session exists and the connection is its own. */
  knows(sessionId: string | null, connectionId: string | null): boolean {
    return sessionId !== null && connectionId !== null && this.connections.get(sessionId) === connectionId;
  }

  /** Deletes a session; false if there is none. */
  delete(sessionId: string): boolean {
    return this.connections.delete(sessionId);
  }
}
