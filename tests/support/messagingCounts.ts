/** What messagingServer.ts counts, and what breaks there. */

/** Which ones: each Nth, or those whose number, from 1, is chosen. */
export type Which = number | ((number: number) => boolean);

/**
 * What breaks. Logins refused with `loginStatus`; tokens that are expired from such a request on, numbered over those
 * that bring a sound one; requests of `failing` answered 503, and of `slowing` after `delayMs`; notifications lost, sent
 * twice, or sent after `delayMs`, numbered over all sockets; heartbeats that stay unanswered; handshakes refused with
 * `upgradeStatus`. Of the requests that bring a chunk: the connection reset in the middle of the body, a 500, a 413, a
 * 507 for a full disk (these four keep nothing), and a 200 with a wrong checksum (the chunk is kept). Merges that get a 500.
 */
export type MessagingFaults = Partial<
  Record<
    | ('refuseLogin' | 'expireEarly' | 'fail' | 'slow')
    | ('lose' | 'double' | 'late' | 'muteHeartbeat' | 'refuseUpgrade')
    | ('cutChunk' | 'failChunk' | 'refuseChunk' | 'fillDisk' | 'wrongSum' | 'failMerge'),
    Which
  >
>;

/** A file whose chunks were merged. */
export interface MergedFile {
  id: string;
  name: string;
  size: number;
  chunks: number;
  /** Hex. */
  sha256: string;
}

/** What it has seen, said and broken. */
export class MessagingCounts {
  /** Tokens given. */
  logins = 0;
  /** Requests by endpoint, like `POST /v1/files/{id}/chunks`, whatever became of them. */
  readonly requests: Record<string, number> = {};
  /** Answers by endpoint and status, like `POST /v1/messages 201`. */
  readonly answers: Record<string, number> = {};
  /** Requests and handshakes answered 401, by their `error`. */
  readonly unauthorised: Record<string, number> = {};
  /** Messages accepted. */
  messages = 0;
  /** Notifications that should be, and those handed to each socket, in the order in which the sockets opened. */
  due = 0;
  readonly notifications: number[] = [];
  handshakes = 0;
  readonly closes: Record<number, number> = {};
  /** Messages from sockets by type, and those that are none. */
  readonly heard: Record<string, number> = {};
  nonsense = 0;
  heartbeatsAnswered = 0;
  /** PING and PONG frames. */
  pings = 0;
  pongs = 0;
  filesBegun = 0;
  /** Chunks and their bytes, each chunk of a file once; the same again counts as repeated. */
  chunks = 0;
  bytes = 0;
  chunksRepeated = 0;
  /** Each file once. */
  readonly merged: MergedFile[] = [];
  readonly broken: Partial<Record<keyof MessagingFaults, number>> = {};

  private readonly faults: MessagingFaults;

  constructor(faults: MessagingFaults) {
    this.faults = faults;
  }

  /** Whether that one breaks; it is counted if so. */
  breaks(fault: keyof MessagingFaults, number: number): boolean {
    const which = this.faults[fault] ?? Infinity;
    const isNow = typeof which === 'number' ? number % which === 0 : which(number);
    if (isNow) this.broken[fault] = (this.broken[fault] ?? 0) + 1;
    return isNow;
  }
}

/** Counts one more; returns how many there are. */
export function add(counts: Record<string | number, number>, key: string | number): number {
  return (counts[key] = (counts[key] ?? 0) + 1);
}
