/**
 * Every custom metric, its unit and when it is recorded. Times are milliseconds.
 * Samples of questions carry the stage in which the question was sent; those of sessions and sockets the stage in
 * which the session started, but outcomes (`session_success`, `sessions_…` at the end) the stage in which they were decided.
 */
import { Counter, Rate, Trend } from 'k6/metrics';

/** Sessions whose set-up began. */
export const sessionsStarted = new Counter('sessions_started');
/** Sessions that asked everything and got every answer. */
export const sessionsCompleted = new Counter('sessions_completed');
/** Sessions in which anything failed; tag `reason`: the first failure's class. */
export const sessionsFailed = new Counter('sessions_failed');
/** Healthy sessions that the plan ended before they had asked everything. */
export const sessionsStopped = new Counter('sessions_stopped');
/** Completed and failed sessions: those that `session_success` judges. */
export const sessionsEnded = new Counter('sessions_ended');
/** +1 when a session starts, −1 when it ends: what is left at the end was interrupted. */
export const sessionsOpen = new Counter('sessions_open');
/** Completed (1) or failed (0); stopped sessions are not counted. */
export const sessionSuccess = new Rate('session_success');
/** From the start of a session to its open socket, without the waits between attempts. */
export const sessionSetupDuration = new Trend('session_setup_duration', true);
/** From the start of a session to its end, clean-up included. */
export const sessionDuration = new Trend('session_duration', true);
/** Milliseconds that sessions were open in the judged part of a stage; ÷ its length = sessions held. */
export const holdSessionTime = new Counter('hold_session_time', true);
/** Milliseconds that VUs were at work or waiting for a restart in the judged part of a stage. */
export const holdVuTime = new Counter('hold_vu_time', true);

/** Questions whose frame was handed to the socket. */
export const questionsSent = new Counter('questions_sent');
/** Questions with a complete answer in time. */
export const questionsAnswered = new Counter('questions_answered');
/** Questions without one; tag `reason`. */
export const questionsFailed = new Counter('questions_failed');
/** +1 when sent, −1 when answered or failed. */
export const questionsOpen = new Counter('questions_open');
/** Milliseconds that failed questions waited; answered ones are in `answer_latency`. */
export const failedQuestionTime = new Counter('failed_question_time', true);
/** Answered (1) or failed (0). */
export const answerSuccess = new Rate('answer_success');
/** From sending a question to its last chunk; answered questions only. */
export const answerLatency = new Trend('answer_latency', true);
/** From sending a question to its first chunk; answered questions only. */
export const firstChunkLatency = new Trend('first_chunk_latency', true);
/** Chunks of answered questions; added at the end of their session. */
export const answerChunks = new Counter('answer_chunks');
/** Complete answers to questions that had already failed. */
export const answersLate = new Counter('answers_late');
/** Chunks that came twice within an answer. */
export const chunksDuplicated = new Counter('chunks_duplicated');

/** `answer_latency` ÷ the 95th percentile that the same VU had in stage 1; answers of later stages. */
export const answerLatencyDrift = new Trend('answer_latency_drift');
/** Failed (1) or answered (0), less the share that failed for the same VU in stage 1; its average is the drift. */
export const answerFailureDrift = new Trend('answer_failure_drift');
/** Answers and failures that were compared with stage 1. */
export const answersCompared = new Counter('answers_compared');

/** Sessions of a plan of arrivals that started late, because no VU was free. */
export const arrivalsLate = new Counter('arrivals_late');

/** From the start of a probe to its answer; answered probes only. */
export const probeDuration = new Trend('probe_duration', true);
/** When failed probes had started, since the start of the scenario. */
export const probeFailedStart = new Trend('probe_failed_start', true);
/** When they were seen to have failed. */
export const probeFailedEnd = new Trend('probe_failed_end', true);
/** Probes answered within the answers' p95 limit; tag `second`: of its start, since the planned start of the outage. */
export const probeWithinLimit = new Rate('probe_within_limit');
/** When the call that starts the outage was answered, since the start of the scenario; one sample. */
export const outageStarted = new Trend('outage_started', true);
/** Calls to start the outage that failed. */
export const outageFailed = new Counter('outage_failed');

/** Sockets that opened in time. */
export const socketsOpened = new Counter('sockets_opened');
/** Sockets that did not; tag `reason`. */
export const socketsFailed = new Counter('sockets_failed');
/** The first attempt opened in time (1) or not (0). */
export const socketSuccess = new Rate('socket_success');
/** From dialling to the open socket, of those that opened in time. */
export const socketConnectDuration = new Trend('socket_connect_duration', true);
/** From a ping to its pong, when the VU has got to it; heartbeats only. */
export const heartbeatLatency = new Trend('heartbeat_latency', true);
/** Pings that had their pong in time; stage: that of the pong. */
export const heartbeatsAnswered = new Counter('heartbeats_answered');
/** Sockets that had opened and ended without our closing them; stage: that of the end. */
export const disconnects = new Counter('disconnects');
/** Messages handed to sockets; added at the end of their session. */
export const messagesSent = new Counter('messages_sent');
/** Messages that sockets received; added at the end of their session. */
export const messagesReceived = new Counter('messages_received');
/** Messages of a type that the protocol does not know; ignored otherwise. */
export const messagesUnknown = new Counter('messages_unknown');

/** Everything that failed; tags `phase` and `reason`. */
export const failures = new Counter('failures');
/** Sessions in which a class of failures happened at least once; tags `phase` and `reason`. */
export const sessionsAffected = new Counter('sessions_affected');
/** Operations that are tried again; tag `phase`. */
export const retryMetrics = {
  /** Attempts beyond the first. */
  retries: new Counter('retries'),
  /** Operations that worked after the first attempt. */
  retriesSucceeded: new Counter('retries_succeeded'),
  /** Retries not made: budget empty, `Retry-After` above the cap, plan over. */
  retriesSuppressed: new Counter('retries_suppressed'),
  /** Time between a failed attempt and the next. No think time and part of no latency. */
  retryWait: new Trend('retry_wait', true),
};
/** How long the last chunk of an answer waited in the generator before it was handled. */
export const generatorLag = new Trend('generator_lag', true);
/** Exceptions in our own code; k6 alone would pass such a run. */
export const scriptErrors = new Counter('script_errors');
