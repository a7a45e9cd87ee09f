/** What a dialect of bytes hears, however they are cut into frames. */
import assert from 'node:assert/strict';
import { seededRandom } from '../../../lib/words/random.ts';
import type { ChatProtocol, Frame, ServerMessage } from '../../../systems/chatbot/dialect.ts';
import { heardIn, IDS } from './frames.ts';

const ME = { ...IDS, user: 'me' };

/** Bytes in hexadecimal digits, with blanks and texts between `"`, as one frame. */
export function frame(...parts: readonly string[]): ArrayBuffer {
  const bytes = parts.map((part) =>
    part.startsWith('"') ? Buffer.from(part.slice(1, -1)) : Buffer.from(part.replaceAll(' ', ''), 'hex'),
  );
  return new Uint8Array(Buffer.concat(bytes)).buffer;
}

/** What a new connection hears in these frames. */
export function newlyHeardIn(protocol: ChatProtocol, ...frames: readonly Frame[]): ServerMessage[] {
  protocol.begin?.(ME, 0);
  return heardIn(protocol, ...frames);
}

/** The same is heard when a frame is cut in two anywhere, or into single bytes; a cut-off end adds nothing. */
export function assertHeardInPieces(protocol: ChatProtocol, whole: ArrayBuffer): void {
  const expected = newlyHeardIn(protocol, whole);
  const length = whole.byteLength;
  for (let cut = 0; cut <= length; cut++) {
    const [first, second] = [whole.slice(0, cut), whole.slice(cut)];
    assert.deepEqual(newlyHeardIn(protocol, first, second), expected, `cut at ${cut}`);
    const begun = newlyHeardIn(protocol, first);
    assert.deepEqual(begun, expected.slice(0, begun.length), `cut off at ${cut}`);
  }
  const bytes = Array.from({ length }, (_, at) => whole.slice(at, at + 1));
  assert.deepEqual(newlyHeardIn(protocol, ...bytes), expected, 'in single bytes');
}

/** Nothing throws when bytes of a frame are others, at random; `seed`: which. */
export function assertUnharmedByNoise(protocol: ChatProtocol, whole: ArrayBuffer, seed = 1): void {
  const random = seededRandom(seed);
  for (let round = 0; round < 3000; round++) {
    const bytes = new Uint8Array(whole.slice(0));
    for (let change = 0; change <= round % 4; change++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    for (const { type } of newlyHeardIn(protocol, bytes.buffer)) assert.equal(typeof type, 'string');
  }
}
