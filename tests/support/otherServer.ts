/**
 * A back end that speaks the chatbot's protocol and is not the reference target: Node's http and ws, one file. What it does with a question is up to the test.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { listenFor } from './listen.ts';

/** What arrived, and how to reply. */
export interface Asked {
  id: string;
  socket: WebSocket;
  connection: Socket;
  /** Sends a chunk of the answer, the last one when `complete`. */
  chunk: (seq: number, complete: boolean) => void;
}

/** How frames are sealed and opened. */
export interface Codec {
  seal: (text: string) => string;
  open: (frame: string) => string;
}

const PLAIN: Codec = { seal: (text) => text, open: (frame) => frame };

/** Reacts to a question. */
export type Answering = (asked: Asked) => void;

/** Answers in three chunks. */
export const soundly: Answering = ({ chunk }) => [0, 1, 2].forEach((seq) => chunk(seq, seq === 2));

/** What a REST call gets instead of its regular reply. */
export type Replying = (call: string) => Reply | undefined | Promise<Reply | undefined>;
export type Reply = [status: number, body?: string, headers?: Record<string, string>];

/** What else a server does in its own way. */
export interface Manners {
  reply?: Replying;
  /** Sent when a socket has opened. */
  greeting?: string;
}

/** Starts the server, without encryption unless a codec is given; it is closed when the test ends. */
export async function otherServer(
  t: TestContext,
  answer: Answering,
  codec = PLAIN,
  { reply = () => undefined, greeting }: Manners = {},
): Promise<{ url: string; websocketUrl: string; calls: string[] }> {
  const calls: string[] = [];
  const server = createServer((request, response) => void rest(request, response));
  const sockets = new WebSocketServer({ server, path: '/ws/chat' });
  sockets.on('connection', (socket, { socket: connection }) => {
    socket.on('error', () => undefined);
    if (greeting !== undefined) socket.send(greeting);
    socket.on('message', (data: Buffer) => answer(asked(data.toString(), socket, connection, codec)));
  });
  const port = await listenFor(t, server, sockets);
  return { url: `http://127.0.0.1:${port}`, websocketUrl: `ws://127.0.0.1:${port}`, calls };

  /** `calls` gets method, path, body and credentials of each. */
  async function rest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    let sent = '';
    for await (const part of request) sent += String(part);
    if (call !== 'GET /health')
      calls.push([call, sent, request.headers.authorization ?? ''].join(' ').trim());
    const [status, body = '', headers = {}] = (await reply(call)) ?? REPLIES[call] ?? [404];
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  }
}

const REPLIES: Record<string, Reply> = {
  'POST /auth/token': [200, '{"token": "t"}'],
  'POST /chat/sessions': [201, '{"session_id": "s", "connection_id": "c"}'],
  'DELETE /chat/sessions/s': [204, ''],
};

function asked(frame: string, socket: WebSocket, connection: Socket, { seal, open }: Codec): Asked {
  const { id } = JSON.parse(open(frame)) as { id: string };
  const chunk = (seq: number, complete: boolean): void =>
    socket.send(seal(JSON.stringify({ type: 'chunk', id, seq, text: 'word ', complete_response: complete })));
  return { id, socket, connection, chunk };
}
