/** Where a reply sends a request on, as browsers have it, but never to another host. RFC 9110, 15.4; RFC 3986, 5.2. Pure. */

/** A request that may be sent on. */
export interface Sent {
  url: string;
  method: string;
  body: string | null;
  headers: Record<string, string>;
}

/** Redirects that one call follows. */
export const MOST_REDIRECTS = 5;

/** Whether a status says that the reply is elsewhere. */
export function isRedirect(status: number): boolean {
  return (status >= 301 && status <= 303) || status === 307 || status === 308;
}

/**
 * The request that a redirect asks for; `undefined` when its `location` is another host: a reply must not lead load, or
 * our credentials, to somebody else. The same host with TLS instead of none is none.
 */
export function redirected(sent: Sent, status: number, location: string): Sent | undefined {
  const url = resolved(sent.url, location);
  if (url === undefined || !isSameHost(sent.url, url)) return undefined;
  const keepsMethod = status > 303 || (status < 303 && sent.method !== 'POST');
  if (keepsMethod || sent.method === 'GET') return { ...sent, url };
  const headers = Object.entries(sent.headers).filter(([name]) => !/^content-/i.test(name));
  return { url, method: 'GET', body: null, headers: Object.fromEntries(headers) };
}

/** The absolute address; `undefined` for one that two readers might read differently. */
function resolved(from: string, location: string): string | undefined {
  if (!/^[!-[\]-~]*$/.test(location)) return undefined;
  const [, scheme = '', host = '', path = ''] = /^(https?:)(\/\/[^/?#]+)([^?#]*)/.exec(from) ?? [];
  const target = location.replace(/#.*$/, '');
  if (/^[a-z][a-z\d+.-]*:/i.test(target)) return target;
  if (target.startsWith('//')) return scheme + target;
  if (target.startsWith('/')) return scheme + host + target;
  if (/^(\?|$)/.test(target)) return scheme + host + path + target;
  return scheme + host + withoutDots(path.replace(/[^/]*$/, target));
}

/** `/a/b/../c` → `/a/c`; a query stays as it is. */
function withoutDots(address: string): string {
  const [, path = '', query = ''] = /^([^?]*)(.*)$/.exec(address) ?? [];
  const names: string[] = [];
  for (const name of path.split('/').slice(1))
    if (name === '..') names.pop();
    else if (name !== '.') names.push(name);
  return `/${names.join('/')}${query}`;
}

function isSameHost(from: string, to: string): boolean {
  const [before, after] = [partsOf(from), partsOf(to)];
  if (before === undefined || after === undefined || before.host !== after.host) return false;
  if (before.scheme === after.scheme) return before.port === after.port;
  return after.scheme === 'https' && (after.port === '443' || after.port === before.port);
}

function partsOf(url: string): { scheme: string; host: string; port: string } | undefined {
  const [, scheme, host, port] =
    /^(https?):\/\/([\w.~-]+|\[[\da-f:.]+\])(?::(\d+))?(?:[/?]|$)/.exec(url.toLowerCase()) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  return { scheme, host, port: port ?? (scheme === 'https' ? '443' : '80') };
}
