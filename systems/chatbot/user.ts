/** A user of a chatbot: logs in, opens a session and what it asks over, asks question after question, leaves. */
import { delay, now } from '../../lib/k6/clock.ts';
import type { SessionConfig } from './settings.ts';
import type { Asker } from './asking/asker.ts';
import type { AskingSession } from './asking/askingBooks.ts';
import { hideSecrets } from '../../lib/vu/examples.ts';
import { StepFailed } from '../../lib/words/failures.ts';
import type { Lacks } from '../../lib/words/jsonFields.ts';
import { call, type Rest } from '../../lib/k6/http.ts';
import type { RunVisit, VisitObserver } from '../../lib/system.ts';
import { ownHeaders, withOwnHeaders } from './client/ownHeaders.ts';
import type { Credentials } from './client/users.ts';
import type { ChatIds, ReplyHeaders, SessionReply, SessionSteps } from './dialect.ts';
import type { SessionQuestions } from './questions.ts';
import type { VuWords } from '../../lib/vocabulary/vuWords.ts';
import { seededRandom } from '../../lib/words/random.ts';
import { createRetries, once, type Attempt } from '../../lib/vu/retry.ts';
import { retryMetrics } from '../../lib/vu/retryMetrics.ts';
import type { SessionLog } from './session/sessionLines.ts';
import { openSessionLog } from './session/sessionLog.ts';
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
  asker: Pick<Asker<never, never>, 'isOpen' | 'ask' | 'hangUp'>;
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

/** The settings of a user. */
export type UserConfig = Pick<
  SessionConfig,
  | 'apiBaseUrl'
  | 'httpTimeoutSeconds'
  | 'httpHeaders'
  | 'basicAuth'
  | 'think'
  | 'onFailure'
  | 'sessionLog'
  | 'seed'
  | 'retries'
  | 'retryBaseSeconds'
  | 'retryCapSeconds'
  | 'retryBudget'
>;

/** What the sessions of a VU are made of, besides their settings. */
export interface SessionParts<S extends AskingSession, P extends SessionSteps, A extends Asker<S, P>> {
  words: Pick<VuWords, 'harmless' | 'retried'>;
  begin: (clock: StageClock, observer?: VisitObserver) => S;
  protocol: P;
  /** Makes whoever asks for the VU, once. */
  asker: () => Promise<A>;
  /** Makes what opens whatever a session asks over, as often as it is called. */
  dialler: (asker: A, ids: ChatIds, attempt: Attempt) => () => Promise<void>;
  /** Each question is dialled for. */
  redials: boolean;
  /** A failed question ends its session, whatever the settings say. */
  endsOnFailure: boolean;
  questions: Questions;
  /** Absent: nobody has anything but a name. */
  users: Users | undefined;
  /** What no example of a failure may show. */
  secrets: readonly string[];
  /** The protocol, as it tells the log of a session what it does. */
  logged: (log: SessionLog) => P;
}

/** Makes the session function of a VU. */
export function chatbotUser<S extends AskingSession, P extends SessionSteps, A extends Asker<S, P>>(
  config: UserConfig,
  parts: SessionParts<S, P, A>,
): RunVisit {
  const { think } = config;
  const { begin: beginSession, protocol, questions, users, redials, dialler, logged } = parts;
  const { harmless, retried } = parts.words;
  const withOwn = withOwnHeaders(config);
  const ownSecrets = [...parts.secrets, ...Object.values(ownHeaders(config))];
  const endsOnFailure = config.onFailure === 'end' || parts.endsOnFailure;
  const rest: Rest = { baseUrl: config.apiBaseUrl, timeoutMs: config.httpTimeoutSeconds * 1000 };
  const retries = retried && createRetries(config, retried, retryMetrics(), delay);
  let making: Promise<A> | undefined;

  /** One session from log-in to clean-up; resolves to whether it got any answer, when nothing of it is left. */
  return async (clock, vu, iteration, observer) => {
    making ??= parts.asker();
    const asker = await making;
    const log =
      config.sessionLog > 0
        ? openSessionLog(config.sessionLog, harmless, () => questions(vu, iteration).courses)
        : undefined;
    const books = beginSession(clock, observer);
    const session = log?.session(books) ?? books;
    asker.begin(session, clock, log === undefined ? protocol : logged(log));
    const attempt = retries?.(session, clock, vu, iteration) ?? once;
    let ids: ChatIds | undefined;
    const asked: Asked = { answers: 0, everything: false };
    try {
      ids = await logIn(users?.(vu), `crescendo-${vu}-${iteration}`, attempt);
      const dial = dialler(asker, ids, attempt);
      if (!isOver(clock)) await dial();
      await askAll({ asker, dial, clock, think: thinker(vu, iteration) }, questions(vu, iteration), asked);
    } catch (error) {
      book(session, error);
    } finally {
      asker.leave();
      if (ids) await cleanUp(ids, session, attempt);
      session.end(asked.everything);
      await asker.gone();
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

  async function askAll(
    { asker, dial, clock, think }: Asking,
    { courses, texts }: SessionQuestions,
    asked: Asked,
  ): Promise<void> {
    for (let index = 0; index < texts.length; index++) {
      if (index > 0 && think !== undefined) await delay(Math.min(think(), clock.remaining(now())));
      if (isOver(clock)) return;
      if (redials && index > 0) await dial();
      if (!asker.isOpen()) return;
      const answered = await asker.ask(courses[index] ?? '', texts[index] ?? '');
      if (redials) asker.hangUp();
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

  async function cleanUp(ids: ChatIds, session: AskingSession, attempt: Attempt): Promise<void> {
    const request = protocol.deleteSession?.(ids);
    if (request === undefined) return;
    try {
      await attempt('cleanup', () => call(rest, 'cleanup', withOwn(request), () => null));
    } catch (error) {
      book(session, error);
    }
  }
}

function book(session: AskingSession, error: unknown): void {
  if (!(error instanceof StepFailed)) throw error;
  session.fail(error.phase, error.reason, error.detail);
}

/** To the millisecond, which costs less than `now`. */
function isOver(clock: StageClock): boolean {
  return clock.remaining(Date.now()) <= 0;
}
