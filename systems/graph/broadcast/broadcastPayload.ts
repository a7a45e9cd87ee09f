/** What a broadcast carries, so that whoever gets it knows which message it is and when it was sent. Pure. */

/** What all payloads of one publisher have. */
export interface Sender {
  /** Tells this run from others on the same channel: when its load began, in epoch milliseconds. */
  run: number;
  /** From 1. */
  publisher: number;
}

/** One message, or the notice of a publisher that there will be no more of them. */
export interface Payload {
  publisher: number;
  /** From 0; undefined: it is a notice. */
  number: number | undefined;
  /** How many messages there are of this publisher in the whole run, as far as it knows. */
  of: number;
  /** Epoch milliseconds. */
  sentAt: number;
}

/** Writes the payloads of messages, as JSON; only what differs is written for each. */
export function payloadWriter(sender: Sender, of: number): (number: number, sentAt: number) => string {
  const start = `${startOf(sender, of)},"number":`;
  return (number, sentAt) => `${start}${number},"sentAt":${sentAt}}`;
}

/** The payload of a notice, as JSON. */
export function noticePayload(sender: Sender, of: number, sentAt: number): string {
  return `${startOf(sender, of)},"sentAt":${sentAt}}`;
}

function startOf({ run, publisher }: Sender, of: number): string {
  return `{"run":${run},"publisher":${publisher},"of":${of}`;
}

/** What is known of the payloads of a run. */
export interface Known {
  run: number;
  publishers: number;
  messages: number;
}

/** Reads a payload; `undefined`: it is not of this run. */
export function readPayload(payload: Readonly<Record<string, unknown>>, known: Known): Payload | undefined {
  const { run, publisher, number, of, sentAt } = payload;
  if (run !== known.run || typeof sentAt !== 'number') return undefined;
  if (!isWhole(publisher, 1, known.publishers) || !isWhole(of, 0, known.messages)) return undefined;
  if (number === undefined) return { publisher, number, of, sentAt };
  return isWhole(number, 0, of - 1) ? { publisher, number, of, sentAt } : undefined;
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
