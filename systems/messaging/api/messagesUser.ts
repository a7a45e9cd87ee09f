/** A user of the API: logs in once, then sends messages and looks at conversations until the plan ends. */
import { delay, now } from '../../../lib/k6/clock.ts';
import {
  timedRequest,
  type Refusal,
  type TimedReply,
  type TimedRequest,
} from '../../../lib/k6/timedRequest.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { createRetries, once } from '../../../lib/vu/retry.ts';
import { retryMetrics } from '../../../lib/vu/retryMetrics.ts';
import { StepFailed } from '../../../lib/words/failures.ts';
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import { seededRandom, type Random } from '../../../lib/words/random.ts';
import { thinkSeconds } from '../../../lib/words/think.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { Login, loginLedger, type AuthHeaders } from '../login/login.ts';
import { userBooks, type UserBooks } from './messagesBooks.ts';
import {
  CONVERSATIONS,
  messageRequest,
  wrongList,
  wrongMessage,
  type ApiRequest,
  type Endpoint,
  type Message,
} from './messagesProtocol.ts';
import type { MessagesVuConfig } from './messagesSettings.ts';

/** What is asked; `message`: the one that is sent, if any. */
interface Question {
  endpoint: Endpoint;
  request: ApiRequest;
  message?: Message;
}

const LIST: Question = { endpoint: 'conversations', request: CONVERSATIONS };

/** Makes the visits of a VU; while it is initialised. */
export function messagesUser(config: MessagesVuConfig, words: VuWords): RunVisit {
  const beginUser = userBooks(words);
  const logins = loginLedger(words);
  const retries = words.retried && createRetries(config, words.retried, retryMetrics(), delay);
  const next = questionsOf(config);
  const sentWith = requestsOf(config);

  /** One user; resolves to whether any request was answered. */
  return async (clock, place, iteration, observer) => {
    const end = now() + clock.remaining(now());
    const books = beginUser(clock, observer);
    const random = seededRandom(config.seed, place, iteration);
    const attempt = retries?.(books, clock, place, iteration) ?? once;
    const user = { books, login: new Login(books.visit, logins, config, place, attempt), sentWith };
    let isThere = false;
    try {
      while (now() < end) {
        const headers = user.login.current() ?? (await user.login.authorized());
        await ask(user, next(random), headers);
        await delay(Math.min(thinkSeconds(config.think, random) * 1000, end - now()));
      }
      isThere = true;
    } catch (error) {
      book(books, error);
    }
    books.end(isThere);
    return books.answered > 0;
  };
}

function questionsOf(config: MessagesVuConfig): (random: Random) => Question {
  const { readShare, conversationId, conversations, messageBytes, seed } = config;
  let textJson: string | undefined;

  return (random) => {
    if (random() < readShare) return LIST;
    textJson ??= JSON.stringify(text(messageBytes, seededRandom(seed)));
    const number = 1 + Math.floor(random() * conversations);
    const message = {
      conversationId: conversationId.replaceAll('#', String(number)),
      sentAt: Math.round(now()),
    };
    return { endpoint: 'messages', request: messageRequest(message, textJson), message };
  };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz ';

function text(length: number, random: Random): string {
  return Array.from({ length }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
}

type SentWith = (question: Question, headers: AuthHeaders) => TimedRequest;

function requestsOf({ apiBaseUrl, httpTimeoutSeconds }: MessagesVuConfig): SentWith {
  const timeoutMs = httpTimeoutSeconds * 1000;
  return ({ endpoint: name, request: { method, path, body } }, auth) => ({
    name,
    method,
    url: apiBaseUrl + path,
    body,
    headers: { ...auth, 'Content-Type': 'application/json' },
    timeoutMs,
  });
}

/** Somebody who asks. */
interface User {
  books: UserBooks;
  login: Login;
  sentWith: SentWith;
}

/** Asks, and books what becomes of it; rejects where the token has expired and there is no other. */
async function ask(user: User, question: Question, headers: AuthHeaders): Promise<void> {
  const { books, sentWith } = user;
  const sentAt = now();
  books.sent(question.endpoint, sentAt);
  const first = timedRequest(sentWith(question, headers), sentAt);
  const last = first.is === 'answer' ? first : await askAgain(user, question, headers, sentAt, first);
  bookReply(books, question, sentAt, last);
}

/** With another token, if that is what was wrong; its user has waited since `sentAt`, for the token, too. */
function askAgain(
  { books, login, sentWith }: User,
  question: Question,
  headers: AuthHeaders,
  sentAt: number,
  refusal: Refusal,
): Promise<TimedReply> {
  const again = (renewed: AuthHeaders) => timedRequest(sentWith(question, renewed), now());
  return login.orAgain(refusal, headers, again, (error) => {
    books.failed(question.endpoint, sentAt, now(), refusal);
    throw error;
  });
}

function bookReply(books: UserBooks, question: Question, sentAt: number, reply: TimedReply): void {
  const { endpoint, message } = question;
  if (reply.is === 'failure') return books.failed(endpoint, sentAt, reply.at, reply);
  const json = jsonIn(reply.text);
  const wrong = message === undefined ? wrongList(json) : wrongMessage(json, message);
  if (wrong === undefined) return books.answeredIn(endpoint, sentAt, reply.at);
  const detail = () => `the answer of ${endpoint} ${wrong}: ${reply.text}`;
  books.failed(endpoint, sentAt, reply.at, { reason: 'bad_body', detail });
}

function book(books: UserBooks, error: unknown): void {
  if (!(error instanceof StepFailed)) throw error;
  books.fail(error.phase, error.reason, error.detail);
}
