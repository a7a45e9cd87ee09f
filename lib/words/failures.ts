/**
 * The failure classes: what can go wrong in which phase, and how an error text, a close code or a status
 * becomes a class. Pure. `report/derive/explain.ts` says what each means.
 */
import type { Family, PhaseWords, Vocabulary } from '../vocabulary/vocabulary.ts';

/** Where something failed; a name that the system's vocabulary explains. */
export type Phase = string;

const STATUSES = [400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 507] as const;
const CLOSE_CODES = [
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 3500, 4001, 4401, 4403, 4429,
] as const;

const TRANSPORT = [
  'refused',
  'dial_timeout',
  'unreachable',
  'dns',
  'tls_certificate',
  'tls',
  'reset',
  'no_reply',
  'request_timeout',
  'generator_ports',
  'generator_files',
  'generator_memory',
  'blocked',
  'other',
] as const;

const REPLY = ['bad_body', 'http_other'] as const;

/** Where the other side says which bytes it has. */
const SUM = ['checksum'] as const;

const HANDSHAKE = ['handshake_refused', 'handshake_invalid', 'connect_timeout', 'not_ready'] as const;

const FRAME = ['bad_type', 'bad_encoding', 'frame_too_short', 'bad_length', 'decrypt_failed'] as const;

/** What stands in a message. */
const MESSAGE = ['bad_json', 'bad_message', 'misrouted'] as const;

const ANSWER = [
  'answer_timeout',
  'answer_incomplete',
  'missing_chunk',
  'empty_answer',
  'server_error',
] as const;

/** Where several may be under way. */
const MIXED_UP = ['answer_mixed_up'] as const;

const STRAY = ['answer_doubled'] as const;

/** What a Redis server answers instead of what was asked for. */
const REDIS = [
  'redis_noauth',
  'redis_wrongpass',
  'redis_moved',
  'redis_oom',
  'redis_loading',
  'redis_readonly',
  'redis_error',
  'wrong_reply',
] as const;

/** Of what one sends and many get. */
const DELIVERY = ['delivery_lost', 'delivery_late'] as const;

const SOCKET_LOST = ['connection_lost', 'write_failed', 'heartbeat_timeout', 'closed_other'] as const;

/** A failure class; a closed, small set: it is a tag value. */
export type Reason =
  | (typeof TRANSPORT)[number]
  | (typeof REPLY)[number]
  | (typeof SUM)[number]
  | (typeof HANDSHAKE)[number]
  | (typeof FRAME)[number]
  | (typeof MESSAGE)[number]
  | (typeof ANSWER)[number]
  | (typeof MIXED_UP)[number]
  | (typeof STRAY)[number]
  | (typeof DELIVERY)[number]
  | (typeof REDIS)[number]
  | (typeof SOCKET_LOST)[number]
  | `http_${(typeof STATUSES)[number]}`
  | `closed_${(typeof CLOSE_CODES)[number]}`;

const FAMILIES: Readonly<Record<Family, () => readonly Reason[]>> = {
  rest: () => [...STATUSES.map((status) => `http_${status}` as const), ...REPLY, ...TRANSPORT],
  sum: () => SUM,
  handshake: () => HANDSHAKE,
  transport: () => TRANSPORT,
  frame: () => [...FRAME, ...MESSAGE],
  message: () => MESSAGE,
  answer: () => ANSWER,
  lost: () => [...SOCKET_LOST, ...CLOSE_CODES.map((code) => `closed_${code}` as const)],
  error: () => ['server_error'],
  reply: () => ['answer_timeout', 'server_error', ...MIXED_UP],
  stray: () => STRAY,
  delivery: () => DELIVERY,
  redis: () => [...REDIS, ...TRANSPORT],
  changed: () => ['wrong_reply'],
};

/** Every class that can happen in a phase of these families. */
export function reasonsOf({ families }: Pick<PhaseWords, 'families'>): Reason[] {
  return families.flatMap((family) => FAMILIES[family]());
}

/** Every class that can happen, by phase, and the sub-metric of `metric` that counts it. */
export function classesOf(
  { phases }: Pick<Vocabulary, 'phases'>,
  metric = 'failures',
): { phase: Phase; reason: Reason; key: string }[] {
  return Object.entries(phases).flatMap(([phase, words]) =>
    reasonsOf(words).map((reason) => ({ phase, reason, key: `${metric}{phase:${phase},reason:${reason}}` })),
  );
}

/** Every class that can happen with each value of the tag that operations are told apart by, where that is told. */
export function classesByValue({
  operations,
  phases,
}: Pick<Vocabulary, 'operations' | 'phases'>): { value: string; reason: Reason; key: string }[] {
  return Object.values(operations).flatMap(({ by, bad, phase = '' }) => {
    const words = phases[phase];
    if (by?.reasons !== true || words === undefined) return [];
    return by.values.flatMap((value) =>
      reasonsOf(words).map((reason) => ({
        value,
        reason,
        key: `${bad.metric}{${by.tag}:${value},reason:${reason}}`,
      })),
    );
  });
}

