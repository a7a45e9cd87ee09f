/** One HTTP request, timed by k6 itself and not by when the VU gets to its answer. */
import http, { type RefinedResponse } from 'k6/http';
import { now } from './clock.ts';
import { requestParams } from './http.ts';
import { reasonOfStatus, reasonOfText, withoutUrl, type Detail, type Reason } from '../words/failures.ts';
import { rare } from '../vu/rare.ts';

/** What is asked, where, and for how long; `name` stands for it in metrics and texts. */
export interface TimedRequest {
  name: string;
  method: 'GET' | 'POST';
  url: string;
  body: string | ArrayBuffer | null;
  headers: Record<string, string>;
  timeoutMs: number;
}

/** What became of it; `at`: epoch milliseconds when the answer was there, or it was given up. */
export type TimedReply = { at: number } & (
  | { is: 'answer'; text: string }
  | { is: 'failure'; reason: Reason; detail: Detail; headers?: Readonly<Record<string, string>> }
);

/**
 * Makes it at `sentAt`, while its VU waits: for visits that do one thing at a time and have no socket. Any status but 2xx
 * is a failure; redirects are not followed, for they would be other requests.
 */
export function timedRequest(request: TimedRequest, sentAt: number): TimedReply {
  const { name, method, url, body } = request;
  try {
    return replyOf(request, sentAt, http.request(method, url, body, requestParams(name, request)));
  } catch (error) {
    return noReply(name, error);
  }
}

/** The same while the VU does other things, such as what its sockets need. Never rejects. */
export function timedCall(request: TimedRequest, sentAt: number): Promise<TimedReply> {
  const { name, method, url, body } = request;
  return http.asyncRequest(method, url, body, requestParams(name, request)).then(
    (reply) => replyOf(request, sentAt, reply),
    (error: unknown) => noReply(name, error),
  );
}

function replyOf(request: TimedRequest, sentAt: number, reply: RefinedResponse<'text'>): TimedReply {
  const { status, timings } = reply;
  const at = Math.min(now(), sentAt + timings.connecting + timings.tls_handshaking + timings.duration);
  if (status >= 200 && status <= 299) return { at, is: 'answer', text: reply.body };
  const detail = () => rare().refusalText(request.name, { via: '', redirects: 0 }, reply);
  return { at, is: 'failure', reason: reasonOfStatus(status), detail, headers: reply.headers };
}

function noReply(name: string, error: unknown): TimedReply {
  const text = withoutUrl(String(error));
  return { at: now(), is: 'failure', reason: reasonOfText(text), detail: `${name}: ${text}` };
}
