/** A user of a chatbot: logs in, opens a session and its socket, asks question after question, leaves. */
import { delay, now } from '../clock.ts';
import type { Config } from '../config.ts';
import { createConversation, type Conversation } from '../conversation.ts';
import { createCipher, type Cipher } from '../encryption.ts';
import { StepFailed } from '../failures.ts';
import { call, type Rest } from '../http.ts';
import type { RunSession } from '../iteration.ts';
import type { ChatIds, ChatProtocol } from '../protocols/protocol.ts';
import type { Question } from '../questions.ts';
import { warnOnce } from '../scriptErrors.ts';
import { startSession, type Session } from '../session.ts';
import type { SocketTarget } from '../socket.ts';
import type { StageClock } from '../stages.ts';

/** The questions of one session, by VU and iteration. */
export type Questions = (vu: number, iteration: number) => readonly Question[];

/** Makes the session function of a VU; the key is imported once per VU. */
export function chatbotUser(config: Config, protocol: ChatProtocol, questions: Questions): RunSession {
  const rest: Rest = { baseUrl: config.apiBaseUrl, timeoutMs: config.httpTimeoutSeconds * 1000 };
  let importing: Promise<Cipher | null> | undefined;

  /** One session from log-in to clean-up; resolves to whether the set-up worked, when nothing of it is left. */
  return async (clock, vu, iteration) => {
    importing ??= createCipher(config.encryption, config.encryptionKey);
    const cipher = await importing;
    const session = startSession(clock);
    const conversation = createConversation(session, protocol, cipher, config.answerTimeoutSeconds * 1000);
    let ids: ChatIds | undefined;
    let ready = false;
    let finished = false;
    try {
      ids = await logIn(`crescendo-${vu}-${iteration}`);
      if (!isOver(clock)) await conversation.connect(socketTarget(ids));
      ready = true;
      finished = await askAll(conversation, questions(vu, iteration), clock);
    } catch (error) {
      book(session, error);
    } finally {
      conversation.leave();
      if (ids) await cleanUp(ids, session);
      session.end(finished);
      await conversation.gone();
    }
    return ready;
  };

  async function logIn(user: string): Promise<ChatIds> {
    const token = protocol.readToken(await call(rest, 'token', protocol.requestToken(user)));
    if (token === undefined) throw new StepFailed('token', 'bad_body');
    const reply = await call(rest, 'session', protocol.createSession(token));
    const session = protocol.readSession(reply);
    if (session === undefined) throw new StepFailed('session', 'bad_body');
    return { token, ...session };
  }

  function socketTarget(ids: ChatIds): SocketTarget {
    const { path, headers } = protocol.socket(ids);
    return {
      url: config.websocketBaseUrl + path,
      name: 'chat socket',
      headers: { Origin: config.origin, ...headers },
      timeoutMs: config.connectTimeoutSeconds * 1000,
    };
  }

  /** Resolves to whether everything was asked. */
  async function askAll(
    conversation: Conversation,
    list: readonly Question[],
    clock: StageClock,
  ): Promise<boolean> {
    let asked = 0;
    for (const question of list) {
      if (asked++ > 0 && config.thinkSeconds > 0) await think(clock);
      if (isOver(clock) || !conversation.isOpen()) return false;
      const answered = await conversation.ask(question);
      if (!answered && config.onFailure === 'end') return false;
    }
    return true;
  }

  function think(clock: StageClock): Promise<void> {
    return delay(Math.min(config.thinkSeconds * 1000, clock.remaining(now())));
  }

  async function cleanUp(ids: ChatIds, session: Session): Promise<void> {
    try {
      await call(rest, 'cleanup', protocol.deleteSession(ids));
    } catch (error) {
      book(session, error);
    }
  }
}

function book(session: Session, error: unknown): void {
  if (!(error instanceof StepFailed)) throw error;
  session.fail(error.phase, error.reason);
  if (error.reason === 'other') warnOnce(`A session failed (${error.phase}): ${error.message}`);
}

/** To the millisecond, which costs less than `now`. */
function isOver(clock: StageClock): boolean {
  return clock.remaining(Date.now()) <= 0;
}
