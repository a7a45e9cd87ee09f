/** One socket of a visit: what is said over it gets one reply each, one at a time; whatever else comes is its system's. */
import { now, since } from '../k6/clock.ts';
import { openSocket, type Socket, type SocketTarget } from '../k6/socket.ts';
import type { Detail, Reason } from '../words/failures.ts';
import type { ConnectionBooks } from './connectionBooks.ts';
import { Exchange } from './exchange.ts';

/** What the user of a socket hears of it, besides the replies. */
export interface ExchangeListener {
  /** A reply was handled so many milliseconds after it had arrived. */
  lagged: (milliseconds: number) => void;
  /** The connection ended and nobody here had closed it; everything that was under way has failed. */
  lost: (reason: Reason, detail: Detail) => void;
}

/** What was asked. */
export interface Question {
  text: string;
  /** The type of the reply, and its channel where it has one. */
  reply: string;
  channel?: string;
  /** How long it is waited for, where that differs. */
  replyMs?: number;
}

const nothing = (): void => undefined;

export abstract class ExchangeSocket<What extends string> {
  protected readonly books: ConnectionBooks<What>;
  private readonly heardOf: ExchangeListener;
  private readonly exchange: Exchange<What>;
  private readonly handshakes: Promise<unknown>[] = [];
  private socket: Socket | undefined;
  private frames = 0;

  /** `replyMs`: from anything that is said to its reply. */
  constructor(books: ConnectionBooks<What>, replyMs: number, listener: ExchangeListener) {
    this.books = books;
    this.heardOf = listener;
    this.exchange = new Exchange(books, replyMs);
  }

  isOpen(): boolean {
    return this.socket?.isOpen() === true;
  }

  /** Opens it, again if called again. Throws a StepFailed of phase `connect`. */
  open(target: SocketTarget): Promise<void> {
    return this.books.dials(() => {
      const socket = openSocket(target, {
        message: (text, timestamp) => this.come(text, timestamp),
        lost: (reason, detail) => this.lose(reason, detail),
        pinged: nothing,
        ponged: nothing,
      });
      this.socket = socket;
      this.handshakes.push(socket.handshakeOver);
      return socket.opened;
    });
  }

  /** What was said gets no reply any more. */
  giveUp(): void {
    this.exchange.fail('answer_timeout');
  }

  /** Sends a text; false: the connection has just ended. */
  say(text: string): boolean {
    return this.socket?.send(text) === true;
  }

  /** Closes it, if it is open; it can be opened again. Nothing may wait for a reply. */
  drop(): void {
    this.socket?.close();
    this.books.left(now(), this.frames);
    this.frames = 0;
  }

  /** Closes it for good. */
  leave(): void {
    this.exchange.dispose();
    this.drop();
  }

  /** Resolves when the VU is free of every socket that was opened here. */
  gone(): Promise<unknown> {
    return Promise.all(this.handshakes);
  }

  /** A text came at `at` (epoch ms). */
  protected abstract hear(text: string, at: number): void;

  /** Says something; resolves to whether its reply came. One at a time. */
  protected ask(what: What, { text, reply, channel, replyMs }: Question): Promise<boolean> {
    return this.exchange.ask(what, () => this.say(text), reply, channel, replyMs);
  }

  /** A reply of this type came. */
  protected hearReply(type: string, channel: string | undefined, at: number): void {
    this.heardOf.lagged(since(at));
    this.exchange.hear(type, channel, at);
  }

  /** What came is no message of the protocol. */
  protected hearOther(type: 'unknown' | 'bad' | 'no JSON', text: string): void {
    if (type === 'unknown') this.books.unknown();
    else this.books.fail('stray', type === 'bad' ? 'bad_message' : 'bad_json', text);
  }

  /** The connection ended: whatever else was under way fails; returns whether there was anything. */
  protected loseOthers?(reason: Reason, detail: Detail): boolean;

  private come(text: string | ArrayBuffer, at: number): void {
    this.frames++;
    if (typeof text !== 'string') this.books.fail('stray', 'bad_type');
    else this.hear(text, at);
  }

  /** Where nothing is under way, the visit itself fails with the connection. */
  private lose(reason: Reason, detail: Detail): void {
    const isWaiting = this.exchange.isWaiting();
    this.books.lost(now());
    const wereOthers = this.loseOthers?.(reason, detail) === true;
    this.exchange.fail(reason, detail);
    if (!isWaiting && !wereOthers) this.books.fail('socket', reason, detail);
    this.heardOf.lost(reason, detail);
  }
}
