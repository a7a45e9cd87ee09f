/**
 * Opens the frames of one socket, one after the other: WebCrypto would finish several at once in any order.
 * Runs for every frame, so it is made of captured variables: k6's engine finds them several times faster than
 * properties (as in `conversation.ts`, `answer.ts` and `socket.ts`).
 */
import type { Cipher } from '../k6/encryption.ts';
import type { Detail, Reason } from '../words/failures.ts';
import { textOf } from '../words/utf8.ts';
import { reportScriptError } from './scriptErrors.ts';

/** What becomes of frames. */
interface FrameListener {
  /** A frame was opened; `timestamp`: epoch ms of its arrival. */
  opened: (text: string, timestamp: number) => void;
  /** A frame could not be opened. */
  refused: (reason: Reason, detail: Detail) => void;
  /** A binary frame came, which is as it is; it is refused where nobody wants it. */
  binary?: (bytes: ArrayBuffer, timestamp: number) => void;
}

interface FrameReader {
  /** Takes a frame as it came. */
  push: (frame: string | ArrayBuffer, timestamp: number) => void;
  /** Calls back when every frame pushed before has been handled. */
  after: (callback: () => void) => void;
  /** Forgets frames that an interrupted session has left. */
  clear: () => void;
}

/** Makes the reader of a socket, and of the next one after `clear`; without a cipher, frames are the texts themselves. */
export function frameReader(cipher: Cipher | null, { opened, refused, binary }: FrameListener): FrameReader {
  const open = cipher?.open;
  /** Frames that wait, and callbacks behind them, from `head` on; each with its timestamp. */
  const waiting: (string | ArrayBuffer | null | (() => void))[] = [];
  const timestamps: number[] = [];
  let head = 0;
  let tail = 0;
  let busy = false;
  let arrivedAt = 0;

  function push(frame: string | ArrayBuffer, timestamp: number): void {
    if (busy) wait(frame, timestamp);
    else handle(frame, timestamp);
  }

  function after(callback: () => void): void {
    if (busy) wait(callback, 0);
    else callback();
  }

  function wait(what: string | ArrayBuffer | (() => void), timestamp: number): void {
    waiting[tail] = what;
    timestamps[tail++] = timestamp;
  }

  function handle(text: string | ArrayBuffer, timestamp: number): void {
    if (typeof text !== 'string') return handleBinary(text, timestamp);
    if (open === undefined) return opened(text, timestamp);
    const opening = open(text);
    if (typeof opening === 'string') return refused(opening, `the frame is ${text}`);
    busy = true;
    arrivedAt = timestamp;
    opening.then(onOpened, onRefused);
  }

  function handleBinary(bytes: ArrayBuffer, timestamp: number): void {
    if (binary === undefined || open !== undefined) refused('bad_type', 'a binary frame came');
    else binary(bytes, timestamp);
  }

  function onOpened(bytes: ArrayBuffer): void {
    busy = false;
    try {
      opened(textOf(bytes), arrivedAt);
    } catch (error) {
      reportScriptError(error);
    }
    if (head < tail) handleWaiting();
  }

  function onRefused(): void {
    busy = false;
    try {
      refused('decrypt_failed', '');
    } catch (error) {
      reportScriptError(error);
    }
    if (head < tail) handleWaiting();
  }

  /** Goes on to the first frame that has to be decrypted; its reaction goes on from there. */
  function handleWaiting(): void {
    while (head < tail && !busy) {
      const next = waiting[head] ?? '';
      waiting[head] = null;
      const timestamp = timestamps[head++] ?? 0;
      try {
        if (typeof next === 'function') next();
        else handle(next, timestamp);
      } catch (error) {
        reportScriptError(error);
      }
    }
    if (head === tail) head = tail = 0;
  }

  function clear(): void {
    waiting.length = timestamps.length = head = tail = 0;
    busy = false;
  }

  return { push, after, clear };
}
