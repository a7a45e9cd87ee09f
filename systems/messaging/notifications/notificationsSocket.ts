/** One user's socket at a messaging platform: a subscription and heartbeats one by one, notifications whenever they come. */
import type { ConnectionBooks } from '../../../lib/vu/connectionBooks.ts';
import { ExchangeSocket, type ExchangeListener } from '../../../lib/vu/exchangeSocket.ts';
import type { Exchanged } from './notificationsBooks.ts';
import { HEARTBEAT, readFrame, subscribe, type ServerFrame } from './notificationsProtocol.ts';

/** What of a notification its user needs. */
export type Notification = Extract<ServerFrame, { type: 'notification' }>;

/** What the user of a socket hears of it, besides the replies. */
export interface NotificationsListener extends ExchangeListener {
  /** A notification arrived at `at` (epoch ms). */
  notified: (notification: Notification, at: number) => void;
}

/** How long replies may take, in milliseconds. */
interface Patience {
  replyMs: number;
  heartbeatMs: number;
}

export class NotificationsSocket extends ExchangeSocket<Exchanged> {
  private readonly listener: NotificationsListener;
  private readonly heartbeatMs: number;

  constructor(books: ConnectionBooks<Exchanged>, patience: Patience, listener: NotificationsListener) {
    super(books, patience.replyMs, listener);
    this.listener = listener;
    this.heartbeatMs = patience.heartbeatMs;
  }

  /** Subscribes a conversation; resolves to whether it was confirmed. One of these two at a time. */
  subscribe(conversation: string): Promise<boolean> {
    const text = subscribe(conversation);
    return this.ask('subscription', { text, reply: 'subscribed', channel: conversation });
  }

  /** Resolves to whether an ack came. */
  heartbeat(): Promise<boolean> {
    return this.ask('heartbeat', { text: HEARTBEAT, reply: 'heartbeat_ack', replyMs: this.heartbeatMs });
  }

  protected override hear(text: string, at: number): void {
    const frame = readFrame(text);
    switch (frame.type) {
      case 'notification':
        return this.listener.notified(frame, at);
      case 'heartbeat_ack':
        return this.hearReply(frame.type, undefined, at);
      case 'subscribed':
      case 'unsubscribed':
        return this.hearReply(frame.type, frame.conversations, at);
      default:
        return this.hearOther(frame.type, text);
    }
  }
}
