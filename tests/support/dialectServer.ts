/**
 * A support desk: a back end of another dialect than the chatbot's, written from its description in
 * examples/support-desk/protocol.ts with Node's http and ws. It shares no code with lib/ and counts for itself.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { listenFor } from './listen.ts';

/** What the desk has counted. */
export interface DeskCounts {
  logins: number;
  sockets: number;
  /** First frames with a token that the desk had given. */
  welcomed: number;
  questions: number;
  /** Answers sent completely. */
  answers: number;
  parts: number;
  /** Answers to the desk's own pings. */
  pongs: number;
  /** Pings of the WebSocket protocol, from the other side. */
  pings: number;
  /** Messages of every kind. */
  received: number;
  sent: number;
  /** Requests and messages that the desk does not know. */
  strange: number;
  closes: Record<string, number>;
}

/** How a desk differs from one in which all is well. */
export interface DeskFaults {
  /** Every such question is never answered. */
  silentEvery?: number;
  /** First frames are not answered, or answered by closing with this code. */
  unready?: 'silent' | number;
  /** Parts and ends do not say which question they belong to. */
  withoutRefs?: boolean;
  /** Pings of a socket that have their pong; those after them have none. */
  pongs?: number;
  /** Text of every part. */
  content?: string;
  /** Sockets are closed with 1001 so many milliseconds after they opened. */
  closeAfterMs?: number;
}

export interface Desk {
  url: string;
  websocketUrl: string;
  counts: DeskCounts;
}

/** Starts a desk; it is closed when the test ends. */
export async function supportDesk(t: TestContext, faults: DeskFaults = {}): Promise<Desk> {
  const counts: DeskCounts = {
    logins: 0,
    sockets: 0,
    welcomed: 0,
    questions: 0,
    answers: 0,
    parts: 0,
    pongs: 0,
    pings: 0,
    received: 0,
    sent: 0,
    strange: 0,
    closes: {},
  };
  const tokens = new Set<string>();
  const server = createServer((request, response) => void logIn(request, response));
  const sockets = new WebSocketServer({ server, path: '/v2/live', autoPong: false });
  sockets.on('connection', (socket) => {
    counts.sockets++;
    socket.on('error', () => undefined);
    socket.on('close', (code) => (counts.closes[code] = (counts.closes[code] ?? 0) + 1));
    socket.on('message', (data: Buffer) => {
      counts.received++;
      hear(socket, data.toString());
    });
    let pings = 0;
    socket.on('ping', (data: Buffer) => {
      counts.pings++;
      if (++pings <= (faults.pongs ?? Infinity)) socket.pong(data);
    });
    if (faults.closeAfterMs !== undefined) setTimeout(() => socket.close(1001), faults.closeAfterMs);
  });
  const port = await listenFor(t, server, sockets);
  return { url: `http://127.0.0.1:${port}`, websocketUrl: `ws://127.0.0.1:${port}`, counts };

  async function logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += String(part);
    if (request.url === '/health') return void response.end();
    if (request.method !== 'POST' || request.url !== '/v2/login' || !/^\{"name":".+"\}$/.test(body)) {
      counts.strange++;
      return void response.writeHead(404).end();
    }
    const token = `token ${++counts.logins}`;
    tokens.add(token);
    response.end(JSON.stringify({ data: { access_token: token } }));
  }

  function say(socket: WebSocket, message: Record<string, string>): void {
    counts.sent++;
    socket.send(JSON.stringify(message));
  }

  function hear(socket: WebSocket, text: string): void {
    const { action, ...message } = parse(text);
    if (action === 'auth') welcome(socket, message['token'] ?? '');
    else if (action === 'ask') answer(socket, message);
    else if (action === 'pong') counts.pongs++;
    else misunderstand(socket);
  }

  function misunderstand(socket: WebSocket): void {
    counts.strange++;
    say(socket, { event: 'failed' });
  }

  function welcome(socket: WebSocket, token: string): void {
    if (!tokens.delete(token)) return socket.close(4401);
    counts.welcomed++;
    if (typeof faults.unready === 'number') return socket.close(faults.unready);
    if (faults.unready === undefined) say(socket, { event: 'welcome' });
  }

  function answer(socket: WebSocket, { ref = '', topic = '', message = '' }: Record<string, string>): void {
    counts.questions++;
    if (ref === '' || topic === '' || message === '') counts.strange++;
    if (counts.questions % (faults.silentEvery ?? Infinity) === 0) return;
    const about = faults.withoutRefs ? {} : { ref };
    const parts = faults.content === undefined ? ['First, ', 'second, ', 'third.'] : [faults.content];
    say(socket, { event: 'ping' });
    say(socket, { event: 'typing' });
    for (const content of parts) {
      counts.parts++;
      say(socket, { event: 'part', ...about, content });
    }
    counts.answers++;
    say(socket, { event: 'end', ...about });
  }
}

/** Nothing, when it is no JSON. */
function parse(text: string): Record<string, string> {
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}
