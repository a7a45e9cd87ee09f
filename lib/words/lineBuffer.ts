/** Messages that end with a mark, in frames that hold pieces of one or several of them. Pure. */

/** Puts pieces together. */
export interface LineBuffer {
  /** Calls `line` for each message that this piece ends, without its mark; empty ones are left out. */
  take: (piece: string, line: (text: string) => void) => void;
  /** Forgets the rest of what was not ended. */
  clear: () => void;
}

/** Made once per VU; `mark`: what ends a message. */
export function lineBuffer(mark = '\n'): LineBuffer {
  let rest = '';

  function take(piece: string, line: (text: string) => void): void {
    const seen = Math.max(0, rest.length - mark.length + 1);
    rest += piece;
    if (!rest.includes(mark, seen)) return;
    const parts = rest.split(mark);
    rest = parts.pop() ?? '';
    for (const part of parts) if (part !== '') line(part);
  }

  return { take, clear: () => void (rest = '') };
}
