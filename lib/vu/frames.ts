/**
 * Opens the frames of one socket, one after the other: WebCrypto would finish several at once in any order.
 * Runs for every frame, so it is made of captured variables: k6's engine finds them several times faster than
 * properties (as in `conversation.ts`, `answer.ts` and `socket.ts`).
 */
import type { Cipher } from '../k6/encryption.ts';
import type { Detail, Reason } from '../words/failures.ts';
import { decoder } from '../words/utf8.ts';
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
  /** Frames pushed since it was made or cleared. */
  taken: () => number;
  /** Forgets frames that an interrupted session has left. */
  clear: () => void;
}

/** What waits its turn: a frame, or a callback behind frames. */
type Waiting = string | ArrayBuffer | (() => void);

/** Makes the reader of a socket, and of the next one after `clear`; without a cipher, frames are the texts themselves. */
export function frameReader(cipher: Cipher | null, { opened, refused, binary }: FrameListener): FrameReader {
  const open = cipher?.open;
  /** What waits, from `head` on; each with its timestamp. */
  const waiting: Waiting[] = [];
  const timestamps: number[] = [];
  let head = 0;
  let tail = 0;
  let taken = 0;
  let busy = false;

  function push(frame: string | ArrayBuffer, timestamp: number): void {
    taken++;
    if (busy) wait(frame, timestamp);
    else if (open !== undefined) void decryptAll(open, frame, timestamp);
    else if (typeof frame === 'string') opened(frame, timestamp);
    else if (binary !== undefined) binary(frame, timestamp);
    else refused('bad_type', 'a binary frame came');
  }

  function after(callback: () => void): void {
    if (busy) wait(callback, 0);
    else callback();
  }

  function wait(what: Waiting, timestamp: number): void {
    waiting[tail] = what;
    timestamps[tail++] = timestamp;
  }

  /**
   * Handles a frame and what comes meanwhile; never rejects. To k6 an `await` costs a quarter of a `then`, and one
   * function that awaits all of them less than one for each.
   */
  async function decryptAll(decrypt: Cipher['open'], first: Waiting, firstTimestamp: number): Promise<void> {
    let what = first;
    let timestamp = firstTimestamp;
    for (busy = true; ; timestamp = timestamps[head++] ?? 0) {
      let bytes: ArrayBuffer | Reason | undefined;
      try {
        if (typeof what === 'string') bytes = await decrypt(what);
      } catch {
        bytes = 'decrypt_failed';
      }
      try {
        if (typeof bytes === 'object') opened(decoder.decode(bytes), timestamp);
        else handleOther(what, bytes);
      } catch (error) {
        reportScriptError(error);
      }
      if (head === tail) break;
      what = waiting[head] ?? '';
      waiting[head] = '';
    }
    head = tail = 0;
    busy = false;
  }

  /** `reason`: why a frame of text was not decrypted. */
  function handleOther(what: Waiting, reason: Reason = 'bad_type'): void {
    if (typeof what === 'function') what();
    else refused(reason, typeof what === 'string' ? `the frame is ${what}` : 'a binary frame came');
  }

  function clear(): void {
    waiting.length = timestamps.length = head = tail = taken = 0;
    busy = false;
  }

  return { push, after, taken: () => taken, clear };
}
