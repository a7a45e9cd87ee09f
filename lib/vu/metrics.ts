/**
 * Every custom metric, as the function that adds a sample, its unit and when it is recorded. Times are milliseconds.
 * Samples of questions carry the stage in which the question was sent; those of sessions and sockets the stage in
 * which the session started, but outcomes (`session_success`, `sessions_…` at the end) the stage in which they were decided.
 */
import { Counter, Rate, Trend } from 'k6/metrics';

/** Adds a sample; the VU's tags are added to `tags`. */
export type Add<Value> = (value: Value, tags?: Record<string, string>) => void;

/* k6's `add` needs no `this`. The objects that have it are not kept: they would cost every VU 0.6 KB each. */
/* eslint-disable @typescript-eslint/unbound-method */
const counter = (name: string, isTime?: boolean): Add<number> => new Counter(name, isTime).add;
const rate = (name: string): Add<boolean | number> => new Rate(name).add;
const trend = (name: string, isTime?: boolean): Add<number> => new Trend(name, isTime).add;
/* eslint-enable @typescript-eslint/unbound-method */

/** Sessions whose set-up began. */
export const sessionsStarted = counter('sessions_started');
/** Sessions that asked everything and got every answer. */
export const sessionsCompleted = counter('sessions_completed');
/** Sessions in which anything failed; tag `reason`: the first failure's class. */
export const sessionsFailed = counter('sessions_failed');
/** Healthy sessions that the plan ended before they had asked everything. */
export const sessionsStopped = counter('sessions_stopped');
/** Completed and failed sessions: those that `session_success` judges. */
export const sessionsEnded = counter('sessions_ended');
/** +1 when a session starts, −1 when it ends: what is left at the end was interrupted. */
export const sessionsOpen = counter('sessions_open');
/** Completed (1) or failed (0); stopped sessions are not counted. */
export const sessionSuccess = rate('session_success');
/** From the start of a session to its open socket, without the waits between attempts. */
export const sessionSetupDuration = trend('session_setup_duration', true);
/** From the start of a session to its end, clean-up included. */
export const sessionDuration = trend('session_duration', true);
/** Milliseconds that sessions had an open socket in the judged part of a stage; ÷ its length = sessions held. */
export const holdSessionTime = counter('hold_session_time', true);
/** Milliseconds that VUs were at work or waiting for a restart in the judged part of a stage. */
export const holdVuTime = counter('hold_vu_time', true);

/** Questions whose frame was handed to the socket. */
export const questionsSent = counter('questions_sent');
/** Questions with a complete answer in time. */
export const questionsAnswered = counter('questions_answered');
/** Questions without one; tag `reason`. */
export const questionsFailed = counter('questions_failed');
/** +1 when sent, −1 when answered or failed. */
export const questionsOpen = counter('questions_open');
/** Milliseconds that failed questions waited; answered ones are in `answer_latency`. */
export const failedQuestionTime = counter('failed_question_time', true);
/** Answered (1) or failed (0). */
export const answerSuccess = rate('answer_success');
/** From sending a question to its last chunk; answered questions only. */
export const answerLatency = trend('answer_latency', true);
/** From sending a question to its first chunk; answered questions only. */
export const firstChunkLatency = trend('first_chunk_latency', true);
/** Chunks of answered questions; added at the end of their session. */
export const answerChunks = counter('answer_chunks');
/** Complete answers to questions that had already failed. */
export const answersLate = counter('answers_late');
/** Chunks that came twice within an answer. */
export const chunksDuplicated = counter('chunks_duplicated');

/** Sockets that opened in time. */
export const socketsOpened = counter('sockets_opened');
/** Sockets that did not; tag `reason`. */
export const socketsFailed = counter('sockets_failed');
/** The first attempt opened in time (1) or not (0). */
export const socketSuccess = rate('socket_success');
/** From dialling to the open socket, of those that opened in time. */
export const socketConnectDuration = trend('socket_connect_duration', true);
/** Sockets that had opened and ended without our closing them; stage: that of the end. */
export const disconnects = counter('disconnects');
/** Messages handed to sockets; added at the end of their session. Tag `kind`: `other` for those that are no questions. */
export const messagesSent = counter('messages_sent');
/** Messages that sockets received; added at the end of their session. */
export const messagesReceived = counter('messages_received');
/** Messages of a type that the protocol does not know; ignored otherwise. */
export const messagesUnknown = counter('messages_unknown');

/** Everything that failed; tags `phase` and `reason`. */
export const failures = counter('failures');
/** Sessions in which a class of failures happened at least once; tags `phase` and `reason`. */
export const sessionsAffected = counter('sessions_affected');
/** How long the last chunk of an answer waited in the generator before it was handled. */
export const generatorLag = trend('generator_lag', true);
/** Exceptions in our own code; k6 alone would pass such a run. */
export const scriptErrors = counter('script_errors');

/*
 * The rest is made only where it is needed: a metric costs every VU 2 KB. k6 makes metrics only while a VU is
 * initialised.
 */

/** Comparison of a VU's answers with those of stage 1; answers of later stages. */
export function driftMetrics() {
  return {
    /** `answer_latency` ÷ the 95th percentile that the same VU had in stage 1. */
    answerLatencyDrift: trend('answer_latency_drift'),
    /** Failed (1) or answered (0), less the share that failed for the same VU in stage 1; its average is the drift. */
    answerFailureDrift: trend('answer_failure_drift'),
    /** Answers and failures that were compared. */
    answersCompared: counter('answers_compared'),
  };
}

/** Plans of arrivals. */
export function arrivalMetrics() {
  return {
    /** Sessions that started late: no VU was free, or the load generator was too slow. */
    arrivalsLate: counter('arrivals_late'),
  };
}

/** Plans with an outage. Times are since the start of the scenario. */
export function outageMetrics() {
  return {
    /** From the start of a probe to its answer; answered probes only. */
    probeDuration: trend('probe_duration', true),
    /** When failed probes had started. */
    probeFailedStart: trend('probe_failed_start', true),
    /** When they were seen to have failed. */
    probeFailedEnd: trend('probe_failed_end', true),
    /** Answered within the answers' p95 limit; tag `second`: of the probe's start, since the planned start of the outage. */
    probeWithinLimit: rate('probe_within_limit'),
    /** When the call that starts the outage was answered; one sample. */
    outageStarted: trend('outage_started', true),
    /** Calls to start the outage that failed. */
    outageFailed: counter('outage_failed'),
  };
}

export type OutageMetrics = ReturnType<typeof outageMetrics>;

/** Heartbeats; tag `stage`: that of the ping or pong. A session may end while a pong is on its way. */
export function heartbeatMetrics() {
  return {
    /** Pings. */
    heartbeatsSent: counter('heartbeats_sent'),
    /** From a ping to its pong, when the VU has got to it. */
    heartbeatLatency: trend('heartbeat_latency', true),
    /** Pings that had their pong in time. */
    heartbeatsAnswered: counter('heartbeats_answered'),
  };
}

export type HeartbeatMetrics = ReturnType<typeof heartbeatMetrics>;

/** Operations that are tried again; tag `phase`. */
export function retryMetrics() {
  return {
    /** Attempts beyond the first. */
    retries: counter('retries'),
    /** Operations that worked after the first attempt. */
    retriesSucceeded: counter('retries_succeeded'),
    /** Retries not made: budget empty, `Retry-After` above the cap, plan over. */
    retriesSuppressed: counter('retries_suppressed'),
    /** Time between a failed attempt and the next. No think time and part of no latency. */
    retryWait: trend('retry_wait', true),
  };
}
