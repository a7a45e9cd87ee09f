/** Opens the frames of one socket, one after the other: WebCrypto would finish several at once in any order. */
import { FrameError, textOf, type Cipher } from './encryption.ts';
import type { Reason } from './failures.ts';
import { guarded } from './scriptErrors.ts';

/** What becomes of frames. */
export interface FrameListener {
  /** A frame was opened; `timestamp`: epoch ms of its arrival. */
  opened(text: string, timestamp: number): void;
  /** A frame could not be opened. */
  refused(reason: Reason): void;
}

interface Frame {
  text: string | null;
  timestamp: number;
}

export class FrameReader {
  private readonly cipher: Cipher | null;
  private readonly listener: FrameListener;
  private readonly waiting: (Frame | (() => void))[] = [];
  private timestamp = 0;
  private busy = false;

  constructor(cipher: Cipher | null, listener: FrameListener) {
    this.cipher = cipher;
    this.listener = listener;
  }

  /** Takes a frame as it came; `null`: it was binary. */
  push(text: string | null, timestamp: number): void {
    this.waiting.push({ text, timestamp });
    if (!this.busy) this.work();
  }

  /** Calls back when every frame pushed before has been handled. */
  after(callback: () => void): void {
    this.waiting.push(callback);
    if (!this.busy) this.work();
  }

  /** Handles what waits, up to the first frame that needs decrypting; its reaction goes on from there. */
  private work(): void {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      if (typeof next === 'function') next();
      else if (next.text === null) this.listener.refused('bad_type');
      else if (this.cipher === null) this.listener.opened(next.text, next.timestamp);
      else if (this.open(this.cipher, next.text, next.timestamp)) return;
    }
  }

  private open(cipher: Cipher, text: string, timestamp: number): boolean {
    try {
      const opening = cipher.open(text);
      this.timestamp = timestamp;
      this.busy = true;
      void opening.then(this.onOpened, this.onRefused);
      return true;
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.listener.refused(error.reason);
      return false;
    }
  }

  private readonly onOpened = guarded((bytes: ArrayBuffer): void => {
    this.busy = false;
    this.listener.opened(textOf(bytes), this.timestamp);
    this.work();
  });

  private readonly onRefused = guarded((error: unknown): void => {
    this.busy = false;
    this.listener.refused(error instanceof FrameError ? error.reason : 'decrypt_failed');
    this.work();
  });
}
