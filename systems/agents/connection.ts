/** One user's connection to an agent platform: several messages under way at a time, everything else one by one. */
import { Deadline, now } from '../../lib/k6/clock.ts';
import { openSocket, type Socket, type SocketTarget } from '../../lib/k6/socket.ts';
import { Exchange } from '../../lib/vu/exchange.ts';
import type { Detail, Reason } from '../../lib/words/failures.ts';
import type { Exchanged, UserBooks } from './books.ts';
import { Correlation } from './correlation.ts';
import { messageWriter, readMessage, type Parties, type Response, type ServerMessage } from './protocol.ts';

const nothing = (): void => undefined;

export class Connection {
  private readonly books: UserBooks;
  private readonly parties: Parties;
  private readonly replyMs: number;
  private readonly write: (number: number, timestamp: number) => string;
  private readonly messages = new Correlation();
  private readonly handshakes: Promise<unknown>[] = [];
  private socket: Socket | undefined;
  private readonly exchange: Exchange<Exchanged>;
  private readonly responseDue = new Deadline(() => this.failOldest());
  /** Called when a message has ended. */
  private messageEnded: () => void = nothing;
  private frames = 0;

  /** `replyMs`: from anything that is said to its reply. */
  constructor(books: UserBooks, parties: Parties, replyMs: number) {
    this.books = books;
    this.parties = parties;
    this.replyMs = replyMs;
    this.exchange = new Exchange(books, replyMs);
    this.write = messageWriter(parties);
  }

  isOpen(): boolean {
    return this.socket?.isOpen() === true;
  }

  /** Opens it, again if called again. Throws a StepFailed of phase `connect`. */
  open(target: SocketTarget): Promise<void> {
    return this.books.dials(() => {
      const socket = openSocket(target, {
        message: (text, timestamp) => this.hear(text, timestamp),
        lost: (reason, detail) => this.lose(reason, detail),
        pinged: nothing,
        ponged: nothing,
      });
      this.socket = socket;
      this.handshakes.push(socket.handshakeOver);
      return socket.opened;
    });
  }

  /** Says something and waits for its reply; resolves to whether it came. One at a time. */
  ask(what: Exchanged, text: string, reply: string, channel?: string): Promise<boolean> {
    return this.exchange.ask(what, () => this.say(text), reply, channel);
  }

  /** Sends the next message. */
  send(): void {
    const number = this.messages.count;
    const sentAt = this.messages.begin(now());
    this.books.messageSent(sentAt);
    if (this.messages.open === 1) this.responseDue.set(sentAt + this.replyMs);
    this.say(this.write(number, sentAt));
  }

  /** Resolves when fewer than so many messages wait for their responses. */
  async fewerThan(many: number): Promise<void> {
    while (this.messages.open >= many)
      await new Promise<void>((resolve) => {
        this.messageEnded = resolve;
      });
  }

  /** Closes it, if it is open. Nothing may wait for a reply. */
  leave(): void {
    this.exchange.dispose();
    this.responseDue.dispose();
    this.socket?.close();
    this.books.left(now(), this.frames);
  }

  /** Resolves when the VU is free of every socket that was opened here. */
  gone(): Promise<unknown> {
    return Promise.all(this.handshakes);
  }

  /** What can't be sent any more fails with the connection, which `lose` hears of. */
  private say(text: string): void {
    this.socket?.send(text);
  }

  private hear(text: string | null, at: number): void {
    this.frames++;
    if (text === null) return this.books.fail('stray', 'bad_type');
    const message = readMessage(text);
    if (message.type === 'agent_response') this.hearResponse(message, at);
    else this.hearOther(message, text, at);
  }

  private hearResponse(response: Response, at: number): void {
    const { messages, books, parties } = this;
    if (response.to !== parties.user || response.from !== parties.agent)
      return books.fail('stray', 'misrouted', () => partiesText(response));
    const belonging = messages.receive(response.timestamp, response.number);
    switch (belonging.is) {
      case 'answer': {
        const sentAt = messages.timeOf(belonging.number);
        if (response.isProcessed) books.messageAnswered(sentAt, at, belonging.isOvertaken);
        else books.messageFailed('server_error', sentAt, at);
        return this.afterMessage();
      }
      case 'mixed up':
        books.messageFailed('answer_mixed_up', messages.timeOf(belonging.number), at);
        return this.afterMessage();
      case 'late':
        return books.messageLate(messages.timeOf(belonging.number));
      case 'doubled':
        return books.fail('stray', 'answer_doubled');
      case 'stray':
        return books.fail('stray', 'misrouted', () => `its timestamp is ${response.timestamp}`);
    }
  }

  private hearOther(message: Exclude<ServerMessage, Response>, text: string, at: number): void {
    const { books } = this;
    switch (message.type) {
      case 'broadcast':
        return;
      case 'unknown':
        return books.unknown();
      case 'bad':
        return books.fail('stray', 'bad_message', text);
      case 'no JSON':
        return books.fail('stray', 'bad_json', text);
      default:
        return this.exchange.hear(message.type, 'channel' in message ? message.channel : undefined, at);
    }
  }

  /** The message that has waited longest is out of time. */
  private failOldest(): void {
    const number = this.messages.oldest();
    if (number === undefined) return;
    this.failMessage(number, 'answer_timeout');
    this.afterMessage();
  }

  private failMessage(number: number, reason: Reason, detail?: Detail): void {
    this.messages.fail(number);
    this.books.messageFailed(reason, this.messages.timeOf(number), now(), detail);
  }

  private afterMessage(): void {
    const oldest = this.messages.oldest();
    if (oldest === undefined) this.responseDue.lift();
    else this.responseDue.set(this.messages.timeOf(oldest) + this.replyMs);
    const ended = this.messageEnded;
    this.messageEnded = nothing;
    ended();
  }

  /** Everything that is under way fails with the connection; where nothing is, the user does. */
  private lose(reason: Reason, detail: Detail): void {
    this.books.lost(now());
    const isIdle = !this.exchange.isWaiting() && this.messages.open === 0;
    if (isIdle) return this.books.fail('socket', reason, detail);
    for (let number = this.messages.oldest(); number !== undefined; number = this.messages.oldest())
      this.failMessage(number, reason, detail);
    this.exchange.fail(reason, detail);
    this.afterMessage();
  }
}

function partiesText({ from, to }: Response): string {
  return `it is from ${from} to ${to}`;
}
