/** The books of one session: every session and every question that starts ends in exactly one bucket. */
import exec from 'k6/execution';
import type { AnswerResult } from '../../systems/chatbot/answer.ts';
import { now, since } from '../k6/clock.ts';
import { showFirst } from './examples.ts';
import type { Detail, Phase, Reason } from '../words/failures.ts';
import * as metrics from './metrics.ts';
import type { SessionObserver } from '../system.ts';
import type { StageClock, StageTags } from './stages.ts';

/** The VU's own tags: what k6 and we record without explicit tags carries them. */
let vuTags: Record<string, string | number | boolean> | undefined;

function setStageTag(stage: string): void {
  vuTags ??= exec.vu.metrics.tags;
  vuTags['stage'] = stage;
}

/** The books of a session that has started; `end` must be called once. */
export interface Session {
  /** The session waited so long before it tried something again. */
  waited(milliseconds: number): void;
  /** The socket opened after `connectMs`. */
  connected(connectMs: number): void;
  /** The socket did not open; `fail` tells the rest. Only the first attempt decides `socket_success`. */
  notConnected(reason: Reason): void;
  /** A question was sent at `at`: what follows belongs to the stage of that moment. */
  questionSent(at: number): void;
  /** The question sent at `sentAt` was answered completely at `at`. */
  questionAnswered(answer: AnswerResult, sentAt: number, at: number): void;
  /** A question failed `waitedMs` after it had been sent. */
  questionFailed(reason: Reason, waitedMs: number, detail?: Detail): void;
  /** Something failed. A failed clean-up is counted, but does not make the session a failed one. */
  fail(phase: Phase, reason: Reason, detail?: Detail): void;
  /** The socket ended and nobody here had closed it. */
  lost(): void;
  /** The socket was left; so many messages had come through it. */
  disconnected(messagesReceived: number): void;
  /** The session is over; `finished`: it asked everything it had to ask. */
  end(finished: boolean): void;
}

/** Made when a session starts: the start is the first entry. */
export class SessionBooks implements Session {
  private readonly clock: StageClock;
  private readonly observer: SessionObserver | undefined;
  private readonly startedAt = now();
  /** Stage of the session's start, then of its latest question. */
  private stage: StageTags;
  private questionTag = '';
  private tagEnds = 0;
  private dialled = false;
  /** When the socket opened and ended; 0: not yet. */
  private openedAt = 0;
  private closedAt = 0;
  private waitedMs = 0;
  private sent = 0;
  private chunks = 0;
  private failure: { reason: Reason; stage: StageTags } | undefined;
  private affectedBy: Set<string> | undefined;

  constructor(clock: StageClock, observer?: SessionObserver) {
    this.clock = clock;
    this.observer = observer;
    this.stage = clock.sessionTags(this.startedAt);
    setStageTag(this.stage.stage);
    metrics.sessionsStarted(1);
    metrics.sessionsOpen(1);
  }

  waited(milliseconds: number): void {
    this.waitedMs += milliseconds;
  }

  connected(connectMs: number): void {
    metrics.socketsOpened(1);
    if (!this.dialled) metrics.socketSuccess(1);
    metrics.socketConnectDuration(connectMs);
    this.openedAt = now();
    metrics.sessionSetupDuration(this.openedAt - this.startedAt - this.waitedMs);
  }

  notConnected(reason: Reason): void {
    metrics.socketsFailed(1, { reason });
    if (!this.dialled) metrics.socketSuccess(0);
    this.dialled = true;
  }

  questionSent(at: number): void {
    if (at >= this.tagEnds) this.enterStage(at);
    this.sent++;
    metrics.questionsSent(1);
    metrics.questionsOpen(1);
  }

  questionAnswered(answer: AnswerResult, sentAt: number, at: number): void {
    metrics.questionsAnswered(1);
    metrics.questionsOpen(-1);
    metrics.answerSuccess(1);
    metrics.answerLatency(at - sentAt);
    metrics.firstChunkLatency(answer.firstAt - sentAt);
    metrics.generatorLag(since(at));
    this.chunks += answer.chunks;
    if (answer.duplicates > 0) metrics.chunksDuplicated(answer.duplicates);
    this.observer?.answered(this.questionTag, at - sentAt);
  }

  questionFailed(reason: Reason, waitedMs: number, detail?: Detail): void {
    metrics.questionsFailed(1, { reason });
    metrics.questionsOpen(-1);
    metrics.failedQuestionTime(waitedMs);
    metrics.answerSuccess(0);
    this.observer?.failed(this.questionTag);
    this.fail('answer', reason, detail);
  }

  fail(phase: Phase, reason: Reason, detail: Detail = ''): void {
    showFirst(phase, reason, detail);
    metrics.failures(1, { phase, reason });
    this.affect(phase, reason);
    if (phase !== 'cleanup') this.failure ??= { reason, stage: this.stage };
  }

  lost(): void {
    this.closedAt = now();
  }

  disconnected(messagesReceived: number): void {
    this.closedAt ||= now();
    if (this.sent > 0) metrics.messagesSent(this.sent);
    if (messagesReceived > 0) metrics.messagesReceived(messagesReceived);
    if (this.chunks > 0) metrics.answerChunks(this.chunks);
  }

  end(finished: boolean): void {
    const at = now();
    setStageTag(this.stage.stage);
    metrics.sessionsOpen(-1);
    metrics.sessionDuration(at - this.startedAt);
    if (this.openedAt > 0) this.clock.eachHold(this.openedAt, this.closedAt, metrics.holdSessionTime);
    if (this.failure !== undefined) this.endFailed(this.failure.reason, this.failure.stage);
    else if (finished) this.endCompleted();
    else metrics.sessionsStopped(1);
  }

  private enterStage(at: number): void {
    this.tagEnds = this.clock.tagEnds(at);
    this.stage = this.clock.sessionTags(at);
    this.questionTag = this.clock.questionTag(at);
    setStageTag(this.questionTag);
  }

  private affect(phase: Phase, reason: Reason): void {
    this.affectedBy ??= new Set();
    const key = phase + reason;
    if (this.affectedBy.has(key)) return;
    this.affectedBy.add(key);
    metrics.sessionsAffected(1, { phase, reason });
  }

  private endCompleted(): void {
    metrics.sessionsCompleted(1);
    metrics.sessionsEnded(1);
    metrics.sessionSuccess(1);
  }

  private endFailed(reason: Reason, failedIn: StageTags): void {
    metrics.sessionsFailed(1, { ...failedIn, reason });
    metrics.sessionsEnded(1, failedIn);
    metrics.sessionSuccess(0, failedIn);
  }
}
