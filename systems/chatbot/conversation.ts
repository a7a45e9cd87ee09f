/** Questions and answers over one encrypted socket, one question at a time. */
import { createAnswer } from './answer.ts';
import type { Asker } from './asking/asker.ts';
import { answerTexts } from './asking/failedAnswers.ts';
import { Deadline, now } from '../../lib/k6/clock.ts';
import type { Cipher } from '../../lib/k6/encryption.ts';
import { StepFailed, type Detail, type Reason } from '../../lib/words/failures.ts';
import { withoutMark } from '../../lib/words/jsonFields.ts';
import { frameReader } from '../../lib/vu/frames.ts';
import type { Add } from '../../lib/vu/metrics.ts';
import {
  framesOf,
  type ChatIds,
  type Chunk,
  type ChatProtocol,
  type Frame,
  type Frames,
  type ServerMessage,
} from './dialect.ts';
import { messageHeartbeat, type MessageHeartbeat } from '../../lib/vu/messageHeartbeat.ts';
import type { Session } from './session/session.ts';
import { rare } from '../../lib/vu/rare.ts';
import { reportScriptError } from '../../lib/vu/scriptErrors.ts';
import { openSocket, type Socket, type SocketListener, type SocketTarget } from '../../lib/k6/socket.ts';
import type { StageClock } from '../../lib/vu/stages.ts';

const { parse } = JSON;

/** Where a conversation is counted beside the books of its session. */
export interface ConversationMetrics {
  answersLate: Add;
  chunksDuplicated: Add;
  disconnects: Add;
  messagesSent: Add;
  messagesUnknown: Add;
  /** Tag `stage`: that of the ping or pong. A session may end while a pong is on its way. */
  heartbeats?: { sent: Add; answered: Add; latency: Add };
  /** What nobody here asked for, and how long it took where it says so. */
  pushes?: { pushed: Add; timed: Add; latency: Add };
  /** Messages beyond the first of a frame. */
  batched?: Add;
}

/** It asks over a socket. */
export interface Conversation extends Asker<Session, ChatProtocol> {
  /**
   * Opens the socket, another one if called again; says hello and waits until the server is ready, where the protocol
   * has that. Throws a StepFailed of phase `connect`.
   */
  connect: (target: SocketTarget, ids: ChatIds) => Promise<void>;
}

/**
 * Makes the conversations of a VU, one after the other: a session pays for no function of its own. `redials`: each question
 * has a socket of its own.
 */
