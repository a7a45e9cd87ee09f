/**
 * A back end whose every secret is known and whose every text is hostile: log-ins, sessions, errors, close reasons and
 * statuses. Speaks the chatbot's protocol without encryption; fails in turn, so that each of its texts is met.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { HOSTILE } from './hostile.ts';
import { listenFor } from './listen.ts';

/** Secrets that the server hands out. */
export const ISSUED = {
  token: 'canary-token-91f3',
  session: 'canary-session-77ab',
  connection: 'canary-conn-5d20',
};

/** Everything that the server knows and nobody else should: as it is, in JSON, as credentials, in an address. */
const INDISCREET = `${Object.values(ISSUED).join(' ')} Authorization: Bearer ${ISSUED.token} ?session=${ISSUED.session}&c=${ISSUED.connection} `;

/** Starts it; it is closed when the test ends. Works through a forward proxy, too. */
export async function canaryServer(
  t: TestContext,
): Promise<{ url: string; websocketUrl: string; port: number }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    if (requests % 11 === 0) return fail(request.socket, requests % 2 === 0);
    response.setHeader('content-type', 'application/json');
    response.writeHead(request.method === 'DELETE' ? 204 : 200).end(replyTo(request));
  });
  const sockets = new WebSocketServer({ server });
  let questions = 0;
  sockets.on('connection', (socket, { socket: connection }) => {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as { id: string };
      react(questions++ % 8, id, socket, connection);
    });
  });
  const port = await listenFor(t, server, sockets);
  return { url: `http://127.0.0.1:${port}`, websocketUrl: `ws://127.0.0.1:${port}`, port };
}

/** Node's own replies can't hold such characters, so they are written by hand; Go repeats a header without a colon. */
function fail(connection: Socket, malformed: boolean): void {
  const text = HOSTILE.replace(/[\r\n]/g, ' ');
  const header = malformed ? text.replaceAll(':', ' ') : `X-Text: ${text}`;
  const body = `${INDISCREET}${JSON.stringify(ISSUED)}`;
  connection.end(
    `HTTP/1.1 500 ${text}\r\n${header}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function replyTo({ url = '' }: IncomingMessage): string {
  if (url.endsWith('/auth/token')) return JSON.stringify({ token: ISSUED.token });
  const { session: session_id, connection: connection_id } = ISSUED;
  return JSON.stringify({ session_id, connection_id, name: HOSTILE });
}

function react(turn: number, id: string, socket: WebSocket, connection: Socket): void {
  const send = (message: Record<string, unknown>) => socket.send(JSON.stringify({ id, ...message }));
  const answer = { type: 'chunk', seq: 0, text: HOSTILE, complete_response: true };
  if (turn === 1) send({ type: 'error', text: INDISCREET + HOSTILE, message: HOSTILE, error: ISSUED });
  else if (turn === 2)
    socket.close(4001, `=1+1 ${ISSUED.token}<script>\u001b[31m\u0007|\`x\`](http://evil.example)`);
  else if (turn === 3) send({ ...answer, type: HOSTILE });
  else if (turn === 4) socket.send(INDISCREET + HOSTILE);
  else if (turn === 5) connection.destroy();
  else if (turn === 6) send({ ...answer, id: INDISCREET + HOSTILE });
  else send(answer);
}
