/** Packets of a stream of bytes, in frames that hold pieces of one or several of them. Pure. */

/**
 * How many bytes the packet has that begins at `from`, as far as `bytes` show it; 0: they don't yet; less: no packet
 * begins like that. It was asked last of the packet that is handed on.
 */
export type SizeOf = (bytes: Uint8Array, from: number) => number;

/** Gets a whole packet, which begins at `from` and ends before `end`. */
export type TakePacket = (bytes: Uint8Array, from: number, end: number) => void;

/** Puts pieces together. */
export interface PacketBuffer {
  /**
   * Calls `packet` for each packet that this piece ends. false: what came is no packet, so nobody knows where the next
   * one begins; nothing is taken any more until `clear`.
   */
  take: (piece: ArrayBuffer, packet: TakePacket) => boolean;
  /** Forgets the rest of what was not ended. */
  clear: () => void;
}

/** Made once per VU; a frame of whole packets is not copied, a packet in many frames once. */
export function packetBuffer(sizeOf: SizeOf): PacketBuffer {
  let pieces: Uint8Array[] = [];
  let held = 0;
  /** As many are held before it is worth a look. */
  let wanted = 0;
  let isBroken = false;

  function take(piece: ArrayBuffer, packet: TakePacket): boolean {
    if (isBroken) return false;
    const bytes = whole(new Uint8Array(piece));
    return bytes === undefined || split(bytes, packet);
  }

  /** With what was held before; undefined: not worth a look. */
  function whole(piece: Uint8Array): Uint8Array | undefined {
    if (held === 0) return piece;
    pieces.push(piece);
    held += piece.length;
    if (held < wanted) return undefined;
    const bytes = joined(pieces, held);
    clear();
    return bytes;
  }

  function split(bytes: Uint8Array, packet: TakePacket): boolean {
    let from = 0;
    while (from < bytes.length) {
      const size = sizeOf(bytes, from);
      isBroken = size < 0;
      if (isBroken) return false;
      if (size === 0 || from + size > bytes.length) {
        keep(bytes.subarray(from), size);
        return true;
      }
      packet(bytes, from, from + size);
      from += size;
    }
    return true;
  }

  function keep(rest: Uint8Array, size: number): void {
    pieces.push(rest);
    held = rest.length;
    wanted = size;
  }

  function clear(): void {
    pieces = [];
    held = wanted = 0;
    isBroken = false;
  }

  return { take, clear };
}

/** One after the other; `size`: of all together. */
export function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
