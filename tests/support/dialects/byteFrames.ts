/** Frames of bytes, and noise in them. */
import assert from 'node:assert/strict';
import { seededRandom } from '../../../lib/words/random.ts';
import type { ChatProtocol } from '../../../systems/chatbot/dialect.ts';
import { begun, heardIn } from './frames.ts';

/** Bytes in hexadecimal digits, with blanks and texts between `"`, as one frame. */
export function frame(...parts: readonly string[]): ArrayBuffer {
  const bytes = parts.map((part) =>
    part.startsWith('"') ? Buffer.from(part.slice(1, -1)) : Buffer.from(part.replaceAll(' ', ''), 'hex'),
  );
  return new Uint8Array(Buffer.concat(bytes)).buffer;
}

/** Nothing throws when bytes of a frame are others, at random; `seed`: which. */
export function assertUnharmedByNoise(protocol: ChatProtocol, whole: ArrayBuffer, seed = 1): void {
  const random = seededRandom(seed);
  for (let round = 0; round < 3000; round++) {
    const bytes = new Uint8Array(whole.slice(0));
    for (let change = 0; change <= round % 4; change++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    for (const { type } of heardIn(begun(protocol), bytes.buffer)) assert.equal(typeof type, 'string');
  }
}
