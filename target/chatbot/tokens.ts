/** Bearer tokens. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SCHEME = 'Bearer ';

/** Issues bearer tokens and knows its own again by their signature, so that a long run stores none of them. */
export class Tokens {
  private readonly secret = randomBytes(32);

  /** Returns a new token. */
  issue(): string {
    const id = randomBytes(16).toString('base64url');
    return `${id}.${this.sign(id)}`;
  }

  /** True if `authorization`, the value of that header, carries a token issued here. */
  accepts(authorization: string | undefined): boolean {
    if (!authorization?.startsWith(SCHEME)) return false;
    const [id = '', signature = ''] = authorization.slice(SCHEME.length).split('.');
    const [given, expected] = [Buffer.from(signature), Buffer.from(this.sign(id))];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  private sign(id: string): string {
    return createHmac('sha256', this.secret).update(id).digest('base64url');
  }
}
