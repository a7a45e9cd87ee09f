/** One client of the agents: what it says on its socket, and what it hears. */
import type { RawData } from 'ws';
import { tally } from '../counts.ts';
import { Due } from '../due.ts';
import { codeOf } from '../faultName.ts';
import type { Listener } from '../listener.ts';
import type { OutageMode, Sufferer } from '../outage.ts';
import type { ServerSocket } from '../serverSocket.ts';
import { Swap } from '../swap.ts';
import type { AgentsContext } from './agentsContext.ts';
import type { AgentsFault } from './agentsFaults.ts';
import { delayOf } from './delays.ts';
import { readMessage, type AgentMessage, type Broadcast, type ClientMessage } from './message.ts';
import { firstHalf, otherTimestamp, responseTo, takesResponse } from './response.ts';

const LATE_MS = 3000;

/** Answers what comes on an open socket until it closes. */
export function listen(socket: ServerSocket, context: AgentsContext): void {
  const connection = new Connection(socket, context);
  socket.on('message', (data, isBinary) => connection.receive(data, isBinary));
  socket.on('ping', (data) => connection.pongFrame(data));
  socket.on('close', (code) => connection.end(code));
  // ws closes the socket after an error of its own; without a listener the error would end the process.
  socket.on('error', () => undefined);
}

class Connection implements Sufferer, Listener {
  readonly socket: ServerSocket;
  private readonly context: AgentsContext;
  private readonly subscriptions = new Set<string>();
  private readonly due: Due;
  private readonly swap: Swap;
  /** The timestamp of the last message. */
  private before: string | undefined;

  constructor(socket: ServerSocket, context: AgentsContext) {
    this.socket = socket;
    this.context = context;
    const { counters, outages, broadcaster } = context;
    this.due = new Due((by) => (counters.pending += by));
    this.swap = new Swap(this.due);
    outages.join(this);
    broadcaster.opened(this);
    counters.upgrades += 1;
    counters.open += 1;
    counters.peak = Math.max(counters.peak, counters.open);
  }

  receive(data: RawData, isBinary: boolean): void {
    if (!this.socket.isOpen() || !Buffer.isBuffer(data)) return;
    const { counters } = this.context;
    counters.received += 1;
    counters.bytesReceived += data.length;
    const message = isBinary ? undefined : readMessage(data.toString());
    if (message === undefined) counters.malformed += 1;
    else this.hear(message);
  }

  pongFrame(data: Buffer): void {
    if (!this.socket.isOpen()) return;
    this.context.counters.pingFrames += 1;
    this.socket.pong(data);
    this.socket.cutOffDeaf();
  }

  deliver(frame: string): boolean {
    return this.send(frame);
  }

  suffer(mode: OutageMode): void {
    if (!this.socket.isOpen()) return;
    const { outages } = this.context.counters;
    if (mode === 'down' || mode === 'silent') outages.messagesLost += this.dropDue();
    if (mode !== 'down') return;
    outages.socketsReset += 1;
    this.socket.reset();
  }

  end(code: number): void {
    const { counters, outages, channels, broadcaster } = this.context;
    counters.unsent += this.dropDue();
    for (const channel of this.subscriptions) channels.leave(channel, this);
    outages.leave(this);
    broadcaster.closed(this);
    counters.open -= 1;
    tally(counters.closes, code);
  }

  /** Returns how many responses that were due are lost by it. */
  private dropDue(): number {
    this.swap.forget();
    return this.due.drop();
  }

  private hear(message: ClientMessage): void {
    switch (message.type) {
      case 'ping':
        return this.pong();
      case 'subscribe':
        return this.subscribe(message.channel);
      case 'unsubscribe':
        return this.unsubscribe(message.channel);
      case 'agent_message':
        return this.hearMessage(message);
      case 'broadcast':
        return this.publish(message);
      case 'disconnect':
        return this.sayFarewell();
    }
  }

  private pong(): void {
    const { counters, arrivals } = this.context;
    counters.pings += 1;
    if (arrivals.meet('pong') === undefined && this.send('{"type":"pong"}')) counters.pongs += 1;
  }

