/** A user of a chatbot: logs in, opens a session and its socket, asks question after question, leaves. */
import exec from 'k6/execution';
import { delay, now } from '../clock.ts';
import type { Config } from '../config.ts';
import { Conversation } from '../conversation.ts';
import { createCipher, type Cipher } from '../encryption.ts';
import { StepFailed } from '../failures.ts';
import { call, type Rest } from '../http.ts';
import type { RunSession } from '../iteration.ts';
import type { ChatIds, ChatProtocol } from '../protocols/protocol.ts';
import type { Question } from '../questions.ts';
import { warnOnce } from '../scriptErrors.ts';
import { Session } from '../session.ts';
import type { SocketTarget } from '../socket.ts';
import type { StageClock } from '../stages.ts';

/** The questions of one session, by VU and iteration. */
export type Questions = (vu: number, iteration: number) => Question[];

/** Makes the session function of a VU; the key is imported once per VU. */
export function chatbotUser(config: Config, protocol: ChatProtocol, questions: Questions): RunSession {
  let cipher: Promise<Cipher | null> | undefined;
  return async (clock) => {
    cipher ??= createCipher(config.encryption, config.encryptionKey);
    const visit = new Visit(config, protocol, await cipher, clock);
    const { idInTest, iterationInScenario } = exec.vu;
    return visit.run(
      `crescendo-${idInTest}-${iterationInScenario}`,
      questions(idInTest, iterationInScenario),
    );
  };
}

/** One session from log-in to clean-up. */
class Visit {
  private readonly config: Config;
  private readonly protocol: ChatProtocol;
  private readonly rest: Rest;
  private readonly clock: StageClock;
  private readonly session: Session;
  private readonly conversation: Conversation;

  constructor(config: Config, protocol: ChatProtocol, cipher: Cipher | null, clock: StageClock) {
    this.config = config;
    this.protocol = protocol;
    this.rest = { baseUrl: config.apiBaseUrl, timeoutMs: config.httpTimeoutSeconds * 1000 };
    this.clock = clock;
    this.session = new Session(clock);
    this.conversation = new Conversation(this.session, protocol, cipher, config.answerTimeoutSeconds * 1000);
  }

  /** Resolves to whether the set-up worked, when nothing of the session is left. */
  async run(user: string, questions: Question[]): Promise<boolean> {
    let ids: ChatIds | undefined;
    let ready = false;
    let finished = false;
    try {
      ids = await this.logIn(user);
      if (!this.planIsOver) await this.conversation.connect(this.socketTarget(ids));
      ready = true;
      finished = await this.askAll(questions);
    } catch (error) {
      this.fail(error);
    } finally {
      this.conversation.leave();
      if (ids) await this.cleanUp(ids);
      this.session.end(finished);
      await this.conversation.gone();
    }
    return ready;
  }

  private async logIn(user: string): Promise<ChatIds> {
    const token = this.protocol.readToken(await call(this.rest, 'token', this.protocol.requestToken(user)));
    if (token === undefined) throw new StepFailed('token', 'bad_body');
    const reply = await call(this.rest, 'session', this.protocol.createSession(token));
    const session = this.protocol.readSession(reply);
    if (session === undefined) throw new StepFailed('session', 'bad_body');
    return { token, ...session };
  }

  private socketTarget(ids: ChatIds): SocketTarget {
    const { path, headers } = this.protocol.socket(ids);
    return {
      url: this.config.websocketBaseUrl + path,
      name: 'chat socket',
      headers: { Origin: this.config.origin, ...headers },
      timeoutMs: this.config.connectTimeoutSeconds * 1000,
    };
  }

  /** Resolves to whether everything was asked. */
  private async askAll(questions: Question[]): Promise<boolean> {
    for (const [index, question] of questions.entries()) {
      if (index > 0) await this.think();
      if (this.planIsOver || !this.conversation.isOpen) return false;
      const answered = await this.conversation.ask(question);
      if (!answered && this.config.onFailure === 'end') return false;
    }
    return true;
  }

  private think(): Promise<void> {
    return delay(Math.min(this.config.thinkSeconds * 1000, this.clock.remaining(now())));
  }

  private async cleanUp(ids: ChatIds): Promise<void> {
    try {
      await call(this.rest, 'cleanup', this.protocol.deleteSession(ids));
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    if (!(error instanceof StepFailed)) throw error;
    this.session.fail(error.phase, error.reason);
    if (error.reason === 'other') warnOnce(`A session failed (${error.phase}): ${error.message}`);
  }

  private get planIsOver(): boolean {
    return this.clock.remaining(now()) <= 0;
  }
}
