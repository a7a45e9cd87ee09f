/**
 * Opens the frames of one socket, one after the other: WebCrypto would finish several at once in any order.
 * Runs for every frame, so it is made of captured variables: k6's engine finds them several times faster than
 * properties (as in `conversation.ts` and `socket.ts`).
 */
import { FrameError, textOf, type Cipher } from './encryption.ts';
import type { Reason } from './failures.ts';
import { reportScriptError } from './scriptErrors.ts';

/** What becomes of frames. */
export interface FrameListener {
  /** A frame was opened; `timestamp`: epoch ms of its arrival. */
  opened: (text: string, timestamp: number) => void;
  /** A frame could not be opened. */
  refused: (reason: Reason) => void;
}

export interface FrameReader {
  /** Takes a frame as it came; `null`: it was binary. */
  push: (text: string | null, timestamp: number) => void;
  /** Calls back when every frame pushed before has been handled. */
  after: (callback: () => void) => void;
}

/** Makes the reader of one socket; without a cipher, frames are the texts themselves. */
export function frameReader(cipher: Cipher | null, { opened, refused }: FrameListener): FrameReader {
  const open = cipher?.open;
  /** Frames that wait, and callbacks behind them; each with its timestamp. */
  const waiting: (string | null | (() => void))[] = [];
  const timestamps: number[] = [];
  let busy = false;
  let arrivedAt = 0;

  function push(text: string | null, timestamp: number): void {
    if (!busy) return handle(text, timestamp);
    waiting.push(text);
    timestamps.push(timestamp);
  }

  function after(callback: () => void): void {
    if (!busy) return callback();
    waiting.push(callback);
    timestamps.push(0);
  }

  function handle(text: string | null, timestamp: number): void {
    if (text === null) return refused('bad_type');
    if (open === undefined) return opened(text, timestamp);
    try {
      const opening = open(text);
      busy = true;
      arrivedAt = timestamp;
      opening.then(onOpened, onRefused);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      refused(error.reason);
    }
  }

  function onOpened(bytes: ArrayBuffer): void {
    busy = false;
    try {
      opened(textOf(bytes), arrivedAt);
    } catch (error) {
      reportScriptError(error);
    }
    if (waiting.length > 0) handleWaiting();
  }

  function onRefused(error: unknown): void {
    busy = false;
    try {
      refused(error instanceof FrameError ? error.reason : 'decrypt_failed');
    } catch (failure) {
      reportScriptError(failure);
    }
    handleWaiting();
  }

  /** Goes on to the first frame that has to be decrypted; its reaction goes on from there. */
  function handleWaiting(): void {
    while (waiting.length > 0 && !busy) {
      const next = waiting.shift();
      const timestamp = timestamps.shift() ?? 0;
      try {
        if (typeof next === 'function') next();
        else handle(next ?? null, timestamp);
      } catch (error) {
        reportScriptError(error);
      }
    }
  }

  return { push, after };
}
