/** A user of a messaging platform: logs in, connects, subscribes its conversation, shows that it lives, hears, and may write. */
import { delay, now, Pause } from '../../../lib/k6/clock.ts';
import { socketTarget } from '../../../lib/k6/socketTarget.ts';
import type { SocketTarget } from '../../../lib/k6/socket.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { Reception } from '../../../lib/vu/deliveries/reception.ts';
import { readStamp, type Known } from '../../../lib/vu/deliveries/stamp.ts';
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
import { NotificationsSocket } from './notificationsSocket.ts';
import { conversationOf, sentAt, type Messages } from './notificationTimes.ts';

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
  const { websocketBaseUrl } = config;
  const socketOf = socketTarget('notifications', {
    ...config,
    websocketBaseUrl: websocketBaseUrl + SOCKET_PATH,
  });
  const retries = words.retried && createRetries(config, words.retried, retryMetrics(), delay);
  const progress: (Progress | undefined)[] = [];

  /** One user; resolves to whether it was notified of any message. */
  return async (clock, user, iteration) => {
    const { startTime } = clock;
    const conversation = conversationOf(messages, user);
    const publishes = user === conversation;
    const books = beginUser({ clock, fence: startTime + messages.fence, publishes });
    const attempt = retries?.(books, clock, user, iteration) ?? once;
    const login = new Login(books.visit, logins, config, user, attempt);
    const part = { messages, startTime, conversation, random: seededRandom(config.seed, user, iteration) };
    const visit = visitOf(config, books, login, part);
    if (publishes) visit.sender = senderOf(config, visit, part, (progress[user] ??= newProgress()));
    let isDone = false;
    try {
      await connect(visit, attempt, socketOf);
      isDone = await stay(visit, config, part);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      books.fail(error.phase, error.reason, error.detail);
      await endConversation(visit, config, startTime + messages.end);
    } finally {
      visit.reception.end();
      visit.socket.leave();
      books.end(isDone);
      await visit.socket.gone();
    }
    return visit.reception.received > 0;
  };
}

const newProgress = (): Progress => ({ place: 0, taken: 0, attempt: 0 });

/** Where a user is in the whole; `startTime`: when the load began, in epoch milliseconds. */
interface Part {
  messages: Messages;
  startTime: number;
  conversation: number;
  random: () => number;
}

/** What a user has; not everybody writes. */
interface Visit {
  books: NotificationsBooks;
  login: Login;
  /** The id of its conversation. */
  conversation: string;
  reception: Reception;
  socket: NotificationsSocket;
  /** Ends a wait when the connection is lost. */
  pause: Pause;
  sender?: ConversationSender;
}

function visitOf(
  config: NotificationsVuConfig,
  books: NotificationsBooks,
  login: Login,
  { messages, startTime, conversation: number }: Part,
): Visit {
  const { replySeconds, heartbeatTimeoutSeconds, deliverySeconds } = config;
  const conversation = config.conversationId.replaceAll('#', String(number));
  const known: Known = { run: startTime, first: number, publishers: 1, messages: messages.messages };
  const pause = new Pause();
  const reception = new Reception(books, {
    ...known,
    published: (of, place) => startTime + sentAt(messages, of, place),
    last: startTime + messages.end,
    timeoutMs: deliverySeconds * 1000,
  });
  const patience = { replyMs: replySeconds * 1000, heartbeatMs: heartbeatTimeoutSeconds * 1000 };
  const socket = new NotificationsSocket(books, patience, {
    notified: (notification, at) => {
      if (notification.conversation === conversation)
        reception.hear(readStamp(notification.sentAt, known), at);
      else books.misrouted(notification.conversation, at);
    },
    lagged: (milliseconds) => books.lagged(milliseconds),
    lost: () => {
      reception.lost();
      pause.end();
    },
  });
  return { books, login, conversation, reception, socket, pause };
}

function senderOf(
  { apiBaseUrl, httpTimeoutSeconds }: NotificationsVuConfig,
  { books, login, conversation }: Visit,
  { messages, startTime, conversation: publisher }: Part,
  progress: Progress,
): ConversationSender {
  const sender = { run: startTime, publisher };
  const dueAt = (place: number) => startTime + sentAt(messages, publisher, place);
  const task = { apiBaseUrl, httpTimeoutSeconds, conversation, sender, messages: messages.messages, dueAt };
  return new ConversationSender(books, login, task, progress);
}

/** Who connects again logs in again only where the token is old. */
async function connect(
  { login, socket }: Visit,
  attempt: Attempt,
  socketOf: () => SocketTarget,
): Promise<void> {
  await login.authorized();
  await attempt('connect', async () => {
    const headers = await login.authorized();
    const target = socketOf();
    await socket.open({ ...target, headers: { ...target.headers, ...headers } });
  });
}

/** From the subscription to the end of the plan, and until all that was sent has come; resolves to whether the connection lived so long. */
async function stay(visit: Visit, config: NotificationsVuConfig, part: Part): Promise<boolean> {
  const { socket, sender, reception, conversation } = visit;
  const end = part.startTime + part.messages.end;
  await socket.subscribe(conversation);
  const sending = sender?.send();
  await beat(visit, config, part.random, end);
  sender?.stop();
  await sending;
  await endConversation(visit, config, end);
  await reception.over();
  if (socket.isOpen()) await delay(config.settleSeconds * 1000);
  return socket.isOpen();
}

/** Who writes and would not be back before `end` tells those who expect more. */
async function endConversation(
  { sender }: Visit,
  { restartDelaySeconds }: NotificationsVuConfig,
  end: number,
): Promise<void> {
  if (end - now() < 1000 + 2000 * restartDelaySeconds) await sender?.close();
}

/** Shows again and again that the connection lives, until it is time to leave, or it is lost. */
async function beat(
  { socket, pause }: Visit,
  { heartbeatSeconds }: NotificationsVuConfig,
  random: () => number,
  end: number,
): Promise<void> {
  const betweenMs = heartbeatSeconds * 1000;
  for (let next = now() + random() * betweenMs; socket.isOpen(); next = Math.max(next + betweenMs, now())) {
    await pause.until(Math.min(next, end));
    if (next >= end) return;
    if (socket.isOpen()) await socket.heartbeat();
  }
}
