/** The books of one session: every session and every question that starts ends in exactly one bucket. */
import exec from 'k6/execution';
import type { Answer } from './answer.ts';
import { now } from './clock.ts';
import type { Phase, Reason } from './failures.ts';
import * as metrics from './metrics.ts';
import type { StageClock, StageTags } from './stages.ts';

/** The VU's own tags: what k6 and we record without explicit tags carries them. */
let vuTags: Record<string, string | number | boolean> | undefined;

function setStageTag(stage: string): void {
  vuTags ??= exec.vu.metrics.tags;
  vuTags['stage'] = stage;
}

/** A session that has started; `end` must be called once. */
export class Session {
  readonly startedAt = now();
  private readonly clock: StageClock;
  /** Stage of the session's start, then of its latest question. */
  private stage: StageTags;
  private questionTag = '';
  private failure: { reason: Reason; stage: StageTags } | undefined;
  private affectedBy: Set<Reason> | undefined;

  constructor(clock: StageClock) {
    this.clock = clock;
    this.stage = clock.sessionTags(this.startedAt);
    setStageTag(this.stage.stage);
    metrics.sessionsStarted.add(1);
    metrics.sessionsOpen.add(1);
  }

  get failed(): boolean {
    return this.failure !== undefined;
  }

  /** The socket opened after `connectMs`. */
  connected(connectMs: number): void {
    metrics.socketsOpened.add(1);
    metrics.socketSuccess.add(1);
    metrics.socketConnectDuration.add(connectMs);
    metrics.sessionSetupDuration.add(now() - this.startedAt);
  }

  /** The socket did not open; `fail` tells the rest. */
  notConnected(reason: Reason): void {
    metrics.socketsFailed.add(1, { reason });
    metrics.socketSuccess.add(0);
  }

  /** A question was sent at `at`: what follows belongs to the stage of that moment. */
  questionSent(at: number): void {
    const tag = this.clock.questionTag(at);
    if (tag !== this.questionTag) {
      this.questionTag = tag;
      this.stage = this.clock.sessionTags(at);
      setStageTag(tag);
    }
    metrics.questionsSent.add(1);
    metrics.questionsOpen.add(1);
    metrics.messagesSent.add(1);
  }

  /** The question sent at `sentAt` was answered completely at `at`. */
  questionAnswered(answer: Answer, sentAt: number, at: number): void {
    metrics.questionsAnswered.add(1);
    metrics.questionsOpen.add(-1);
    metrics.questionTime.add(at - sentAt);
    metrics.answerSuccess.add(1);
    metrics.answerLatency.add(at - sentAt);
    metrics.firstChunkLatency.add((answer.firstAt ?? at) - sentAt);
    metrics.answerChunks.add(answer.chunks);
    if (answer.duplicates > 0) metrics.chunksDuplicated.add(answer.duplicates);
    metrics.generatorLag.add(Math.max(0, now() - at));
  }

  /** A question failed `waitedMs` after it had been sent. */
  questionFailed(reason: Reason, waitedMs: number): void {
    metrics.questionsFailed.add(1, { reason });
    metrics.questionsOpen.add(-1);
    metrics.questionTime.add(waitedMs);
    metrics.answerSuccess.add(0);
    this.fail('answer', reason);
    this.affect(reason);
  }

  /** Something failed. A failed clean-up is counted, but does not make the session a failed one. */
  fail(phase: Phase, reason: Reason): void {
    metrics.failures.add(1, { phase, reason });
    if (phase !== 'cleanup') this.failure ??= { reason, stage: this.stage };
  }

  /** The session is over; `finished`: it asked everything it had to ask. */
  end(finished: boolean): void {
    const at = now();
    metrics.sessionsOpen.add(-1);
    metrics.sessionDuration.add(at - this.startedAt, this.stage);
    this.clock.eachHold(this.startedAt, at, (held, stage) => metrics.holdSessionTime.add(held, stage));
    if (this.failure) this.endFailed(this.failure);
    else if (finished) this.endCompleted();
    else metrics.sessionsStopped.add(1, this.stage);
  }

  private endCompleted(): void {
    metrics.sessionsCompleted.add(1, this.stage);
    metrics.sessionsEnded.add(1, this.stage);
    metrics.sessionSuccess.add(1, this.stage);
  }

  private endFailed({ reason, stage }: { reason: Reason; stage: StageTags }): void {
    metrics.sessionsFailed.add(1, { ...stage, reason });
    metrics.sessionsEnded.add(1, stage);
    metrics.sessionSuccess.add(0, stage);
  }

  private affect(reason: Reason): void {
    this.affectedBy ??= new Set();
    if (this.affectedBy.has(reason)) return;
    this.affectedBy.add(reason);
    metrics.sessionsAffected.add(1, { reason });
  }
}
