/** One HTTP request, timed by k6 itself and not by when the VU gets to its answer. */
import http, { type RefinedResponse } from 'k6/http';
import { now } from './clock.ts';
import { requestParams } from './http.ts';
import type { RestCall } from '../words/restCall.ts';
import { reasonOfStatus, reasonOfText, withoutUrl, type Failure } from '../words/failures.ts';
import { rare } from '../vu/rare.ts';

/** What is asked, where, and for how long; `name` stands for it in metrics and texts. */
export interface TimedRequest {
  name: string;
  method: RestCall['method'];
  url: string;
  body: string | ArrayBuffer | Uint8Array | null;
  headers: Record<string, string>;
  timeoutMs: number;
}

/** A request without body and headers. */
export function plainGet(name: string, url: string, timeoutMs: number): TimedRequest {
  return { name, method: 'GET', url, body: null, headers: {}, timeoutMs };
}

/** When the answer was there, or it was given up (epoch ms). */
interface Ended {
  at: number;
}

/** Why there is no good answer; `text` is what came with another status. */
export interface Refusal extends Ended, Failure {
  is: 'failure';
  headers?: Readonly<Record<string, string>>;
  text?: string;
}

/** A reply with status 2xx; `firstByteAt`: when the first byte of the response was there, that of its status (epoch ms). */
interface Answered extends Ended {
  is: 'answer';
  firstByteAt: number;
  text: string;
  headers: Readonly<Record<string, string>>;
}

/** What became of it. */
export type TimedReply = Answered | Refusal;

/**
 * Makes it at `sentAt`, while its VU waits: for visits that do one thing at a time and have no socket. Any status but 2xx
 * is a failure; redirects are not followed, for they would be other requests.
 */
export function timedRequest(request: TimedRequest, sentAt: number): TimedReply {
  const { name, method, url } = request;
  try {
    return replyOf(request, sentAt, http.request(method, url, bodyOf(request), requestParams(name, request)));
  } catch (error) {
    return noReply(name, error);
  }
}

/** The same while the VU does other things, such as what its sockets need. Never rejects. */
export function timedCall(request: TimedRequest, sentAt: number): Promise<TimedReply> {
  const { name, method, url } = request;
  return http.asyncRequest(method, url, bodyOf(request), requestParams(name, request)).then(
    (reply) => replyOf(request, sentAt, reply),
    (error: unknown) => noReply(name, error),
  );
}

/** k6 takes the bytes of a view, too, though its types say nothing of it. */
function bodyOf({ body }: TimedRequest): string | ArrayBuffer | null {
  return body as string | ArrayBuffer | null;
}

/** k6 has no body, though its types say so, where a reply has none, such as with status 204. */
function textOf({ body }: { body: string | null }): string {
  return body ?? '';
}

function replyOf(request: TimedRequest, sentAt: number, reply: RefinedResponse<'text'>): TimedReply {
  const { status, timings } = reply;
  const at = Math.min(now(), sentAt + timings.connecting + timings.tls_handshaking + timings.duration);
  if (status >= 200 && status <= 299)
    return {
      at,
      is: 'answer',
      firstByteAt: at - timings.receiving,
      text: textOf(reply),
      headers: reply.headers,
    };
  const detail = () => rare().refusalText(request.name, { via: '', redirects: 'unfollowed' }, reply);
  return {
    at,
    is: 'failure',
    reason: reasonOfStatus(status),
    detail,
    headers: reply.headers,
    text: textOf(reply),
  };
}

function noReply(name: string, error: unknown): TimedReply {
  const text = withoutUrl(String(error));
  return { at: now(), is: 'failure', reason: reasonOfText(text), detail: `${name}: ${text}` };
}
