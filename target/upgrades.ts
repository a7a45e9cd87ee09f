/** Upgrade requests: each goes to the part that has its path. */
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { retryAfterOf } from './retryAfter.ts';

/** A request to turn an HTTP connection into a WebSocket. */
export interface Upgrade {
  request: IncomingMessage;
  url: URL;
  connection: Socket;
  head: Buffer;
}

/** Where upgrades are counted. */
export interface UpgradeBook {
  /** Called for every upgrade that comes. */
  came(): void;
  /** Called for every upgrade that is refused with an HTTP status. */
  refused(status: number): void;
}

/** An answer that refuses an upgrade with a word for machines: `{"error": …}`. */
export interface Refusal {
  status: number;
  error: string;
}

interface Route {
  book: UpgradeBook;
  accept(upgrade: Upgrade): void;
}

/** Answers upgrade requests by path, and knows every connection that asked for one. */
export class Upgrades {
  private readonly retryAfter: number;
  private readonly routes = new Map<string, Route>();
  private readonly connections = new Set<Socket>();
  private others: UpgradeBook = { came: () => undefined, refused: () => undefined };
  private stopping = false;

  /** `retryAfter` is the setting of that name. */
  constructor(retryAfter: number) {
    this.retryAfter = retryAfter;
  }

  /** Hands the upgrades of `path` to `accept`, and counts them in `book`. */
  route(path: string, book: UpgradeBook, accept: (upgrade: Upgrade) => void): void {
    this.routes.set(path, { book, accept });
  }

  /** Counts in `book` the upgrades of paths that nobody has; they are refused with 404. */
  countOthers(book: UpgradeBook): void {
    this.others = book;
  }

  /** Takes over the upgrades of a server. */
  listen(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
      if (duplex instanceof Socket) this.dispatch(request, duplex, head);
      else duplex.destroy();
    });
  }

  /** Answers with an HTTP status, or that and a word, instead of a WebSocket, counts it in `book` and ends the connection. */
  refuse(connection: Duplex, refusal: number | Refusal, book: UpgradeBook): void {
    const status = typeof refusal === 'number' ? refusal : refusal.status;
    book.refused(status);
    connection.once('finish', () => connection.destroy());
    const retryAfter = retryAfterOf(status, this.retryAfter);
    const body = typeof refusal === 'number' ? '' : JSON.stringify({ error: refusal.error });
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
      ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
      ...(body === '' ? [] : ['Content-Type: application/json']),
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    connection.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  /** Answers nothing and keeps the connection until the peer ends it. */
  ignore(connection: Socket): void {
    connection.once('end', () => connection.destroy());
    connection.resume();
  }

  /** Refuses (503) what comes from now on. */
  stop(): void {
    this.stopping = true;
  }

  /** Cuts the connections that are left. */
  destroy(): void {
    for (const connection of this.connections) connection.destroy();
  }

  private dispatch(request: IncomingMessage, connection: Socket, head: Buffer): void {
    this.connections.add(connection);
    connection.on('close', () => this.connections.delete(connection));
    // Without a listener a connection reset by the peer would end the process; 'close' follows and does the rest.
    connection.on('error', () => undefined);
    const url = requestUrl(request);
    const route = this.routes.get(url?.pathname ?? '');
    const book = route?.book ?? this.others;
    book.came();
    if (this.stopping) this.refuse(connection, 503, book);
    else if (url === undefined || route === undefined) this.refuse(connection, 404, book);
    else route.accept({ request, url, connection, head });
  }
}

function requestUrl({ url = '/' }: IncomingMessage): URL | undefined {
  const base = 'http://target';
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}
