/** One REST call: non-blocking, named, its failure classified. The VU's connection is reused. */
import type { RestCall } from '../words/restCall.ts';
import { isLacking, jsonIn, withoutMark, type Lacks } from '../words/jsonFields.ts';
import http from 'k6/http';
import { reasonOfStatus, reasonOfText, StepFailed, withoutUrl, type Phase } from '../words/failures.ts';
import { rare } from '../vu/rare.ts';
import type { Reply, Request } from '../vu/restReplies.ts';

/** Where and for how long to call. */
export interface Rest {
  baseUrl: string;
  timeoutMs: number;
}

/** What is made of the reply's JSON (`undefined` without one) and headers; nothing, or what it lacks, when it is no use. */
export type Read<T> = (reply: unknown, headers: Readonly<Record<string, string>>) => T | Lacks | undefined;

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
  const url = baseUrl + path;
  return ask(
    { url, method, body: body ?? null, headers, timeoutMs, via: '', redirects: 0 },
    phase,
    name,
    read,
  );
}

/** What k6 is told of a request; `name` stands for it in metrics. */
export function requestParams(name: string, { headers, timeoutMs }: Pick<Request, 'headers' | 'timeoutMs'>) {
  return {
    headers,
    tags: { name },
    timeout: timeoutMs,
    redirects: 0, // k6 itself would follow to any host
    throw: true, // instead of a warning in the log for each
    responseType: 'text' as const,
  };
}

async function ask<T>(request: Request, phase: Phase, name: string, read: Read<T>): Promise<T> {
  const params = requestParams(name, request);
  let reply;
  try {
    reply = await http.asyncRequest(request.method, request.url, request.body, params);
  } catch (error) {
    const text = withoutUrl(String(error));
    throw new StepFailed(phase, reasonOfText(text), `${name}${request.via}: ${text}`);
  }
  const { status } = reply;
  if (status >= 200 && status <= 299) return understood(reply, phase, name, read);
  const next = rare().following(request, reply);
  if (next !== undefined) return ask(next, phase, name, read);
  const detail = () => rare().refusalText(name, request, reply);
  throw new StepFailed(phase, reasonOfStatus(status), detail, reply.headers);
}

/** A byte order mark before the JSON is tolerated. */
function understood<T>({ body, headers }: Reply, phase: Phase, name: string, read: Read<T>): T {
  const reply = body ? jsonIn(withoutMark(body)) : undefined;
  const value = read(reply, headers);
  if (value !== undefined && !isLacking(value)) return value;
  const lacks = isLacking(value) ? value.lacks : undefined;
  throw new StepFailed(phase, 'bad_body', () => rare().uselessText(name, body, reply, lacks));
}
