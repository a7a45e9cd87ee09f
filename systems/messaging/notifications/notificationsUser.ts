/** A user of a messaging platform: logs in, connects, subscribes its conversation, shows that it lives, hears, and may write. */
import { Deadline, delay, now } from '../../../lib/k6/clock.ts';
import { socketTarget } from '../../../lib/k6/socketTarget.ts';
import type { SocketTarget } from '../../../lib/k6/socket.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { Reception, type Expectation } from '../../../lib/vu/deliveries/reception.ts';
import { readStamp } from '../../../lib/vu/deliveries/stamp.ts';
import { createRetries, once, type Attempt } from '../../../lib/vu/retry.ts';
import { retryMetrics } from '../../../lib/vu/retryMetrics.ts';
import { StepFailed } from '../../../lib/words/failures.ts';
import { seededRandom } from '../../../lib/words/random.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { Login, loginLedger } from '../login/login.ts';
import { ConversationSender, type Progress } from './conversationSender.ts';
import { notificationsBooks, type NotificationsBooks } from './notificationsBooks.ts';
import { SOCKET_PATH } from './notificationsProtocol.ts';
import type { NotificationsVuConfig } from './notificationsSettings.ts';
import { NotificationsSocket, type Notification, type NotificationsListener } from './notificationsSocket.ts';
import { conversationOf, sentAt, type Messages } from './notificationTimes.ts';

/** What all users of a VU have in common. */
interface Common {
  config: NotificationsVuConfig;
  messages: Messages;
  expectation: Omit<Expectation, 'first'>;
  /** When users leave (epoch ms). */
  end: number;
}

/**
 * Makes the visits of a VU; while it is initialised. Who writes and who hears may be in different VUs: all of them are in
 * one process of k6, so the time that a message carries can be compared with that of its notification.
 */
export function notificationsUser(
  config: NotificationsVuConfig,
  words: VuWords,
  messages: Messages,
): RunVisit {
  const beginUser = notificationsBooks(words, messages);
  const logins = loginLedger(words);
  const websocketBaseUrl = config.websocketBaseUrl + SOCKET_PATH;
  const socketOf = socketTarget('notifications', { ...config, websocketBaseUrl });
  const retries = words.retried && createRetries(config, words.retried, retryMetrics(), delay);
  const progress: (Progress | undefined)[] = [];
  let common: Common | undefined;

  /** One user; resolves to whether it was notified of any message. */
  return async (clock, number, iteration) => {
    const { startTime } = clock;
    common ??= commonOf(config, messages, startTime);
    const conversation = conversationOf(messages, number);
    const publishes = number === conversation;
    const books = beginUser({ clock, fence: startTime + messages.fence, publishes });
    const attempt = retries?.(books, clock, number, iteration) ?? once;
    const login = new Login(books.visit, logins, config, number, attempt);
    const user = new User(books, login, common, conversation);
    if (publishes) user.writes((progress[number] ??= { place: 0, taken: 0, attempt: 0 }));
    let isDone = false;
    try {
      await user.connect(attempt, socketOf);
      isDone = await user.stay(seededRandom(config.seed, number, iteration)());
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      books.fail(error.phase, error.reason, error.detail);
      await user.endConversation();
    } finally {
      user.leave(isDone);
      await user.socket.gone();
    }
    return user.reception.received > 0;
  };
}

function commonOf(config: NotificationsVuConfig, messages: Messages, startTime: number): Common {
  const end = startTime + messages.end;
  const expectation = {
    run: startTime,
    publishers: 1,
    messages: messages.messages,
    published: (conversation: number, place: number) => startTime + sentAt(messages, conversation, place),
    last: end,
    timeoutMs: config.deliverySeconds * 1000,
  };
  return { config, messages, expectation, end };
}

/**
 * One user. There may be ten thousand of them in a process of k6, in which an object takes half a kilobyte, a function more
 * and a suspended async function two: so what lasts as long as the user is here, and waits at one place.
 */
