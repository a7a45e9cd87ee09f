/**
 * A messaging platform that is not the reference target: written from the protocol's text with Node's http and ws. It
 * shares no code with target/ or systems/ and counts for itself. Where the text leaves room it takes it: notifications
 * before the 201, blanks, other fields and another order of them, ids of other shapes, PING frames, tokens of seconds.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { listenFor } from './listen.ts';
import { add, MessagingCounts, type MessagingFaults } from './messagingCounts.ts';
import { Files, type Reply } from './messagingFiles.ts';
import { parse, Sockets } from './messagingSockets.ts';
import { Tokens, type Claims } from './messagingTokens.ts';

/** How a platform is, and what breaks. */
export interface MessagingManners {
  faults?: MessagingFaults;
  /** Of a token; 5 without. */
  tokenSeconds?: number;
  /** Bytes, of all files or of file 1, 2 …; 65,521 without. */
  chunkSize?: number | ((file: number) => number);
  /** How many; 7 without. */
  conversations?: number;
  /** Of refused logins, 503 without; and of refused handshakes, 503 without. */
  loginStatus?: 401 | 429 | 503;
  upgradeStatus?: number;
  /** The endpoints of the faults `fail` and `slow`; `POST /v1/messages` without. */
  failing?: string;
  slowing?: string;
  /** Of slow replies and late notifications; 1000 without. */
  delayMs?: number;
}

/** A platform at work. */
export interface MessagingServer {
  /** Base of its HTTP addresses. */
  url: string;
  /** Base of its sockets; their path is `/ws/notifications`. */
  websocketUrl: string;
  counts: MessagingCounts;
  /** Ends all sockets at once, with a close frame if there is a code; returns how many those were. */
  dropAll: (code?: number) => number;
}

const LOGIN = 'POST /v1/auth/login';
const POST = 'POST /v1/messages';
const CHUNK = 'POST /v1/files/{id}/chunks';
/** So long a notification is ahead of the 201. */
const AHEAD_MS = 5;

