/** A back end with the chatbot's steps, but paths and names of its own; Node's http and ws, no code of lib/. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { listenFor } from './listen.ts';

/** The settings with which Crescendo speaks its dialect. */
export const RENAMED = {
  TOKEN_PATH: '/api/login',
  SESSIONS_PATH: '/api/talks',
  SOCKET_PATH: '/live',
  FIELD_NAMES:
    'user=name, token=data.access_token, session_id=talk, connection_id=line.id, type=kind, id=ref, text=body.words, ' +
    'seq=body.n, complete_response=body.last, course=topic, question=ask, chunk=part, error=failed',
};

/** Requests and messages, by what they were. */
export type Heard = Record<string, number>;

/** Starts the server; it answers in two parts, and refuses every fifth question. It is closed when the test ends. */
export async function renamedServer(
  t: TestContext,
): Promise<{ url: string; websocketUrl: string; heard: Heard }> {
  const heard: Heard = {};
  const count = (what: string): number => (heard[what] = (heard[what] ?? 0) + 1);
  const server = createServer(rest);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, { url, headers }) => {
    count(`${url ?? ''} ${headers.authorization ?? ''}`);
    count(`Origin ${headers.origin ?? ''}`);
    socket.on('message', (data: Buffer) => answer(socket, data.toString()));
  });
  const port = await listenFor(t, server, sockets);
  return { url: `http://127.0.0.1:${port}`, websocketUrl: `ws://127.0.0.1:${port}`, heard };

  function rest({ method = '', url = '' }: IncomingMessage, response: ServerResponse): void {
    const replies: Record<string, [number, object]> = {
      'POST /api/login': [200, { data: { access_token: 'tok' } }],
      'POST /api/talks': [201, { talk: 't/1', line: { id: 'l 1' } }],
      'POST /api/talks/?key=k': [201, { talk: 't/1', line: { id: 'l 1' } }],
      'DELETE /api/talks/t%2F1': [200, {}],
      'DELETE /api/talks/t%2F1?key=k': [200, {}],
    };
    const [status, reply] = replies[`${method} ${url}`] ?? [404, {}];
    if (url !== '/health') count(`${method} ${url}`);
    response.writeHead(status).end(JSON.stringify(reply));
  }

  function answer(socket: WebSocket, text: string): void {
    const message = JSON.parse(text) as Record<string, string>;
    const { ref } = message;
    const questions = count(`question of ${Object.keys(message).join()}`);
    if (questions % 5 === 0) return socket.send(JSON.stringify({ kind: 'failed', ref }));
    for (const n of [0, 1])
      socket.send(JSON.stringify({ kind: 'part', ref, body: { n, words: 'word ', last: n === 1 } }));
  }
}
