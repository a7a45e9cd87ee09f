/** Where a session's socket is: below the address of the settings, or where a reply sends it. Pure. */
import { StepFailed } from '../../../lib/words/failures.ts';
import { shownLocation } from '../../../lib/words/query.ts';

/** The settings that say where load may go. */
interface AllowedAddresses {
  apiBaseUrl: string;
  websocketBaseUrl: string;
  /** Further hosts, with their ports where they have some. */
  socketHosts: readonly string[];
}

/**
 * Makes what gives a socket its address, by its path or by a whole address. A StepFailed of phase `connect` where that is
 * no address of a socket, or one whose host is none of the settings: a reply must not steer load at a stranger.
 */
export function socketAddress(allowed: AllowedAddresses): (path: string, url: string | undefined) => string {
  const { apiBaseUrl, websocketBaseUrl, socketHosts } = allowed;
  const hosts = [...hostNames(apiBaseUrl), ...hostNames(websocketBaseUrl), ...socketHosts];

  return (path, url) => {
    if (url === undefined) return websocketBaseUrl + path;
    const names = hostNames(url);
    if (/^wss?:/i.test(url) && names.some((name) => hosts.includes(name))) return url;
    const shown = shownLocation(url);
    throw new StepFailed(
      'connect',
      'blocked',
      names[0] === undefined
        ? `a reply names "${shown}" as the address of the socket, which is none`
        : `a reply sends the socket to ${shown}, whose host is none of the settings: set SOCKET_HOSTS=${names[0]} if it may have load`,
    );
  };
}

/** Host and port of an address, in lower case: with and without the port where that is its scheme's own. */
function hostNames(url: string): string[] {
  const [, scheme = '', name] =
    /^([a-z]+):\/\/(?:[^/?#@]*@)?([^/?#@]+)(?:[/?#]|$)/.exec(url.toLowerCase()) ?? [];
  if (name === undefined) return [];
  const ownPort = /^(https|wss)$/.test(scheme) ? ':443' : ':80';
  const host = name.endsWith(ownPort) ? name.slice(0, -ownPort.length) : name;
  return /:\d+$/.test(host) ? [host] : [host, host + ownPort];
}
