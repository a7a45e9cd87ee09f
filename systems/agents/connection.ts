/** One user's connection to an agent platform: several messages under way at a time, everything else one by one. */
import { Deadline, now } from '../../lib/k6/clock.ts';
import { ExchangeSocket } from '../../lib/vu/exchangeSocket.ts';
import type { Detail, Reason } from '../../lib/words/failures.ts';
import type { Exchanged, UserBooks } from './books.ts';
import { Correlation } from './correlation.ts';
import {
  FAREWELL,
  messageWriter,
  PING,
  readMessage,
  subscribe,
  unsubscribe,
  type Parties,
  type Response,
} from './protocol.ts';

const nothing = (): void => undefined;

/** Lag is that of messages, which their books count; who uses a connection asks whether it is open. */
const UNHEARD = { lagged: nothing, lost: nothing };

export class Connection extends ExchangeSocket<Exchanged> {
  declare protected readonly books: UserBooks;
  private readonly parties: Parties;
  private readonly replyMs: number;
  private readonly write: (number: number, timestamp: number) => string;
  private readonly messages = new Correlation();
  private readonly responseDue = new Deadline(() => this.failOldest());
  /** Called when a message has ended. */
  private messageEnded: () => void = nothing;

  /** `replyMs`: from anything that is said to its reply. */
  constructor(books: UserBooks, parties: Parties, replyMs: number) {
    super(books, replyMs, UNHEARD);
    this.parties = parties;
    this.replyMs = replyMs;
    this.write = messageWriter(parties);
  }

  /** Subscribes a channel; resolves to whether it was confirmed. Of these four one at a time. */
  subscribe(channel: string): Promise<boolean> {
    return this.ask('subscription', { text: subscribe(channel), reply: 'subscribed', channel });
  }

  /** The same of an end to it. */
  unsubscribe(channel: string): Promise<boolean> {
    return this.ask('subscription', { text: unsubscribe(channel), reply: 'unsubscribed', channel });
  }

  /** Pings; resolves to whether a pong came. */
  ping(): Promise<boolean> {
    return this.ask('ping', { text: PING, reply: 'pong' });
  }

  /** Says farewell; resolves to whether it was confirmed. */
  sayFarewell(): Promise<boolean> {
    return this.ask('farewell', { text: FAREWELL, reply: 'disconnect_ack' });
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

  override leave(): void {
    this.responseDue.dispose();
    super.leave();
  }

  protected override hear(text: string, at: number): void {
    const message = readMessage(text);
    switch (message.type) {
      case 'agent_response':
        return this.hearResponse(message, at);
      case 'broadcast':
        return;
      case 'unknown':
      case 'bad':
      case 'no JSON':
        return this.hearOther(message.type, text);
      default:
        return this.hearReply(message.type, 'channel' in message ? message.channel : undefined, at);
    }
  }

  protected override loseOthers(reason: Reason, detail: Detail): boolean {
    if (this.messages.open === 0) return false;
    for (let number = this.messages.oldest(); number !== undefined; number = this.messages.oldest())
      this.failMessage(number, reason, detail);
    this.afterMessage();
    return true;
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
}

function partiesText({ from, to }: Response): string {
  return `it is from ${from} to ${to}`;
}
