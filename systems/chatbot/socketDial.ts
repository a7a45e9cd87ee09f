/** How the session of a user gets its socket. */
import type { SocketTarget } from '../../lib/k6/socket.ts';
import type { Attempt } from '../../lib/vu/retry.ts';
import type { Conversation } from './conversation.ts';
import type { ChatIds, ChatProtocol } from './dialect.ts';
import { withOwnHeaders } from './client/ownHeaders.ts';
import type { SessionConfig } from './settings.ts';
import { socketAddress } from './client/socketAddress.ts';

/** Makes what makes the function that opens the socket of a session, as often as it is called; once per VU. */
export function socketDialler(
  config: SessionConfig,
  protocol: ChatProtocol,
): (conversation: Conversation, ids: ChatIds, attempt: Attempt) => () => Promise<void> {
  const withOwn = withOwnHeaders(config);
  const addressOf = socketAddress(config);

  function socketTarget(ids: ChatIds): SocketTarget {
    const { path, url, headers, subprotocols } = protocol.socket(ids);
    return {
      url: addressOf(path, url),
      name: 'chat socket',
      headers: { Origin: config.origin, ...withOwn({ headers }).headers },
      subprotocols,
      timeoutMs: config.connectTimeoutSeconds * 1000,
      heartbeatMs: config.heartbeatSeconds * 1000,
    };
  }

  return (conversation, ids, attempt) => {
    let dials = 0;
    return () =>
      attempt('connect', () => {
        protocol.begin?.(ids, dials++);
        return conversation.connect(socketTarget(ids), ids);
      });
  };
}
