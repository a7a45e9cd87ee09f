/** Questions and answers over one encrypted socket, one question at a time. */
import { Answer } from './answer.ts';
import { Deadline, now } from './clock.ts';
import type { Cipher } from './encryption.ts';
import { StepFailed, type Reason } from './failures.ts';
import { FrameReader } from './frames.ts';
import { answersLate, chunksDuplicated, messagesReceived, messagesUnknown } from './metrics.ts';
import type { ChatProtocol, ServerMessage } from './protocols/protocol.ts';
import type { Question } from './questions.ts';
import type { Session } from './session.ts';
import { Socket, type SocketTarget } from './socket.ts';

/** The question that waits for its answer; `settle` is called once, when it was answered or has failed. */
interface OpenQuestion {
  id: string;
  sentAt: number;
  answer: Answer;
  settle: (answered: boolean) => void;
}

export class Conversation {
  private readonly session: Session;
  private readonly protocol: ChatProtocol;
  private readonly cipher: Cipher | null;
  private readonly answerTimeoutMs: number;
  private readonly patience = new Deadline(() => this.outOfPatience());
  private readonly frames: FrameReader;
  private socket: Socket | undefined;
  private question: OpenQuestion | undefined;
  private answeredId = '';
  /** Ids whose question has failed: what still comes for them is late, not misrouted. */
  private readonly failedIds: string[] = [];
  private received = 0;

  constructor(session: Session, protocol: ChatProtocol, cipher: Cipher | null, answerTimeoutMs: number) {
    this.session = session;
    this.protocol = protocol;
    this.cipher = cipher;
    this.answerTimeoutMs = answerTimeoutMs;
    this.frames = new FrameReader(cipher, {
      opened: (text, timestamp) => this.read(text, timestamp),
      refused: (reason) => this.spoil(reason),
    });
  }

  get isOpen(): boolean {
    return this.socket?.isOpen === true;
  }

  /** Opens the socket. Throws a StepFailed of phase `connect`. */
  async connect(target: SocketTarget): Promise<void> {
    this.socket = new Socket(target, {
      message: (text, timestamp) => {
        this.received++;
        this.frames.push(text, timestamp);
      },
      lost: (reason) => this.frames.after(() => this.spoil(reason)),
    });
    try {
      this.session.connected(await this.socket.opened);
    } catch (error) {
      if (error instanceof StepFailed) this.session.notConnected(error.reason);
      throw error;
    }
  }

  /** Asks one question and waits for its answer; resolves to whether it was answered. */
  async ask({ course, text }: Question): Promise<boolean> {
    const id = crypto.randomUUID();
    const message = this.protocol.question(id, course, text);
    const frame = this.cipher === null ? message : await this.cipher.seal(message);
    if (!this.isOpen) return false;
    return new Promise((settle) => this.send(id, frame, settle));
  }

  /** Closes the socket, if there is one. */
  leave(): void {
    this.patience.dispose();
    this.socket?.close();
    this.countReceived();
  }

  /** Resolves when the VU is free of this socket. */
  async gone(): Promise<void> {
    await this.socket?.handshakeOver;
  }

  private send(id: string, frame: string, settle: (answered: boolean) => void): void {
    const sentAt = now();
    this.session.questionSent(sentAt);
    this.question = { id, sentAt, answer: new Answer(), settle };
    this.patience.set(this.answerTimeoutMs);
    this.socket?.send(frame);
  }

  private read(text: string, timestamp: number): void {
    const message = this.parse(text);
    switch (message?.type) {
      case undefined:
        return this.spoil('bad_json');
      case 'bad':
        return this.spoil('bad_message');
      case 'unknown':
        return messagesUnknown.add(1);
      case 'error':
        return this.readError(message.id);
      case 'chunk':
        return this.readChunk(message, timestamp);
    }
  }

  private parse(text: string): ServerMessage | undefined {
    try {
      return this.protocol.read(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  private readError(id: string | null): void {
    if (id === null || id === this.question?.id || !this.failedIds.includes(id)) this.spoil('server_error');
  }

  private readChunk(chunk: ServerMessage & { type: 'chunk' }, timestamp: number): void {
    const question = this.question;
    if (question?.id !== chunk.id) return this.readStray(chunk);
    question.answer.add(chunk.seq, chunk.text, timestamp);
    if (!chunk.complete) return;
    const fault = question.answer.fault();
    if (fault) return this.failQuestion(question, fault);
    this.answeredId = question.id;
    this.session.questionAnswered(question.answer, question.sentAt, timestamp);
    this.settle(question, true);
  }

  /** A chunk of another question than the open one: late, again, or of someone else. */
  private readStray(chunk: ServerMessage & { type: 'chunk' }): void {
    if (chunk.id === this.answeredId) return chunksDuplicated.add(1);
    if (!this.failedIds.includes(chunk.id)) {
      this.failedIds.push(chunk.id);
      return this.spoil('misrouted');
    }
    if (chunk.complete) answersLate.add(1);
  }

  private outOfPatience(): void {
    const question = this.question;
    if (!question) return;
    this.failQuestion(
      question,
      question.answer.firstAt === undefined ? 'answer_timeout' : 'answer_incomplete',
    );
  }

  /** Something is wrong on the socket: the open question fails, or the session while none is open. */
  private spoil(reason: Reason): void {
    if (this.question) this.failQuestion(this.question, reason);
    else this.session.fail('socket', reason);
  }

  private failQuestion(question: OpenQuestion, reason: Reason): void {
    this.failedIds.push(question.id);
    this.session.questionFailed(reason, now() - question.sentAt);
    this.settle(question, false);
  }

  private settle(question: OpenQuestion, answered: boolean): void {
    this.question = undefined;
    this.patience.lift();
    this.countReceived();
    question.settle(answered);
  }

  private countReceived(): void {
    if (this.received > 0) messagesReceived.add(this.received);
    this.received = 0;
  }
}
