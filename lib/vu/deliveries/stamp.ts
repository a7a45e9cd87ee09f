/** What a message carries, so that whoever gets it knows which message it is and when it was sent. Pure. */

/** What all stamps of one publisher have. */
export interface Sender {
  /** Tells this run from others at the same back end: when its load began, in epoch milliseconds. */
  run: number;
  /** From 1. */
  publisher: number;
}

/** What every stamp says. */
interface Said {
  publisher: number;
  /** How many messages there are of this publisher in the whole run, as far as it knows. */
  of: number;
  /** Epoch milliseconds. */
  sentAt: number;
}

/** A publisher says that there will be no more messages of it. */
export interface Notice extends Said {
  number?: undefined;
}

/** One message. */
export interface Message extends Said {
  /** From 0. */
  number: number;
  /** How often it had been sent before, and its publisher had not learnt that it was taken. */
  attempt: number;
}

/** What a message or a notice carries. */
export type Stamp = Message | Notice;

/** Writes the stamps of one publisher, as JSON; only what differs is written for each. */
export interface StampWriter {
  message: (of: number, number: number, sentAt: number, attempt?: number) => string;
  notice: (of: number, sentAt: number) => string;
}

export function stampWriter({ run, publisher }: Sender): StampWriter {
  const start = `{"run":${run},"publisher":${publisher},"of":`;
  return {
    message: (of, number, sentAt, attempt = 0) =>
      `${start}${of},"number":${number},${attempt === 0 ? '' : `"attempt":${attempt},`}"sentAt":${sentAt}}`,
    notice: (of, sentAt) => `${start}${of},"sentAt":${sentAt}}`,
  };
}

/** What is known of the stamps that somebody gets. */
export interface Known {
  run: number;
  /** The number of the first publisher, and how many there are from it on. */
  first: number;
  publishers: number;
  messages: number;
}

const MOST_ATTEMPTS = 1e6;

/** Reads a stamp; `undefined`: it is none of this run, or of another publisher. */
export function readStamp(value: Readonly<Record<string, unknown>>, known: Known): Stamp | undefined {
  const { run, publisher, number, of, attempt = 0, sentAt } = value;
  if (run !== known.run || typeof sentAt !== 'number') return undefined;
  const last = known.first + known.publishers - 1;
  if (!isWhole(publisher, known.first, last) || !isWhole(of, 0, known.messages)) return undefined;
  if (number === undefined) return { publisher, of, sentAt };
  if (!isWhole(number, 0, of - 1) || !isWhole(attempt, 0, MOST_ATTEMPTS)) return undefined;
  return { publisher, number, of, attempt, sentAt };
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
