/** Questions and answers over HTTP, one question at a time; k6 shows an answer only as a whole. */
import { rare } from '../../../lib/vu/rare.ts';
import { now } from '../../../lib/k6/clock.ts';
import type { TimedReply } from '../../../lib/k6/timedRequest.ts';
import type { Add } from '../../../lib/vu/metrics.ts';
import { reportScriptError } from '../../../lib/vu/scriptErrors.ts';
import type { Detail, Reason } from '../../../lib/words/failures.ts';
import { createAnswer } from '../answer.ts';
import type { Asker } from '../asking/asker.ts';
import type { ChatIds, Chunk, ServerMessage } from '../dialect.ts';
import { answerTexts } from '../asking/failedAnswers.ts';
import type { Exchange } from './exchange.ts';
import type { TurnSession } from './turnBooks.ts';
import type { TurnProtocol } from './turnDialect.ts';

/** It asks by requests. */
export interface TurnConversation extends Asker<TurnSession, TurnProtocol> {
  /** The session is set up: it asks as `ids` from now on. */
  ready: (ids: ChatIds) => void;
}

/** What is wrong with an answer. */
interface Fault {
  reason: Reason;
  detail: Detail;
}

/** Makes the conversations of a VU, one after the other. */
export function createTurnConversation(exchange: Exchange, messagesUnknown: Add): TurnConversation {
  const answer = createAnswer();
  let session: TurnSession;
  let protocol: TurnProtocol;
  let ids: ChatIds;
  /** Questions asked in this session. */
  let asked = 0;
  /** The question whose answer is read, when the first byte of it came, and the whole body. */
  let openId = '';
  let firstByteAt = 0;
  let body = '';
  let isComplete = false;
  /** Chunks behind the end of the answer. */
  let behind = 0;
  /** What was wrong first. */
  let fault: Fault | undefined;
  /** The first message of an unknown type. */
  let strange: string | undefined;

  async function ask(course: string, text: string): Promise<boolean> {
    openId = protocol.countedIds === true ? String(++asked) : crypto.randomUUID();
    const question = protocol.turn(ids, openId, course, text);
    const sentAt = now();
    session.questionSent(sentAt);
    const reply = await exchange(protocol, ids, question, sentAt);
    session.arrived(reply.at);
    const wrong = reply.is === 'failure' ? reply : faultOf(reply);
    if (wrong === undefined) {
      const result = answer.result();
      session.questionAnswered({ ...result, duplicates: result.duplicates + behind }, sentAt, reply.at);
      return true;
    }
    session.questionFailed(wrong.reason, sentAt, reply.at, wrong.detail);
    return false;
  }

  /** What is wrong with an answer, if anything is. */
  function faultOf(reply: Extract<TimedReply, { is: 'answer' }>): Fault | undefined {
    open(reply);
    try {
      protocol.readBody(body, hear);
    } catch (error) {
      reportScriptError(error);
    }
    body = '';
    return fault ?? (isComplete ? undefined : unfinished());
  }

  function open(reply: Extract<TimedReply, { is: 'answer' }>): void {
    answer.begin();
    isComplete = false;
    behind = 0;
    fault = strange = undefined;
    firstByteAt = reply.firstByteAt;
    body = reply.text;
  }

  function unfinished(): Fault {
    const { chunks } = answer.result();
    const came = strange;
    return { reason: 'answer_incomplete', detail: () => answerTexts().unfinishedText(chunks, came) };
  }

  function hear(message: ServerMessage, piece = body): void {
    switch (message.type) {
      case 'chunk':
        return readChunk(message);
      case 'error':
        return spoil(isOpen(message.id) ? 'server_error' : 'misrouted', piece);
      case 'bad':
        return spoil('bad_message', () => rare().lackText(message.lacks, piece));
      case 'unknown':
        strange ??= piece;
        return messagesUnknown(1);
      case 'ready':
      case 'reply':
      case 'push':
      case 'pong':
      case 'ignored':
    }
  }

  function isOpen(id: string | null): boolean {
    return id === null || id === openId;
  }

  function readChunk(chunk: Chunk): void {
    if (!isOpen(chunk.id)) return spoil('misrouted', () => answerTexts().chunkText(chunk));
    if (isComplete) behind++;
    else if (chunk.complete) complete(chunk);
    else answer.add(chunk.seq, chunk.text, firstByteAt);
  }

  /** An end without text is no part of the answer, so its number is none of theirs. */
  function complete(chunk: Chunk): void {
    isComplete = true;
    answer.add(chunk.text === '' ? null : chunk.seq, chunk.text, firstByteAt);
    const { fault: reason, chunks } = answer.result();
    if (reason !== undefined) spoil(reason, () => answerTexts().endText(chunks, chunk));
  }

  function spoil(reason: Reason, detail: Detail): void {
    fault ??= { reason, detail };
  }

  return {
    begin: (theSession, _clock, theProtocol) => {
      session = theSession;
      protocol = theProtocol;
      asked = 0;
    },
    ready: (theIds) => {
      ids = theIds;
      protocol.begin?.(ids);
      session.ready();
    },
    isOpen: () => true,
    ask,
    hangUp: () => undefined,
    leave: () => session.left(),
    gone: () => Promise.resolve(),
  };
}
