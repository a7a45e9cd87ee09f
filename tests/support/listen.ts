/** Servers of tests, each on a free port of the loopback. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { TestContext } from 'node:test';
import type { WebSocketServer } from 'ws';

/** Resolves to the port of a server when it listens; it is closed by whoever made it. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

type HttpServer = Server & { closeAllConnections: () => void };

/** The same of a server that is closed, with all that is connected to it, when the test ends. */
export async function listenFor(
  t: TestContext,
  server: HttpServer,
  sockets?: WebSocketServer,
): Promise<number> {
  t.after(() => closeAll(server, sockets));
  return listen(server);
}

/** Closes a server, with all that is connected to it. */
export function closeAll(server: HttpServer, sockets?: WebSocketServer): void {
  for (const socket of sockets?.clients ?? []) socket.terminate();
  server.close();
  server.closeAllConnections();
}
