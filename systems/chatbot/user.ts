/** A user of a chatbot: logs in, opens a session and its socket, asks question after question, leaves. */
import { delay, now } from '../../lib/k6/clock.ts';
import type { SessionConfig } from './settings.ts';
import type { Conversation } from './conversation.ts';
import { hideSecrets } from '../../lib/vu/examples.ts';
import { StepFailed } from '../../lib/words/failures.ts';
import type { Lacks } from '../../lib/words/jsonFields.ts';
import { call, type Rest } from '../../lib/k6/http.ts';
import type { RunVisit } from '../../lib/system.ts';
import { ownHeaders } from './client/ownHeaders.ts';
import type { Credentials } from './client/users.ts';
import type { ChatFeature, ChatIds, ChatProtocol, ReplyHeaders, SessionReply } from './dialect.ts';
import type { SessionQuestions } from './questions.ts';
import type { VuWords } from '../../lib/vocabulary/vuWords.ts';
import type { BeginSession, Session } from './session/session.ts';
import { seededRandom } from '../../lib/words/random.ts';
import { createRetries, once, type Attempt } from '../../lib/vu/retry.ts';
import { retryMetrics } from '../../lib/vu/retryMetrics.ts';
import { openSessionLog } from './session/sessionLog.ts';
import { socketAddress } from './client/socketAddress.ts';
import type { SocketTarget } from '../../lib/k6/socket.ts';
import type { StageClock } from '../../lib/vu/stages.ts';
import { longestThink, thinkSeconds } from '../../lib/words/think.ts';

/** Milliseconds of the next pause. */
type Thinker = () => number;

/** What identifies a session of a back end that makes none. */
const NO_SESSION: SessionReply = { sessionId: '', connectionId: '' };

/** What came of a session's questions so far. */
interface Asked {
  answers: number;
  /** Nothing is left to ask. */
  everything: boolean;
}

/** With what a session asks. */
interface Asking {
  conversation: Conversation;
  dial: () => Promise<void>;
  clock: StageClock;
  think: Thinker | undefined;
}

/** Keeps the pauses of a session apart from the order of its questions. */
const THINK = 1;

/** The questions of one session, by VU and iteration. */
export type Questions = (vu: number, iteration: number) => SessionQuestions;

/** The user of a VU, as `USERS_FILE` has it. */
export type Users = (vu: number) => Credentials;

/** What the sessions of a VU are made of, besides their settings. */
export interface SessionParts {
  words: Pick<VuWords, 'harmless' | 'retried'>;
  begin: BeginSession;
  protocol: ChatProtocol;
  /** Makes the conversations of the VU, once. */
  conversation: () => Promise<Conversation>;
  questions: Questions;
  /** Absent: nobody has anything but a name. */
  users: Users | undefined;
  features: readonly ChatFeature[];
}

