/** The tokens of messagingServer.ts: HS256, signed and verified with Node's crypto alone. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Why a request is answered 401. */
export type TokenError = 'token_expired' | 'token_invalid' | 'token_missing' | 'token_in_url';

/** What a token says; times in seconds, with fractions. */
export interface Claims {
  sub: string;
  iat: number;
  exp: number;
  jti: string;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Makes tokens and reads them. */
export class Tokens {
  private readonly secret = randomBytes(32);
  private readonly expired = new Set<string>();
  private made = 0;
  private readonly seconds: number;

  /** They hold for so many seconds. */
  constructor(seconds: number) {
    this.seconds = seconds;
  }

  make(username: string): string {
    const iat = Date.now() / 1000;
    const claims = {
      exp: iat + this.seconds,
      jti: `#${++this.made}`,
      aud: 'tests',
      iat,
      sub: `u/${username}`,
    };
    const text = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claims)}`;
    return `${text}.${this.sign(text).toString('base64url')}`;
  }

  /** Reads what a request to an address brings. */
  read(url: string, authorization: string | undefined): Claims | TokenError {
    if (/[?&][^=&]*(token|jwt|auth)[^=&]*=|eyJ[\w-]+\.[\w-]+\./i.test(url)) return 'token_in_url';
    if (authorization === undefined || authorization === '') return 'token_missing';
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    const claims = token === undefined ? undefined : this.verified(token);
    if (claims === undefined) return 'token_invalid';
    const isOver = claims.exp <= Date.now() / 1000 || this.expired.has(claims.jti);
    return isOver ? 'token_expired' : claims;
  }

  /** From now on that token is expired. */
  expire({ jti }: Claims): void {
    this.expired.add(jti);
  }

  private sign(text: string): Buffer {
    return createHmac('sha256', this.secret).update(text).digest();
  }

  private verified(token: string): Claims | undefined {
    const [head = '', body = '', signature = '', ...more] = token.split('.');
    const [wanted, given] = [this.sign(`${head}.${body}`), Buffer.from(signature, 'base64url')];
    if (more.length > 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted))
      return undefined;
    // Nobody else signs with this secret.
    return JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  }
}