  private subscribe(channel: string): void {
    const { counters, arrivals, channels, broadcaster } = this.context;
    counters.subscribes += 1;
    channels.join(channel, this);
    broadcaster.subscribed(this);
    this.subscriptions.add(channel);
    if (arrivals.meet('subscribed') !== undefined) return;
    if (this.send(JSON.stringify({ type: 'subscribed', channel }))) counters.subscribed += 1;
  }

  private unsubscribe(channel: string): void {
    const { counters, arrivals, channels } = this.context;
    counters.unsubscribes += 1;
    channels.leave(channel, this);
    this.subscriptions.delete(channel);
    if (arrivals.meet('unsubscribed') !== undefined) return;
    if (this.send(JSON.stringify({ type: 'unsubscribed', channel }))) counters.unsubscribed += 1;
  }

  private publish({ channel, frame }: Broadcast): void {
    const { counters, channels, broadcaster } = this.context;
    counters.published += 1;
    broadcaster.published(frame, channels.of(channel));
  }

  /** What is due still follows. */
  private sayFarewell(): void {
    const { counters, arrivals } = this.context;
    counters.disconnects += 1;
    if (arrivals.meet('farewell') === undefined && this.send('{"type":"disconnect_ack"}')) counters.acks += 1;
  }

  private hearMessage(message: AgentMessage): void {
    const { counters, arrivals, outages } = this.context;
    counters.messages += 1;
    const before = this.before;
    this.before = message.timestamp;
    const outage = outages.current();
    if (outage?.mode !== 'error' && outage?.mode !== 'silent')
      return this.answer(message, arrivals.meet('response'), before);
    arrivals.count('response');
    if (outage.mode === 'silent') counters.outages.messagesLost += 1;
    else this.refuse(message);
  }

  private refuse(message: AgentMessage): void {
    this.context.counters.outages.messagesRefused += 1;
    this.respond(responseTo(message, 'failed'));
  }

  private answer(message: AgentMessage, fault: AgentsFault | undefined, before: string | undefined): void {
    if (fault === 'response-dropped') return;
    const delay = this.delay() + this.outageDelay() + (fault === 'response-late' ? LATE_MS : 0);
    this.due.add(delay, !takesResponse(fault), () => this.perform(message, fault, before));
  }

  private delay(): number {
    const { settings, counters, sinceFirstMs } = this.context;
    const { messages, open } = counters;
    return delayOf(settings, { index: messages - 1, open, sinceFirstMs: sinceFirstMs() });
  }

  private outageDelay(): number {
    const outage = this.context.outages.current();
    if (outage?.mode !== 'slow') return 0;
    this.context.counters.outages.messagesDelayed += 1;
    return outage.delayMs;
  }

  /** Does what is due for a message. */
  private perform(message: AgentMessage, fault: AgentsFault | undefined, before: string | undefined): void {
    const response = responseTo(message, 'processed');
    switch (fault) {
      case 'response-reset':
        return this.socket.reset();
      case 'response-close-1001':
      case 'response-close-1011':
        return this.socket.end(codeOf(fault), 'This is a fault, asked for at the start.');
      case 'response-malformed':
        return void this.send(firstHalf(response));
      case 'response-wrong-timestamp':
        return this.respond(responseTo(message, 'processed', otherTimestamp(message, before)));
      case 'response-doubled':
        return this.respondTwice(response);
      case 'response-swapped':
        return this.waitToBeOvertaken(response);
      default:
        return this.respond(response);
    }
  }

  private waitToBeOvertaken(response: string): void {
    if (this.swap.isOn()) this.respond(response);
    else this.swap.hold(() => this.respond(response));
  }

  private respond(response: string): void {
    const { counters } = this.context;
    if (!this.send(response)) {
      counters.unsent += 1;
      return;
    }
    counters.answered += 1;
    counters.responses += 1;
    if (!this.swap.isOn()) return;
    counters.swapped += 1;
    this.swap.follow();
  }

  private respondTwice(response: string): void {
    this.respond(response);
    if (!this.send(response)) return;
    this.context.counters.responses += 1;
    this.context.counters.doubled += 1;
  }

  /** False if the socket is closed. */
  private send(frame: string): boolean {
    if (!this.socket.isOpen()) return false;
    this.context.counters.bytesSent += Buffer.byteLength(frame);
    this.socket.send(frame);
    this.socket.cutOffDeaf();
    return true;
  }
}
