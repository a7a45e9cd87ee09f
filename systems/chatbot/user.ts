/** A user of a chatbot: logs in, opens a session and its socket, asks question after question, leaves. */
import { delay, now } from '../../lib/k6/clock.ts';
import type { SessionConfig } from './settings.ts';
import { createConversation, type Conversation, type ConversationMetrics } from './conversation.ts';
import { createCipher } from '../../lib/k6/encryption.ts';
import { hideSecrets } from '../../lib/vu/examples.ts';
import { StepFailed } from '../../lib/words/failures.ts';
import type { Lacks } from '../../lib/words/jsonFields.ts';
import { call, type Rest } from '../../lib/k6/http.ts';
import { metric } from '../../lib/vu/metrics.ts';
import type { RunVisit } from '../../lib/system.ts';
import type { ChatIds, ChatProtocol, ChatFeature } from './dialect.ts';
import type { SessionQuestions } from './questions.ts';
import type { VuWords } from '../../lib/vocabulary/vuWords.ts';
import type { BeginSession, Session } from './session.ts';
import { seededRandom } from '../../lib/words/random.ts';
import { createRetries, once, type Attempt } from '../../lib/vu/retry.ts';
import { retryMetrics } from '../../lib/vu/retryMetrics.ts';
import { openSessionLog } from './sessionLog.ts';
import type { SocketTarget } from '../../lib/k6/socket.ts';
import type { StageClock } from '../../lib/vu/stages.ts';
import { longestThink, thinkSeconds } from '../../lib/words/think.ts';

/** Milliseconds of the next pause. */
type Thinker = () => number;

/** What identifies a session of a back end that makes none. */
const NO_SESSION = { sessionId: '', connectionId: '' };
type SessionIds = typeof NO_SESSION;

/** What came of a session's questions. */
interface Asked {
  answers: number;
  /** Nothing is left to ask. */
  everything: boolean;
}

const NOTHING: Asked = { answers: 0, everything: false };

/** Keeps the pauses of a session apart from the order of its questions. */
const THINK = 1;

/** The questions of one session, by VU and iteration. */
export type Questions = (vu: number, iteration: number) => SessionQuestions;

/** Makes the session function of a VU; the key is imported once per VU. */
export function chatbotUser(
  config: SessionConfig,
  { harmless, retried }: Pick<VuWords, 'harmless' | 'retried'>,
  beginSession: BeginSession,
  protocol: ChatProtocol,
  questions: Questions,
  features: readonly ChatFeature[],
): RunVisit {
  const { think } = config;
  const endsOnFailure = config.onFailure === 'end' || protocol.withoutIds === true;
  const rest: Rest = { baseUrl: config.apiBaseUrl, timeoutMs: config.httpTimeoutSeconds * 1000 };
  const retries = retried && createRetries(config, retried, retryMetrics(), delay);
  const metrics = conversationMetrics(config.heartbeatSeconds > 0, features);
  let making: Promise<Conversation> | undefined;

  /** One session from log-in to clean-up; resolves to whether it got any answer, when nothing of it is left. */
  return async (clock, vu, iteration, observer) => {
    making ??= makeConversation();
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
    let asked = NOTHING;
    try {
      ids = await logIn(`crescendo-${vu}-${iteration}`, attempt);
      if (!isOver(clock)) await connect(conversation, ids, attempt);
      asked = await askAll(conversation, questions(vu, iteration), clock, thinker(vu, iteration));
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

  function makeConversation(): Promise<Conversation> {
    return createCipher(config.encryption, config.encryptionKey).then((cipher) =>
      createConversation(cipher, config.answerTimeoutSeconds * 1000, metrics),
    );
  }

  async function logIn(user: string, attempt: Attempt): Promise<ChatIds> {
    const token = await attempt('token', () => requestToken(user));
    hideSecrets(config.encryptionKey, token);
    const session = await attempt('session', () => createSession(token));
    hideSecrets(config.encryptionKey, token, session.sessionId, session.connectionId);
    return { user, token, ...session };
  }

  function requestToken(user: string): Promise<string> {
    const request = protocol.requestToken?.(user);
    if (request === undefined) return Promise.resolve('');
    return call(rest, 'token', request, readToken);
  }

  function readToken(reply: unknown): string | Lacks | undefined {
    return protocol.readToken === undefined ? '' : protocol.readToken(reply);
  }

  function createSession(token: string): Promise<SessionIds> {
    const request = protocol.createSession?.(token);
    if (request === undefined) return Promise.resolve(NO_SESSION);
    return call(rest, 'session', request, readSession);
  }

  function readSession(reply: unknown): SessionIds | Lacks | undefined {
    return protocol.readSession === undefined ? NO_SESSION : protocol.readSession(reply);
  }

  function connect(conversation: Conversation, ids: ChatIds, attempt: Attempt): Promise<void> {
    const target = socketTarget(ids);
    return attempt('connect', () => conversation.connect(target, ids));
  }

  function socketTarget(ids: ChatIds): SocketTarget {
    const { path, headers, subprotocols } = protocol.socket(ids);
    return {
      url: config.websocketBaseUrl + path,
      name: 'chat socket',
      headers: { Origin: config.origin, ...headers },
      subprotocols,
      timeoutMs: config.connectTimeoutSeconds * 1000,
      heartbeatMs: config.heartbeatSeconds * 1000,
    };
  }

  async function askAll(
    conversation: Conversation,
    { courses, texts }: SessionQuestions,
    clock: StageClock,
    think: Thinker | undefined,
  ): Promise<Asked> {
    let answers = 0;
    for (let index = 0; index < texts.length; index++) {
      if (index > 0 && think !== undefined) await delay(Math.min(think(), clock.remaining(now())));
      if (isOver(clock) || !conversation.isOpen()) return { answers, everything: false };
      const answered = await conversation.ask(courses[index] ?? '', texts[index] ?? '');
      if (answered) answers++;
      else if (endsOnFailure) return { answers, everything: false };
    }
    return { answers, everything: true };
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
      await attempt('cleanup', () => call(rest, 'cleanup', request, () => null));
    } catch (error) {
      book(session, error);
    }
  }
}

function conversationMetrics(hasHeartbeats: boolean, features: readonly ChatFeature[]): ConversationMetrics {
  return {
    answersLate: metric('answers_late'),
    chunksDuplicated: metric('chunks_duplicated'),
    disconnects: metric('disconnects'),
    messagesSent: metric('messages_sent'),
    messagesUnknown: metric('messages_unknown'),
    ...(hasHeartbeats && {
      heartbeats: {
        sent: metric('heartbeats_sent'),
        answered: metric('heartbeats_answered'),
        latency: metric('heartbeat_latency'),
      },
    }),
    ...(features.includes('pushes') && {
      pushes: {
        pushed: metric('messages_pushed'),
        timed: metric('pushes_timed'),
        latency: metric('push_latency'),
      },
    }),
    ...(features.includes('batches') && { batched: metric('messages_batched') }),
  };
}

function book(session: Session, error: unknown): void {
  if (!(error instanceof StepFailed)) throw error;
  session.fail(error.phase, error.reason, error.detail);
}

/** To the millisecond, which costs less than `now`. */
function isOver(clock: StageClock): boolean {
  return clock.remaining(Date.now()) <= 0;
}
