/** Which pages may open a socket, by the Origin header. */

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for a serialized http(s) origin: scheme, host and port, nothing behind them. */
export function isAbsoluteOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && origin === text;
}

/**
 * Decides whether a socket may be opened by a page of `origin`. With an empty list every http(s) origin on a loopback
 * host may, whatever its port. A request without an Origin header never may.
 */
export function allowsOrigin(origins: readonly string[], origin: string | undefined): boolean {
  if (origin === undefined) return false;
  if (origins.length > 0) return origins.includes(origin);
  return isAbsoluteOrigin(origin) && LOOPBACK.has(new URL(origin).hostname);
}
