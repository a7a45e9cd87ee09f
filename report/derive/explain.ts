/** The failure classes in plain words: what each is called and why it probably happened. */
import type { Reason } from '../../lib/words/failures.ts';

type NamedReason = Exclude<Reason, `http_${number}` | `closed_${number}`>;

/** Class → [title, likely reason]. */
const EXPLANATIONS: Record<NamedReason, readonly [string, string]> = {
  refused: ['connection refused', 'nothing listens there, or its backlog is full'],
  dial_timeout: ['connection timed out', 'the host does not answer at all: overloaded, firewalled or gone'],
  unreachable: ['host unreachable', 'there is no route to the host'],
  dns: ['host name not found', 'the name does not resolve, or the DNS server does not answer'],
  tls_certificate: ['TLS certificate rejected', 'unknown authority, wrong host name or expired'],
  tls: ['TLS failed', 'the other side does not speak TLS there, or not this version'],
  reset: ['connection reset', 'the server or something before it dropped the connection'],
  no_reply: [
    'connection closed without a reply',
    'the server closed before it answered: restarting or overloaded',
  ],
  request_timeout: ['no reply in time', 'the request was accepted but not answered within the limit'],
  generator_ports: [
    'no free local port',
    'the load generator ran out of ports: use more source addresses or machines',
  ],
  generator_files: ['too many open files', 'the load generator ran out of file descriptors: raise ulimit -n'],
  generator_memory: [
    'no memory for sockets',
    'the system of the load generator had no memory left for sockets: use fewer sessions per machine',
  ],
  blocked: ['blocked by k6', 'the host or its address is in blockHostnames or blacklistIPs'],
  other: ['other error', 'see the log of k6 for the text'],
  bad_body: ['unreadable reply', 'the status was fine but the body lacks what the protocol promises'],
  http_other: ['another HTTP status', 'a status that this protocol does not use'],
  handshake_refused: [
    'handshake refused',
    'the server, or a gateway before it, answered with a plain HTTP status',
  ],
  handshake_invalid: ['handshake invalid', 'the reply is not a valid WebSocket handshake'],
  connect_timeout: [
    'connection timed out during the opening handshake',
    'no complete handshake within CONNECT_TIMEOUT_SECONDS',
  ],
  not_ready: [
    'server not ready',
    'the socket opened, but the server did not say that it is ready within CONNECT_TIMEOUT_SECONDS',
  ],
  bad_type: ['binary frame instead of text', 'the server sends another frame type than the protocol says'],
  bad_encoding: ['frame is not base64', 'encryption set differently on the two sides, or a damaged frame'],
  frame_too_short: ['frame too short', 'truncated by the server or a proxy'],
  bad_length: ['ciphertext of an impossible length', 'truncated by the server or a proxy'],
  decrypt_failed: ['frame cannot be decrypted', 'wrong key, or the frame was changed on the way'],
  bad_json: ['message is not JSON', 'the server sent something else than the protocol says'],
  bad_message: ['message lacks fields', 'the server sent a known type without what it must carry'],
  misrouted: ['answer to a question not asked here', 'the server mixed up sessions or questions'],
  answer_timeout: ['answer timeout', 'no answer within ANSWER_TIMEOUT_SECONDS'],
  answer_incomplete: [
    'answer never completed',
    'chunks came, but not the last one within ANSWER_TIMEOUT_SECONDS',
  ],
  missing_chunk: ['chunk missing', 'the answer was completed with a gap in its sequence'],
  empty_answer: ['empty answer', 'the answer was completed without any text'],
  server_error: ["the server's own error message", 'the back end refused the question: see its log'],
  connection_lost: [
    'connection lost without a close frame',
    'reset or cut: the server process, a proxy or the network dropped it',
  ],
  write_failed: ['connection lost while sending', 'the other side was already gone'],
  heartbeat_timeout: [
    'no reply to a heartbeat',
    'a ping had no pong within HEARTBEAT_SECONDS: the server, a proxy or the network is frozen or gone',
  ],
  closed_other: ['closed by the server', 'with a code of its own'],
};

const CLOSE_REASONS: Record<number, string> = {
  1000: 'the server ended the session while it was in use',
  1001: 'the server is going away: restart or shutdown',
  1006: 'the connection ended without a close frame',
  1008: 'the server sees a breach of its policy',
  1009: 'a message was too big for the server',
  1011: 'the server hit an unexpected condition',
  1012: 'the server restarts',
  1013: 'the server asks to try again later: overloaded',
  4001: "the application's own code",
  4401: 'the application no longer accepts the credentials',
  4403: 'the application refuses this client',
  4429: 'the application limits the rate',
};

const STATUS_REASONS: Record<number, string> = {
  401: 'the credentials were not accepted',
  403: 'the server refuses this client: check WEBSOCKET_ORIGIN and permissions',
  404: 'no such path: check API_BASE_URL and WEBSOCKET_BASE_URL',
  408: 'the server gave up waiting for the request',
  429: 'rate limited',
  500: 'the server failed',
  502: 'the gateway answered instead of the server: overloaded or restarting',
  503: 'unavailable: overloaded or in maintenance',
  504: 'the gateway waited in vain for the server',
};

const STATUS_NAMES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** What a class is called and why it probably happened. */
interface Explanation {
  title: string;
  why: string;
}

/** Explains a class in plain words; `handshakeStatus` names the status of a refused handshake. */
export function explain(reason: string, handshakeStatus?: number): Explanation {
  if (handshakeStatus !== undefined) return explainStatus('handshake', handshakeStatus);
  const [kind, number] = reason.split('_');
  if (kind === 'http' && number !== 'other') return explainStatus('HTTP', Number(number));
  if (kind === 'closed' && number !== 'other') return explainClose(Number(number));
  const named: Partial<Record<string, readonly [string, string]>> = EXPLANATIONS;
  const [title, why] = named[reason] ?? [reason, 'unknown class'];
  return { title, why };
}

function explainStatus(what: string, status: number): Explanation {
  const title = `${what} ${status} ${STATUS_NAMES[status] ?? ''}`.trim();
  return { title, why: STATUS_REASONS[status] ?? 'the server does not accept this request' };
}

function explainClose(code: number): Explanation {
  return { title: `closed by the server (${code})`, why: CLOSE_REASONS[code] ?? 'see RFC 6455, section 7.4' };
}
