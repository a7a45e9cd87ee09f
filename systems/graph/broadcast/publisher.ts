/** One publisher of a broadcast: its messages, each when it is due, and the notice where it can't send all of them. */
import { delay, now } from '../../../lib/k6/clock.ts';
import { stampWriter, type Sender, type StampWriter } from '../../../lib/vu/deliveries/stamp.ts';
import type { ChannelSocket } from '../channelSocket.ts';
import { broadcast } from '../protocol.ts';
import type { BroadcastBooks } from './broadcastBooks.ts';
import type { BroadcastTimes } from './broadcastTimes.ts';

/** What it is to do. */
interface Task {
  channel: string;
  messages: number;
  times: BroadcastTimes;
  sender: Sender;
}

export class Publisher {
  private readonly socket: ChannelSocket;
  private readonly books: BroadcastBooks;
  private readonly task: Task;
  private readonly write: StampWriter;
  private sent = 0;
  /** How many the others expect. */
  private told: number;

  constructor(socket: ChannelSocket, books: BroadcastBooks, task: Task) {
    this.socket = socket;
    this.books = books;
    this.task = task;
    this.write = stampWriter(task.sender);
    this.told = task.messages;
  }

  /** Sends all messages that are not due yet; resolves when they are sent, or the connection has ended. */
  async publish(): Promise<void> {
    const { channel, messages, times, sender } = this.task;
    const first = this.firstPlace(now());
    if (first === messages) this.giveNotice();
    for (let place = first; place < messages; place++) {
      const dueAt = times.published(sender.publisher, place);
      await delay(dueAt - now());
      const sentAt = now();
      const payload = this.write.message(messages - first, this.sent, sentAt);
      if (!this.socket.isOpen() || !this.socket.say(broadcast(channel, payload))) return;
      this.told = messages - first;
      this.sent++;
      this.books.published();
      this.books.lagged(Math.max(0, sentAt - dueAt));
    }
  }

  /** Whether the others expect more than was sent. */
  owesNotice(): boolean {
    return this.told > this.sent;
  }

  /** Tells them that there will be no more. */
  giveNotice(): void {
    const payload = this.write.notice(this.sent, now());
    if (!this.socket.say(broadcast(this.task.channel, payload))) return;
    this.told = this.sent;
    this.books.noticeSent();
  }

  /** Books what was not sent. */
  end(): void {
    this.books.unpublished(this.task.messages - this.sent);
  }

  /** A publisher who comes too late leaves out what was due before. */
  private firstPlace(at: number): number {
    const { messages, times, sender } = this.task;
    for (let place = 0; place < messages; place++)
      if (times.published(sender.publisher, place) >= at) return place;
    return messages;
  }
}
