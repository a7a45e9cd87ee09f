/** Questions and answers over one encrypted socket, one question at a time. */
import { createAnswer } from './answer.ts';
import { deadline, now } from './clock.ts';
import type { Cipher } from './encryption.ts';
import { StepFailed, type Reason } from './failures.ts';
import { frameReader } from './frames.ts';
import { answersLate, chunksDuplicated, messagesUnknown } from './metrics.ts';
import type { Chunk, ChatProtocol } from './protocols/protocol.ts';
import type { Question } from './questions.ts';
import type { Session } from './session.ts';
import { openSocket, type Socket, type SocketTarget } from './socket.ts';

export interface Conversation {
  isOpen: () => boolean;
  /** Opens the socket. Throws a StepFailed of phase `connect`. */
  connect: (target: SocketTarget) => Promise<void>;
  /** Asks one question and waits for its answer; resolves to whether it was answered. */
  ask: (question: Question) => Promise<boolean>;
  /** Closes the socket, if there is one. */
  leave: () => void;
  /** Resolves when the VU is free of this socket. */
  gone: () => Promise<unknown>;
}

/** Makes the conversation of one session. */
export function createConversation(
  session: Session,
  protocol: ChatProtocol,
  cipher: Cipher | null,
  answerTimeoutMs: number,
): Conversation {
  const frames = frameReader(cipher, { opened: read, refused: spoil });
  const patience = deadline(outOfPatience);
  const answer = createAnswer();
  const seal = cipher?.seal ?? ((text: string) => Promise.resolve(text));
  /** Ids whose question has failed: what still comes for them is late, not misrouted. */
  const failedIds: string[] = [];
  let socket: Socket | undefined;
  /** The question that waits for its answer; null: none does. */
  let openId: string | null = null;
  let answeredId: string | null = null;
  let sentAt = 0;
  let received = 0;
  let settle: (answered: boolean) => void = () => undefined;

  async function connect(target: SocketTarget): Promise<void> {
    socket = openSocket(target, {
      message: (text, timestamp) => {
        received++;
        frames.push(text, timestamp);
      },
      lost: (reason) => frames.after(() => spoil(reason)),
    });
    try {
      session.connected(await socket.opened);
    } catch (error) {
      if (error instanceof StepFailed) session.notConnected(error.reason);
      throw error;
    }
  }

  function ask({ course, text }: Question): Promise<boolean> {
    const id = crypto.randomUUID();
    return seal(protocol.question(id, course, text)).then((frame) =>
      socket?.isOpen() ? send(socket, id, frame) : false,
    );
  }

  /** Resolves when the question was answered or has failed. */
  function send({ send: write }: Socket, id: string, frame: string): Promise<boolean> | false {
    sentAt = now();
    if (!write(frame)) return false;
    openId = id;
    answer.begin();
    session.questionSent(sentAt);
    patience.set(sentAt + answerTimeoutMs);
    return new Promise((resolve) => (settle = resolve));
  }

  function read(text: string, timestamp: number): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return spoil('bad_json');
    }
    const message = protocol.read(json);
    if (message.type === 'chunk') readChunk(message, timestamp);
    else if (message.type === 'error') readError(message.id);
    else if (message.type === 'unknown') messagesUnknown.add(1);
    else spoil('bad_message');
  }

  function readError(id: string | null): void {
    if (id === null || id === openId || !failedIds.includes(id)) spoil('server_error');
  }

  function readChunk(chunk: Chunk, timestamp: number): void {
    if (chunk.id !== openId) return readStray(chunk);
    answer.add(chunk.seq, chunk.text, timestamp);
    if (chunk.complete) complete(timestamp);
  }

  function complete(timestamp: number): void {
    const result = answer.result();
    if (result.fault !== undefined) return failQuestion(result.fault);
    answeredId = openId;
    session.questionAnswered(result, sentAt, timestamp);
    close(true);
  }

  /** A chunk of another question than the open one: late, again, or of someone else. */
  function readStray({ id, complete }: Chunk): void {
    if (id === answeredId) return chunksDuplicated.add(1);
    if (!failedIds.includes(id)) {
      failedIds.push(id);
      return spoil('misrouted');
    }
    if (complete) answersLate.add(1);
  }

  function outOfPatience(): void {
    if (openId !== null) failQuestion(answer.result().chunks === 0 ? 'answer_timeout' : 'answer_incomplete');
  }

  /** Something is wrong on the socket: the open question fails, or the session while none is open. */
  function spoil(reason: Reason): void {
    if (openId !== null) failQuestion(reason);
    else session.fail('socket', reason);
  }

  function failQuestion(reason: Reason): void {
    if (openId !== null) failedIds.push(openId);
    session.questionFailed(reason, now() - sentAt);
    close(false);
  }

  function close(answered: boolean): void {
    openId = null;
    patience.lift();
    settle(answered);
  }

  return {
    isOpen: () => socket?.isOpen() === true,
    connect,
    ask,
    leave: () => {
      patience.dispose();
      socket?.close();
      session.disconnected(received);
    },
    gone: () => socket?.handshakeOver ?? Promise.resolve(),
  };
}
