/** The failure classes in plain words: what each is called, why it probably happened, and where to look first. */
import type { Reason } from '../../lib/words/failures.ts';
import type { ReasonWords } from '../../lib/vocabulary/vocabulary.ts';

type NamedReason = Exclude<Reason, `http_${number}` | `closed_${number}`>;

const MACHINE = 'this machine: ulimit -n, free local ports, memory';
const ADDRESS = 'the address in the settings, DNS and routes of this machine';
const CERTIFICATE = 'the certificate and the TLS settings of the server or its proxy';
const SERVER = 'whether the server ran then; its backlog, its open files, the proxy before it';
const REQUEST = "the back end's log at that request";
const HANDSHAKE = "the gateway's log and its limit of connections; WEBSOCKET_ORIGIN";
const ENCRYPTION = 'ENCRYPTION and ENCRYPTION_KEY on both sides';
const PROTOCOL = "the back end's log: what it sent breaks the protocol";
const QUEUE = "the back end's queue and database, and the time it gave up itself";
const FAN_OUT = 'how the back end hands a message on to many: its queues, and what it does when one is full';
const NETWORK = 'restarts of the server, idle time-outs of proxies, the network between';
const TEXT = 'the log of k6 for the text';
const CODE = "the back end's log at the close code";
const GATEWAY = "the gateway's log, then the restarts of the back end behind it";
const ACCESS = 'the log-in of the back end, the key and the Origin of this test';
const LARGE = 'the largest body that the server takes, and each proxy before it';
const STORAGE = 'the disks and the quotas of the back end';
const REDIS_ACCESS = 'requirepass and the ACL of the server: ACL LIST, ACL LOG';
const CAPACITY = 'the rate limits and the autoscaling of the back end';

