/** Replies to REST calls that are not what was asked for: where they send the call on, and what is wrong, in words. Pure. */
import { shownLocation } from '../words/query.ts';
import { isRedirect, MOST_REDIRECTS, redirected, type Sent } from './redirects.ts';

/** One of the requests of a call: the first, or one that a redirect asked for. */
export interface Request extends Sent {
  timeoutMs: number;
  /** How it came to be, for sentences. */
  via: string;
  redirects: number;
}

/** The part of k6's replies that counts. */
export interface Reply {
  status: number;
  status_text: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  timings: { duration: number };
}

/** The request that a redirect asks for, where it may be followed, with the time that is left. */
export function following(request: Request, { status, headers, timings }: Reply): Request | undefined {
  const location = headers['Location'];
  if (!isRedirect(status) || location === undefined || request.redirects === MOST_REDIRECTS) return undefined;
  const next = redirected(request, status, location);
  if (next === undefined) return undefined;
  return {
    ...next,
    timeoutMs: Math.max(1, request.timeoutMs - timings.duration),
    via: `, redirected by ${status} to ${shownLocation(location)},`,
    redirects: request.redirects + 1,
  };
}

/** What refuses is the answer to: how it came to be, and after how many redirects; `unfollowed`: none is followed. */
interface Refused {
  via: string;
  redirects: number | 'unfollowed';
}

/** `POST /auth/token answered 307 Temporary Redirect to https://other.example/login, which is another host …`. */
export function refusalText(name: string, request: Refused, reply: Reply): string {
  return `${name}${request.via} answered ${answer(request, reply)}`;
}

function answer({ redirects }: Refused, { status, status_text, headers, body }: Reply): string {
  const named = status_text.startsWith(String(status)) ? status_text : `${status} ${status_text}`;
  const location = headers['Location'];
  if (!isRedirect(status) || location === undefined) return body ? `${named}: ${body}` : named;
  return `${named} to ${shownLocation(location)}, ${unfollowed(redirects)}`;
}

function unfollowed(redirects: Refused['redirects']): string {
  if (redirects === 'unfollowed') return 'and no redirect of such a request is followed';
  return redirects < MOST_REDIRECTS
    ? 'which is another host than the call was made to'
    : `the redirect number ${MOST_REDIRECTS + 1} of one call`;
}

/**
 * What is wrong with a reply whose status was fine; `reply`: its JSON. Nobody knows which of its values is the token that
 * was missed, so words stay hidden.
 */
export function uselessText(
  name: string,
  body: string | null,
  reply: unknown,
  lacks: string | undefined,
): string {
  const what = `the reply of ${name}`;
  if (!body) return `${what} is empty`;
  if (reply === undefined) return `${what} is not JSON: ${/[\s<]/.test(body) ? body : '…'}`;
  const values = JSON.stringify(reply, (_, value: unknown) => {
    if (typeof value === 'string') return value === '' || /\s/.test(value) ? value : '…';
    return typeof value === 'number' && value > 999 ? '…' : value;
  });
  return `${what} lacks ${lacks === undefined ? 'what it must have' : `"${lacks}"`}: ${values}`;
}
