/** Proxies between k6 and a target; they end with the test. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { listen } from './listen.ts';

/** Passes TCP connections on to `port`, each only after `delayMs`; returns its own port. */
export function slowProxy(t: TestContext, port: number, delayMs: number): Promise<number> {
  return proxy(t, port, delayMs, createServer);
}

/** Speaks TLS with k6 and plain TCP with `port`; returns its own port. */
export function tlsProxy(t: TestContext, port: number, options: TlsOptions): Promise<number> {
  return proxy(t, port, 0, (accept) => createTlsServer(options, accept));
}

async function proxy(
  t: TestContext,
  port: number,
  delayMs: number,
  create: (accept: (client: Socket) => void) => Server,
): Promise<number> {
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    return socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
  };
  const server = create((client) => {
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
  return listen(server);
}
