/** The books of a chat session's questions, however they are asked. */
import { now, since } from '../../../lib/k6/clock.ts';
import type { VisitObserver } from '../../../lib/system.ts';
import { metric, type Add } from '../../../lib/vu/metrics.ts';
import { booksOf, type OperationBooks } from '../../../lib/vu/operationBooks.ts';
import { stageSince, tagsSince } from '../../../lib/vu/stageTag.ts';
import type { VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import type { Detail, Phase, Reason } from '../../../lib/words/failures.ts';
import type { AnswerResult } from '../answer.ts';

/** What is told of every session; `end` must be called once. Times are epoch milliseconds. */
export interface AskingSession {
  /** The session waited so long before it tried something again. */
  waited(milliseconds: number): void;
  /** A question was sent at `at`. */
  questionSent(at: number): void;
  /** The question sent at `sentAt` was answered completely at `at`. */
  questionAnswered(answer: AnswerResult, sentAt: number, at: number): void;
  /** The question sent at `sentAt` failed at `at`. */
  questionFailed(reason: Reason, sentAt: number, at: number, detail?: Detail): void;
  /** Something else failed. A failed clean-up is counted, but does not make the session a failed one. */
  fail(phase: Phase, reason: Reason, detail?: Detail): void;
  /** The session is over; `finished`: it asked everything it had to ask. */
  end(finished: boolean): void;
}

/** Where a VU counts them. */
export interface AskingLedger {
  questions: OperationBooks;
  /** How long the first of an answer took. */
  firstLatency: Add;
  sessionSetupDuration: Add;
  generatorLag: Add;
  chunksDuplicated: Add;
  answerChunks: Add;
}

/** Makes that of a VU, while it is initialised; `first`: the Trend of how long the first of an answer took. */
export function askingLedger(words: VuWords, first: string): AskingLedger {
  return {
    questions: booksOf(words, 'question'),
    firstLatency: metric(first),
    sessionSetupDuration: metric('session_setup_duration'),
    generatorLag: metric('generator_lag'),
    chunksDuplicated: metric('chunks_duplicated'),
    answerChunks: metric('answer_chunks'),
  };
}

/** What is the same of all sessions. */
export abstract class AskingBooks implements AskingSession {
  protected readonly visit: VisitBooks;
  protected sent = 0;
  private readonly asking: AskingLedger;
  private readonly observer: VisitObserver | undefined;
  private waitedMs = 0;
  private chunks = 0;

  constructor(visit: VisitBooks, asking: AskingLedger, observer: VisitObserver | undefined) {
    this.visit = visit;
    this.asking = asking;
    this.observer = observer;
  }

  abstract end(finished: boolean): void;

  waited(milliseconds: number): void {
    this.waitedMs += milliseconds;
  }

  questionSent(at: number): void {
    this.sent++;
    this.visit.operationBegins(at);
    this.asking.questions.began(at);
  }

  questionAnswered(answer: AnswerResult, sentAt: number, at: number): void {
    const { questions, firstLatency, generatorLag } = this.asking;
    const tags = tagsSince(sentAt);
    questions.good(sentAt, at);
    if (tags === undefined) {
      firstLatency(answer.firstAt - sentAt);
      generatorLag(this.lagOf(at));
    } else {
      firstLatency(answer.firstAt - sentAt, tags);
      generatorLag(this.lagOf(at), tags);
    }
    this.chunks += answer.chunks;
    if (answer.duplicates > 0) this.asking.chunksDuplicated(answer.duplicates, tags);
    this.observer?.good(stageSince(sentAt), at - sentAt);
  }

  questionFailed(reason: Reason, sentAt: number, at: number, detail?: Detail): void {
    this.asking.questions.bad(sentAt, at, reason);
    this.observer?.bad(stageSince(sentAt));
    this.visit.fail('answer', reason, detail, sentAt);
  }

  fail(phase: Phase, reason: Reason, detail?: Detail): void {
    this.visit.fail(phase, reason, detail);
  }

  /** How long what ended an answer at `at` waited for the VU. */
  protected lagOf(at: number): number {
    return since(at);
  }

  /** Its set-up is over; returns when that was. */
  protected setUp(): number {
    const at = now();
    this.visit.add(this.asking.sessionSetupDuration, at - this.visit.startedAt - this.waitedMs);
    return at;
  }

  /** It asks no more. */
  protected asked(): void {
    if (this.chunks > 0) this.visit.add(this.asking.answerChunks, this.chunks);
  }
}
