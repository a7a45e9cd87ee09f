/** The sockets of messagingServer.ts: who hears of what. */
import type { WebSocket } from 'ws';
import { add, type MessagingCounts } from './messagingCounts.ts';

const PING_MS = 1000;

/** Knows the sockets and what they subscribe to. */
export class Sockets {
  private readonly members = new Map<string, Set<WebSocket>>();
  private readonly numbers = new Map<WebSocket, number>();
  private readonly counts: MessagingCounts;
  private readonly delayMs: number;

  /** There are such conversations; a late notification takes so many milliseconds. */
  constructor(counts: MessagingCounts, conversations: string[], delayMs: number) {
    this.counts = counts;
    this.delayMs = delayMs;
    for (const id of conversations) this.members.set(id, new Set());
  }

  welcome(socket: WebSocket): void {
    this.numbers.set(socket, this.counts.notifications.push(0) - 1);
    const pinging = setInterval(() => this.ping(socket), PING_MS);
    socket.on('error', () => undefined);
    socket.on('pong', () => this.counts.pongs++);
    socket.on('close', (code) => {
      clearInterval(pinging);
      add(this.counts.closes, code);
      for (const members of this.members.values()) members.delete(socket);
    });
    socket.on('message', (data: Buffer, isBinary) => this.hear(socket, isBinary ? '' : data.toString()));
    this.ping(socket);
  }

  private ping(socket: WebSocket): void {
    if (socket.readyState !== socket.OPEN) return;
    this.counts.pings++;
    socket.ping('here?');
  }

  private hear(socket: WebSocket, text: string): void {
    const { type, conversations } = parse(text);
    const isList = Array.isArray(conversations) && conversations.every((it) => typeof it === 'string');
    if (type === 'heartbeat') return this.beat(socket, add(this.counts.heard, type));
    if ((type === 'subscribe' || type === 'unsubscribe') && isList) this.follow(socket, type, conversations);
    else this.counts.nonsense++;
  }

  private follow(socket: WebSocket, type: 'subscribe' | 'unsubscribe', conversations: string[]): void {
    add(this.counts.heard, type);
    const known = conversations.filter((id) => this.members.has(id)).reverse();
    for (const id of known)
      if (type === 'subscribe') this.members.get(id)?.add(socket);
      else this.members.get(id)?.delete(socket);
    say(socket, { conversations: known, total: known.length, type: `${type}d` });
  }

  private beat(socket: WebSocket, number: number): void {
    if (this.counts.breaks('muteHeartbeat', number)) return;
    this.counts.heartbeatsAnswered++;
    say(socket, { at: new Date().toISOString(), type: 'heartbeat_ack' });
  }

  /** Tells those who subscribe to the conversation. */
  notify(conversation: string, message: Record<string, unknown>): void {
    for (const socket of this.members.get(conversation) ?? []) {
      const number = ++this.counts.due;
      const send = (): void => this.deliver(socket, { number, ...message });
      if (this.counts.breaks('lose', number)) continue;
      if (this.counts.breaks('late', number)) setTimeout(send, this.delayMs).unref();
      else send();
      if (this.counts.breaks('double', number)) send();
    }
  }

  private deliver(socket: WebSocket, message: Record<string, unknown>): void {
    if (socket.readyState !== socket.OPEN) return;
    const place = this.numbers.get(socket) ?? NaN;
    this.counts.notifications[place] = (this.counts.notifications[place] ?? 0) + 1;
    say(socket, message);
  }
}

// With blanks: it is the same JSON.
const say = (socket: WebSocket, message: Record<string, unknown>): void =>
  socket.send(JSON.stringify(message, null, 1));

/** Reads an object of JSON; an empty one is returned for anything else. */
export function parse(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
