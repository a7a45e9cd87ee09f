/**
 * Who publishes in a conversation: its messages, each when it is due, one after the other. Messages that were taken are
 * numbered without gaps, so whoever gets them knows what is missing: one that was not taken, as far as is known, gives its
 * number to the next.
 */
import { now, Pause } from '../../../lib/k6/clock.ts';
import { timedCall, type TimedReply } from '../../../lib/k6/timedRequest.ts';
import { stampWriter, type Sender, type StampWriter } from '../../../lib/vu/deliveries/stamp.ts';
import { StepFailed } from '../../../lib/words/failures.ts';
import type { AuthHeaders, Login } from '../login/login.ts';
import { messageBody, MESSAGES_PATH } from '../messageRequest.ts';
import type { NotificationsBooks } from './notificationsBooks.ts';
import { isTaken } from './notificationsProtocol.ts';

/** How far a conversation has come; it outlives the visits of the user who publishes. */
export interface Progress {
  /** The next one, among those that are planned. */
  place: number;
  /** How many were taken. */
  taken: number;
  /** How often the next one has been sent already. */
  attempt: number;
}

/** What is to be sent where. */
export interface Task {
  apiBaseUrl: string;
  httpTimeoutSeconds: number;
  /** Its id. */
  conversation: string;
  sender: Sender;
  messages: number;
  /** When the message of this place is due (epoch ms). */
  dueAt: (place: number) => number;
}

/** What every message says, as JSON. */
const TEXT = '"How soon is this there?"';

/** A notice that was not taken is sent again, so often in all, after such a wait. */
const NOTICE_ATTEMPTS = 3;
const NOTICE_WAIT_MS = 500;

/** That of one visit. */
export class ConversationSender {
  private readonly books: NotificationsBooks;
  private readonly login: Login;
  private readonly task: Task;
  private readonly progress: Progress;
  private readonly write: StampWriter;
  private readonly pause = new Pause();
  private isStopped = false;
  /** When the answer to the message before was there (epoch ms). */
  private freeAt = 0;

  constructor(books: NotificationsBooks, login: Login, task: Task, progress: Progress) {
    this.books = books;
    this.login = login;
    this.task = task;
    this.progress = progress;
    this.write = stampWriter(task.sender);
  }

  /** Sends what is due from now on; resolves when it is sent, or `stop` was called. Never rejects. */
  async send(): Promise<void> {
    const { progress, task } = this;
    this.skipUntil(now());
    while (progress.place < task.messages) {
      const dueAt = task.dueAt(progress.place);
      await this.pause.until(dueAt);
      if (this.isStopped) return;
      await this.sendNext(dueAt);
      progress.place++;
    }
  }

  /** Nothing more is sent; what is under way may still end. */
  stop(): void {
    this.isStopped = true;
    this.pause.end();
  }

  /** The time for messages is over: books what was not sent, and tells those who expect it. Never rejects. */
  async close(): Promise<void> {
    const { progress, task } = this;
    this.skipUntil(Infinity);
    if (progress.taken === task.messages) return;
    for (let attempt = 0; attempt < NOTICE_ATTEMPTS; attempt++) {
      if (attempt > 0) await this.pause.until(now() + NOTICE_WAIT_MS);
      const isTold = await this.post((sentAt) => this.write.notice(progress.taken, sentAt), now());
      if (!isTold) continue;
      this.books.noticeSent();
      return;
    }
  }

  /** What was due before is left out. */
  private skipUntil(time: number): void {
    const { progress, task } = this;
    const from = progress.place;
    while (progress.place < task.messages && task.dueAt(progress.place) < time) progress.place++;
    this.books.unpublished(progress.place - from);
  }

  private async sendNext(dueAt: number): Promise<void> {
    const { progress, task, write } = this;
    const of = progress.taken + task.messages - progress.place;
    const wasTaken = await this.post((at) => write.message(of, progress.taken, at, progress.attempt), dueAt);
    progress.attempt = wasTaken ? 0 : progress.attempt + 1;
    if (wasTaken) progress.taken++;
  }

  /** Resolves to whether the platform says that it has taken it. */
  private async post(stampAt: (sentAt: number) => string, dueAt: number): Promise<boolean> {
    const lag = Math.max(0, now() - Math.max(dueAt, this.freeAt));
    const headers = await this.authorized();
    if (headers === undefined) {
      this.books.unpublished(1);
      return false;
    }
    const beganAt = now();
    this.books.lagged(lag);
    this.books.messageSent(beganAt);
    const reply = await this.call(stampAt, headers, beganAt);
    this.freeAt = now();
    if (reply.is === 'failure') this.books.messageFailed(reply.reason, reply.detail, beganAt, reply.at);
    else if (isTaken(reply.text)) this.books.messageTaken(beganAt, reply.at);
    else this.books.messageFailed('bad_body', 'the answer to a message lacks "id"', beganAt, reply.at);
    return reply.is === 'answer';
  }

  /** Once more with another token where the platform says that this one has expired; who sends has waited for that, too. */
  private async call(
    stampAt: (sentAt: number) => string,
    headers: AuthHeaders,
    beganAt: number,
  ): Promise<TimedReply> {
    const reply = await timedCall(this.request(stampAt(beganAt), headers), beganAt);
    if (reply.is === 'answer') return reply;
    const again = (renewed: AuthHeaders) => {
      const sentAt = now();
      return timedCall(this.request(stampAt(sentAt), renewed), sentAt);
    };
    return this.login.orAgain(reply, headers, again, (error) => this.loginFailed(error));
  }

  /** `undefined`: the log-in failed, which is booked. */
  private async authorized(): Promise<AuthHeaders | undefined> {
    try {
      return await this.login.authorized();
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      this.loginFailed(error);
      return undefined;
    }
  }

  private loginFailed({ phase, reason, detail }: StepFailed): void {
    this.books.fail(phase, reason, detail);
  }

  private request(stamp: string, headers: AuthHeaders) {
    const { apiBaseUrl, httpTimeoutSeconds, conversation } = this.task;
    return {
      name: 'message',
      method: 'POST',
      url: apiBaseUrl + MESSAGES_PATH,
      body: messageBody(conversation, TEXT, stamp),
      headers: { ...headers, 'Content-Type': 'application/json' },
      timeoutMs: httpTimeoutSeconds * 1000,
    } as const;
  }
}