/** Makes the session function of a VU. */
export function chatbotUser(config: SessionConfig, parts: SessionParts): RunVisit {
  const { think } = config;
  const { begin: beginSession, protocol, questions, users, features } = parts;
  const { harmless, retried } = parts.words;
  const withOwn = ownHeaders(config);
  const ownSecrets = [config.encryptionKey, ...Object.values<string>(withOwn({ headers: {} }).headers)];
  const redials = features.includes('redials');
  const addressOf = socketAddress(config);
  const endsOnFailure = config.onFailure === 'end' || protocol.withoutIds === true;
  const rest: Rest = { baseUrl: config.apiBaseUrl, timeoutMs: config.httpTimeoutSeconds * 1000 };
  const retries = retried && createRetries(config, retried, retryMetrics(), delay);
  let making: Promise<Conversation> | undefined;

  /** One session from log-in to clean-up; resolves to whether it got any answer, when nothing of it is left. */
  return async (clock, vu, iteration, observer) => {
    making ??= parts.conversation();
    const conversation = await making;
    const log =
      config.sessionLog > 0
        ? openSessionLog(config.sessionLog, harmless, () => questions(vu, iteration).courses)
        : undefined;
    const books = beginSession(clock, observer);
    const session: Session = log?.session(books) ?? books;
    conversation.begin(session, clock, log?.protocol(protocol) ?? protocol);
    const attempt = retries?.(session, clock, vu, iteration) ?? once;
    let ids: ChatIds | undefined;
    const asked: Asked = { answers: 0, everything: false };
    try {
      ids = await logIn(users?.(vu), `crescendo-${vu}-${iteration}`, attempt);
      const dial = dialler(conversation, ids, attempt);
      if (!isOver(clock)) await dial();
      await askAll(
        { conversation, dial, clock, think: thinker(vu, iteration) },
        questions(vu, iteration),
        asked,
      );
    } catch (error) {
      book(session, error);
    } finally {
      conversation.leave();
      if (ids) await cleanUp(ids, session, attempt);
      session.end(asked.everything);
      await conversation.gone();
    }
    return asked.answers > 0;
  };

  async function logIn(
    credentials: Credentials | undefined,
    name: string,
    attempt: Attempt,
  ): Promise<ChatIds> {
    const { user = name, ...others }: Credentials = credentials ?? {};
    const secrets = [...ownSecrets, ...Object.values<string>(others)];
    const token = await attempt('token', () => requestToken(user, credentials));
    hideSecrets(...secrets, token);
    const session = await attempt('session', () => createSession(token));
    hideSecrets(...secrets, token, session.sessionId, session.connectionId);
    return { user, token, ...session, credentials };
  }

  function requestToken(user: string, credentials: Credentials | undefined): Promise<string> {
    const request = protocol.requestToken?.(user, credentials);
    if (request === undefined) return Promise.resolve('');
    return call(rest, 'token', withOwn(request), readToken);
  }

  function readToken(reply: unknown, headers: ReplyHeaders): string | Lacks | undefined {
    return protocol.readToken === undefined ? '' : protocol.readToken(reply, headers);
  }

  function createSession(token: string): Promise<SessionReply> {
    const request = protocol.createSession?.(token);
    if (request === undefined) return Promise.resolve(NO_SESSION);
    return call(rest, 'session', withOwn(request), readSession);
  }

  function readSession(reply: unknown, headers: ReplyHeaders): SessionReply | Lacks | undefined {
    return protocol.readSession === undefined ? NO_SESSION : protocol.readSession(reply, headers);
  }

  /** Opens the socket of a session, as often as it is called. */
  function dialler(conversation: Conversation, ids: ChatIds, attempt: Attempt): () => Promise<void> {
    let dials = 0;
    return () =>
      attempt('connect', () => {
        protocol.begin?.(ids, dials++);
        return conversation.connect(socketTarget(ids), ids);
      });
  }

  function socketTarget(ids: ChatIds): SocketTarget {
    const { path, url, headers, subprotocols } = protocol.socket(ids);
    return {
      url: addressOf(path, url),
      name: 'chat socket',
      headers: { Origin: config.origin, ...withOwn({ headers }).headers },
      subprotocols,
      timeoutMs: config.connectTimeoutSeconds * 1000,
      heartbeatMs: config.heartbeatSeconds * 1000,
    };
  }

  async function askAll(
    { conversation, dial, clock, think }: Asking,
    { courses, texts }: SessionQuestions,
    asked: Asked,
  ): Promise<void> {
    for (let index = 0; index < texts.length; index++) {
      if (index > 0 && think !== undefined) await delay(Math.min(think(), clock.remaining(now())));
      if (isOver(clock)) return;
      if (redials && index > 0) await dial();
      if (!conversation.isOpen()) return;
      const answered = await conversation.ask(courses[index] ?? '', texts[index] ?? '');
      if (redials) conversation.hangUp();
      if (answered) asked.answers++;
      else if (endsOnFailure) return;
    }
    asked.everything = true;
  }

  function thinker(vu: number, iteration: number): Thinker | undefined {
    if (longestThink(think) === 0) return undefined;
    const random = seededRandom(config.seed, vu, iteration, THINK);
    return () => thinkSeconds(think, random) * 1000;
  }

  async function cleanUp(ids: ChatIds, session: Session, attempt: Attempt): Promise<void> {
    const request = protocol.deleteSession?.(ids);
    if (request === undefined) return;
    try {
      await attempt('cleanup', () => call(rest, 'cleanup', withOwn(request), () => null));
    } catch (error) {
      book(session, error);
    }
  }
}

function book(session: Session, error: unknown): void {
  if (!(error instanceof StepFailed)) throw error;
  session.fail(error.phase, error.reason, error.detail);
}

/** To the millisecond, which costs less than `now`. */
function isOver(clock: StageClock): boolean {
  return clock.remaining(Date.now()) <= 0;
}
