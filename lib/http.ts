/** One REST call: non-blocking, named, its failure classified. The VU's connection is reused. */
import http, { type RefinedResponse } from 'k6/http';
import { reasonOfStatus, reasonOfText, StepFailed, withoutUrl, type Phase } from './failures.ts';
import { isRecord, type Lacks, type RestCall } from './protocols/protocol.ts';
import { isRedirect, MOST_REDIRECTS, redirected, shownLocation, type Sent } from './redirects.ts';

/** Where and for how long to call. */
export interface Rest {
  baseUrl: string;
  timeoutMs: number;
}

/** What is made of the reply's JSON (`undefined` without one); nothing, or what it lacks, when it is no use. */
export type Read<T> = (reply: unknown) => T | Lacks | undefined;

/** One of the requests of a call: the first, or one that a redirect asked for. */
interface Request extends Sent {
  timeoutMs: number;
  /** How it came to be, for sentences. */
  via: string;
  redirects: number;
}

type Reply = RefinedResponse<'text'>;

/**
 * Makes the call and resolves to what `read` makes of the reply. Redirects within the host are followed, in the time that
 * one call has. Any status but 2xx, no reply in time and a reply that `read` can't use throw a StepFailed of `phase`.
 */
export function call<T>(
  { baseUrl, timeoutMs }: Rest,
  phase: Phase,
  { name, method, path, body, headers }: RestCall,
  read: Read<T>,
): Promise<T> {
  const sent = { url: baseUrl + path, method, body: body ?? null, headers };
  return ask({ ...sent, timeoutMs, via: '', redirects: 0 }, phase, name, read);
}

function ask<T>(request: Request, phase: Phase, name: string, read: Read<T>): Promise<T> {
  const params = {
    headers: request.headers,
    tags: { name },
    timeout: request.timeoutMs,
    redirects: 0, // k6 itself would follow to any host
    throw: true, // instead of a warning in the log for each
    responseType: 'text' as const,
  };
  return http.asyncRequest(request.method, request.url, request.body, params).then(
    (reply) => {
      const { status } = reply;
      if (status >= 200 && status <= 299) return understood(reply, phase, name, read);
      const next = isRedirect(status) ? following(request, reply) : undefined;
      if (next !== undefined) return ask(next, phase, name, read);
      const detail = () => `${name}${request.via} answered ${answerOf(request, reply)}`;
      throw new StepFailed(phase, reasonOfStatus(status), detail, reply.headers);
    },
    (error: unknown) => {
      const text = withoutUrl(String(error));
      throw new StepFailed(phase, reasonOfText(text), `${name}${request.via}: ${text}`);
    },
  );
}

/** The request that a redirect asks for, where it may be followed. */
function following(request: Request, { status, headers, timings }: Reply): Request | undefined {
  const location = headers['Location'];
  const next = location === undefined ? undefined : redirected(request, status, location);
  if (next === undefined || request.redirects === MOST_REDIRECTS) return undefined;
  return {
    ...next,
    timeoutMs: Math.max(1, request.timeoutMs - timings.duration),
    via: `, redirected by ${status} to ${shownLocation(location ?? '')},`,
    redirects: request.redirects + 1,
  };
}

/** `307 Temporary Redirect to https://other.example/login, another host`. */
function answerOf(request: Request, { status, status_text, headers, body }: Reply): string {
  const named = status_text.startsWith(String(status)) ? status_text : `${status} ${status_text}`;
  const location = headers['Location'];
  if (!isRedirect(status) || location === undefined) return body ? `${named}: ${body.slice(0, 2000)}` : named;
  const why =
    request.redirects < MOST_REDIRECTS
      ? 'which is another host than the call was made to'
      : `the redirect number ${MOST_REDIRECTS + 1} of one call`;
  return `${named} to ${shownLocation(location)}, ${why}`;
}

function understood<T>({ body }: Reply, phase: Phase, name: string, read: Read<T>): T {
  const reply = parse(body);
  const value = read(reply);
  if (value !== undefined && !isLacking(value)) return value;
  const lacks = isLacking(value) ? value.lacks : undefined;
  const detail = () => `the reply of ${name} ${faultOf(body, reply, lacks)}`;
  throw new StepFailed(phase, 'bad_body', detail);
}

function isLacking(value: unknown): value is Lacks {
  return isRecord(value) && 'lacks' in value;
}

/** A byte order mark is tolerated. */
function parse(body: string | null): unknown {
  try {
    return body ? JSON.parse(body.replace(/^\uFEFF/, '')) : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with a reply. Nobody knows which of its values is the token that was missed, so words stay hidden. */
function faultOf(body: string | null, reply: unknown, lacks: string | undefined): string {
  if (!body) return 'is empty';
  if (reply === undefined) return `is not JSON: ${/[\s<]/.test(body) ? body.slice(0, 2000) : '…'}`;
  const values = JSON.stringify(reply, (_, value: unknown) => {
    if (typeof value === 'string') return value === '' || /\s/.test(value) ? value : '…';
    return typeof value === 'number' && value > 999 ? '…' : value;
  });
  return `lacks ${lacks === undefined ? 'what it must have' : `"${lacks}"`}: ${values}`;
}
