/** One WebSocket from its dial to its end, and everything that goes over it. */
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import { bytesOf, type Conversation, type Ending, type Frame } from './frames.ts';
import type { Order, Outgoing } from './order.ts';

/** For the handshake. */
const DIAL_MS = 10_000;
/** For the answer to our close. */
const CLOSE_MS = 2000;
/** For the body of a refusal, and how much of it is read. */
const BODY_MS = 2000;
const BODY_BYTES = 4096;
/** What is kept for the conclusion. */
const MOST_FRAMES = 5000;
const MOST_BYTES = 32 * 2 ** 20;

/** Hears what happens, as it happens. */
export interface Listener {
  opened: (at: number, subprotocol: string) => void;
  frame: (frame: Frame) => void;
  /** What broke an open socket. */
  broken: (at: number, error: Error) => void;
  ended: (at: number, ending: Ending) => void;
}

/** A socket that is dialled when this is made. */
export class Talk {
  /** Resolves when the socket has ended, whatever came; `openedAt` is absent when it was never open. */
  readonly over: Promise<Partial<Conversation> & Pick<Conversation, 'ending'>>;
  private readonly startedAt = performance.now();
  private readonly socket: WebSocket;
  private readonly frames: Frame[] = [];
  private readonly order: Order;
  private readonly listener: Listener;
  private bytes = 0;
  private notKept = 0;
  private openedAt: number | undefined;
  private hungUp = false;
  private timer: NodeJS.Timeout | undefined;
  private ending: Ending | undefined;
  private resolve: (conversation: Awaited<Talk['over']>) => void = () => undefined;

  constructor(order: Order, listener: Listener) {
    this.order = order;
    this.listener = listener;
    this.over = new Promise((resolve) => (this.resolve = resolve));
    this.socket = this.dial(order);
  }

  /** Sends a frame while the socket is open; false otherwise. */
  send(what: Outgoing): boolean {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(what, { binary: typeof what !== 'string' });
    this.take('us', typeof what === 'string' ? 'text' : 'binary', Buffer.from(what));
    return true;
  }

  /** Closes with 1000, and cuts off what does not answer that; asked for again, at once. */
  hangUp(): void {
    if (this.ending !== undefined) return;
    if (this.openedAt === undefined) this.end({ how: 'stopped' });
    if (this.openedAt === undefined || this.hungUp) return this.cutOff();
    this.hungUp = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.cutOff(), CLOSE_MS);
    this.socket.close(1000);
  }

  private dial({ address, subprotocols, headers, origin, insecure }: Order): WebSocket {
    const socket = new WebSocket(address, [...subprotocols], {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, values]) => [name, headerValue(name, values)]),
      ),
      ...(origin === undefined ? {} : { origin }),
      rejectUnauthorized: !insecure,
      handshakeTimeout: DIAL_MS,
      // As k6 dials.
      perMessageDeflate: false,
    });
    socket.on('open', () => this.open());
    socket.on('message', (data, isBinary) =>
      this.take('server', isBinary ? 'binary' : 'text', bytesOf(data)),
    );
    socket.on('ping', (data) => this.take('server', 'ping', data));
    socket.on('pong', (data) => this.take('server', 'pong', data));
    socket.on('unexpected-response', (request, response) => {
      void refusalOf(response).then((ending) => {
        this.end(ending);
        request.destroy();
      });
    });
    socket.on('error', (error) => this.fail(error));
    socket.on('close', (code, reason) => this.close(code, reason.toString()));
    return socket;
  }

  private now(): number {
    return performance.now() - this.startedAt;
  }

  private open(): void {
    this.openedAt = this.now();
    this.listener.opened(this.openedAt, this.socket.protocol);
    const { seconds, sends } = this.order;
    if (seconds > 0) this.timer = setTimeout(() => this.hangUp(), seconds * 1000);
    for (const send of sends) this.send(send);
  }

  private take(by: Frame['by'], kind: Frame['kind'], bytes: Buffer): void {
    const frame = { at: this.now(), by, kind, bytes };
    this.listener.frame(frame);
    this.bytes += bytes.length;
    if (this.frames.length < MOST_FRAMES && this.bytes < MOST_BYTES) this.frames.push(frame);
    else this.notKept += 1;
  }

  private fail(error: Error): void {
    if (this.ending !== undefined) return;
    if (this.openedAt === undefined) this.end({ how: 'failed', error });
    else this.listener.broken(this.now(), error);
  }

  private close(code: number, reason: string): void {
    this.end({ how: 'closed', by: this.hungUp ? 'us' : 'server', code, reason });
  }

  private cutOff(): void {
    this.end({ how: 'cut' });
    this.socket.terminate();
  }

  private end(ending: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    clearTimeout(this.timer);
    const endedAt = this.now();
    this.listener.ended(endedAt, ending);
    const { frames, notKept, openedAt } = this;
    this.resolve({
      ...(openedAt === undefined ? {} : { openedAt }),
      ...{ endedAt, frames, notKept, ending, subprotocol: this.socket.protocol },
    });
  }
}

/** Several values stand in one header. */
function headerValue(name: string, values: readonly string[]): string {
  return values.join(/^cookie$/i.test(name) ? '; ' : ', ');
}

/** Reads the beginning of a refusal's body, for a while. */
async function refusalOf(response: IncomingMessage): Promise<Ending> {
  const { statusCode: status = 0, statusMessage: words = '', headers } = response;
  const body = await beginningOf(response);
  return { how: 'refused', status, words, body, location: headers.location };
}

function beginningOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(late);
      resolve(Buffer.concat(parts).subarray(0, BODY_BYTES).toString());
    };
    const late = setTimeout(done, BODY_MS);
    response.on('data', (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length >= BODY_BYTES) done();
    });
    for (const event of ['end', 'error', 'close']) response.on(event, done);
  });
}
