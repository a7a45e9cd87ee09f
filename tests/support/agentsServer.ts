/**
 * An agent platform that is not the reference target: written from the protocol's text with Node's http and ws, in one
 * file and agentsWire.ts. It shares no code with target/ or systems/ and counts for itself.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { isSound, NUMBER, readMessage, written, type Message } from './agentsWire.ts';
import { listenFor } from './listen.ts';

/**
 * What breaks, each at every so many: handshakes refused; responses dropped, sent twice, sent after the next one, with
 * the timestamp of the message before, cut in the middle, or a reset connection instead; acks and pongs that are missing.
 */
export type PlatformFaults = Partial<
  Record<
    | 'refuse'
    | ('drop' | 'double' | 'swap' | 'mistime' | 'cut' | 'reset')
    | ('muteSubscribe' | 'mutePing' | 'muteDisconnect'),
    number
  >
>;

/** How a platform differs from one that answers at once: each response takes `delayMs`, and `tiresMs` more than the last. */
export interface Manners {
  faults?: PlatformFaults;
  delayMs?: number;
  tiresMs?: number;
}

/** What it has seen, said and broken. */
export class PlatformCounts {
  handshakes = 0;
  sockets = 0;
  /** Handshakes that brought a cookie, which every handshake gets. */
  known = 0;
  nonsense = 0;
  /** Messages by type. */
  readonly heard: Record<string, number> = {};
  readonly said: Record<string, number> = {};
  readonly broken: Record<string, number> = {};
  readonly closes: Record<number, number> = {};
}

/** A platform at work. */
export interface Platform {
  /** Of its sockets, with the path. */
  url: string;
  counts: PlatformCounts;
  /** Sends something to the subscribers of a channel; returns how many there are. */
  broadcast(channel: string, payload: unknown): number;
}

const REPLIES: Record<string, [type: string, fault?: keyof PlatformFaults]> = {
  ping: ['pong', 'mutePing'],
  subscribe: ['subscribed', 'muteSubscribe'],
  unsubscribe: ['unsubscribed'],
  disconnect: ['disconnect_ack', 'muteDisconnect'],
};

const add = (counts: Record<string | number, number>, key: string | number): void =>
  void (counts[key] = (counts[key] ?? 0) + 1);

/** Starts a platform; it is closed when the test ends. */
export async function agentsServer(
  t: TestContext,
  { faults = {}, delayMs = 0, tiresMs = 0 }: Manners = {},
): Promise<Platform> {
  const counts = new PlatformCounts();
  const channels = new Map<string, Set<WebSocket>>();
  const http = createServer((_request, response) => response.end('{"status": "ok"}'));
  const verifyClient = (): boolean => !breaks('refuse', ++counts.handshakes);
  const server = new WebSocketServer({ server: http, path: '/ws', verifyClient });
  server.on('headers', (headers) => headers.push(`Set-Cookie: client=${counts.handshakes}`));
  server.on('connection', (socket, request) => welcome(socket, request));
  const port = await listenFor(t, http, server);
  return { url: `ws://127.0.0.1:${port}/ws`, counts, broadcast };

  function breaks(fault: keyof PlatformFaults, number: number): boolean {
    const isNow = number % (faults[fault] ?? Infinity) === 0;
    if (isNow) add(counts.broken, fault);
    return isNow;
  }

  function say(socket: WebSocket, message: Message): void {
    if (socket.readyState !== socket.OPEN) return;
    add(counts.said, String(message['type']));
    socket.send(written(message));
  }

  function broadcast(channel: string, payload: unknown): number {
    const subscribers = channels.get(channel) ?? new Set();
    for (const socket of subscribers) say(socket, { type: 'broadcast', channel, payload });
    return subscribers.size;
  }

  function welcome(socket: WebSocket, { headers, socket: connection }: IncomingMessage): void {
    const respond = responder(socket, connection);
    counts.sockets++;
    if (headers.cookie !== undefined) counts.known++;
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      add(counts.closes, code);
      for (const subscribers of channels.values()) subscribers.delete(socket);
    });
    socket.on('message', (data: Buffer, isBinary) => {
      const message = isBinary ? {} : readMessage(data.toString());
      if (isSound(message)) hear(message);
      else counts.nonsense++;
    });
    const hear = (message: Message): void => {
      const [type, channel] = [String(message['type']), String(message['channel'])];
      add(counts.heard, type);
      if (type === 'subscribe') channels.set(channel, (channels.get(channel) ?? new Set()).add(socket));
      if (type === 'unsubscribe') channels.get(channel)?.delete(socket);
      if (type === 'agent_message') return respond(message, counts.heard[type] ?? 0);
      const [reply, fault] = REPLIES[type] ?? [];
      if (fault !== undefined && breaks(fault, counts.heard[type] ?? 0)) return;
      say(socket, { type: reply, channel: message['channel'] });
    };
  }

  function responder(socket: WebSocket, connection: Socket): (message: Message, number: number) => void {
    let last = `${NUMBER}0`;
    let later: (() => void) | undefined;
    return ({ from, to, payload }, number) => {
      const { timestamp, action, data } = payload as Message;
      const wrong = breaks('mistime', number) ? last : timestamp;
      last = String(timestamp);
      const body = { status: 'processed', action, data };
      const response = { type: 'agent_response', from: to, to: from, payload: body, timestamp: wrong };
      const send = (): void => say(socket, response);
      const act = (): void => {
        if (breaks('drop', number)) return;
        if (breaks('reset', number)) return void connection.resetAndDestroy();
        if (breaks('cut', number)) return socket.send(written(response).slice(0, -9));
        if (breaks('swap', number)) {
          later = send;
          return;
        }
        for (const each of [send, breaks('double', number) ? send : undefined, later]) each?.();
        later = undefined;
      };
      setTimeout(act, delayMs + tiresMs * (number - 1));
    };
  }
}
