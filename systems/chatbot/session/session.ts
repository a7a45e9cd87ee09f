/** The books of a chatbot's session over sockets: what they are beside those of its questions. */
import { now } from '../../../lib/k6/clock.ts';
import type { VisitObserver } from '../../../lib/system.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { Reason } from '../../../lib/words/failures.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { AskingBooks, askingLedger, type AskingLedger, type AskingSession } from '../asking/askingBooks.ts';
import type { ChatFeature } from '../dialect.ts';

/** The books of a session that has started; `end` must be called once. Times are epoch milliseconds. */
export interface Session extends AskingSession {
  /** The socket opened after `connectMs`, for the first time or again for the next question. */
  connected(connectMs: number): void;
  /** The socket did not open; `fail` tells the rest. Only the first attempt of a dial decides `socket_success`. */
  notConnected(reason: Reason): void;
  /** The socket ended and nobody here had closed it. */
  lost(): void;
  /** The socket was left; so many messages had come through it. */
  disconnected(messagesReceived: number): void;
}

/** Begins the books of a session that starts now. */
export type BeginSession = (clock: StageClock, observer?: VisitObserver) => Session;

/** Makes that function of a VU, while it is initialised. */
export function sessionBooks(words: VuWords, features: readonly ChatFeature[]): BeginSession {
  const beginVisit = visitBooks(words);
  const ledger = { ...askingLedger(words, 'first_chunk_latency'), ...ownMetrics(features) };
  return (clock, observer) => new SessionBooks(beginVisit(clock), ledger, observer);
}

/** Where a VU counts its sessions. */
type Ledger = AskingLedger & ReturnType<typeof ownMetrics>;

function ownMetrics(features: readonly ChatFeature[]) {
  return {
    socketsOpened: metric('sockets_opened'),
    socketsFailed: metric('sockets_failed'),
    socketSuccess: metric('socket_success'),
    socketConnectDuration: metric('socket_connect_duration'),
    ...(features.includes('redials') && { socketsReopened: metric('sockets_reopened') }),
    messagesSent: metric('messages_sent'),
    messagesReceived: metric('messages_received'),
  };
}

class SessionBooks extends AskingBooks implements Session {
  private readonly ledger: Ledger;
  private dialled = false;
  /** When the socket opened and ended; 0: not yet. */
  private openedAt = 0;
  private closedAt = 0;

  constructor(visit: VisitBooks, ledger: Ledger, observer: VisitObserver | undefined) {
    super(visit, ledger, observer);
    this.ledger = ledger;
  }

  connected(connectMs: number): void {
    const { socketsOpened, socketSuccess, socketConnectDuration } = this.ledger;
    this.visit.add(socketsOpened, 1);
    if (!this.dialled) this.visit.add(socketSuccess, 1);
    this.dialled = false;
    this.visit.add(socketConnectDuration, connectMs);
    if (this.openedAt === 0) this.openedAt = this.setUp();
    else if (this.ledger.socketsReopened) this.visit.add(this.ledger.socketsReopened, 1);
  }

  notConnected(reason: Reason): void {
    this.visit.add(this.ledger.socketsFailed, 1, { reason });
    if (!this.dialled) this.visit.add(this.ledger.socketSuccess, 0);
    this.dialled = true;
  }

  lost(): void {
    this.closedAt = now();
  }

  disconnected(messagesReceived: number): void {
    const { messagesSent, messagesReceived: received } = this.ledger;
    this.closedAt ||= now();
    if (this.sent > 0) this.visit.add(messagesSent, this.sent);
    if (messagesReceived > 0) this.visit.add(received, messagesReceived);
    this.asked();
  }

  end(finished: boolean): void {
    if (this.openedAt > 0) this.visit.held(this.openedAt, this.closedAt);
    this.visit.end(finished);
  }
}
