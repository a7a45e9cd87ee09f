/**
 * A graph service that is not the reference target: written from the protocol's text with Node's http and ws, in one file
 * and graphRing.ts. It shares no code with target/ or systems/ and counts for itself. What breaks is up to the test.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { ask, type Reply } from './graphRing.ts';
import { listenFor } from './listen.ts';

/** One message for one subscriber, each numbered from 1; subscribers in the order in which they first subscribed. */
export interface Delivery {
  number: number;
  message: number;
  subscriber: number;
}

/** What breaks, by functions that are asked each time. */
export interface GraphHooks {
  /** Nothing is sent; it is sent twice; it is sent after the next one of its subscriber. */
  drop?: (delivery: Delivery) => boolean;
  double?: (delivery: Delivery) => boolean;
  swap?: (delivery: Delivery) => boolean;
  /** Milliseconds. */
  delay?: (delivery: Delivery) => number;
  /** So many messages are published before the subscription of a subscriber holds, and is confirmed. */
  wait?: (subscriber: number) => number;
  /** Whether a handshake, numbered from 1, is refused with 503. */
  refuse?: (handshake: number) => boolean;
  /** Milliseconds until a handshake is accepted. */
  accept?: (handshake: number) => number;
  /** Bytes that `/metrics` tells while so many sockets are open, at each reading, from 1; it answers 500 without. */
  memory?: (open: number, reading: number) => number | undefined;
  /** Whether a request gets 500; those of each path are numbered from 1. */
  fail?: (path: string, number: number) => boolean;
}

/** What it has seen, said and broken. */
export class GraphServerCounts {
  handshakes = 0;
  sockets = 0;
  nonsense = 0;
  /** Broadcasts received, the deliveries that should be, and those that were handed to a socket. */
  published = 0;
  due = 0;
  deliveries = 0;
  /** Messages by type. */
  readonly heard: Record<string, number> = {};
  readonly broken: Record<string, number> = {};
  readonly closes: Record<number, number> = {};
  /** Requests by path, and answers by status. */
  readonly requests: Record<string, number> = {};
  readonly answers: Record<number, number> = {};
}

/** A service at work. */
export interface GraphServer {
  /** Base of its HTTP addresses. */
  url: string;
  /** Base of its sockets; their path is `/ws`. */
  websocketUrl: string;
  counts: GraphServerCounts;
  /** Ends all sockets at once, with a close frame if there is a code; returns how many those were. */
  dropAll: (code?: number) => number;
}

type Message = Record<string, unknown>;

const ACKS: Record<string, string> = {
  ping: 'pong',
  subscribe: 'subscribed',
  unsubscribe: 'unsubscribed',
  disconnect: 'disconnect_ack',
};

const add = (counts: Record<string | number, number>, key: string | number): number =>
  (counts[key] = (counts[key] ?? 0) + 1);

