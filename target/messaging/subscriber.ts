/** One client of the notifications: what it says on its socket, and what it hears. */
import type { RawData } from 'ws';
import { overloadDelay } from '../capacity.ts';
import { tally } from '../counts.ts';
import { Due } from '../due.ts';
import type { OutageMode, Sufferer } from '../outage.ts';
import type { ServerSocket } from '../serverSocket.ts';
import { readFrame, type ClientFrame } from './clientFrame.ts';
import { isConversation } from './conversationIds.ts';
import type { MessagingContext } from './messagingContext.ts';
import type { MessagingFault } from './messagingFaults.ts';

/** A client on an open socket. */
export interface Subscriber {
  /** Takes a notification; `index` is its place, from 0, over the whole server. */
  take(frame: Buffer, index: number): void;
}

/** Answers what comes on an open socket until it closes. */
export function listen(socket: ServerSocket, context: MessagingContext): void {
  const client = new Client(socket, context);
  socket.on('message', (data, isBinary) => client.receive(data, isBinary));
  socket.on('ping', (data) => client.pongFrame(data));
  socket.on('close', (code) => client.end(code));
  // ws closes the socket after an error of its own; without a listener the error would end the process.
  socket.on('error', () => undefined);
}

const AS_TEXT = { binary: false };

class Client implements Sufferer, Subscriber {
  private readonly socket: ServerSocket;
  private readonly context: MessagingContext;
  private readonly subscriptions = new Set<string>();
  /** Made when something has to wait: most sockets never need one. */
  private due: Due | undefined;

  constructor(socket: ServerSocket, context: MessagingContext) {
    this.socket = socket;
    this.context = context;
    const { sockets } = context.counters;
    context.outages.join(this);
    sockets.upgrades += 1;
    sockets.open += 1;
    sockets.peak = Math.max(sockets.peak, sockets.open);
  }

  receive(data: RawData, isBinary: boolean): void {
    if (!this.socket.isOpen() || !Buffer.isBuffer(data)) return;
    const { sockets } = this.context.counters;
    sockets.received += 1;
    const frame = isBinary ? undefined : readFrame(data.toString());
    if (frame === undefined) sockets.malformed += 1;
    else this.hear(frame);
  }

  pongFrame(data: Buffer): void {
    if (!this.socket.isOpen()) return;
    this.context.counters.sockets.pingFrames += 1;
    this.socket.pong(data);
    this.socket.cutOffDeaf();
  }

  take(frame: Buffer, index: number): void {
    const { arrivals, outages, counters } = this.context;
    if (outages.current()?.mode === 'silent') {
      arrivals.count('notification');
      counters.outages.notificationsLost += 1;
      return;
    }
    const fault = arrivals.meet('notification');
    if (fault === 'notification-lost') counters.notifications.lost += 1;
    else this.deliver(frame, index, fault);
  }

  suffer(mode: OutageMode): void {
    const { outages } = this.context.counters;
    if (mode === 'down' || mode === 'silent') outages.notificationsLost += this.due?.drop() ?? 0;
    if (mode !== 'down' || !this.socket.isOpen()) return;
    outages.socketsReset += 1;
    this.socket.reset();
  }

  end(code: number): void {
    const { counters, conversations, outages } = this.context;
    counters.notifications.unsent += this.due?.drop() ?? 0;
    for (const conversation of this.subscriptions) conversations.leave(conversation, this);
    counters.sockets.subscriptions -= this.subscriptions.size;
    outages.leave(this);
    counters.sockets.open -= 1;
    tally(counters.sockets.closes, code);
  }

  private hear(frame: ClientFrame): void {
    switch (frame.type) {
      case 'heartbeat':
        return this.beat();
      case 'subscribe':
        return this.subscribe(frame.conversations);
      case 'unsubscribe':
        return this.unsubscribe(frame.conversations);
    }
  }

  private beat(): void {
    const { counters, arrivals } = this.context;
    counters.sockets.heartbeats += 1;
    if (this.isSilent()) {
      arrivals.count('heartbeat');
      counters.outages.heartbeatsLost += 1;
    } else if (arrivals.meet('heartbeat') === undefined) {
      this.send('{"type":"heartbeat_ack"}');
      counters.sockets.acks += 1;
    }
  }

  private subscribe(asked: string[]): void {
    const { counters, arrivals, settings, conversations } = this.context;
    counters.sockets.subscribes += 1;
    const known = asked.filter((id) => isConversation(id, settings.conversations));
    for (const id of new Set(known)) {
      if (this.subscriptions.has(id)) continue;
      this.subscriptions.add(id);
      conversations.join(id, this);
      counters.sockets.subscriptions += 1;
    }
    if (this.isSilent()) {
      arrivals.count('subscription');
      counters.outages.subscribesLost += 1;
    } else if (arrivals.meet('subscription') === undefined) {
      this.send(JSON.stringify({ type: 'subscribed', conversations: known }));
      counters.sockets.subscribed += 1;
    }
  }

  private unsubscribe(asked: string[]): void {
    const { counters, arrivals, conversations } = this.context;
    counters.sockets.unsubscribes += 1;
    for (const id of asked.filter((each) => this.subscriptions.delete(each))) {
      conversations.leave(id, this);
      counters.sockets.subscriptions -= 1;
    }
    if (this.isSilent()) {
      arrivals.count('unsubscription');
      counters.outages.unsubscribesLost += 1;
    } else if (arrivals.meet('unsubscription') === undefined) {
      this.send(JSON.stringify({ type: 'unsubscribed', conversations: asked }));
      counters.sockets.unsubscribed += 1;
    }
  }

  private isSilent(): boolean {
    return this.context.outages.current()?.mode === 'silent';
  }

  private deliver(frame: Buffer, index: number, fault: MessagingFault | undefined): void {
    const { notifications } = this.context.counters;
    const delay = this.delayOf(index, fault);
    if (delay === 0) return this.hand(frame, fault);
    notifications.delayed += 1;
    this.due ??= new Due((by) => (notifications.pending += by));
    this.due.add(delay, true, () => this.hand(frame, fault));
  }

  private delayOf(index: number, fault: MessagingFault | undefined): number {
    const { settings, counters, outages } = this.context;
    const { notificationDelays, notificationLateMs, capacity, overloadMs } = settings;
    const planned = notificationDelays[index % notificationDelays.length] ?? 0;
    const late = fault === 'notification-late' ? notificationLateMs : 0;
    const outage = outages.current();
    if (outage?.mode === 'slow') counters.outages.notificationsDelayed += 1;
    const slow = outage?.mode === 'slow' ? outage.delayMs : 0;
    return planned + late + slow + overloadDelay(counters.sockets.open, capacity, overloadMs);
  }

  private hand(frame: Buffer, fault: MessagingFault | undefined): void {
    const { notifications } = this.context.counters;
    if (!this.send(frame)) {
      notifications.unsent += 1;
      return;
    }
    notifications.sent += 1;
    if (fault !== 'notification-doubled' || !this.send(frame)) return;
    notifications.sent += 1;
    notifications.doubled += 1;
  }

  /** False if the socket is closed. */
  private send(frame: string | Buffer): boolean {
    if (!this.socket.isOpen()) return false;
    this.socket.send(frame, AS_TEXT);
    this.socket.cutOffDeaf();
    return true;
  }
}
