/** A client of an agent platform, in Node: it sends texts and keeps the frames that come. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { AgentsStats } from '../../target/agents/agentsStats.ts';
import { until } from './until.ts';

/** One open socket. */
export class AgentsClient {
  readonly socket: WebSocket;
  /** What came, as it was written. */
  readonly frames: string[] = [];
  closed: number | undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.frames.push(data.toString()));
    socket.on('close', (code) => (this.closed = code));
    socket.on('error', () => undefined);
  }

  /** Sends texts, one frame each. */
  say(...texts: string[]): void {
    for (const text of texts) this.socket.send(text);
  }

  /** Resolves to all frames so far as soon as there are so many. */
  async heard(count: number): Promise<string[]> {
    await until(() => this.frames.length >= count);
    return this.frames;
  }

  /** The timestamps of the responses so far, as they were written. */
  timestamps(): string[] {
    return this.frames.flatMap(
      (frame) => /^\{"type":"agent_response".*"timestamp":([^,}]+)\}$/.exec(frame)?.[1] ?? [],
    );
  }

  /** Resolves when everything sent so far has been heard by the other side: a ping gets its pong. */
  async settle(): Promise<void> {
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await pong;
  }

  async closeCode(): Promise<number> {
    await until(() => this.closed !== undefined);
    return this.closed ?? NaN;
  }

  /** Closes, and resolves when it is closed. */
  async close(): Promise<void> {
    this.socket.close(1000);
    await this.closeCode();
  }
}

/** Opens a socket at `url`; rejects when it is refused. */
export async function openAgents(url: string): Promise<AgentsClient> {
  const client = new AgentsClient(new WebSocket(url));
  await once(client.socket, 'open');
  return client;
}

/** The HTTP status that answers an upgrade: 101 if it was accepted, and then the socket is closed. */
export async function agentsUpgrade(url: string, options: ClientOptions = {}): Promise<number> {
  const socket = new WebSocket(url, options);
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy();
      resolve(statusCode);
    });
    socket.on('open', () => {
      socket.on('close', () => resolve(101));
      socket.close(1000);
    });
  });
}

/** The text of a message for an agent; `timestamp` and `data` are texts of JSON. */
export function messageText(
  timestamp: string,
  { from = 'user_1', to = 'agent_1', action = 'execute', data = '{}' } = {},
): string {
  const payload = `{"action":"${action}","timestamp":${timestamp},"data":${data}}`;
  return `{"type":"agent_message","from":"${from}","to":"${to}","payload":${payload}}`;
}

/** The text of the response to it. */
export function responseText(timestamp: string, { status = 'processed' } = {}): string {
  const payload = `{"status":"${status}","action":"execute","data":{}}`;
  return `{"type":"agent_response","from":"agent_1","to":"user_1","payload":${payload},"timestamp":${timestamp}}`;
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** Whatever happened, everything that came ended in exactly one of the target's counts. */
export function assertAgentsBalance(stats: AgentsStats): void {
  const { faults, outages } = stats;
  const fired = (...names: string[]): number => names.reduce((total, name) => total + (faults[name] ?? 0), 0);
  const gone = fired(
    'response-dropped',
    'response-reset',
    'response-close-1001',
    'response-close-1011',
    'response-malformed',
  );
  const sides = {
    attempts: [stats.attempts, stats.upgrades + sum(stats.refused) + fired('connection-silent')],
    upgrades: [stats.upgrades, stats.open + sum(stats.closes)],
    received: [
      stats.received,
      stats.pings +
        stats.subscribes +
        stats.unsubscribes +
        stats.messages +
        stats.published +
        stats.disconnects +
        stats.malformed,
    ],
    messages: [stats.messages, stats.answered + stats.pending + stats.unsent + outages.messagesLost + gone],
    responses: [stats.responses, stats.answered + stats.doubled],
    pings: [stats.pings, stats.pongs + fired('pong-lost')],
    subscribes: [stats.subscribes, stats.subscribed + fired('subscribed-lost')],
    unsubscribes: [stats.unsubscribes, stats.unsubscribed + fired('unsubscribed-lost')],
    disconnects: [stats.disconnects, stats.acks + fired('farewell-lost')],
  };
  for (const [name, [left, right]] of Object.entries(sides))
    assert.equal(left, right, `${name} do not add up`);
}
