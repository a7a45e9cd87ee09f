/** Frames that nobody can read. */
import type { Encryption } from './encryption.ts';

/** What stands where JSON should be. */
export const GARBAGE = 'This is no JSON: \u0001{{{';

/** Three bytes in base64: shorter than any sealed frame. */
export const SHORT_FRAME = 'AQID';

/** Flips the last byte of a sealed frame; without encryption, where there is nothing to flip, returns garbage. */
export function corruptFrame(frame: string, encryption: Encryption): string {
  if (encryption === 'none') return GARBAGE;
  const bytes = Buffer.from(frame, 'base64');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 0xff, bytes.length - 1);
  return bytes.toString('base64');
}
