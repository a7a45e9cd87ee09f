/** Where the sockets of visits go that do nothing but use one each. */
import { CookieJar } from 'k6/http';
import type { SocketTarget } from './socket.ts';

/** The settings that say it. */
interface TargetSettings {
  websocketBaseUrl: string;
  origin: string;
  connectTimeoutSeconds: number;
  /** As it was settled before the run. */
  connectionsPerVu: number | null;
}

/**
 * Makes what gives each connection its target, which has this name in metrics. k6 has one jar of cookies a VU, so where a
 * VU has several connections each gets its own.
 */
export function socketTarget(name: string, settings: TargetSettings): () => SocketTarget {
  const { websocketBaseUrl, origin, connectTimeoutSeconds, connectionsPerVu } = settings;
  const target = {
    url: websocketBaseUrl,
    name,
    headers: { Origin: origin },
    timeoutMs: connectTimeoutSeconds * 1000,
    heartbeatMs: 0,
  };
  return connectionsPerVu === 1 ? () => target : () => ({ ...target, jar: new CookieJar() });
}
