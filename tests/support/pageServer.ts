/** Serves a page and passes everything else on to a back end, so that both are of one origin, as behind a gateway. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { listenFor } from './listen.ts';

/**
 * Starts it in front of `backEnd` (`http://…`); it ends with the test. A page can't set headers of a handshake: what it
 * gives as the parameter `access_token` is passed on as Authorization instead.
 */
export async function pageServer(
  t: TestContext,
  backEnd: string,
  page = '',
): Promise<{ url: string; websocketUrl: string }> {
  const { hostname, port } = new URL(backEnd);
  const open = new Set<Socket>();
  const server = createServer((incoming, response) => {
    if (incoming.method === 'GET' && incoming.url === '/')
      return void response.setHeader('Content-Type', 'text/html; charset=utf-8').end(page);
    passOn(incoming, response, { hostname, port });
  });
  server.on('upgrade', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    }
    upstream.write(handshakeOf(incoming));
    upstream.write(head);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  t.after(() => {
    for (const socket of open) socket.destroy();
  });
  const address = `127.0.0.1:${await listenFor(t, server)}`;
  return { url: `http://${address}`, websocketUrl: `ws://${address}` };
}

function passOn(
  incoming: IncomingMessage,
  response: ServerResponse,
  host: { hostname: string; port: string },
): void {
  const { method, url, headers } = incoming;
  const outgoing = request({ ...host, method, path: url, headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  outgoing.on('error', () => response.writeHead(502).end());
  incoming.pipe(outgoing);
}

function handshakeOf({ url = '', rawHeaders }: IncomingMessage): string {
  const address = new URL(url, 'http://localhost');
  const token = address.searchParams.get('access_token');
  address.searchParams.delete('access_token');
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}`] : [],
  );
  const authorization = token === null ? [] : [`Authorization: Bearer ${token}`];
  return [`GET ${address.pathname}${address.search} HTTP/1.1`, ...headers, ...authorization, '', ''].join(
    '\r\n',
  );
}
