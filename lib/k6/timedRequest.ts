/**
 * One HTTP request that its VU waits for, timed by k6 itself and not by when the VU gets to it. For visits that do one
 * thing at a time and have no socket: nothing else of the VU runs meanwhile.
 */
import http from 'k6/http';
import { now } from './clock.ts';
import { requestParams } from './http.ts';
import { reasonOfStatus, reasonOfText, withoutUrl, type Detail, type Reason } from '../words/failures.ts';
import { rare } from '../vu/rare.ts';

/** What is asked, where, and for how long; `name` stands for it in metrics and texts. */
export interface TimedRequest {
  name: string;
  method: 'GET' | 'POST';
  url: string;
  body: string | null;
  headers: Record<string, string>;
  timeoutMs: number;
}

/** What became of it; `at`: epoch milliseconds when the answer was there, or it was given up. */
export type TimedReply = { at: number } & (
  { is: 'answer'; text: string } | { is: 'failure'; reason: Reason; detail: Detail }
);

/** Makes it at `sentAt`. Any status but 2xx is a failure; redirects are not followed, for they would be other requests. */
export function timedRequest(request: TimedRequest, sentAt: number): TimedReply {
  const { name, method, url, body } = request;
  const params = requestParams(name, request);
  try {
    const reply = http.request(method, url, body, params);
    const { status, timings } = reply;
    const at = Math.min(now(), sentAt + timings.connecting + timings.tls_handshaking + timings.duration);
    if (status >= 200 && status <= 299) return { at, is: 'answer', text: reply.body };
    const detail = () => rare().refusalText(name, { ...request, via: '', redirects: 0 }, reply);
    return { at, is: 'failure', reason: reasonOfStatus(status), detail };
  } catch (error) {
    const text = withoutUrl(String(error));
    return { at: now(), is: 'failure', reason: reasonOfText(text), detail: `${name}: ${text}` };
  }
}
