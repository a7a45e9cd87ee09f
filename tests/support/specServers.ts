/** Chats over JSON-RPC 2.0 and over Phoenix channels, written from the specifications of both. */
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { listenFor } from './listen.ts';

/** What a server has seen. */
export interface SpecCounts {
  logins: number;
  questions: number;
  answers: number;
  pushes: number;
  heartbeats: number;
}

/** A server at work. */
export interface SpecServer {
  url: string;
  websocketUrl: string;
  counts: SpecCounts;
}

type Hear = (socket: WebSocket, message: unknown, counts: SpecCounts) => void;

interface Request {
  id?: number;
  method: string;
  params: { id: string; text: string; password?: string };
}

/** Parts of an answer are notifications, in one batch with the result. */
export const jsonRpcServer = (t: TestContext): Promise<SpecServer> =>
  serve(t, (socket, message, counts) => {
    const { id, method, params } = message as Request;
    const send = (value: unknown) => socket.send(JSON.stringify(value));
    const reply = (more: object) => ({ jsonrpc: '2.0', id, ...more });
    if (method === 'login') {
      counts.logins++;
      const isFine = params.password === 'open';
      return send(
        reply(isFine ? { result: 'welcome' } : { error: { code: -32000, message: 'wrong password' } }),
      );
    }
    counts.questions++;
    const part = (text: string, done: boolean) => ({
      jsonrpc: '2.0',
      method: 'part',
      params: { id: params.id, text, done },
    });
    send([part('You said: ', false), reply({ result: 'asked' }), part(params.text, true)]);
    counts.answers++;
  });

/** A question is answered by its reply; a push comes before it. */
export const phoenixServer = (t: TestContext): Promise<SpecServer> =>
  serve(t, (socket, message, counts) => {
    const [joinRef, ref, topic, event, payload] = message as [
      string,
      string,
      string,
      string,
      Request['params'],
    ];
    const send = (name: string, to: string | null, what: object) =>
      socket.send(JSON.stringify([joinRef, to, topic, name, what]));
    const reply = (status: string, response: object) => send('phx_reply', ref, { status, response });
    if (event === 'heartbeat') {
      counts.heartbeats++;
      return reply('ok', {});
    }
    if (event === 'phx_join') {
      counts.logins++;
      return payload.password === 'open' ? reply('ok', {}) : reply('error', { reason: 'wrong password' });
    }
    counts.questions++;
    counts.pushes++;
    send('presence_diff', null, { joins: {}, leaves: {} });
    reply('ok', { text: `You said: ${payload.text}` });
    counts.answers++;
  });

async function serve(t: TestContext, hear: Hear): Promise<SpecServer> {
  const counts = { logins: 0, questions: 0, answers: 0, pushes: 0, heartbeats: 0 };
  const server = createServer((_request, response) => response.end('{}'));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => hear(socket, JSON.parse(data.toString()), counts));
  });
  const address = `127.0.0.1:${await listenFor(t, server, sockets)}`;
  return { url: `http://${address}`, websocketUrl: `ws://${address}`, counts };
}
