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
  const hosts = [hostOf(apiBaseUrl), hostOf(websocketBaseUrl), ...socketHosts];

  return (path, url) => {
    if (url === undefined) return websocketBaseUrl + path;
    const host = hostOf(url);
    if (host !== undefined && /^wss?:/i.test(url) && hosts.includes(host)) return url;
    const shown = shownLocation(url);
    throw new StepFailed(
      'connect',
      'blocked',
      host === undefined
        ? `a reply names "${shown}" as the address of the socket, which is none`
        : `a reply sends the socket to ${shown}, whose host is none of the settings: set SOCKET_HOSTS=${host} if it may have load`,
    );
  };
}

/** Host and port of an address, in lower case. */
function hostOf(url: string): string | undefined {
  return /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#@]+)(?:[/?#]|$)/i.exec(url)?.[1]?.toLowerCase();
}
