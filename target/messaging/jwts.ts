/** JSON Web Tokens (RFC 7519), signed with HS256. */
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Why a request has no user; it is the `error` of the 401, too. */
export type TokenProblem = 'token_missing' | 'token_invalid' | 'token_expired' | 'token_in_url';

const SCHEME = /^bearer +/i;
const NAMES_IN_URL = ['token', 'access_token', 'jwt', 'authorization'];
const JWT_IN_URL = /\beyJ[\w-]*\.[\w-]+\.[\w-]*/;

/** Issues tokens and knows its own again by their signature, so that a long run stores none of them. */
export class Jwts {
  private readonly secret = createSecretKey(randomBytes(32));
  private readonly lifeMs: number;

  /** `lifeSeconds` may have a fraction. */
  constructor(lifeSeconds: number) {
    this.lifeMs = lifeSeconds * 1000;
  }

  /**
   * Returns a token for a user with the claims `sub`, `iat`, `exp` and `jti`. The times are seconds with three digits
   * after the point, as NumericDate may have, so that a token lives exactly as long as it was told to.
   */
  issue(sub: string): string {
    const now = Date.now();
    const claims = { sub, iat: now / 1000, exp: Math.round(now + this.lifeMs) / 1000, jti: randomUUID() };
    return jwt.sign(claims, this.secret, { algorithm: 'HS256' });
  }

  /** Returns the user of `authorization`, the value of that header, or why there is none. */
  userOf(authorization: string | undefined): { user: string } | { problem: TokenProblem } {
    if (authorization === undefined || authorization === '') return { problem: 'token_missing' };
    if (!SCHEME.test(authorization)) return { problem: 'token_invalid' };
    try {
      const options = { algorithms: ['HS256' as const], clockTimestamp: Date.now() / 1000 };
      const claims = jwt.verify(authorization.replace(SCHEME, ''), this.secret, options);
      if (typeof claims === 'string' || claims.sub === undefined) return { problem: 'token_invalid' };
      return { user: claims.sub };
    } catch (error) {
      return { problem: error instanceof jwt.TokenExpiredError ? 'token_expired' : 'token_invalid' };
    }
  }
}

/** True if a token is part of an address, where every log on the way would keep it. */
export function hasTokenInUrl(url: string): boolean {
  if (JWT_IN_URL.test(url)) return true;
  const query = url.indexOf('?');
  if (query === -1) return false;
  const names = new URLSearchParams(url.slice(query + 1));
  return NAMES_IN_URL.some((name) => names.has(name));
}
