/** A TCP proxy between k6 and a target. */
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** Passes connections on to `port`, each only after `delayMs`; returns its own port. It ends with the test. */
export async function slowProxy(t: TestContext, port: number, delayMs: number): Promise<number> {
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    return socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    keep(client).pause();
    setTimeout(() => {
      const upstream = keep(connect(port, '127.0.0.1'));
      client.pipe(upstream).pipe(client);
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
    }, delayMs);
  });
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : NaN;
}
