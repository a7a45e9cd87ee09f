/** Servers that tests write from a specification whose messages are JSON. */
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import { closeAll, listenFor } from '../listen.ts';
import type { DialectServer } from './contract.ts';

/** Starts one that hears each message so (undefined: no JSON), and counts in `counts`; its sockets are counted here. */
export async function jsonServer(
  t: TestContext,
  counts: DialectServer['counts'] & { sockets: number },
  hear: (socket: WebSocket, message: unknown) => void,
): Promise<DialectServer> {
  const server = createServer((_request, response) => response.end('{}'));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    counts.sockets++;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => hear(socket, jsonIn(data.toString())));
  });
  const address = `127.0.0.1:${await listenFor(t, server, sockets)}`;
  return {
    url: `http://${address}`,
    websocketUrl: `ws://${address}`,
    counts,
    stop: () => closeAll(server, sockets),
  };
}
