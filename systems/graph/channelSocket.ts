/** One client's socket at a graph service: pings and subscriptions one by one, broadcasts whenever they come. */
import { now, since } from '../../lib/k6/clock.ts';
import { openSocket, type Socket, type SocketTarget } from '../../lib/k6/socket.ts';
import type { ConnectionBooks } from '../../lib/vu/connectionBooks.ts';
import { Exchange } from '../../lib/vu/exchange.ts';
import type { Detail, Reason } from '../../lib/words/failures.ts';
import { PING, readMessage, subscribe, type ServerMessage } from './protocol.ts';

/** What is said and waits for its one reply; the phases in which it fails. */
export type Exchanged = 'subscription' | 'ping';

/** All of it. */
export const EXCHANGED: readonly Exchanged[] = ['subscription', 'ping'];

type Broadcast = Extract<ServerMessage, { type: 'broadcast' }>;

/** What the user of a socket hears of it, besides the replies. */
export interface ChannelListener {
  /** A broadcast arrived at `at` (epoch ms). */
  broadcast: (message: Broadcast, at: number) => void;
  /** A reply was handled so many milliseconds after it had arrived. */
  lagged: (milliseconds: number) => void;
  /** The connection ended and nobody here had closed it; everything that was under way has failed. */
  lost: (reason: Reason, detail: Detail) => void;
}

const nothing = (): void => undefined;

export class ChannelSocket {
  private readonly books: ConnectionBooks<Exchanged>;
  private readonly listener: ChannelListener;
  private readonly exchange: Exchange<Exchanged>;
  private readonly handshakes: Promise<unknown>[] = [];
  private socket: Socket | undefined;
  private frames = 0;

  /** `replyMs`: from anything that is said to its reply. */
  constructor(books: ConnectionBooks<Exchanged>, replyMs: number, listener: ChannelListener) {
    this.books = books;
    this.listener = listener;
    this.exchange = new Exchange(books, replyMs);
  }

  isOpen(): boolean {
    return this.socket?.isOpen() === true;
  }

  /** Opens it, again if called again. Throws a StepFailed of phase `connect`. */
  open(target: SocketTarget): Promise<void> {
    return this.books.dials(() => {
      const socket = openSocket(target, {
        message: (text, timestamp) => this.hear(text, timestamp),
        lost: (reason, detail) => this.lose(reason, detail),
        pinged: nothing,
        ponged: nothing,
      });
      this.socket = socket;
      this.handshakes.push(socket.handshakeOver);
      return socket.opened;
    });
  }

  /** Subscribes a channel; resolves to whether it was confirmed. One of these two at a time. */
  subscribe(channel: string): Promise<boolean> {
    return this.exchange.ask('subscription', () => this.say(subscribe(channel)), 'subscribed', channel);
  }

  /** Pings; resolves to whether a pong came. */
  ping(): Promise<boolean> {
    return this.exchange.ask('ping', () => this.say(PING), 'pong');
  }

  /** What was said gets no reply any more. */
  giveUp(): void {
    this.exchange.fail('answer_timeout');
  }

  /** Sends a text; false: the connection has just ended. */
  say(text: string): boolean {
    return this.socket?.send(text) === true;
  }

  /** Closes it, if it is open; it can be opened again. Nothing may wait for a reply. */
  drop(): void {
    this.socket?.close();
    this.books.left(now(), this.frames);
    this.frames = 0;
  }

  /** Closes it for good. */
  leave(): void {
    this.exchange.dispose();
    this.drop();
  }

  /** Resolves when the VU is free of every socket that was opened here. */
  gone(): Promise<unknown> {
    return Promise.all(this.handshakes);
  }

  private hear(text: string | null, at: number): void {
    this.frames++;
    if (text === null) return this.books.fail('stray', 'bad_type');
    const message = readMessage(text);
    switch (message.type) {
      case 'broadcast':
        return this.listener.broadcast(message, at);
      case 'pong':
        return this.hearReply('pong', undefined, at);
      case 'subscribed':
        return this.hearReply('subscribed', message.channel, at);
      case 'unknown':
        return this.books.unknown();
      case 'bad':
        return this.books.fail('stray', 'bad_message', text);
      case 'no JSON':
        return this.books.fail('stray', 'bad_json', text);
    }
  }

  private hearReply(type: string, channel: string | undefined, at: number): void {
    this.listener.lagged(since(at));
    this.exchange.hear(type, channel, at);
  }

  /** Where nothing is under way, the visit itself fails with the connection. */
  private lose(reason: Reason, detail: Detail): void {
    const isIdle = !this.exchange.isWaiting();
    this.books.lost(now());
    this.exchange.fail(reason, detail);
    if (isIdle) this.books.fail('socket', reason, detail);
    this.listener.lost(reason, detail);
  }
}
