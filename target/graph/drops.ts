/** Drops: all sockets of `/ws` end at once, and not everybody is let in again at once. */
import type { ServerSocket } from '../serverSocket.ts';
import type { DropCounts } from './graphStats.ts';

const MODES = ['reset', 'close'] as const;

/** One drop. */
export interface Drop {
  /** By TCP RST, or with a close frame. */
  mode: (typeof MODES)[number];
  /** The close code; for `close` only. */
  code: number;
  /** How many handshakes are refused with 503 from then on. */
  refusals: number;
}

const NAMES = ['mode', 'code', 'refusals'];
const MOST_REFUSALS = 1_000_000;

/** The sentence that refuses a body which is no JSON object. */
export const WANTED_BODY =
  'The body must be a JSON object like {"mode": "close", "code": 1001}, with Content-Type: application/json.';

/**
 * Reads the body of a request for a drop: if wished `mode` (default `reset`), `code` (default 1001) and `refusals` (else
 * those given here). Throws an Error in a full sentence that names the part that can't be used.
 */
export function readDrop(body: unknown, refusals: number): Drop {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Error(WANTED_BODY);
  const unknown = Object.keys(body).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`A drop has no "${unknown}"; give only ${NAMES.join(', ')}.`);
  return {
    mode: readMode('mode' in body ? body.mode : 'reset'),
    code: readCode('code' in body ? body.code : 1001),
    refusals: readRefusals('refusals' in body ? body.refusals : refusals),
  };
}

function readMode(value: unknown): Drop['mode'] {
  const mode = MODES.find((name) => name === value);
  if (mode !== undefined) return mode;
  throw new Error(`The drop's mode is ${JSON.stringify(value)}; give one of ${MODES.join(', ')}.`);
}

/** Codes that RFC 6455 lets a server send. */
function readCode(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && mayBeSent(value)) return value;
  throw new Error(
    `The drop's code is ${JSON.stringify(value)}; give 1000 to 1003, 1007 to 1014, or 3000 to 4999.`,
  );
}

function mayBeSent(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

function readRefusals(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_REFUSALS)
    return value;
  throw new Error(
    `The drop's refusals are ${JSON.stringify(value)}; give a whole number from 0 to ${MOST_REFUSALS}.`,
  );
}

/** Knows the open sockets, and drops them. */
export class Drops {
  private readonly counts: DropCounts;
  private readonly sockets = new Set<ServerSocket>();
  private refusalsLeft = 0;

  /** `counts` is where drops are counted. */
  constructor(counts: DropCounts) {
    this.counts = counts;
  }

  /** Lets a socket be hit by drops until it leaves. */
  join(socket: ServerSocket): void {
    this.sockets.add(socket);
  }

  /** Undoes `join`. */
  leave(socket: ServerSocket): void {
    this.sockets.delete(socket);
  }

  /** Ends every open socket, and returns how many those were. */
  drop({ mode, code, refusals }: Drop): number {
    const open = [...this.sockets].filter((socket) => socket.isOpen());
    this.counts.count += 1;
    this.counts.sockets += open.length;
    this.refusalsLeft = refusals;
    for (const socket of open) {
      if (mode === 'reset') socket.reset();
      else socket.end(code, 'This is a drop, asked for by POST /graph/drop.');
    }
    return open.length;
  }

  /** Counts a handshake, and returns the HTTP status that refuses it, if any. */
  refusal(): number | undefined {
    if (this.counts.count === 0) return undefined;
    this.counts.handshakes += 1;
    if (this.refusalsLeft === 0) return undefined;
    this.refusalsLeft -= 1;
    this.counts.refused += 1;
    return 503;
  }
}