export function createConversation(
  cipher: Cipher | null,
  answerTimeoutMs: number,
  metrics: ConversationMetrics,
  redials: boolean,
): Conversation {
  const { answersLate, chunksDuplicated, disconnects, messagesSent, messagesUnknown, heartbeats } = metrics;
  const { pushes, batched } = metrics;
  const frames = frameReader(cipher, { opened: read, refused: spoil, binary: readBinary });
  const patience = new Deadline(outOfPatience);
  const answer = createAnswer();
  const { add: addPart } = answer;
  const seal: Cipher['seal'] = cipher?.seal ?? ((text, sealed) => sealed(text));
  const listener = socketListener();
  let session: Session;
  let clock: StageClock;
  let protocol: ChatProtocol;
  let readMessage: ChatProtocol['read'];
  /** Ids whose question has failed: what still comes for them is late, not misrouted. */
  let failedIds: string[] = [];
  /** Ids that are counted already, as late or misrouted: what still comes for them counts no more. */
  let countedIds: string[] = [];
  let socket: Socket | undefined;
  let handshakes: Promise<unknown> | undefined;
  /** The question that waits for its answer; undefined: none does. */
  let openId: string | undefined;
  let answeredId: string | undefined;
  /** The question that was asked last, sent or not yet. */
  let askedId = '';
  let sentAt = 0;
  /** Messages sent that were no questions. */
  let said = 0;
  /** Questions asked in this session. */
  let asked = 0;
  /** The frame whose messages are heard, when it came, and how many there were. */
  let heardText = '';
  let heardAt = 0;
  let heard = 0;
  let beating: MessageHeartbeat | undefined;
  /** The first message of an unknown type since the session began, or since its latest question. */
  let strange: string | undefined;
  /** Set while the server must say that it is ready: hears that it is, or why it won't be. */
  let greeted: ((failure?: StepFailed) => void) | undefined;
  let settle: (answered: boolean) => void;
  let giveUp: (error: unknown) => void;

  function begin(theSession: Session, theClock: StageClock, theProtocol: ChatProtocol): void {
    session = theSession;
    clock = theClock;
    protocol = theProtocol;
    readMessage = theProtocol.read;
    failedIds = [];
    countedIds = [];
    socket = handshakes = openId = answeredId = greeted = strange = undefined;
    said = asked = 0;
    beating?.stop();
    beating = undefined;
    patience.dispose();
    frames.clear();
  }

  /** One for all sockets of the VU. */
  function socketListener(): SocketListener {
    return {
      message: frames.push,
      pinged: () => heartbeats?.sent(1, clock.operationTags(now())),
      ponged: (latencyMs) => {
        const tags = clock.operationTags(now());
        heartbeats?.latency(latencyMs, tags);
        heartbeats?.answered(1, tags);
      },
      lost,
    };
  }

  /** Where each answer has its socket, the server may be the first to end it. */
  function lost(reason: Reason, detail: Detail): void {
    beating?.stop();
    if (!redials) return fail(reason, detail);
    frames.after(() => {
      if (openId !== undefined || greeted !== undefined) fail(reason, detail);
    });
  }

  function fail(reason: Reason, detail: Detail): void {
    session.lost();
    disconnects(1, clock.operationTags(now()));
    frames.after(() => spoil(reason, detail));
  }

  /** Nothing said on the socket has been answered for too long. */
  function frozen(): void {
    socket?.close();
    lost('heartbeat_timeout', '');
  }

  async function connect(target: SocketTarget, ids: ChatIds): Promise<void> {
    socket = openSocket(target, listener);
    const { handshakeOver } = socket;
    handshakes = handshakes === undefined ? handshakeOver : handshakes.then(() => handshakeOver);
    try {
      const connectMs = await socket.opened;
      if (protocol.hello !== undefined || protocol.awaitsReady === true)
        await greet(ids, target.timeoutMs - connectMs);
      session.connected(connectMs);
      beating = beat(protocol.heartbeat);
    } catch (error) {
      if (error instanceof StepFailed) session.notConnected(error.reason);
      throw error;
    }
  }

  /** `leftMs`: until the server must be ready. */
  async function greet(ids: ChatIds, leftMs: number): Promise<void> {
    const ready =
      protocol.awaitsReady === true
        ? new Promise<StepFailed | undefined>((resolve) => (greeted = resolve))
        : undefined;
    if (ready !== undefined) patience.set(now() + leftMs);
    if (protocol.hello !== undefined) await sayAll(protocol.hello(ids));
    const failure = await ready;
    greeted = undefined;
    patience.lift();
    if (failure === undefined) return;
    socket?.close();
    throw failure;
  }

  function beat(heartbeat: ChatProtocol['heartbeat']): MessageHeartbeat | undefined {
    return heartbeat && messageHeartbeat(heartbeat, () => saySoon(heartbeat.frames()), frozen);
  }

  /** Sends what is no question. */
  async function sayAll(what: Frames): Promise<void> {
    for (const frame of framesOf(what)) await say(frame);
  }

  function saySoon(what: Frames): void {
    sayAll(what).catch(reportScriptError);
  }

  function say(frame: Frame): Promise<void> {
    return new Promise((resolve, reject) => {
      const sealed = (text: Frame): void => {
        if (socket?.isOpen() && socket.send(text)) said++;
        resolve();
      };
      if (typeof frame === 'string') seal(frame, sealed, reject);
      else sealed(unencrypted(frame));
    });
  }

  function unencrypted(frame: ArrayBuffer): ArrayBuffer {
    if (cipher === null) return frame;
    throw new Error('The protocol sends binary frames, which are not encrypted: set ENCRYPTION=none.');
  }

  /** Few promises and functions are made for a question: to k6, each is 1 or 2 KB. */
  function ask(course: string, text: string): Promise<boolean> {
    const settled = new Promise(keepEnd);
    askedId = protocol.countedIds === true ? String(++asked) : crypto.randomUUID();
    const question = protocol.question(askedId, course, text);
    if (typeof question === 'string') seal(question, sendSealed, giveUp);
    else askInFrames(framesOf(question)).catch(giveUp);
    return settled;
  }

  /** Its last frame is the one that is timed. */
  async function askInFrames(question: readonly Frame[]): Promise<void> {
    await sayAll(question.slice(0, -1));
    const last = question.at(-1) ?? '';
    if (typeof last === 'string') seal(last, sendSealed, giveUp);
    else sendSealed(unencrypted(last));
  }

  function keepEnd(resolve: typeof settle, reject: typeof giveUp): void {
    settle = resolve;
    giveUp = reject;
  }

  function sendSealed(frame: Frame): void {
    try {
      send(frame);
    } catch (error) {
      giveUp(error);
    }
  }

  function send(frame: Frame): void {
    const at = now();
    if (socket?.isOpen() !== true || !socket.send(frame)) return settle(false);
    sentAt = at;
    openId = askedId;
    strange = undefined;
    answer.begin();
    session.questionSent(at);
    patience.set(at + answerTimeoutMs);
  }

  function read(text: string, timestamp: number): void {
    if (readMessage === undefined) return readFrame(text, timestamp);
    let json: unknown;
    try {
      json = parse(text);
    } catch {
      const unmarked = withoutMark(text);
      if (unmarked !== text) return read(unmarked, timestamp);
      return spoil('bad_json', text || 'the message is empty');
    }
    handle(readMessage(json), text, timestamp);
  }

  function readBinary(bytes: ArrayBuffer, timestamp: number): void {
    if (protocol.readFrame === undefined) spoil('bad_type', 'a binary frame came');
    else readFrame(bytes, timestamp);
  }

  /** A message belongs to the moment at which its last frame came. */
  function readFrame(frame: Frame, timestamp: number): void {
    heardText = typeof frame === 'string' ? frame : '(binary)';
    heardAt = timestamp;
    heard = 0;
    protocol.readFrame?.(frame, hear);
    if (heard > 1) bookBatch(timestamp);
  }

  function bookBatch(timestamp: number): void {
    if (batched === undefined)
      throw new Error(
        "A frame holds several messages, which nobody counts: name the feature 'batches' where the script calls chatSystem.",
      );
    batched(heard - 1, clock.operationTags(timestamp));
  }

  function hear(message: ServerMessage): void {
    if (message.type !== 'reply') heard++;
    handle(message, heardText, heardAt);
  }

  function handle(message: ServerMessage, text: string, timestamp: number): void {
    if (message.type !== 'chunk') return handleOther(message, text, timestamp);
    if (message.id !== openId && !isAnonymousPart(message)) readStray(message);
    else if (message.complete) complete(message, timestamp);
    else addPart(message.seq, message.text, timestamp);
  }

  function handleOther(
    message: Exclude<ServerMessage, { type: 'chunk' }>,
    text: string,
    timestamp: number,
  ): void {
    switch (message.type) {
      case 'error':
        return readError(message.id, message.text ?? text);
      case 'unknown':
        return readUnknown(message.lacks, text);
      case 'bad':
        return spoil('bad_message', () => rare().lackText(message.lacks, text));
      case 'ready':
        return greeted?.();
      case 'reply':
        return saySoon(message.text);
      case 'push':
        return readPush(message.sentAt, timestamp);
      case 'pong':
        return beating?.answered();
      case 'ignored':
    }
  }

  /** Times are of two clocks, so one that seems to be over before it began took nothing. */
  function readPush(from: number | undefined, timestamp: number): void {
    if (pushes === undefined) return;
    const tags = clock.operationTags(timestamp);
    pushes.pushed(1, tags);
    if (from === undefined || !Number.isFinite(from)) return;
    pushes.timed(1, tags);
    pushes.latency(Math.max(0, timestamp - from), tags);
  }

  /** What does not even say what it is may be an event, but with the open question's id it is meant as its answer. */
  function readUnknown(lacks: string | undefined, text: string): void {
    if (lacks !== undefined && openId !== undefined && text.includes(openId))
      return spoil('bad_message', () => rare().lackText(lacks, text));
    strange ??= text;
    messagesUnknown(1);
  }

  function readError(id: string | null, text: string): void {
    if (id === null || id === openId || !isOver(id)) spoil('server_error', text);
  }

  function isOver(id: string): boolean {
    return failedIds.includes(id) || countedIds.includes(id);
  }

  /** An end without text is no part of the answer, so its number is none of theirs. */
  function complete(chunk: Chunk, timestamp: number): void {
    addPart(chunk.text === '' ? null : chunk.seq, chunk.text, timestamp);
    const result = answer.result();
    if (result.fault !== undefined)
      return failQuestion(result.fault, () => answerTexts().endText(result.chunks, chunk));
    answeredId = openId;
    session.questionAnswered(result, sentAt, timestamp);
    close(true);
  }

  function isAnonymousPart({ id }: Chunk): boolean {
    return id === null && protocol.withoutIds === true && openId !== undefined;
  }

  /** A chunk of another question than the open one: late, again, or of someone else. */
  function readStray(chunk: Chunk): void {
    const { id, complete } = chunk;
    if (id === null) return readNobodys(chunk);
    if (id === answeredId) return chunksDuplicated(1);
    if (countedIds.includes(id)) return;
    const isLate = failedIds.includes(id);
    if (isLate && !complete) return;
    countedIds.push(id);
    if (isLate) answersLate(1);
    else spoil('misrouted', () => answerTexts().chunkText(chunk));
  }

  /** A chunk without id while no question is open, or from a back end that has ids. */
  function readNobodys(chunk: Chunk): void {
    const detail = () => answerTexts().chunkText(chunk);
    if (protocol.withoutIds !== true) spoil('bad_message', detail);
    else if (answeredId === undefined) spoil('misrouted', detail);
    else chunksDuplicated(1);
  }

  function outOfPatience(): void {
    const { chunks } = answer.result();
    const came = strange;
    const instead = () => rare().strangeText(came);
    if (openId === undefined) greeted?.(new StepFailed('connect', 'not_ready', instead));
    else if (chunks === 0) failQuestion('answer_timeout', instead);
    else failQuestion('answer_incomplete', () => answerTexts().unfinishedText(chunks, came));
  }

  /** Something is wrong on the socket: the open question fails, or the connecting, or the session itself. */
  function spoil(reason: Reason, detail: Detail): void {
    if (openId !== undefined) failQuestion(reason, detail);
    else if (greeted !== undefined) greeted(new StepFailed('connect', reason, detail));
    else session.fail('socket', reason, detail);
  }

  function failQuestion(reason: Reason, detail: Detail): void {
    if (openId !== undefined) failedIds.push(openId);
    session.questionFailed(reason, sentAt, now(), detail);
    close(false);
  }

  function close(answered: boolean): void {
    openId = undefined;
    patience.lift();
    settle(answered);
  }

  function hangUp(): void {
    beating?.stop();
    sayGoodbye();
    socket?.close();
  }

  function sayGoodbye(): void {
    if (protocol.goodbye === undefined || cipher !== null) return;
    for (const frame of framesOf(protocol.goodbye())) if (socket?.isOpen() && socket.send(frame)) said++;
  }

  return {
    begin,
    isOpen: () => socket?.isOpen() === true,
    connect,
    ask,
    hangUp,
    leave: () => {
      patience.dispose();
      hangUp();
      session.disconnected(frames.taken());
      if (said > 0) messagesSent(said, { kind: 'other' });
    },
    gone: () => handshakes ?? Promise.resolve(),
  };
}
