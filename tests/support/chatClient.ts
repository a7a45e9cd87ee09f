/** A client of the reference target's chatbot, in Node. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocket, type ClientOptions } from 'ws';
import { startTarget, type Target } from '../../target/server.ts';
import type { TargetSettings } from '../../target/settings.ts';
import { KEY, gcm, type Codec } from './chatCodecs.ts';
import { until } from './until.ts';

/** Settings of a target that answers at once. */
export const FAST: Partial<TargetSettings> = { port: 0, firstChunkMs: 1, gapMs: 1, key: KEY };

/** The counts of outages when there was none. */
export const NO_OUTAGE = {
  count: 0,
  requestsRefused: 0,
  upgradesRefused: 0,
  socketsReset: 0,
  questionsRefused: 0,
  questionsLost: 0,
  questionsDelayed: 0,
};

/** What the chatbot sends. */
export interface Message {
  type: string;
  id: string | null;
  seq: number;
  text: string;
  complete_response: boolean;
  code: string;
}

/** Starts a fast target; it is closed when the test ends. */
export async function start(t: TestContext, settings: Partial<TargetSettings> = {}): Promise<Target> {
  const target = await startTarget({ ...FAST, ...settings });
  t.after(() => target.close());
  return target;
}

/** The reply to a request. */
export interface Reply {
  status: number;
  retryAfter: string | undefined;
  body: Record<string, string>;
}

// The shapes are trusted: an assertion fails where one is not met.
export const parseReply: (text: string) => Record<string, string> = JSON.parse;
export const parseMessage: (text: string) => Message = JSON.parse;

/** Makes a request of the REST API. */
export async function call(
  target: Target,
  method: string,
  path: string,
  token = '',
  body = '',
): Promise<Reply> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== '') headers.authorization = `Bearer ${token}`;
  const response = await fetch(target.url + path, { method, headers, ...(body === '' ? {} : { body }) });
  const text = await response.text();
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  return { status: response.status, retryAfter, body: text === '' ? {} : parseReply(text) };
}

/** What opens a socket. */
export interface Login {
  token: string;
  sessionId: string;
  path: string;
}

/** Gets a token and creates a session. */
export async function login(target: Target): Promise<Login> {
  const { token = '' } = (await call(target, 'POST', '/auth/token', '', '{"user":"ada"}')).body;
  const { session_id = '', connection_id = '' } = (await call(target, 'POST', '/chat/sessions', token)).body;
  return {
    token,
    sessionId: session_id,
    path: `/ws/chat?session_id=${session_id}&connection_id=${connection_id}`,
  };
}

/** Reads the frames of one socket in order. */
export class Client {
  readonly socket: WebSocket;
  readonly codec: Codec;
  readonly frames: string[] = [];
  closed: { code: number } | undefined;

  constructor(socket: WebSocket, codec: Codec) {
    this.socket = socket;
    this.codec = codec;
    socket.on('message', (data: Buffer) => this.frames.push(data.toString()));
    socket.on('close', (code) => (this.closed = { code }));
    socket.on('error', () => undefined);
  }

  ask(text = 'Why?'): string {
    const id = randomUUID();
    this.socket.send(this.codec.seal(JSON.stringify({ type: 'question', id, course: 'MED1060', text })));
    return id;
  }

  async frame(): Promise<string> {
    await until(() => this.frames.length > 0);
    return this.frames.shift() ?? '';
  }

  async message(): Promise<Message> {
    return parseMessage(this.codec.open(await this.frame()));
  }

  async answer(): Promise<Message[]> {
    const messages = [await this.message()];
    while (messages.at(-1)?.complete_response === false) messages.push(await this.message());
    return messages;
  }

  async closeCode(): Promise<number> {
    await until(() => this.closed !== undefined);
    return this.closed?.code ?? NaN;
  }
}

/** Begins to open a socket. */
export function dial(target: Target, { token, path }: Login, options: ClientOptions = {}): WebSocket {
  const headers = { authorization: `Bearer ${token}` };
  return new WebSocket(target.websocketUrl + path, { origin: target.url, headers, ...options });
}

/** Logs in and opens a socket. */
export async function open(target: Target, codec = gcm, options: ClientOptions = {}): Promise<Client> {
  const client = new Client(dial(target, await login(target), options), codec);
  await once(client.socket, 'open');
  return client;
}

/** The TCP connection below; ws does not give it out. */
export function connectionOf({ socket }: Client): Socket {
  const connection: unknown = Reflect.get(socket, '_socket');
  assert.ok(connection instanceof Socket);
  return connection;
}

/** The errors of a client's TCP connection, a list that grows as they come. */
export function tcpErrors(client: Client): string[] {
  const errors: string[] = [];
  connectionOf(client).on('error', (error) => errors.push(String(error)));
  return errors;
}

/** The reply to an upgrade. */
export type UpgradeReply = Omit<Reply, 'body'>;

/** The HTTP status that answers an upgrade: 101 if it was accepted. */
export async function upgradeStatus(target: Target, to: Login, options: ClientOptions = {}): Promise<number> {
  return (await upgrade(target, to, options)).status;
}

/** The reply to an upgrade; a socket that opens is closed. */
export async function upgrade(target: Target, to: Login, options: ClientOptions = {}): Promise<UpgradeReply> {
  const socket = dial(target, to, options);
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
    });
    socket.on('open', () => {
      socket.on('close', () => resolve({ status: 101, retryAfter: undefined }));
      socket.close(1000);
    });
  });
}

/** Asks, and returns how long the first chunk took. */
export async function firstChunkMs(client: Client): Promise<number> {
  const asked = performance.now();
  client.ask();
  await client.frame();
  const elapsed = performance.now() - asked;
  await client.answer();
  return elapsed;
}

/** Of three questions: a pause of the machine makes one of them longer. */
export async function leastFirstChunkMs(client: Client): Promise<number> {
  return Math.min(await firstChunkMs(client), await firstChunkMs(client), await firstChunkMs(client));
}