class User implements NotificationsListener {
  readonly socket: NotificationsSocket;
  readonly reception: Reception;
  private readonly books: NotificationsBooks;
  private readonly login: Login;
  private readonly common: Common;
  /** Its id. */
  private readonly conversation: string;
  private readonly expectation: Expectation;
  private sender: ConversationSender | undefined;
  private readonly beats: Deadline;
  /** Ends the stay. */
  private over: (() => void) | undefined;
  private nextBeat = 0;

  /** `number`: of its conversation, from 1. */
  constructor(books: NotificationsBooks, login: Login, common: Common, number: number) {
    const { conversationId, replySeconds, heartbeatTimeoutSeconds } = common.config;
    this.books = books;
    this.login = login;
    this.common = common;
    this.conversation = conversationId.replaceAll('#', String(number));
    this.expectation = { ...common.expectation, first: number };
    this.reception = new Reception(books, this.expectation);
    const patience = { replyMs: replySeconds * 1000, heartbeatMs: heartbeatTimeoutSeconds * 1000 };
    this.socket = new NotificationsSocket(books, patience, this);
    this.beats = new Deadline(() => this.beat());
  }

  /** It publishes in its conversation, which has come so far. */
  writes(progress: Progress): void {
    const { config, expectation } = this.common;
    const { run, messages, published } = expectation;
    const publisher = this.expectation.first;
    const { apiBaseUrl, httpTimeoutSeconds } = config;
    const where = { apiBaseUrl, httpTimeoutSeconds, conversation: this.conversation };
    const dueAt = (place: number) => published(publisher, place);
    const task = { ...where, sender: { run, publisher }, messages, dueAt };
    this.sender = new ConversationSender(this.books, this.login, task, progress);
  }

  notified({ conversation, sentAt: stamp }: Notification, at: number): void {
    if (conversation === this.conversation) this.reception.hear(readStamp(stamp, this.expectation), at);
    else this.books.misrouted(conversation, at);
  }

  lagged(milliseconds: number): void {
    this.books.lagged(milliseconds);
  }

  lost(): void {
    this.reception.lost();
    this.endStay();
  }

  /** Who tries again logs in again only where the token is old. */
  async connect(attempt: Attempt, socketOf: () => SocketTarget): Promise<void> {
    await this.login.authorized();
    await attempt('connect', async () => {
      const headers = await this.login.authorized();
      const target = socketOf();
      await this.socket.open({ ...target, headers: { ...target.headers, ...headers } });
    });
  }

  /**
   * Subscribes, shows again and again that the connection lives, the first time after this share of the time between, and
   * stays until the end of the plan and until all that was sent has come. Resolves to whether the connection lived so long.
   */
  async stay(share: number): Promise<boolean> {
    const { socket, sender, reception, common } = this;
    const { heartbeatSeconds, settleSeconds } = common.config;
    await socket.subscribe(this.conversation);
    const sending = sender?.send();
    if (socket.isOpen())
      await new Promise<void>((resolve) => {
        this.over = resolve;
        this.beatAt(now() + share * heartbeatSeconds * 1000);
      });
    sender?.stop();
    await sending;
    await this.endConversation();
    await reception.over();
    if (socket.isOpen()) await delay(settleSeconds * 1000);
    return socket.isOpen();
  }

  /** Who writes and would not be back before the end tells those who expect more. */
  async endConversation(): Promise<void> {
    const { end, config } = this.common;
    if (end - now() < 1000 + 2000 * config.restartDelaySeconds) await this.sender?.close();
  }

  /** The user is gone. */
  leave(isDone: boolean): void {
    this.beats.dispose();
    this.reception.end();
    this.socket.leave();
    this.books.end(isDone);
  }

  private beatAt(time: number): void {
    this.nextBeat = time;
    this.beats.set(Math.min(time, this.common.end));
  }

  /** It is time for a heartbeat, or to leave. */
  private beat(): void {
    if (this.nextBeat >= this.common.end) return this.endStay();
    void this.socket.heartbeat().then(() => {
      const { heartbeatSeconds } = this.common.config;
      if (this.socket.isOpen()) this.beatAt(Math.max(this.nextBeat + heartbeatSeconds * 1000, now()));
    });
  }

  private endStay(): void {
    const { over } = this;
    this.over = undefined;
    this.beats.dispose();
    over?.();
  }
}
