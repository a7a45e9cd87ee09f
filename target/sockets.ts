/** The WebSockets of one path. */
import { WebSocketServer } from 'ws';
import { ServerSocket } from './serverSocket.ts';
import type { Refusal, Upgrade, UpgradeBook, Upgrades } from './upgrades.ts';

const MAX_FRAME_BYTES = 1024 * 1024;

/** A path on which sockets are opened, and what becomes of them. */
export interface SocketPath {
  path: string;
  book: UpgradeBook;
  /** Returns what refuses an upgrade, `silent` if it is never answered, undefined if it is accepted. */
  refusal: (upgrade: Upgrade) => number | Refusal | 'silent' | undefined;
  /** Takes over a socket that has opened. */
  open: (socket: ServerSocket) => void;
}

/** Adds a path. Returns its sockets, a set that follows them as they open and close. */
export function addSockets(upgrades: Upgrades, { path, book, refusal, open }: SocketPath): Set<ServerSocket> {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: MAX_FRAME_BYTES,
    WebSocket: ServerSocket,
  });
  server.on('wsClientError', (_error, connection) => upgrades.refuse(connection, 400, book));
  upgrades.route(path, book, (upgrade) => {
    const { request, connection, head } = upgrade;
    const refused = refusal(upgrade);
    if (refused === 'silent') return upgrades.ignore(connection);
    if (refused !== undefined) return upgrades.refuse(connection, refused, book);
    server.handleUpgrade(request, connection, head, (socket) => {
      socket.connection = connection;
      open(socket);
    });
  });
  return server.clients;
}
