/** A user's token: logged in for when it is first needed, renewed before it expires and when the platform says that it has. */
import { now } from '../../../lib/k6/clock.ts';
import { timedCall, type Refusal, type TimedReply } from '../../../lib/k6/timedRequest.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import { booksOf } from '../../../lib/vu/operationBooks.ts';
import type { Attempt } from '../../../lib/vu/retry.ts';
import type { VisitBooks } from '../../../lib/vu/visitBooks.ts';
import { StepFailed } from '../../../lib/words/failures.ts';
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { bearer, LOGIN_PATH, loginBody, readToken, type Token } from './loginProtocol.ts';

/** The settings of log-ins. */
export interface LoginSettings {
  apiBaseUrl: string;
  httpTimeoutSeconds: number;
  userName: string;
  password: string;
  renewAfter: number;
}

/** Headers that say whose a request is. */
export type AuthHeaders = Readonly<Record<string, string>>;

/** What of a visit's books log-ins need. */
type Visit = Pick<VisitBooks, 'add' | 'operationBegins'>;

/** Where a VU counts its log-ins. */
type LoginLedger = ReturnType<typeof loginLedger>;

/** Made once per VU, while it is initialised. */
export function loginLedger(words: VuWords) {
  return {
    login: booksOf(words, 'login'),
    renewed: metric('tokens_renewed'),
    expired: metric('tokens_expired'),
  };
}

/** That of one user. Times are epoch milliseconds. */
export class Login {
  private readonly visit: Visit;
  private readonly ledger: LoginLedger;
  private readonly settings: LoginSettings;
  private readonly user: number;
  private readonly attempt: Attempt;
  private headers: AuthHeaders = {};
  private renewAt = -Infinity;
  private hadToken = false;
  private underWay: Promise<AuthHeaders> | undefined;

  /** `user`: its number, from 1; `attempt`: how a log-in that failed is tried again. */
  constructor(visit: Visit, ledger: LoginLedger, settings: LoginSettings, user: number, attempt: Attempt) {
    this.visit = visit;
    this.ledger = ledger;
    this.settings = settings;
    this.user = user;
    this.attempt = attempt;
  }

  /**
   * Resolves to the headers of a request that is made now; logs in where there is no token, or one that is to be renewed.
   * Several callers wait for one log-in. Rejects with a StepFailed of phase `login`, which the caller books.
   */
  authorized(): Promise<AuthHeaders> {
    if (now() < this.renewAt) return Promise.resolve(this.headers);
    this.underWay ??= this.attempt('login', () => this.logIn()).finally(() => {
      this.underWay = undefined;
    });
    return this.underWay;
  }

  /** Whether the token is good for a request that is made now, so that `authorized` need not be waited for. */
  current(): AuthHeaders | undefined {
    return now() < this.renewAt ? this.headers : undefined;
  }

  /**
   * What becomes of a request that was refused. Where the platform says that the token of these headers has expired, it
   * is made `again` with another, for which its user waits; `failed` hears that there is no other, and the refusal stays.
   */
  async orAgain(
    refusal: Refusal,
    headers: AuthHeaders,
    again: (renewed: AuthHeaders) => TimedReply | Promise<TimedReply>,
    failed: (error: StepFailed) => void,
  ): Promise<TimedReply> {
    if (!this.isExpired(refusal, headers)) return refusal;
    const renewed = await this.authorized().catch((error: unknown) => {
      if (!(error instanceof StepFailed)) throw error;
      failed(error);
    });
    return renewed === undefined ? refusal : again(renewed);
  }

  /** The next request has another token, then. */
  private isExpired({ reason }: Refusal, headers: AuthHeaders): boolean {
    if (reason !== 'http_401') return false;
    this.visit.add(this.ledger.expired, 1);
    if (headers === this.headers) this.renewAt = -Infinity;
    return true;
  }

  private async logIn(): Promise<AuthHeaders> {
    const { ledger, settings } = this;
    const sentAt = now();
    this.visit.operationBegins(sentAt);
    ledger.login.began(sentAt);
    const reply = await timedCall(this.request(settings), sentAt);
    const token = reply.is === 'answer' ? tokenIn(reply.text) : refused(reply);
    if (token instanceof StepFailed) {
      ledger.login.bad(sentAt, reply.at, token.reason);
      throw token;
    }
    ledger.login.good(sentAt, reply.at);
    if (this.hadToken) this.visit.add(ledger.renewed, 1);
    this.hadToken = true;
    this.headers = bearer(token);
    this.renewAt = sentAt + token.lifeSeconds * 1000 * settings.renewAfter;
    return this.headers;
  }

  private request({ apiBaseUrl, userName, password, httpTimeoutSeconds }: LoginSettings) {
    return {
      name: 'login',
      method: 'POST',
      url: apiBaseUrl + LOGIN_PATH,
      body: loginBody(userName.replace('#', String(this.user)), password),
      headers: { 'Content-Type': 'application/json' },
      timeoutMs: httpTimeoutSeconds * 1000,
    } as const;
  }
}

function tokenIn(text: string): Token | StepFailed {
  const token = readToken(jsonIn(text));
  if (typeof token !== 'string') return token;
  // The answer may hold a token, which no report shows.
  return new StepFailed('login', 'bad_body', `the answer of login lacks "${token}"`);
}

function refused({ reason, detail, headers }: Refusal): StepFailed {
  return new StepFailed('login', reason, detail, headers);
}