/** Class → [title, likely reason, where to look]; a vocabulary may have better words for its own. */
const EXPLANATIONS: Record<NamedReason, readonly [title: string, why: string, look: string]> = {
  refused: ['connection refused', 'nothing listens there, or its backlog is full', SERVER],
  dial_timeout: [
    'connection timed out',
    'the host does not answer at all: overloaded, firewalled or gone',
    SERVER,
  ],
  unreachable: ['host unreachable', 'there is no route to the host', ADDRESS],
  dns: ['host name not found', 'the name does not resolve, or the DNS server does not answer', ADDRESS],
  tls_certificate: ['TLS certificate rejected', 'unknown authority, wrong host name or expired', CERTIFICATE],
  tls: ['TLS failed', 'the other side does not speak TLS there, or not this version', CERTIFICATE],
  reset: ['connection reset', 'the server or something before it dropped the connection', SERVER],
  no_reply: [
    'connection closed without a reply',
    'the server closed before it answered: restarting or overloaded',
    SERVER,
  ],
  request_timeout: [
    'no reply in time',
    'the request was accepted but not answered within the limit',
    REQUEST,
  ],
  generator_ports: [
    'no free local port',
    'the load generator ran out of ports: use more source addresses or machines',
    MACHINE,
  ],
  generator_files: [
    'too many open files',
    'the load generator ran out of file descriptors: raise ulimit -n',
    MACHINE,
  ],
  generator_memory: [
    'no memory for sockets',
    'the system of the load generator had no memory left for sockets: put less load on each machine',
    MACHINE,
  ],
  blocked: ['blocked by k6', 'the host or its address is in blockHostnames or blacklistIPs', ADDRESS],
  other: ['other error', 'see the log of k6 for the text', TEXT],
  bad_body: [
    'unreadable reply',
    'the status was fine but the body lacks what the protocol promises',
    REQUEST,
  ],
  http_other: ['another HTTP status', 'a status that this protocol does not use', REQUEST],
  checksum: [
    'wrong checksum',
    'the other side has not the bytes that were sent, or sums them in another way',
    REQUEST,
  ],
  handshake_refused: [
    'handshake refused',
    'the server, or a gateway before it, answered with a plain HTTP status',
    HANDSHAKE,
  ],
  handshake_invalid: ['handshake invalid', 'the reply is not a valid WebSocket handshake', HANDSHAKE],
  connect_timeout: [
    'connection timed out during the opening handshake',
    'no complete handshake within CONNECT_TIMEOUT_SECONDS',
    HANDSHAKE,
  ],
  not_ready: [
    'server not ready',
    'the socket opened, but the server did not say that it is ready within CONNECT_TIMEOUT_SECONDS',
    HANDSHAKE,
  ],
  bad_type: [
    'binary frame instead of text',
    'the server sends another frame type than the protocol says',
    PROTOCOL,
  ],
  bad_encoding: [
    'frame is not base64',
    'encryption set differently on the two sides, or a damaged frame',
    ENCRYPTION,
  ],
  frame_too_short: ['frame too short', 'truncated by the server or a proxy', ENCRYPTION],
  bad_length: ['ciphertext of an impossible length', 'truncated by the server or a proxy', ENCRYPTION],
  decrypt_failed: ['frame cannot be decrypted', 'wrong key, or the frame was changed on the way', ENCRYPTION],
  bad_json: ['message is not JSON', 'the server sent something else than the protocol says', PROTOCOL],
  bad_message: ['message lacks fields', 'the server sent a known type without what it must carry', PROTOCOL],
  misrouted: ['message that belongs to nobody here', 'the server mixed up whom it was for', PROTOCOL],
  answer_timeout: ['answer timeout', 'no answer in time', QUEUE],
  answer_incomplete: ['answer never completed', 'it began, but did not end in time', QUEUE],
  missing_chunk: [
    'part of an answer missing',
    'the answer was completed with a gap in its sequence',
    PROTOCOL,
  ],
  empty_answer: ['empty answer', 'the answer was completed without any text', PROTOCOL],
  answer_mixed_up: ["answer with another's mark", 'the server mixed up what it answers', PROTOCOL],
  answer_doubled: ['answer came twice', 'the server answered the same thing a second time', PROTOCOL],
  delivery_lost: ['message never came', 'it was sent, and the time for it is over', FAN_OUT],
  delivery_late: ['message came too late', 'it took longer than DELIVERY_TIMEOUT_SECONDS', FAN_OUT],
  redis_noauth: ['Redis wants a password', 'none was given: set REDIS_PASSWORD', REDIS_ACCESS],
  redis_wrongpass: [
    'Redis refused the password',
    'user or password are wrong, or the user is disabled: check REDIS_PASSWORD',
    REDIS_ACCESS,
  ],
  redis_moved: [
    'Redis key is elsewhere',
    'the server is one node of a cluster, and the key belongs to another: name a single server, or its proxy',
    'CLUSTER NODES, and which address clients are given',
  ],
  redis_oom: [
    'Redis out of memory',
    'maxmemory is reached, and its policy evicts nothing',
    'INFO memory, maxmemory and maxmemory-policy; which keys never expire',
  ],
  redis_loading: [
    'Redis is loading',
    'it was started again and reads its data from disk',
    'its log, why it was restarted, and how large its snapshot is',
  ],
  redis_readonly: [
    'Redis is read-only',
    'it is a replica: after a failover clients must follow the new primary',
    'INFO replication, and how clients learn of a failover',
  ],
  redis_error: ['Redis answered an error', 'it refused the command: see the log of k6 for the text', TEXT],
  wrong_reply: [
    'another content than was stored',
    'what came back is not what was written, or what a command must answer',
    'who else writes there, evicted or expired keys, replicas that lag, and caches between',
  ],
  server_error: [
    "the server's own error message",
    'the back end refused it: see its log',
    "the back end's log at that moment",
  ],
  connection_lost: [
    'connection lost without a close frame',
    'reset or cut: the server process, a proxy or the network dropped it',
    NETWORK,
  ],
  write_failed: ['connection lost while sending', 'the other side was already gone', NETWORK],
  heartbeat_timeout: [
    'no reply to a heartbeat',
    'a ping had no pong within HEARTBEAT_SECONDS: the server, a proxy or the network is frozen or gone',
    NETWORK,
  ],
  closed_other: ['closed by the server', 'with a code of its own', CODE],
};

