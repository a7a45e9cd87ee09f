/** Where the sockets of a graph service's clients go. */
import { CookieJar } from 'k6/http';
import type { SocketTarget } from '../../lib/k6/socket.ts';

/** The settings that say it. */
interface TargetSettings {
  websocketBaseUrl: string;
  origin: string;
  connectTimeoutSeconds: number;
  connectionsPerVu: number;
}

/** k6 has one jar of cookies a VU, so where a VU has several connections each gets its own. */
export function socketTarget(settings: TargetSettings): () => SocketTarget {
  const { websocketBaseUrl, origin, connectTimeoutSeconds, connectionsPerVu } = settings;
  const target = {
    url: websocketBaseUrl,
    name: 'graph',
    headers: { Origin: origin },
    timeoutMs: connectTimeoutSeconds * 1000,
    heartbeatMs: 0,
  };
  return connectionsPerVu === 1 ? () => target : () => ({ ...target, jar: new CookieJar() });
}