/** Starts a service; it is closed when the test ends. */
export async function graphServer(t: TestContext, hooks: GraphHooks = {}): Promise<GraphServer> {
  const counts = new GraphServerCounts();
  const channels = new Map<string, Set<WebSocket>>();
  const numbers = new Map<WebSocket, number>();
  const held = new Map<WebSocket, () => void>();
  const waiting: { messages: number; join: () => void }[] = [];
  let subscribers = 0;
  const http = createServer((request, response) => void rest(request, response));
  const server = new WebSocketServer({
    server: http,
    path: '/ws',
    verifyClient: (_info, answer) => {
      const number = ++counts.handshakes;
      if (hooks.refuse?.(number) === true) answer(!breaks('refuse', true), 503);
      else if (hooks.accept === undefined) answer(true);
      else setTimeout(() => answer(true), hooks.accept(number));
    },
  });
  server.on('connection', welcome);
  const host = `127.0.0.1:${await listenFor(t, http, server)}`;
  return { url: `http://${host}`, websocketUrl: `ws://${host}`, counts, dropAll };

  function breaks(name: keyof GraphHooks, isNow = false): boolean {
    if (isNow) add(counts.broken, name);
    return isNow;
  }

  function dropAll(code?: number): number {
    const open = [...server.clients].filter((socket) => socket.readyState === socket.OPEN);
    for (const socket of open) {
      if (code === undefined) socket.terminate();
      else socket.close(code);
    }
    return open.length;
  }

  function welcome(socket: WebSocket): void {
    counts.sockets++;
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      add(counts.closes, code);
      for (const members of channels.values()) members.delete(socket);
    });
    socket.on('message', (data: Buffer, isBinary) => {
      const message = isBinary ? undefined : readMessage(data.toString());
      if (message === undefined) counts.nonsense++;
      else hear(socket, message, data.toString());
    });
  }

  function hear(socket: WebSocket, { type, channel }: Message, frame: string): void {
    const [word, room] = [String(type), String(channel)];
    add(counts.heard, word);
    if (word === 'broadcast') return publish(room, frame);
    if (word === 'subscribe') return subscribe(socket, room);
    if (word === 'unsubscribe') channels.get(room)?.delete(socket);
    acknowledge(socket, word, channel);
  }

  function acknowledge(socket: WebSocket, word: string, channel: unknown): void {
    socket.send(JSON.stringify({ type: ACKS[word], channel }));
  }

  function subscribe(socket: WebSocket, room: string): void {
    const number = numbers.get(socket) ?? ++subscribers;
    numbers.set(socket, number);
    const join = (): void => {
      channels.set(room, (channels.get(room) ?? new Set()).add(socket));
      acknowledge(socket, 'subscribe', room);
    };
    const messages = hooks.wait?.(number) ?? 0;
    if (breaks('wait', messages > counts.published)) waiting.push({ messages, join });
    else join();
  }

  function publish(room: string, frame: string): void {
    const message = ++counts.published;
    for (const socket of channels.get(room) ?? []) {
      const delivery = { number: ++counts.due, message, subscriber: numbers.get(socket) ?? NaN };
      const delay = hooks.delay?.(delivery) ?? 0;
      if (breaks('drop', hooks.drop?.(delivery))) continue;
      if (breaks('delay', delay > 0)) setTimeout(() => deliver(socket, frame, delivery), delay);
      else deliver(socket, frame, delivery);
    }
    for (const { messages, join } of waiting) if (messages === message) join();
  }

  function deliver(socket: WebSocket, frame: string, delivery: Delivery): void {
    const send = (): void => {
      if (socket.readyState !== socket.OPEN) return;
      counts.deliveries++;
      socket.send(frame);
    };
    if (breaks('swap', hooks.swap?.(delivery))) return void held.set(socket, send);
    send();
    if (breaks('double', hooks.double?.(delivery))) send();
    held.get(socket)?.();
    held.delete(socket);
  }

  function tellMemory(reading: number, response: ServerResponse): void {
    const open = [...server.clients].filter((socket) => socket.readyState === socket.OPEN).length;
    const bytes = hooks.memory?.(open, reading);
    const status = breaks('memory', bytes === undefined) ? 500 : 200;
    add(counts.answers, status);
    response.writeHead(status, { 'content-type': 'text/plain' });
    response.end(
      `# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes ${bytes ?? ''}\n`,
    );
  }

  async function rest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://graph');
    const number = add(counts.requests, pathname);
    if (pathname === '/metrics') {
      tellMemory(number, response);
      return;
    }
    let sent = '';
    for await (const part of request) sent += String(part);
    const reply: Reply = breaks('fail', hooks.fail?.(pathname, number))
      ? [500, { error: 'asked for' }]
      : ask(`${request.method ?? ''} ${pathname}`, searchParams, sent);
    add(counts.answers, reply[0]);
    response.writeHead(reply[0], { 'content-type': 'application/json' }).end(JSON.stringify(reply[1]));
  }
}

/** Reads a message of the protocol. */
function readMessage(text: string): Message | undefined {
  const message = parse(text);
  const { type, channel, payload } = message;
  if (typeof type !== 'string' || !['broadcast', ...Object.keys(ACKS)].includes(type)) return undefined;
  if (type !== 'ping' && type !== 'disconnect' && typeof channel !== 'string') return undefined;
  const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return type === 'broadcast' && !isObject ? undefined : message;
}

function parse(text: string): Message {
  try {
    return (JSON.parse(text) ?? {}) as Message;
  } catch {
    return {};
  }
}
