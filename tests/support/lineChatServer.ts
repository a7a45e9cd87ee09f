/**
 * A chat room whose messages are lines of JSON in a stream: frames hold pieces of them or several. It greets before anybody
 * asks, ends an answer before any question, and tells everybody in the room of every question.
 */
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { listenFor } from './listen.ts';

/** How frames are made of lines. */
export interface LineManners {
  /** Characters in each frame; all lines of an answer in one when left out. */
  frameLength?: number;
  /** Frames are binary. */
  binary?: boolean;
  /** Heartbeats (`ping` lines) are not answered. */
  mute?: boolean;
}

/** What it has seen. */
export interface LineCounts {
  sockets: number;
  questions: number;
  answers: number;
  pushes: number;
  pings: number;
  goodbyes: number;
  subprotocols: string[];
}

interface Line {
  kind?: string;
  id?: string;
}

/** Starts it; it is closed when the test ends. */
export async function lineChatServer(
  t: TestContext,
  { frameLength, binary = false, mute = false }: LineManners = {},
): Promise<{ url: string; websocketUrl: string; counts: LineCounts }> {
  const counts: LineCounts = {
    ...{ sockets: 0, questions: 0, answers: 0, pushes: 0, pings: 0, goodbyes: 0 },
    subprotocols: [],
  };
  const server = createServer((_request, response) => response.end('{}'));
  const sockets = new WebSocketServer({ server, handleProtocols: (offered) => [...offered][0] ?? false });
  sockets.on('connection', (socket) => {
    counts.sockets++;
    counts.subprotocols.push(socket.protocol);
    socket.on('error', () => undefined);
    send(socket, { kind: 'welcome' }, { kind: 'part', id: 'nobody', text: '', done: true });
    let rest = '';
    socket.on('message', (data: Buffer) => {
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) hear(socket, JSON.parse(line) as Line);
    });
  });

  function hear(socket: WebSocket, { kind, id }: Line): void {
    if (kind === 'bye') counts.goodbyes++;
    else if (kind === 'ping') {
      counts.pings++;
      if (!mute) send(socket, { kind: 'pong' });
    } else if (kind === 'ask') answer(socket, id ?? '');
  }

  function answer(socket: WebSocket, id: string): void {
    counts.questions++;
    for (const other of sockets.clients) {
      if (other === socket) continue;
      counts.pushes++;
      send(other, { kind: 'said', id, at: Date.now() });
    }
    counts.answers++;
    const part = (text: string, done: boolean) => ({ kind: 'part', id, text, done });
    send(socket, part('so it ', false), { kind: 'typing' }, part('is', false), part('', true));
  }

  function send(socket: WebSocket, ...lines: object[]): void {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const length = frameLength ?? text.length;
    for (let at = 0; at < text.length; at += length) {
      const piece = text.slice(at, at + length);
      socket.send(binary ? Buffer.from(piece) : piece);
    }
  }

  const address = `127.0.0.1:${await listenFor(t, server, sockets)}`;
  return { url: `http://${address}`, websocketUrl: `ws://${address}`, counts };
}
