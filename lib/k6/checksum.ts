/** SHA-256 by k6's own code, and random bytes. k6 takes the bytes of a view, too, though its types say nothing of it. */
import crypto from 'k6/crypto';

/** In hex. */
export function sha256Of(bytes: Uint8Array): string {
  return crypto.sha256(bytes as unknown as ArrayBuffer, 'hex');
}

/** The checksum of what comes in parts. */
export class RunningSha256 {
  private readonly hash = crypto.createHash('sha256');

  add(bytes: Uint8Array): void {
    this.hash.update(bytes as unknown as ArrayBuffer);
  }

  /** In hex. */
  digest(): string {
    return this.hash.digest('hex');
  }
}

/** So many bytes that nobody can guess or compress. */
export function randomBytes(count: number): ArrayBuffer {
  return crypto.randomBytes(count);
}