/** Starts a platform; it is closed when the test ends. */
export async function messagingServer(
  t: TestContext,
  manners: MessagingManners = {},
): Promise<MessagingServer> {
  const { failing = POST, slowing = POST, delayMs = 1000, chunkSize = 65_521 } = manners;
  const counts = new MessagingCounts(manners.faults ?? {});
  const conversations = Array.from({ length: manners.conversations ?? 7 }, (_, at) => `conv-${at + 1}`);
  const tokens = new Tokens(manners.tokenSeconds ?? 5);
  const sockets = new Sockets(counts, conversations, delayMs);
  const files = new Files(counts, (file) => (typeof chunkSize === 'number' ? chunkSize : chunkSize(file)));
  let holders = 0;
  const http = createServer(
    { keepAliveTimeout: 120_000 },
    (request, response) => void rest(request, response),
  );
  http.on('upgrade', upgrade);
  const server = new WebSocketServer({ noServer: true });
  const host = `127.0.0.1:${await listenFor(t, http, server)}`;
  return { url: `http://${host}`, websocketUrl: `ws://${host}`, counts, dropAll };

  function dropAll(code?: number): number {
    const open = [...server.clients].filter((socket) => socket.readyState === socket.OPEN);
    for (const socket of open) {
      if (code === undefined) socket.terminate();
      else socket.close(code);
    }
    return open.length;
  }

  /** Who makes a request, or the reply that refuses it. */
  function holderOf({ url = '/', headers }: IncomingMessage): Claims | Reply {
    const claims = tokens.read(url, headers.authorization);
    if (typeof claims === 'string') return refused(claims);
    if (!counts.breaks('expireEarly', ++holders)) return claims;
    tokens.expire(claims);
    return refused('token_expired');
  }

  function refused(error: string): Reply {
    add(counts.unauthorised, error);
    return [401, { status: 401, error }];
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const [status, body] = refusal(request, ++counts.handshakes) ?? [101];
    if (body === undefined) server.handleUpgrade(request, socket, head, (opened) => sockets.welcome(opened));
    else socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n${json(body)}`);
  }

  function refusal(request: IncomingMessage, number: number): Reply | undefined {
    if (pathOf(request) !== '/ws/notifications') return [404, { error: 'nothing_here' }];
    if (counts.breaks('refuseUpgrade', number)) return [manners.upgradeStatus ?? 503, { error: 'asked_for' }];
    const holder = holderOf(request);
    return Array.isArray(holder) ? holder : undefined;
  }

  async function rest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { endpoint, id } = routeOf(request);
    const number = add(counts.requests, endpoint);
    const body = await bodyOf(request, endpoint === CHUNK && counts.breaks('cutChunk', number));
    if (body === undefined) return;
    const [status, reply] = answer(request, endpoint, id, body, number);
    if (endpoint === POST) await sleep(AHEAD_MS);
    if (endpoint === slowing && counts.breaks('slow', number)) await sleep(delayMs);
    add(counts.answers, `${endpoint} ${status}`);
    if (status === 429) response.setHeader('Retry-After', 1);
    response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(reply, null, 1));
  }

  function answer(...[request, endpoint, id, body, number]: Asked): Reply {
    if (endpoint === failing && counts.breaks('fail', number)) return [503, { error: 'asked_for' }];
    if (endpoint === LOGIN) return logIn(request, parse(body.toString()), number);
    const holder = holderOf(request);
    if (Array.isArray(holder)) return holder;
    switch (endpoint) {
      case POST:
        return post(holder.sub, parse(body.toString()));
      case 'GET /v1/conversations':
        return [200, { total: conversations.length, conversations: conversations.map(described) }];
      case 'POST /v1/files/initiate':
        return files.begin(parse(body.toString()));
      case CHUNK:
        return files.take(id, request.headers, body, number);
      case 'POST /v1/files/{id}/complete':
        return files.complete(id, parse(body.toString()), number);
      default:
        return [404, { error: 'nothing_here' }];
    }
  }

  function logIn({ url = '/' }: IncomingMessage, asked: Record<string, unknown>, number: number): Reply {
    if (counts.breaks('refuseLogin', number)) return [manners.loginStatus ?? 503, { error: 'asked_for' }];
    if (tokens.read(url, undefined) === 'token_in_url') return refused('token_in_url');
    const { username, password } = asked;
    if (typeof username !== 'string' || typeof password !== 'string') return [400, { error: 'bad_login' }];
    counts.logins++;
    const [token, expires_in] = [tokens.make(username), manners.tokenSeconds ?? 5];
    return [200, { expires_in, refresh_token: null, token_type: 'bearer', token }];
  }

  function post(sender: string, { conversation_id, text, sent_at }: Record<string, unknown>): Reply {
    if (typeof text !== 'string' || typeof conversation_id !== 'string' || sent_at === undefined)
      return [400, { error: 'bad_message' }];
    if (!conversations.includes(conversation_id)) return [404, { error: 'no_conversation' }];
    const number = ++counts.messages;
    const id = `${number}/${conversation_id}`;
    const message = { text, sent_at, sender, message_id: id, conversation_id };
    sockets.notify(conversation_id, { ...message, event: 'message', type: 'notification' });
    return [201, { created_at: Date.now() / 1000, sent_at, conversation_id, id, edited: false }];
  }
}

type Asked = [request: IncomingMessage, endpoint: string, id: string, body: Buffer, number: number];

const described = (id: string): Record<string, unknown> => ({ unread: 0, name: `About ${id}`, id });

const pathOf = ({ url = '/' }: IncomingMessage): string => url.replace(/\?.*/, '');

/** The id in a path, or what stands there if it can't be one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The endpoint that a request means, and the id of its file. */
function routeOf(request: IncomingMessage): { endpoint: string; id: string } {
  const path = pathOf(request);
  const [, id = '', action = ''] = /^\/v1\/files\/([^/]+)\/(\w+)$/.exec(path) ?? [];
  const place = id === '' ? path : `/v1/files/{id}/${action}`;
  return { endpoint: `${request.method ?? ''} ${place}`, id: decoded(id) };
}

/** The body of a request; none if it ends before, or if the connection is to be reset in the middle of it. */
async function bodyOf(request: IncomingMessage, isCut: boolean): Promise<Buffer | undefined> {
  const { socket, headers } = request;
  const most = isCut ? Number(headers['content-length'] ?? 0) / 2 : Infinity;
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= most) socket.resetAndDestroy();
    }
  } catch {
    return undefined;
  }
  if (isCut) socket.resetAndDestroy();
  return isCut ? undefined : Buffer.concat(parts);
}

/** The rest of a response whose body is JSON. */
function json(body: Record<string, unknown>): string {
  const text = JSON.stringify(body, null, 1);
  return `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}
