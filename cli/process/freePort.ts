/** A TCP port of the loopback address that nobody uses. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Resolves to a port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
