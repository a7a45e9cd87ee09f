/** What the chatbot counts. */
import type { Counts } from '../counts.ts';

/** Requests that came, by kind; those refused or spoiled included. */
export interface Attempts {
  /** Requests for a token. */
  token: number;
  /** Requests for a new session. */
  session: number;
  /** Requests to delete a session. */
  delete: number;
  /**
   * Requests to turn a connection into a WebSocket, those for a path that nobody has among them. Each is in `upgrades`, in `upgradesRefused` or
   * in the fault `upgrade-silent`.
   */
  upgrade: number;
}

/** What outages have done; see ../outage.ts. */
export interface OutageCounts {
  /** Outages begun. */
  count: number;
  /** Token, session and delete requests refused with 503. */
  requestsRefused: number;
  /** Upgrades refused with 503; they are in the `upgradesRefused` of the stats too. */
  upgradesRefused: number;
  /** Open sockets reset; they are in `closes` too. */
  socketsReset: number;
  /** Questions that got the error frame "overloaded" instead of an answer. */
  questionsRefused: number;
  /** Questions whose answer was stopped or never began. An answer that a fault spoils anyway is only in `faults`. */
  questionsLost: number;
  /** Questions whose answer started later; in `answers` all the same once it is whole. */
  questionsDelayed: number;
}

/** What the chatbot has seen since the target started. */
export interface ChatbotStats {
  /** Requests that came, also those that were refused; while the target stops, upgrades only. */
  attempts: Attempts;
  /** Tokens issued. */
  tokens: number;
  /** Sessions created. */
  sessions: number;
  /** Sessions created and not deleted. */
  sessionsOpen: number;
  /** Sessions deleted. */
  deleted: number;
  /** Upgrades accepted. */
  upgrades: number;
  /** Upgrades refused, by HTTP status. One that is never answered is only in `faults`. */
  upgradesRefused: Counts;
  /** Sockets open now. */
  open: number;
  /** Most sockets open at a time. */
  peak: number;
  /** Questions received and decrypted, `badQuestions` among them. */
  questions: number;
  /** Questions without type, id or text; they got an error frame. */
  badQuestions: number;
  /**
   * Answers whose last chunk was handed to the socket and which no fault spoiled and no outage stopped; a late one is
   * whole and counts.
   */
  answers: number;
  /** Answer frames handed to sockets, whole or spoiled; error frames are none. */
  chunks: number;
  /** WebSocket pings received, answered or not. */
  pings: number;
  /** Closed sockets, by close code; 1006 is a connection lost without a close frame. */
  closes: Counts;
  /** Payload bytes of the frames received. */
  bytesReceived: number;
  /** Payload bytes of the frames handed to sockets. */
  bytesSent: number;
  /** Frames that could not be opened; each closed its socket with 1008. */
  badFrames: number;
  /** Faults fired, by name. */
  faults: Counts;
  /** What outages have done. */
  outages: OutageCounts;
}

/** The part of the stats that is counted as it happens; the rest is worked out on request. */
export interface Counters extends Omit<ChatbotStats, 'sessionsOpen' | 'outages'> {
  outages: Omit<OutageCounts, 'count'>;
}

/** Returns counters at zero. */
export function startCounters(): Counters {
  return {
    attempts: { token: 0, session: 0, delete: 0, upgrade: 0 },
    tokens: 0,
    sessions: 0,
    deleted: 0,
    upgrades: 0,
    upgradesRefused: {},
    open: 0,
    peak: 0,
    questions: 0,
    badQuestions: 0,
    answers: 0,
    chunks: 0,
    pings: 0,
    closes: {},
    bytesReceived: 0,
    bytesSent: 0,
    badFrames: 0,
    faults: {},
    outages: {
      requestsRefused: 0,
      upgradesRefused: 0,
      socketsReset: 0,
      questionsRefused: 0,
      questionsLost: 0,
      questionsDelayed: 0,
    },
  };
}

/** Returns the stats of this moment; later counting does not change them. `outages` is how many have begun. */
export function chatbotStats(counters: Counters, outages: number): ChatbotStats {
  const copy = structuredClone(counters);
  return {
    ...copy,
    sessionsOpen: counters.sessions - counters.deleted,
    outages: { count: outages, ...copy.outages },
  };
}
