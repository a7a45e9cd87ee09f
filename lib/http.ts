/** One REST call: non-blocking, named, its failure classified. The VU's connection is reused. */
import http from 'k6/http';
import { reasonOfStatus, reasonOfText, StepFailed, withoutUrl, type Phase } from './failures.ts';
import type { RestCall } from './protocols/protocol.ts';

/** Where and for how long to call. */
export interface Rest {
  baseUrl: string;
  timeoutMs: number;
}

/**
 * Makes the call and resolves to what `read` makes of the reply's JSON (`undefined` without one). Any status but 2xx, no
 * reply in time and a redirect throw a StepFailed of `phase`.
 */
export function call<T>(
  rest: Rest,
  phase: Phase,
  request: RestCall,
  read: (reply: unknown) => T,
): Promise<T> {
  const params = {
    headers: request.headers,
    tags: { name: request.name },
    timeout: rest.timeoutMs,
    redirects: 0,
    throw: true, // instead of a warning in the log for each
  };
  return http.asyncRequest(request.method, rest.baseUrl + request.path, request.body ?? null, params).then(
    (reply) => {
      const { status } = reply;
      if (status >= 200 && status <= 299) return read(parse(reply.body));
      throw new StepFailed(phase, reasonOfStatus(status), reply.status_text, reply.headers);
    },
    (error: unknown) => {
      throw new StepFailed(phase, reasonOfText(String(error)), withoutUrl(String(error)));
    },
  );
}

function parse(body: unknown): unknown {
  try {
    return typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined;
  } catch {
    return undefined;
  }
}
