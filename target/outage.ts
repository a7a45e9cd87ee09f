/** Outages: for some seconds nothing works as it should, on request. */

/** What an outage does while it lasts; all else goes on working. */
const OUTAGE_MODES = [
  // Every open socket is reset (TCP RST) at once; the requests and upgrades of all systems get 503.
  'down',
  // Every question or message gets its system's own refusal at once, every request of the graph 500.
  'error',
  // The answers under way stop; what comes gets no answer, not even afterwards.
  'silent',
  // The answers to what comes start later.
  'slow',
] as const;

/** The name of one mode. */
export type OutageMode = (typeof OUTAGE_MODES)[number];

/** One outage. */
export interface Outage {
  mode: OutageMode;
  /** How long it lasts. */
  seconds: number;
  /** How much later an answer starts, in milliseconds; for `slow` only. */
  delayMs: number;
}

/** What is hit when an outage begins. */
export interface Sufferer {
  /** Called once, at the beginning. */
  suffer(mode: OutageMode): void;
}

const NAMES = ['seconds', 'mode', 'delayMs'];
const MOST_SECONDS = 3600;
const MOST_MS = MOST_SECONDS * 1000;

/** The sentence that refuses a body which is no JSON object. */
export const WANTED_BODY =
  'The body must be a JSON object like {"seconds": 8, "mode": "down"}, with Content-Type: application/json.';

/**
 * Reads the body of a request for an outage: `seconds`, and if wished `mode` (default `down`) and `delayMs` (default
 * 5000). Throws an Error in a full sentence that names the part that can't be used.
 */
export function readOutage(body: unknown): Outage {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Error(WANTED_BODY);
  const unknown = Object.keys(body).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`An outage has no "${unknown}"; give only ${NAMES.join(', ')}.`);
  return {
    seconds: readSeconds('seconds' in body ? body.seconds : undefined),
    mode: readMode('mode' in body ? body.mode : 'down'),
    delayMs: readDelay('delayMs' in body ? body.delayMs : 5000),
  };
}

function readSeconds(value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= MOST_SECONDS) return value;
  const wrong = value === undefined ? 'missing' : JSON.stringify(value);
  throw new Error(`The outage's seconds are ${wrong}; give a number above 0, at most ${MOST_SECONDS}.`);
}

function readMode(value: unknown): OutageMode {
  const mode = OUTAGE_MODES.find((name) => name === value);
  if (mode !== undefined) return mode;
  throw new Error(`The outage's mode is ${JSON.stringify(value)}; give one of ${OUTAGE_MODES.join(', ')}.`);
}

function readDelay(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= MOST_MS) return value;
  throw new Error(`The outage's delayMs is ${JSON.stringify(value)}; give a number from 0 to ${MOST_MS}.`);
}

/** Returns in one sentence what an outage that begins now does. */
export function describeOutage({ mode, seconds, delayMs }: Outage): string {
  switch (mode) {
    case 'down':
      return `Every open socket was reset; for ${seconds} s the requests and upgrades of all systems get 503.`;
    case 'error':
      return `For ${seconds} s every question or message gets its system's own refusal.`;
    case 'silent':
      return `The answers under way were stopped; for ${seconds} s nothing gets an answer.`;
    case 'slow':
      return `For ${seconds} s every answer starts ${delayMs} ms later.`;
  }
}

/** Knows which outage is under way, one at most. It ends by itself; whoever asks looks at the clock. */
export class Outages {
  private readonly sufferers = new Set<Sufferer>();
  private begunSoFar = 0;
  private last: Outage | undefined;
  private endsAt = 0;

  /** Lets `sufferer` be hit by the outages that begin until it leaves. */
  join(sufferer: Sufferer): void {
    this.sufferers.add(sufferer);
  }

  /** Undoes `join`. */
  leave(sufferer: Sufferer): void {
    this.sufferers.delete(sufferer);
  }

  /** Begins an outage in place of the one under way, if any. */
  begin(outage: Outage): void {
    this.begunSoFar += 1;
    this.last = outage;
    this.endsAt = performance.now() + outage.seconds * 1000;
    for (const sufferer of this.sufferers) sufferer.suffer(outage.mode);
  }

  /** Returns how many outages have begun. */
  begun(): number {
    return this.begunSoFar;
  }

  /** Returns the outage under way. */
  current(): Outage | undefined {
    if (this.last !== undefined && performance.now() >= this.endsAt) this.last = undefined;
    return this.last;
  }

  /** True while requests and upgrades are to be refused. */
  isDown(): boolean {
    return this.current()?.mode === 'down';
  }
}