/** Close code → likely reason. */
const CLOSES: Record<number, string> = {
  1000: 'the server ended the connection while it was in use',
  1001: 'the server is going away: restart or shutdown',
  1006: 'the connection ended without a close frame',
  1008: 'the server sees a breach of its policy',
  1009: 'a message was too big for the server',
  1011: 'the server hit an unexpected condition',
  1012: 'the server restarts',
  1013: 'the server asks to try again later: overloaded',
  3500: 'Centrifugo does not accept the token',
  4001: "the application's own code",
  4401: 'the application no longer accepts the credentials',
  4403: 'the application refuses this client',
  4429: 'the application limits the rate',
};

const NOT_ACCEPTED = 'the server does not accept this request';

/** HTTP status → [name, likely reason, where to look]. */
const STATUSES: Record<number, readonly [name: string, why: string, look: string]> = {
  400: ['Bad Request', NOT_ACCEPTED, REQUEST],
  401: ['Unauthorized', 'the credentials were not accepted', ACCESS],
  403: ['Forbidden', 'the server refuses this client: check WEBSOCKET_ORIGIN and permissions', ACCESS],
  404: ['Not Found', 'no such path: check API_BASE_URL and WEBSOCKET_BASE_URL', 'the paths in the settings'],
  408: ['Request Timeout', 'the server gave up waiting for the request', REQUEST],
  409: ['Conflict', NOT_ACCEPTED, REQUEST],
  413: ['Content Too Large', 'the server or a proxy before it takes no body of this size', LARGE],
  422: ['Unprocessable Content', NOT_ACCEPTED, REQUEST],
  429: ['Too Many Requests', 'rate limited', CAPACITY],
  500: ['Internal Server Error', 'the server failed', REQUEST],
  502: ['Bad Gateway', 'the gateway answered instead of the server: overloaded or restarting', GATEWAY],
  503: ['Service Unavailable', 'unavailable: overloaded or in maintenance', CAPACITY],
  504: ['Gateway Timeout', 'the gateway waited in vain for the server', GATEWAY],
  507: ['Insufficient Storage', 'the server has no room left for it', STORAGE],
};

/** Words of a system for its own classes. */
type OwnWords = Readonly<Record<string, ReasonWords>>;

/**
 * A class in plain words, those of the system (`vocabulary.reasons`) first; `handshakeStatus` names the status of a
 * refused handshake, which says more than the class.
 */
export function wordsOfReason(reason: string, handshakeStatus?: number, own: OwnWords = {}): ReasonWords {
  if (handshakeStatus !== undefined) return ofStatus('handshake', handshakeStatus);
  const ownWords = Object.hasOwn(own, reason) ? own[reason] : undefined;
  if (ownWords !== undefined) return ownWords;
  const [, kind, number] = /^(http|closed)_(\d+)$/.exec(reason) ?? [];
  if (kind === 'http') return ofStatus('HTTP', Number(number));
  if (kind === 'closed') return ofClose(Number(number));
  const [title, why, look] = isNamed(reason) ? EXPLANATIONS[reason] : [reason, 'unknown class', TEXT];
  return { title, why, look };
}

const isNamed = (reason: string): reason is NamedReason => Object.hasOwn(EXPLANATIONS, reason);

/** What a class is called and why it probably happened; `handshakeStatus` and `own` as for `wordsOfReason`. */
export function explain(
  reason: string,
  handshakeStatus?: number,
  own?: OwnWords,
): Pick<ReasonWords, 'title' | 'why'> {
  const { title, why } = wordsOfReason(reason, handshakeStatus, own);
  return { title, why };
}

function ofStatus(what: string, status: number): ReasonWords {
  const [name = '', why = NOT_ACCEPTED, look = REQUEST] = STATUSES[status] ?? [];
  return { title: `${what} ${status} ${name}`.trim(), why, look };
}

function ofClose(code: number): ReasonWords {
  const title = `closed by the server (${code})`;
  return { title, why: CLOSES[code] ?? 'see RFC 6455, section 7.4', look: code === 1006 ? NETWORK : CODE };
}
