/**
 * The content of chunks: one buffer for each VU, made anew for no chunk. Random bytes, which nothing on the way makes
 * smaller; the first of them say whose chunk it is, so that no two chunks are alike. A request is over before the next
 * chunk is made, and k6 makes its own copy of what it sends.
 */
import { randomBytes } from '../../../lib/k6/checksum.ts';

/** User, file and index, four bytes each. */
const HEAD_BYTES = 12;

/** That of one VU. */
export class ChunkBuffer {
  private buffer: ArrayBuffer | undefined;

  /**
   * The bytes of a chunk; good until the next is asked for. `user`, `file`: their numbers. The first call, or one for a
   * larger chunk than any before, allocates.
   */
  chunk(user: number, file: number, index: number, bytes: number): Uint8Array {
    const buffer = this.roomFor(bytes);
    const head = new Uint32Array(buffer, 0, HEAD_BYTES / 4);
    head[0] = user;
    head[1] = file;
    head[2] = index;
    return new Uint8Array(buffer, 0, bytes);
  }

  private roomFor(bytes: number): ArrayBuffer {
    if (this.buffer !== undefined && this.buffer.byteLength >= bytes) return this.buffer;
    // The smaller one need not be there while the larger one is made.
    this.buffer = undefined;
    return (this.buffer = randomBytes(Math.max(bytes, HEAD_BYTES)));
  }
}
