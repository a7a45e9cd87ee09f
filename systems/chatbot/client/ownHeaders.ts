/** The headers that settings add to those of the protocol. Pure. */
import type { Headers } from './clientHeaders.ts';

interface HeaderSettings {
  httpHeaders: Headers;
  /** The value of `Authorization`. */
  basicAuth: string | undefined;
}

/** Those headers. */
export function ownHeaders({ httpHeaders, basicAuth }: HeaderSettings): Headers {
  return { ...(basicAuth === undefined ? {} : { Authorization: basicAuth }), ...httpHeaders };
}

/** Makes what adds them to a request or a handshake, whose own go before. */
export function withOwnHeaders(
  settings: HeaderSettings,
): <R extends { headers: Record<string, string> }>(request: R) => R {
  const own = ownHeaders(settings);
  if (Object.keys(own).length === 0) return (request) => request;
  return (request) => ({ ...request, headers: { ...own, ...request.headers } });
}
