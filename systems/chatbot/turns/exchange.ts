/** The requests of a question: one, or one that says where the answer is and one that gets it. */
import { now } from '../../../lib/k6/clock.ts';
import { timedCall, type Refusal, type TimedReply } from '../../../lib/k6/timedRequest.ts';
import { rare } from '../../../lib/vu/rare.ts';
import { reportScriptError } from '../../../lib/vu/scriptErrors.ts';
import { isLacking, jsonIn, withoutMark, type Lacks } from '../../../lib/words/jsonFields.ts';
import type { RestCall } from '../../../lib/words/restCall.ts';
import type { ChatIds } from '../dialect.ts';
import { withOwnHeaders } from '../client/ownHeaders.ts';
import type { TurnConfig } from './turnSettings.ts';
import type { TurnProtocol } from './turnDialect.ts';

type ExchangeConfig = Pick<TurnConfig, 'apiBaseUrl' | 'answerTimeoutSeconds' | 'httpHeaders' | 'basicAuth'>;

/** Makes the request of a question that is sent at `sentAt`, and the one that it leads to; never rejects. */
export type Exchange = (
  protocol: TurnProtocol,
  ids: ChatIds,
  question: RestCall,
  sentAt: number,
) => Promise<TimedReply>;

/** Makes that function of a VU. */
export function exchangeOf(config: ExchangeConfig): Exchange {
  const { apiBaseUrl } = config;
  const withOwn = withOwnHeaders(config);
  const timeoutMs = config.answerTimeoutSeconds * 1000;

  function request(call: RestCall, sentAt: number, leftMs: number): Promise<TimedReply> {
    const { name, method, path, body, headers } = withOwn(call);
    const url = apiBaseUrl + path;
    return timedCall({ name, method, url, body: body ?? null, headers, timeoutMs: leftMs }, sentAt);
  }

  /** Both have the time of one answer. */
  async function inTwo(
    stream: NonNullable<TurnProtocol['stream']>,
    ids: ChatIds,
    question: RestCall,
    sentAt: number,
  ): Promise<TimedReply> {
    const reply = await request(question, sentAt, timeoutMs);
    if (reply.is === 'failure') return reply;
    const json = jsonIn(withoutMark(reply.text));
    const next = placeOf(() => stream(json, ids, reply.headers));
    if (isLacking(next)) return useless(question.name, reply, json, next.lacks);
    if (!isPath(next.path)) return blocked(next.path);
    const at = now();
    return request(next, at, Math.max(1, timeoutMs - (at - sentAt)));
  }

  return (protocol, ids, question, sentAt) =>
    protocol.stream === undefined
      ? request(question, sentAt, timeoutMs)
      : inTwo(protocol.stream, ids, question, sentAt);
}

/** A reader that throws is a mistake of the script. */
function placeOf(read: () => RestCall | Lacks): RestCall | Lacks {
  try {
    return read();
  } catch (error) {
    reportScriptError(error);
    return { lacks: 'the place of its answer' };
  }
}

/** Behind the base address, anything else could be another host, or lead out of it. */
function isPath(path: string): boolean {
  return path.startsWith('/') && !/\/(\.|%2e){2}(\/|$)/i.test(path.replace(/[?#].*$/s, ''));
}

function useless(
  name: string,
  { at, text }: { at: number; text: string },
  json: unknown,
  lacks: string,
): Refusal {
  return { at, is: 'failure', reason: 'bad_body', detail: () => rare().uselessText(name, text, json, lacks) };
}

function blocked(path: string): Refusal {
  return {
    at: now(),
    is: 'failure',
    reason: 'blocked',
    detail: `a reply names "${path.replace(/\?.*$/s, '?…')}" as the place of its answer, which is no path below API_BASE_URL`,
  };
}
