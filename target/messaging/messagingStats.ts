/** What the messaging platform counts. */
import type { Counts } from '../counts.ts';
import { startEndpoint, type EndpointCounts } from '../requests/endpointCounts.ts';
import type { RequestOutages } from '../requests/gate.ts';
import type { MessagingEndpoint } from './messagingEndpoints.ts';

/** Tokens. */
export interface TokenCounts {
  /** Tokens issued by log-ins. */
  issued: number;
  /** Requests and upgrades refused with 401 for their token, by the `error` of that answer. */
  refused: Counts;
}

/**
 * The sockets of `/ws/notifications`.
 *
 *     attempts = upgrades + refused + fault socket-silent        upgrades = open + closes
 *     received = subscribes + unsubscribes + heartbeats + malformed
 *     subscribes = subscribed + fault subscription-lost + outages.subscribesLost, and so on for the other acks
 */
export interface SocketCounts {
  /** Requests to turn a connection into a WebSocket. */
  attempts: number;
  /** Upgrades accepted. */
  upgrades: number;
  /** Upgrades refused, by HTTP status. One that is never answered is only in `faults`. */
  refused: Counts;
  /** Sockets open now. */
  open: number;
  /** Most sockets open at a time. */
  peak: number;
  /** Closed sockets, by close code; 1006 is a connection lost without a close frame. */
  closes: Counts;
  /** Frames received. */
  received: number;
  subscribes: number;
  /** Acks of subscribes. */
  subscribed: number;
  unsubscribes: number;
  /** Acks of unsubscribes. */
  unsubscribed: number;
  heartbeats: number;
  /** Acks of heartbeats. */
  acks: number;
  /** Frames that are no message of the protocol; they get no answer. */
  malformed: number;
  /** Pings of WebSocket itself; each gets its pong. */
  pingFrames: number;
  /** Subscriptions that hold now: pairs of a socket and a conversation. */
  subscriptions: number;
}

/**
 * Notifications: one message for one subscribed socket each.
 *
 *     due + doubled = sent + lost + unsent + pending + outages.notificationsLost
 */
export interface NotificationCounts {
  /** Notifications asked for: for each message, the sockets subscribed to its conversation at that moment. */
  due: number;
  /** Frames of notifications handed to sockets. */
  sent: number;
  /** Notifications that were handed over a second time. */
  doubled: number;
  /** Notifications left out by a fault. */
  lost: number;
  /** Notifications that waited: for the table, for too many sockets, for a fault or for an outage. */
  delayed: number;
  /** Notifications whose socket closed before. */
  unsent: number;
  /** Notifications that wait now. */
  pending: number;
}

/**
 * Uploads of files.
 *
 *     initiated = open + failed + completed
 */
export interface FileCounts {
  initiated: number;
  /** Uploads that nobody has completed yet. */
  open: number;
  /** Uploads whose last completion was refused: a wrong sum, a wrong size or a merge that failed. It may be tried again. */
  failed: number;
  completed: number;
  /** Bytes of completed files. */
  bytesCompleted: number;
}

/**
 * Chunks of files. What was answered with 200 is counted once the answer has left.
 *
 *     endpoints.chunk.answered.200 = acknowledged + repeated + misreported
 *     bytesAcknowledged ≤ bytesStored ≤ bytesReceived
 *     bytesAcknowledged = sizes of the files whose chunks were all acknowledged
 */
export interface ChunkCounts {
  /** Chunks kept. */
  stored: number;
  /** Chunks that were confirmed for the first time with their own checksum. */
  acknowledged: number;
  /** Answers that confirmed a chunk again. */
  repeated: number;
  /** Answers with a wrong checksum, because of the fault chunk-wrong-sum. */
  misreported: number;
  /** Bytes of bodies read, those of chunks that were refused, cut or came again included. */
  bytesReceived: number;
  /** Bytes of chunks kept. */
  bytesStored: number;
  /** Bytes of the chunks acknowledged. */
  bytesAcknowledged: number;
  /** Bytes of the answers `repeated`. */
  bytesRepeated: number;
}

/** What outages have done to the messaging platform; see ../outage.ts. */
export interface MessagingOutageCounts extends RequestOutages {
  /** Outages begun. */
  count: number;
  /** Upgrades refused with 503; they are in `sockets.refused` too. */
  upgradesRefused: number;
  /** Open sockets reset; they are in `sockets.closes` too. */
  socketsReset: number;
  /** Subscribes, unsubscribes and heartbeats without an ack. */
  subscribesLost: number;
  unsubscribesLost: number;
  heartbeatsLost: number;
  /** Notifications stopped or never begun. */
  notificationsLost: number;
  /** Notifications that came later. */
  notificationsDelayed: number;
}

/** What the messaging platform has seen since the target started. */
export interface MessagingStats {
  /** Requests of each endpoint; log-ins are those of `login`. */
  endpoints: Record<MessagingEndpoint, EndpointCounts>;
  tokens: TokenCounts;
  /** Messages taken. Each is answered with 201, unless its client went away before. */
  messages: number;
  sockets: SocketCounts;
  notifications: NotificationCounts;
  files: FileCounts;
  chunks: ChunkCounts;
  /** Faults fired, by name. */
  faults: Counts;
  /** What outages have done. */
  outages: MessagingOutageCounts;
}

/** The part of the stats that the messaging platform counts itself. */
export interface MessagingCounters extends Omit<MessagingStats, 'outages'> {
  outages: Omit<MessagingOutageCounts, 'count'>;
}

/** Returns counters at zero. */
export function startCounters(): MessagingCounters {
  return {
    endpoints: {
      login: startEndpoint(),
      message: startEndpoint(),
      conversations: startEndpoint(),
      initiate: startEndpoint(),
      chunk: startEndpoint(),
      complete: startEndpoint(),
    },
    tokens: { issued: 0, refused: {} },
    messages: 0,
    sockets: startSockets(),
    notifications: { due: 0, sent: 0, doubled: 0, lost: 0, delayed: 0, unsent: 0, pending: 0 },
    files: { initiated: 0, open: 0, failed: 0, completed: 0, bytesCompleted: 0 },
    chunks: startChunks(),
    faults: {},
    outages: {
      requestsRefused: 0,
      requestsLost: 0,
      requestsDelayed: 0,
      upgradesRefused: 0,
      socketsReset: 0,
      subscribesLost: 0,
      unsubscribesLost: 0,
      heartbeatsLost: 0,
      notificationsLost: 0,
      notificationsDelayed: 0,
    },
  };
}

function startSockets(): SocketCounts {
  return {
    attempts: 0,
    upgrades: 0,
    refused: {},
    open: 0,
    peak: 0,
    closes: {},
    received: 0,
    subscribes: 0,
    subscribed: 0,
    unsubscribes: 0,
    unsubscribed: 0,
    heartbeats: 0,
    acks: 0,
    malformed: 0,
    pingFrames: 0,
    subscriptions: 0,
  };
}

function startChunks(): ChunkCounts {
  return {
    stored: 0,
    acknowledged: 0,
    repeated: 0,
    misreported: 0,
    bytesReceived: 0,
    bytesStored: 0,
    bytesAcknowledged: 0,
    bytesRepeated: 0,
  };
}

/** Returns the stats of this moment; later counting does not change them. `outages` is how many have begun. */
export function messagingStats(counters: MessagingCounters, outages: number): MessagingStats {
  const copy = structuredClone(counters);
  return { ...copy, outages: { count: outages, ...copy.outages } };
}
