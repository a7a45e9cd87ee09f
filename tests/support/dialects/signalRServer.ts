/**
 * A chat as a SignalR hub, written from the specifications of the hub protocol and its transports
 * (https://github.com/dotnet/aspnetcore/tree/main/src/SignalR/docs/specs).
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeAll, listenFor } from '../listen.ts';
import type { DialectServer } from './contract.ts';

const END = '\u001e';
const PING_MS = 300;

interface Message {
  type?: number;
  protocol?: string;
  version?: number;
  invocationId?: string;
  target?: string;
  arguments?: string[];
}

interface Counts {
  sockets: number;
  questions: number;
  answers: number;
  pushes: number;
  batched: number;
}

/** What a method of the hub does with its arguments; `say` sends messages in one frame. */
type Method = (args: string[], id: string | undefined, say: (...messages: object[]) => void) => void;

/** The hub `/chat`, whose access token is "open"; a socket may come with the token of a negotiation, or without one. */
export async function signalRServer(t: TestContext): Promise<DialectServer> {
  const counts = { sockets: 0, questions: 0, answers: 0, pushes: 0, batched: 0 };
  const negotiated = new Map<string, 'waits' | 'open'>();
  const http = createServer((request, response) => negotiate(request, response));
  const sockets = new WebSocketServer({ noServer: true });

  function negotiate(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = addressOf(request);
    if (request.method !== 'POST' || pathname !== '/chat/negotiate') return reply(response, 404, {});
    if (request.headers.authorization !== 'Bearer open') return reply(response, 401, {});
    const connectionToken = randomUUID();
    negotiated.set(connectionToken, 'waits');
    const transports = [{ transport: 'WebSockets', transferFormats: ['Text', 'Binary'] }];
    const connectionId = randomUUID();
    reply(response, 200, {
      connectionToken,
      connectionId,
      negotiateVersion: 1,
      availableTransports: transports,
    });
  }

  /** The status that refuses an upgrade; undefined: it is fine. */
  function refusal(request: IncomingMessage): string | undefined {
    const { pathname, searchParams } = addressOf(request);
    const id = searchParams.get('id');
    const token = searchParams.get('access_token') ?? request.headers.authorization?.replace('Bearer ', '');
    if (pathname !== '/chat') return '404 Not Found';
    if (token !== 'open') return '401 Unauthorized';
    if (id === null) return undefined;
    const state = negotiated.get(id);
    if (state === 'open') return '409 Conflict';
    negotiated.set(id, 'open');
    return state === undefined ? '404 Not Found' : undefined;
  }

  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const status = refusal(request);
    if (status !== undefined) return stream.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    sockets.handleUpgrade(request, stream, head, (socket) => attend(socket, methodsOf(counts), counts));
  });
  const address = `127.0.0.1:${await listenFor(t, http, sockets)}`;
  return {
    url: `http://${address}`,
    websocketUrl: `ws://${address}`,
    counts,
    stop: () => closeAll(http, sockets),
  };
}

function methodsOf(counts: Counts): Record<string, Method> {
  const event = (target: string, ...args: unknown[]) => ({ type: 1, target, arguments: args });
  return {
    /** The answer is the result; what somebody else writes comes before it, in the same frame. */
    Ask: ([, , text = ''], invocationId, say) => {
      counts.questions++;
      counts.pushes++;
      say(event('Room', Date.now()), {
        type: 3,
        invocationId,
        result: { text: `You said: ${text}` },
      });
      counts.answers++;
    },
    /** The answer is what is streamed. */
    Tell: ([, , text = ''], invocationId, say) => {
      counts.questions++;
      for (const part of ['You ', 'said: ', text]) say({ type: 2, invocationId, item: part });
      say({ type: 3, invocationId });
      counts.answers++;
    },
    /** The answer is what is invoked at the client. */
    Say: ([id, , text = ''], invocationId, say) => {
      counts.questions++;
      if (invocationId !== undefined) say({ type: 3, invocationId });
      say(event('Part', { id, text: 'You said: ', done: false }), event('Part', { id, text, done: true }));
      counts.answers++;
    },
  };
}

/** The first message of each side is its part of the handshake. Frames hold whole messages: Microsoft's client wants that. */
function attend(socket: WebSocket, methods: Record<string, Method>, counts: Counts): void {
  counts.sockets++;
  const say = (...messages: object[]): void => {
    counts.batched += messages.length - 1;
    socket.send(messages.map((message) => JSON.stringify(message) + END).join(''));
  };
  let pings: NodeJS.Timeout | undefined;
  let hear: (message: Message) => void = shakeHands;
  let rest = '';

  function shakeHands({ protocol, version }: Message): void {
    if (protocol === 'json' && version === 1) {
      hear = answer;
      pings = setInterval(() => say({ type: 6 }), PING_MS);
      return say({});
    }
    say({ error: `The protocol '${String(protocol)}' is not supported.` });
    socket.close();
  }

  function answer({ type, invocationId, target = '', arguments: args = [] }: Message): void {
    if (type !== 1 && type !== 4) return;
    const method = methods[target];
    const isFine = method !== undefined && (type === 4) === (target === 'Tell');
    if (isFine) method(args, invocationId, say);
    else if (invocationId !== undefined)
      say({ type: 3, invocationId, error: `There is no method ${target}.` });
  }

  socket.on('error', () => undefined);
  socket.on('close', () => clearInterval(pings));
  socket.on('message', (data: Buffer) => {
    const texts = (rest + data.toString()).split(END);
    rest = texts.pop() ?? '';
    for (const text of texts) hear(JSON.parse(text) as Message);
  });
}

function addressOf({ url = '/' }: IncomingMessage): URL {
  return new URL(url, 'http://localhost');
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
