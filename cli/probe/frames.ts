/** What went over a probed socket. Pure. */
import type { RawData } from 'ws';

/** A frame; `at` is in milliseconds since the dial. */
export interface Frame {
  at: number;
  by: 'us' | 'server';
  kind: 'text' | 'binary' | 'ping' | 'pong';
  bytes: Buffer;
}

/** How a socket ended. `cut`: our close was not answered in time, or somebody did not want to wait for that. */
export type Ending =
  | { how: 'closed'; by: 'us' | 'server'; code: number; reason: string }
  | { how: 'cut' }
  | { how: 'refused'; status: number; words: string; body: string; location: string | undefined }
  | { how: 'failed'; error: Error }
  | { how: 'stopped' };

/** Everything that was seen of a socket that was opened; times are in milliseconds since the dial. */
export interface Conversation {
  openedAt: number;
  endedAt: number;
  /** The one that the server chose; empty: none. */
  subprotocol: string;
  /** In order; the first of them where there were very many. */
  frames: readonly Frame[];
  /** How many came after those. */
  notKept: number;
  ending: Ending;
}

/** A message of the server. `text` is absent where a binary one holds no text. */
export interface Said {
  at: number;
  bytes: Buffer;
  isBinary: boolean;
  text?: string;
}

/** The bytes of a message as `ws` gives them. */
export function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** The messages of the server, without pings and pongs. */
export function saidByServer(frames: readonly Frame[]): Said[] {
  return frames
    .filter(({ by, kind }) => by === 'server' && (kind === 'text' || kind === 'binary'))
    .map(({ at, kind, bytes }) => {
      const isBinary = kind === 'binary';
      const text = isBinary ? textIn(bytes) : bytes.toString();
      return { at, bytes, isBinary, ...(text === undefined ? {} : { text }) };
    });
}

/** The texts that we sent. */
export function textsOfOurs(frames: readonly Frame[]): string[] {
  return frames.filter(({ by, kind }) => by === 'us' && kind === 'text').map(({ bytes }) => bytes.toString());
}

/** What a binary frame says, if that is text: UTF-8 without controls, but for the ends of lines and of messages. */
function textIn(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const isText =
      /[^\0-\u0020]/.test(text) && !/[\u0001-\u0008\u000b\u000c\u000e-\u001d\u001f\u007f]/.test(text);
    return isText ? text : undefined;
  } catch {
    return undefined;
  }
}
