/** A chat whose log-in is a form and whose sockets are known by a cookie; messages have no type, ids are numbers. */
import { createServer, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import { listenFor } from './listen.ts';

/** What it has counted. */
export interface CookieCounts {
  logins: number;
  sockets: number;
  questions: number;
  answers: number;
  /** Log-ins and handshakes that were refused, and messages that are no question. */
  strange: number;
}

/** Starts it; it ends with the test. The user is `anna`, the password `open`. */
export async function cookieServer(
  t: TestContext,
): Promise<{ url: string; websocketUrl: string; counts: CookieCounts }> {
  const counts: CookieCounts = { logins: 0, sockets: 0, questions: 0, answers: 0, strange: 0 };
  const known = new Set<string>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const isRight = form.get('login') === 'anna' && form.get('password') === 'open';
      if (request.url === '/login' && !isRight) counts.strange++;
      if (request.url !== '/login' || !isRight) return void response.writeHead(403).end();
      const sid = `s:${++counts.logins}`;
      known.add(encodeURIComponent(sid));
      response.setHeader('Set-Cookie', `sid=${encodeURIComponent(sid)}; Path=/; HttpOnly`).end('{"ok":true}');
    });
  });
  const sockets = new WebSocketServer({
    server,
    verifyClient: ({ req }: { req: IncomingMessage }) => {
      const isKnown = known.delete(/^sid=(.*)$/.exec(req.headers.cookie ?? '')?.[1] ?? '');
      if (!isKnown) counts.strange++;
      return isKnown;
    },
  });
  sockets.on('connection', (socket) => {
    counts.sockets++;
    socket.send('{"hello":"there","version":3}');
    socket.on('message', (data: Buffer) => {
      const { id, prompt } = JSON.parse(data.toString()) as { id?: unknown; prompt?: unknown };
      const isQuestion = typeof id === 'number' && typeof prompt === 'string';
      counts[isQuestion ? 'questions' : 'strange']++;
      if (!isQuestion) return;
      for (const delta of ['Yes, ', 'indeed.']) socket.send(JSON.stringify({ id, delta }));
      counts.answers++;
      socket.send(JSON.stringify({ id, finished: true, usage: { max_tokens: 12 } }));
    });
  });
  const address = `127.0.0.1:${await listenFor(t, server, sockets)}`;
  return { url: `http://${address}`, websocketUrl: `ws://${address}`, counts };
}
