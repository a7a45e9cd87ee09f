/** One client's socket at a graph service: pings and subscriptions one by one, broadcasts whenever they come. */
import type { ConnectionBooks } from '../../lib/vu/connectionBooks.ts';
import { ExchangeSocket, type ExchangeListener } from '../../lib/vu/exchangeSocket.ts';
import { PING, readMessage, subscribe, type ServerMessage } from './protocol.ts';

/** What is said and waits for its one reply; the phases in which it fails. */
export type Exchanged = 'subscription' | 'ping';

/** All of it. */
export const EXCHANGED: readonly Exchanged[] = ['subscription', 'ping'];

type Broadcast = Extract<ServerMessage, { type: 'broadcast' }>;

/** What the user of a socket hears of it, besides the replies. */
export interface ChannelListener extends ExchangeListener {
  /** A broadcast arrived at `at` (epoch ms). */
  broadcast: (message: Broadcast, at: number) => void;
}

export class ChannelSocket extends ExchangeSocket<Exchanged> {
  private readonly listener: ChannelListener;

  /** `replyMs`: from anything that is said to its reply. */
  constructor(books: ConnectionBooks<Exchanged>, replyMs: number, listener: ChannelListener) {
    super(books, replyMs, listener);
    this.listener = listener;
  }

  /** Subscribes a channel; resolves to whether it was confirmed. One of these two at a time. */
  subscribe(channel: string): Promise<boolean> {
    return this.ask('subscription', { text: subscribe(channel), reply: 'subscribed', channel });
  }

  /** Pings; resolves to whether a pong came. */
  ping(): Promise<boolean> {
    return this.ask('ping', { text: PING, reply: 'pong' });
  }

  protected override hear(text: string, at: number): void {
    const message = readMessage(text);
    switch (message.type) {
      case 'broadcast':
        return this.listener.broadcast(message, at);
      case 'pong':
        return this.hearReply('pong', undefined, at);
      case 'subscribed':
        return this.hearReply('subscribed', message.channel, at);
      default:
        return this.hearOther(message.type, text);
    }
  }
}
