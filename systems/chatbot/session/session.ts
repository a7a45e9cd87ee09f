/** The books of a chatbot's session: its visit, its questions, its socket and what came through it. */
import { now, since } from '../../../lib/k6/clock.ts';
import type { VisitObserver } from '../../../lib/system.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import { booksOf, type OperationBooks } from '../../../lib/vu/operationBooks.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { stageSince, tagsSince } from '../../../lib/vu/stageTag.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { Detail, Phase, Reason } from '../../../lib/words/failures.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import type { AnswerResult } from '../answer.ts';
import type { ChatFeature } from '../dialect.ts';

/** The books of a session that has started; `end` must be called once. Times are epoch milliseconds. */
export interface Session {
  /** The session waited so long before it tried something again. */
  waited(milliseconds: number): void;
  /** The socket opened after `connectMs`, for the first time or again for the next question. */
  connected(connectMs: number): void;
  /** The socket did not open; `fail` tells the rest. Only the first attempt of a dial decides `socket_success`. */
  notConnected(reason: Reason): void;
  /** A question was sent at `at`. */
  questionSent(at: number): void;
  /** The question sent at `sentAt` was answered completely at `at`. */
  questionAnswered(answer: AnswerResult, sentAt: number, at: number): void;
  /** The question sent at `sentAt` failed at `at`. */
  questionFailed(reason: Reason, sentAt: number, at: number, detail?: Detail): void;
  /** Something else failed. A failed clean-up is counted, but does not make the session a failed one. */
  fail(phase: Phase, reason: Reason, detail?: Detail): void;
  /** The socket ended and nobody here had closed it. */
  lost(): void;
  /** The socket was left; so many messages had come through it. */
  disconnected(messagesReceived: number): void;
  /** The session is over; `finished`: it asked everything it had to ask. */
  end(finished: boolean): void;
}

/** Begins the books of a session that starts now. */
export type BeginSession = (clock: StageClock, observer?: VisitObserver) => Session;

/** Makes that function of a VU, while it is initialised. */
export function sessionBooks(words: VuWords, features: readonly ChatFeature[]): BeginSession {
  const beginVisit = visitBooks(words);
  const ledger = { questions: booksOf(words, 'question'), ...ownMetrics(features) };
  return (clock, observer) => new SessionBooks(beginVisit(clock), ledger, observer);
}

/** Where a VU counts its sessions. */
type Ledger = { questions: OperationBooks } & ReturnType<typeof ownMetrics>;

function ownMetrics(features: readonly ChatFeature[]) {
  return {
    socketsOpened: metric('sockets_opened'),
    socketsFailed: metric('sockets_failed'),
    socketSuccess: metric('socket_success'),
    socketConnectDuration: metric('socket_connect_duration'),
    ...(features.includes('redials') && { socketsReopened: metric('sockets_reopened') }),
    sessionSetupDuration: metric('session_setup_duration'),
    firstChunkLatency: metric('first_chunk_latency'),
    generatorLag: metric('generator_lag'),
    chunksDuplicated: metric('chunks_duplicated'),
    answerChunks: metric('answer_chunks'),
    messagesSent: metric('messages_sent'),
    messagesReceived: metric('messages_received'),
  };
}

class SessionBooks implements Session {
  private readonly visit: VisitBooks;
  private readonly ledger: Ledger;
  private readonly observer: VisitObserver | undefined;
  private dialled = false;
  /** When the socket opened and ended; 0: not yet. */
  private openedAt = 0;
  private closedAt = 0;
  private waitedMs = 0;
  private sent = 0;
  private chunks = 0;

  constructor(visit: VisitBooks, ledger: Ledger, observer: VisitObserver | undefined) {
    this.visit = visit;
    this.ledger = ledger;
    this.observer = observer;
  }

  waited(milliseconds: number): void {
    this.waitedMs += milliseconds;
  }

  connected(connectMs: number): void {
    const { socketsOpened, socketSuccess, socketConnectDuration } = this.ledger;
    this.visit.add(socketsOpened, 1);
    if (!this.dialled) this.visit.add(socketSuccess, 1);
    this.dialled = false;
    this.visit.add(socketConnectDuration, connectMs);
    if (this.openedAt === 0) this.setUp();
    else if (this.ledger.socketsReopened) this.visit.add(this.ledger.socketsReopened, 1);
  }

  private setUp(): void {
    this.openedAt = now();
    this.visit.add(this.ledger.sessionSetupDuration, this.openedAt - this.visit.startedAt - this.waitedMs);
  }

  notConnected(reason: Reason): void {
    this.visit.add(this.ledger.socketsFailed, 1, { reason });
    if (!this.dialled) this.visit.add(this.ledger.socketSuccess, 0);
    this.dialled = true;
  }

  questionSent(at: number): void {
    this.sent++;
    this.visit.operationBegins(at);
    this.ledger.questions.began(at);
  }

  questionAnswered(answer: AnswerResult, sentAt: number, at: number): void {
    const { questions, firstChunkLatency, generatorLag } = this.ledger;
    const tags = tagsSince(sentAt);
    questions.good(sentAt, at);
    if (tags === undefined) {
      firstChunkLatency(answer.firstAt - sentAt);
      generatorLag(since(at));
    } else {
      firstChunkLatency(answer.firstAt - sentAt, tags);
      generatorLag(since(at), tags);
    }
    this.chunks += answer.chunks;
    if (answer.duplicates > 0) this.ledger.chunksDuplicated(answer.duplicates, tags);
    this.observer?.good(stageSince(sentAt), at - sentAt);
  }

  questionFailed(reason: Reason, sentAt: number, at: number, detail?: Detail): void {
    this.ledger.questions.bad(sentAt, at, reason);
    this.observer?.bad(stageSince(sentAt));
    this.visit.fail('answer', reason, detail, sentAt);
  }

  fail(phase: Phase, reason: Reason, detail?: Detail): void {
    this.visit.fail(phase, reason, detail);
  }

  lost(): void {
    this.closedAt = now();
  }

  disconnected(messagesReceived: number): void {
    const { messagesSent, messagesReceived: received, answerChunks } = this.ledger;
    this.closedAt ||= now();
    if (this.sent > 0) this.visit.add(messagesSent, this.sent);
    if (messagesReceived > 0) this.visit.add(received, messagesReceived);
    if (this.chunks > 0) this.visit.add(answerChunks, this.chunks);
  }

  end(finished: boolean): void {
    if (this.openedAt > 0) this.visit.held(this.openedAt, this.closedAt);
    this.visit.end(finished);
  }
}