/** Statuses of a refused handshake that k6's own `ws_sessions{status}` is asked for. */
export const HANDSHAKE_STATUSES: readonly number[] = [200, 301, 302, 307, 308, ...STATUSES];

const includes = <T extends number>(list: readonly T[], value: number): value is T =>
  (list as readonly number[]).includes(value);

/** Class of an HTTP status that is not the expected one. */
export function reasonOfStatus(status: number): Reason {
  return includes(STATUSES, status) ? `http_${status}` : 'http_other';
}

/** Class of a close that this side did not ask for; `undefined`: the connection ended without a code. */
export function reasonOfClose(code: number | undefined): Reason {
  if (code === undefined) return 'connection_lost';
  return includes(CLOSE_CODES, code) ? `closed_${code}` : 'closed_other';
}

/**
 * Texts of Go, of k6 and of Linux, Windows, macOS and BSD; the first that fits counts, so what quotes the other side
 * comes first and what this machine lacks next. A function, so that only a VU that sees a failure makes the patterns.
 */
const texts = (): [RegExp, Reason][] => [
  [/blocked pattern|hostname is blocked|blacklisted/, 'blocked'],
  [/malformed (HTTP|MIME|chunked)/, 'other'],
  [/http2: timeout/, 'request_timeout'],
  [/http2:|GOAWAY|stream error:|connection error: [A-Z_]+/, 'reset'],
  [/too many open files|too many open sockets|file table overflow/i, 'generator_files'],
  [
    /(cannot|can't) assign requested address|address (is )?already in use|resource temporarily/i,
    'generator_ports',
  ],
  [/only one usage of each socket address|requested address is not valid in its context/i, 'generator_ports'],
  [/lacked sufficient buffer space or because a queue was full/i, 'generator_ports'],
  [/no buffer space|cannot allocate memory|not enough (space|storage|memory)/i, 'generator_memory'],
  [/insufficient system resources|paging file is too small/i, 'generator_memory'],
  [/no such host|lookup /, 'dns'],
  [/bad handshake/, 'handshake_refused'],
  [/invalid compression|duplicate header/, 'handshake_invalid'],
  [/connection refused|actively refused/, 'refused'],
  [/x509|certificate/, 'tls_certificate'],
  [/tls:|HTTP response to HTTPS client/, 'tls'],
  [/request timeout|awaiting (response )?headers|request canceled/, 'request_timeout'],
  [/^(read|write)\b.*(timeout|timed out|did not properly respond)/, 'request_timeout'],
  [/timeout|timed out|deadline exceeded|did not properly respond/, 'dial_timeout'],
  [/no route|(network|host) is (unreachable|down)|unreachable (network|host)|dead network/i, 'unreachable'],
  [/host (was|is) down|forbidden by its access permissions|permission denied|not permitted/i, 'unreachable'],
  [/connection reset|forcibly closed|broken pipe|connection (was aborted|abort\b)/i, 'reset'],
  [/dropped connection on reset|network name is no longer available|not connected/i, 'reset'],
  [/connection has been broken|closed network connection/i, 'reset'],
  [/EOF|closed idle connection/, 'no_reply'],
];

/** Class of an error text of Go's net, tls and http packages or of k6's WebSocket. */
export function reasonOfText(text: string): Reason {
  const cause = withoutUrl(text);
  return texts().find(([pattern]) => pattern.test(cause))?.[1] ?? 'other';
}

/** The codes of Redis that have a class; an answer with another code is a `redis_error`. */
const REDIS_CODES: Readonly<Record<string, Reason>> = {
  NOAUTH: 'redis_noauth',
  WRONGPASS: 'redis_wrongpass',
  MOVED: 'redis_moved',
  ASK: 'redis_moved',
  OOM: 'redis_oom',
  LOADING: 'redis_loading',
  READONLY: 'redis_readonly',
};

/** Class of an error text of a Redis client: what the server answered, which begins with a code, or what the network did. */
export function reasonOfRedis(text: string): Reason {
  const [, code] = /^([A-Z]{3,})\b/.exec(text) ?? [];
  if (code === undefined || code === 'EOF') return reasonOfText(text);
  return REDIS_CODES[code] ?? 'redis_error';
}

/** k6's error texts start with method and URL, which may hold ids and misleading words. */
export function withoutUrl(text: string): string {
  return text.replace(/^(GoError: )?\w+ "[^"]*": /, '');
}

/** What is known of a failure besides its class, for people; empty: nothing. A function where it takes work to say. */
export type Detail = string | (() => string);

/** Why something failed: its class, and what else is known. */
export interface Failure {
  reason: Reason;
  detail: Detail;
}

/** A step of a session failed; `headers` are those of a reply. */
export class StepFailed extends Error implements Failure {
  readonly phase: Phase;
  readonly reason: Reason;
  readonly detail: Detail;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(phase: Phase, reason: Reason, detail: Detail = '', headers?: Readonly<Record<string, string>>) {
    super(`${phase} failed: ${reason}`);
    this.phase = phase;
    this.reason = reason;
    this.detail = detail;
    this.headers = headers;
  }
}
