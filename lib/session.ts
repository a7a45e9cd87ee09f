/** The books of one session: every session and every question that starts ends in exactly one bucket. */
import exec from 'k6/execution';
import type { AnswerResult } from './answer.ts';
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
  questionFailed(reason: Reason, waitedMs: number): void;
  /** Something failed. A failed clean-up is counted, but does not make the session a failed one. */
  fail(phase: Phase, reason: Reason): void;
  /** The socket was left; so many messages had come through it. */
  disconnected(messagesReceived: number): void;
  /** The session is over; `finished`: it asked everything it had to ask. */
  end(finished: boolean): void;
}

/** Hears how the questions of a session end; `stage` is the stage tag of the question, settled or not. */
export interface SessionObserver {
  answered(stage: string, latencyMs: number): void;
  failed(stage: string): void;
}

/** Opens the books: the session has started. */
export function startSession(clock: StageClock, observer?: SessionObserver): Session {
  const startedAt = now();
  /** Stage of the session's start, then of its latest question. */
  let stage: StageTags = clock.sessionTags(startedAt);
  let questionTag = '';
  let tagEnds = 0;
  let dialled = false;
  let waitedMs = 0;
  let sent = 0;
  let chunks = 0;
  let failure: { reason: Reason; stage: StageTags } | undefined;
  let affectedBy: Set<string> | undefined;
  setStageTag(stage.stage);
  metrics.sessionsStarted.add(1);
  metrics.sessionsOpen.add(1);

  return {
    waited,
    connected,
    notConnected,
    questionSent,
    questionAnswered,
    questionFailed,
    fail,
    disconnected,
    end,
  };

  function waited(milliseconds: number): void {
    waitedMs += milliseconds;
  }

  function connected(connectMs: number): void {
    metrics.socketsOpened.add(1);
    if (!dialled) metrics.socketSuccess.add(1);
    metrics.socketConnectDuration.add(connectMs);
    metrics.sessionSetupDuration.add(now() - startedAt - waitedMs);
  }

  function notConnected(reason: Reason): void {
    metrics.socketsFailed.add(1, { reason });
    if (!dialled) metrics.socketSuccess.add(0);
    dialled = true;
  }

  function questionSent(at: number): void {
    if (at >= tagEnds) enterStage(at);
    sent++;
    metrics.questionsSent.add(1);
    metrics.questionsOpen.add(1);
  }

  function enterStage(at: number): void {
    tagEnds = clock.tagEnds(at);
    stage = clock.sessionTags(at);
    questionTag = clock.questionTag(at);
    setStageTag(questionTag);
  }

  function questionAnswered(answer: AnswerResult, sentAt: number, at: number): void {
    metrics.questionsAnswered.add(1);
    metrics.questionsOpen.add(-1);
    metrics.answerSuccess.add(1);
    metrics.answerLatency.add(at - sentAt);
    metrics.firstChunkLatency.add(answer.firstAt - sentAt);
    metrics.generatorLag.add(Math.max(0, now() - at));
    chunks += answer.chunks;
    if (answer.duplicates > 0) metrics.chunksDuplicated.add(answer.duplicates);
    observer?.answered(questionTag, at - sentAt);
  }

  function questionFailed(reason: Reason, waitedMs: number): void {
    metrics.questionsFailed.add(1, { reason });
    metrics.questionsOpen.add(-1);
    metrics.failedQuestionTime.add(waitedMs);
    metrics.answerSuccess.add(0);
    observer?.failed(questionTag);
    fail('answer', reason);
  }

  function affect(phase: Phase, reason: Reason): void {
    affectedBy ??= new Set();
    const key = phase + reason;
    if (affectedBy.has(key)) return;
    affectedBy.add(key);
    metrics.sessionsAffected.add(1, { phase, reason });
  }

  function fail(phase: Phase, reason: Reason): void {
    metrics.failures.add(1, { phase, reason });
    affect(phase, reason);
    if (phase !== 'cleanup') failure ??= { reason, stage };
  }

  function disconnected(messagesReceived: number): void {
    if (sent > 0) metrics.messagesSent.add(sent);
    if (chunks > 0) metrics.answerChunks.add(chunks);
    if (messagesReceived > 0) metrics.messagesReceived.add(messagesReceived);
  }

  function end(finished: boolean): void {
    const at = now();
    metrics.sessionsOpen.add(-1);
    metrics.sessionDuration.add(at - startedAt, stage);
    clock.eachHold(startedAt, at, (held, tags) => metrics.holdSessionTime.add(held, tags));
    if (failure !== undefined) endFailed(failure.reason, failure.stage);
    else if (finished) endCompleted();
    else metrics.sessionsStopped.add(1, stage);
  }

  function endCompleted(): void {
    metrics.sessionsCompleted.add(1, stage);
    metrics.sessionsEnded.add(1, stage);
    metrics.sessionSuccess.add(1, stage);
  }

  function endFailed(reason: Reason, failedIn: StageTags): void {
    metrics.sessionsFailed.add(1, { ...failedIn, reason });
    metrics.sessionsEnded.add(1, failedIn);
    metrics.sessionSuccess.add(0, failedIn);
  }
}
