/** A client of a messaging platform, in Node, and what the target's counts of it must hold. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { MessagingStats } from '../../target/messaging/messagingStats.ts';
import type { TargetSettings } from '../../target/settings.ts';
import { AgentsClient } from './agentsClient.ts';
import { start } from './chatClient.ts';
import { until } from './until.ts';

/** What a request was answered with. */
export interface MessagingReply {
  status: number;
  text: string;
  body: Record<string, unknown>;
}

/** What a request carries. */
export interface Carried {
  token?: string | undefined;
  /** A text is JSON, bytes are no type at all. */
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

// The shape is trusted: an assertion fails where it is not met.
const parse: (text: string) => Record<string, unknown> = JSON.parse;

/** Makes a request; with a body it is a POST, and without one a GET. Rejects without an answer in 20 s. */
export async function call(url: string, { token, body, headers }: Carried = {}): Promise<MessagingReply> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(20_000),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? parse(text) : {} };
}

/** Logs a user in. */
export async function logIn(url: string, username = 'user-1'): Promise<string> {
  const { status, body } = await call(`${url}/v1/auth/login`, {
    body: JSON.stringify({ username, password: 'secret' }),
  });
  assert.deepEqual([status, typeof body['token']], [200, 'string'], JSON.stringify(body));
  return String(body['token']);
}

/** Sends a message; `sentAt` is a text of JSON. */
export async function say(
  url: string,
  token: string,
  { conversation = 'conv-1', text = 'Hello', sentAt = '1' } = {},
): Promise<MessagingReply> {
  const said = `"conversation_id":${JSON.stringify(conversation)},"text":${JSON.stringify(text)}`;
  return call(`${url}/v1/messages`, { token, body: `{${said},"sent_at":${sentAt}}` });
}

/** Opens a socket; rejects when it is refused. */
export async function openNotifications(url: string, token: string): Promise<AgentsClient> {
  const client = new AgentsClient(new WebSocket(url, { headers: { authorization: `Bearer ${token}` } }));
  await once(client.socket, 'open');
  return client;
}

/** Opens sockets that subscribe, one after the other. */
export async function listeners(
  url: string,
  token: string,
  count: number,
  conversations = ['conv-1'],
): Promise<AgentsClient[]> {
  const clients: AgentsClient[] = [];
  for (let opened = 0; opened < count; opened++) {
    const client = await openNotifications(url, token);
    client.say(JSON.stringify({ type: 'subscribe', conversations }));
    await client.heard(1);
    clients.push(client);
  }
  return clients;
}

/** The texts of the notifications that a client got, in the order in which they came. */
export function textsOf(client: AgentsClient): string[] {
  return client.frames
    .map(parse)
    .flatMap(({ type, text }) => (type === 'notification' ? [String(text)] : []));
}

/** The checksum of bytes, in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes that are different at each place. */
export function someBytes(count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(count).map((_, index) => (index * 2_654_435_761) >>> 24);
}

/** A file that is being sent. */
export interface Sending {
  id: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** Sends a chunk; `bytes` and `sum` are those that it should have. */
  chunk: (
    index: number,
    other?: { bytes?: Uint8Array<ArrayBuffer>; sum?: string },
  ) => Promise<MessagingReply>;
  complete: (body?: string) => Promise<MessagingReply>;
}

/** Announces a file of so many bytes. */
export async function announce(
  url: string,
  token: string,
  size: number,
  more: { sha256?: string } = {},
): Promise<Sending> {
  const body = JSON.stringify({ name: 'a.bin', size, ...more });
  const { status, body: said } = await call(`${url}/v1/files/initiate`, { token, body });
  assert.equal(status, 201, JSON.stringify(said));
  const id = String(said['id']);
  const chunkSize = Number(said['chunk_size']);
  const bytes = someBytes(size);
  return {
    id,
    bytes,
    chunk: (index, other = {}) => {
      const part = other.bytes ?? bytes.slice(index * chunkSize, (index + 1) * chunkSize);
      const headers = { 'x-chunk-index': String(index), 'x-chunk-sha256': other.sum ?? sha256(part) };
      return call(`${url}/v1/files/${id}/chunks`, { token, body: part, headers });
    },
    complete: (text = '') => call(`${url}/v1/files/${id}/complete`, { token, body: text }),
  };
}

/** A target whose counts must balance at the end, a token of it, and its addresses. */
export async function messagingTarget(t: TestContext, settings: Partial<TargetSettings> = {}) {
  const target = await start(t, settings);
  const stats = (): MessagingStats => target.stats().messaging;
  t.after(async () => {
    await target.close();
    await until(() => isIdle(stats()));
    assertMessagingBalance(stats());
  });
  return { target, url: target.url, ws: `${target.websocketUrl}/ws/notifications`, stats };
}

function isIdle({ sockets, endpoints }: MessagingStats): boolean {
  return sockets.open === 0 && Object.values(endpoints).every(({ open }) => open === 0);
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** Whatever happened, everything that began ended in exactly one of the target's counts. */
export function assertMessagingBalance(stats: MessagingStats): void {
  const { endpoints, sockets, notifications, files, chunks, faults, outages, tokens } = stats;
  const fired = (name: string): number => faults[name] ?? 0;
  const { due, doubled, sent, lost, unsent, pending } = notifications;
  const sides = {
    notifications: [due + doubled, sent + lost + unsent + pending + outages.notificationsLost],
    attempts: [sockets.attempts, sockets.upgrades + sum(sockets.refused) + fired('socket-silent')],
    upgrades: [sockets.upgrades, sockets.open + sum(sockets.closes)],
    received: [
      sockets.received,
      sockets.subscribes + sockets.unsubscribes + sockets.heartbeats + sockets.malformed,
    ],
    subscribes: [
      sockets.subscribes,
      sockets.subscribed + fired('subscription-lost') + outages.subscribesLost,
    ],
    unsubscribes: [
      sockets.unsubscribes,
      sockets.unsubscribed + fired('unsubscription-lost') + outages.unsubscribesLost,
    ],
    heartbeats: [sockets.heartbeats, sockets.acks + fired('heartbeat-lost') + outages.heartbeatsLost],
    files: [files.initiated, files.open + files.failed + files.completed],
    chunks: [endpoints.chunk.answered[200] ?? 0, chunks.acknowledged + chunks.repeated + chunks.misreported],
  };
  for (const [name, [left, right]] of Object.entries(sides))
    assert.equal(left, right, `${name} do not add up`);
  for (const [name, { begun, answered, aborted, open }] of Object.entries(endpoints))
    assert.equal(begun, sum(answered) + aborted + open, `requests of ${name}`);
  assert.ok(chunks.bytesAcknowledged <= chunks.bytesStored && chunks.bytesStored <= chunks.bytesReceived);
  const { login, message } = endpoints;
  for (const [name, made, { answered, aborted }, status] of [
    ['tokens', tokens.issued, login, 200],
    ['messages', stats.messages, message, 201],
  ] as const) {
    const told = answered[status] ?? 0;
    assert.ok(made >= told && made <= told + aborted, `${name}: ${made} made, ${told} told`);
  }
}
