/**
 * A chat behind a gateway, written from what tests/k6/gateway.ts expects of it: every request and handshake needs Basic
 * authentication and a key, a log-in needs the password of its user and gives a cookie, the reply of a session sends
 * the socket elsewhere, and the server ends a socket with 1000 behind each answer.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { listenFor } from './listen.ts';

/** What the server has counted. */
export interface GatewayCounts {
  /** By user; a wrong password is none. */
  logins: Record<string, number>;
  talks: number;
  sockets: number;
  questions: number;
  answers: number;
  /** What went past the gateway without its headers, or was refused behind it. */
  refused: number;
  rooms: Record<string, number>;
}

/** How one differs from another. */
export interface GatewayManners {
  /** Where replies send sockets; the server itself when left out. */
  socketHost?: (port: number) => string;
  /** How a socket ends behind each answer; it stays open when this is null. */
  closeWith?: number | null;
  /** The socket ends with 1011 instead of every such answer. */
  failEvery?: number;
}

/** The password of each user is its name, backwards. */
export const passwordOf = (user: string): string => Array.from(user).reverse().join('');

/** Starts one; it is closed when the test ends. */
export async function gatewayServer(t: TestContext, manners: GatewayManners = {}) {
  const counts: GatewayCounts = {
    logins: {},
    talks: 0,
    sockets: 0,
    questions: 0,
    answers: 0,
    refused: 0,
    rooms: {},
  };
  const cookies = new Set<string>();
  /** Talk → answers that it has had. */
  const talks = new Map<string, number>();
  const http = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', upgrade);
  const port = await listenFor(t, http, sockets);
  const host = manners.socketHost?.(port) ?? `127.0.0.1:${port}`;
  return { url: `http://127.0.0.1:${port}`, websocketUrl: `ws://127.0.0.1:${port}`, port, counts };

  function passes({ headers }: IncomingMessage): boolean {
    const isFine = headers.authorization === `Basic ${btoa('gate:open')}` && headers['x-api-key'] === 'key-1';
    if (!isFine) counts.refused++;
    return isFine;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += String(part);
    if (request.url === '/health') return void response.end();
    if (!passes(request)) return void response.writeHead(401).end();
    if (request.url === '/login') {
      logIn(body, response);
      return;
    }
    const id = `talk-${++counts.talks}`;
    talks.set(id, 0);
    response.setHeader('X-Talk-Id', id);
    response.end(JSON.stringify({ socket: `ws://${host}/live?talk=${id}` }));
  }

  function logIn(body: string, response: ServerResponse): void {
    const { user, password } = JSON.parse(body) as { user: string; password: string };
    if (password !== passwordOf(user)) {
      counts.refused++;
      return void response.writeHead(403).end();
    }
    counts.logins[user] = (counts.logins[user] ?? 0) + 1;
    const cookie = `seat=${user}-${counts.logins[user]}`;
    cookies.add(cookie);
    response.setHeader('Set-Cookie', `${cookie}; Path=/; HttpOnly`);
    response.end(JSON.stringify({ token: `token of ${user}` }));
  }

  function upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const { searchParams } = new URL(request.url ?? '', 'ws://h');
    const talk = searchParams.get('talk') ?? '';
    const isKnown = cookies.has(request.headers.cookie ?? '') && talks.has(talk);
    const isResumed = Number(searchParams.get('after')) === talks.get(talk);
    if (!passes(request) || !isKnown || !isResumed) {
      counts.refused++;
      return void connection.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    }
    const room = searchParams.get('room') ?? '';
    counts.rooms[room] = (counts.rooms[room] ?? 0) + 1;
    sockets.handleUpgrade(request, connection, head, (socket) => open(socket, talk));
  }

  function open(socket: WebSocket, talk: string): void {
    counts.sockets++;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const { id, text } = JSON.parse(data.toString()) as { id: string; text: string };
      counts.questions++;
      if (counts.questions % (manners.failEvery ?? Infinity) === 0) return socket.close(1011);
      const number = (talks.get(talk) ?? 0) + 1;
      talks.set(talk, number);
      socket.send(JSON.stringify({ id, number, text: `You said: ${text}` }));
      counts.answers++;
      if (manners.closeWith !== null) socket.close(manners.closeWith ?? 1000);
    });
  }
}
