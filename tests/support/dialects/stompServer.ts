/** A chat over STOMP 1.2, written from its specification. */
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeAll, listenFor } from '../listen.ts';
import type { DialectServer } from './contract.ts';

/** How answers come: whole, though in frames of seven characters; in parts, all in one frame; or to everybody. */
export type StompManner = 'whole' | 'parts' | 'topic';

/** What it has counted; `pushes` only where it tells each client exactly what becomes of them. */
export interface StompCounts {
  sockets: number;
  questions: number;
  answers: number;
  pushes?: number;
  beats: number;
  /** Messages of what others asked, and of the answers to them. */
  others: number;
  /** Frames that are none of STOMP. */
  strange: number;
}

interface Frame {
  command: string;
  headers: Map<string, string>;
  body: string;
}

interface Client {
  socket: WebSocket;
  /** Ids of subscriptions, by destination. */
  places: Map<string, string>;
  beating?: NodeJS.Timeout;
}

const SHAPE = /^([A-Z]+)\n((?:[^\n]+\n)*)\n([^\0]*)\0$/;
const SEVEN_CHARACTERS = /.{1,7}/gsu;

/** The passcode is "open". */
export async function stompServer(
  t: TestContext,
  manner: StompManner,
): Promise<DialectServer & { counts: StompCounts }> {
  const chat = new StompChat(manner);
  const http = createServer((_request, response) => response.end('{}'));
  const sockets = new WebSocketServer({
    server: http,
    path: '/ws',
    handleProtocols: (offered) => offered.has('v12.stomp') && 'v12.stomp',
  });
  sockets.on('connection', (socket) => chat.welcome(socket));
  const address = `127.0.0.1:${await listenFor(t, http, sockets)}`;
  return {
    url: `http://${address}`,
    websocketUrl: `ws://${address}`,
    counts: chat.counts,
    stop: () => closeAll(http, sockets),
  };
}

class StompChat {
  readonly counts: StompCounts = {
    sockets: 0,
    questions: 0,
    answers: 0,
    beats: 0,
    others: 0,
    strange: 0,
  };
  private readonly manner: StompManner;
  private readonly clients = new Set<Client>();
  private sent = 0;

  constructor(manner: StompManner) {
    this.manner = manner;
    if (manner === 'parts') this.counts.pushes = 0;
  }

  welcome(socket: WebSocket): void {
    const client: Client = { socket, places: new Map() };
    this.clients.add(client);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(client.beating);
      this.clients.delete(client);
    });
    socket.on('message', (data: Buffer) => this.hear(client, data.toString()));
  }

  private hear(client: Client, text: string): void {
    if (/^\r?\n$/.test(text)) {
      this.counts.beats++;
      return;
    }
    const frame = readFrame(text);
    if (frame === undefined) {
      this.counts.strange++;
      return refuse(client, 'malformed frame');
    }
    if (frame.command === 'CONNECT') this.connect(client, frame);
    else if (frame.command === 'SUBSCRIBE') this.subscribe(client, frame);
    else if (frame.command === 'SEND') this.answer(client, frame);
    else if (frame.command !== 'DISCONNECT') refuse(client, `no such command: ${frame.command}`);
  }

  private connect(client: Client, { headers }: Frame): void {
    const versions = headers.get('accept-version')?.split(',') ?? [];
    if (!versions.includes('1.2') || !headers.has('host')) return refuse(client, 'no version, or no host');
    if (headers.get('passcode') !== 'open') return refuse(client, 'wrong passcode');
    this.counts.sockets++;
    client.socket.send(write('CONNECTED', { version: '1.2', 'heart-beat': '100,100' }));
    client.beating = setInterval(() => client.socket.send('\n'), 100);
  }

  private subscribe(client: Client, { headers }: Frame): void {
    const [id, place, receipt] = [headers.get('id'), headers.get('destination'), headers.get('receipt')];
    if (id === undefined || place === undefined) return refuse(client, 'no id, or no destination');
    client.places.set(place, id);
    if (receipt !== undefined && this.manner !== 'topic')
      client.socket.send(write('RECEIPT', { 'receipt-id': receipt }));
  }

  private answer(client: Client, { headers, body }: Frame): void {
    this.counts.questions++;
    const receipt = headers.get('receipt');
    if (receipt !== undefined) client.socket.send(write('RECEIPT', { 'receipt-id': receipt }));
    this.counts.answers++;
    if (this.manner === 'whole') this.answerWhole(client, headers, body);
    else if (this.manner === 'parts') this.answerInParts(client, headers, body);
    else this.answerEverybody(client, headers, body);
  }

  /** Its length counts bytes, so that it may hold NUL. */
  private answerWhole(client: Client, headers: Frame['headers'], body: string): void {
    const id = headers.get('correlation-id') ?? '';
    const text = `Größe\0 😀: ${body}`;
    const length = { 'content-length': String(Buffer.byteLength(text)) };
    const message = this.message(client, '/user/queue/answers', { 'correlation-id': id, ...length }, text);
    for (const piece of message.match(SEVEN_CHARACTERS) ?? []) client.socket.send(piece);
  }

  private answerInParts(client: Client, headers: Frame['headers'], body: string): void {
    const question = headers.get('question') ?? '';
    const part = (text: string, last: string) =>
      this.message(client, '/user/queue/answers', { question, last, 'odd:name': 'C:\\\r\n' }, text);
    const news = this.message(client, '/user/queue/news', {}, 'news');
    this.counts.pushes = (this.counts.pushes ?? 0) + 1;
    client.socket.send(`${news}\n\r\n${part('You ', 'no')}\n${part('said ', 'no')}${part(body, 'yes')}\n`);
  }

  /** Everybody hears the question, then the answer. */
  private answerEverybody(asking: Client, headers: Frame['headers'], body: string): void {
    const id = headers.get('correlation-id') ?? '';
    const timestamp = String(Date.now());
    for (const client of this.clients) {
      if (!client.places.has('/topic/room')) continue;
      client.socket.send(this.message(client, '/topic/room', { 'correlation-id': id, timestamp }, body));
      client.socket.send(
        this.message(client, '/topic/room', { 'in-reply-to': id, timestamp }, `You said: ${body}`),
      );
      if (client !== asking) this.counts.others += 2;
    }
  }

  private message(client: Client, place: string, headers: Record<string, string>, body: string): string {
    const subscription = client.places.get(place) ?? '';
    const own = { subscription, 'message-id': String(++this.sent), destination: place };
    return write('MESSAGE', { ...own, ...headers }, body);
  }
}

/** Such a frame is the last. */
function refuse({ socket }: Client, message: string): void {
  socket.send(write('ERROR', { message }));
  socket.close();
}

/** One frame, as our clients send them. */
function readFrame(text: string): Frame | undefined {
  const [, command, lines = '', body = ''] = SHAPE.exec(text) ?? [];
  if (command === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines.split('\n').slice(0, -1)) {
    const [name = '', ...value] = line.split(':');
    headers.set(name, value.join(':').replaceAll('\\c', ':'));
  }
  return { command, headers, body };
}

function write(command: string, headers: Record<string, string>, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${escape(name)}:${escape(value)}\n`);
  return `${command}\n${lines.join('')}\n${body}\0`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll(':', '\\c');
}
