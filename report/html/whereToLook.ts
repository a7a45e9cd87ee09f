/** Where somebody who wants to mend a failure should look first. Pure. */
import type { FailureSummary } from '../derive/summary.ts';

/** Pattern of `reason` → the place; the first that fits counts. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^generator_/, 'this machine: ulimit -n, free local ports, memory'],
  [/^(dns|unreachable|blocked)$/, 'the address in the settings, DNS and routes of this machine'],
  [/^tls/, 'the certificate and the TLS settings of the server or its proxy'],
  [
    /^(refused|dial_timeout|no_reply|reset)$/,
    'whether the server ran then; its backlog, its open files, the proxy before it',
  ],
  [/^http_(401|403)$/, 'the log-in of the back end, the key and the Origin of this test'],
  [/^http_404$/, 'the paths in the settings'],
  [/^http_(429|503)$/, 'the rate limits and the autoscaling of the back end'],
  [/^http_(502|504)$/, "the gateway's log, then the restarts of the back end behind it"],
  [/^(http_|bad_body|request_timeout)/, "the back end's log at that request"],
  [
    /^(handshake_|connect_timeout|not_ready)/,
    "the gateway's log and its limit of connections; WEBSOCKET_ORIGIN",
  ],
  [
    /^(bad_encoding|frame_too_short|bad_length|decrypt_failed)$/,
    'ENCRYPTION and ENCRYPTION_KEY on both sides',
  ],
  [
    /^(bad_type|bad_json|bad_message|misrouted|missing_chunk|empty_answer)$/,
    "the back end's log: what it sent breaks the protocol",
  ],
  [
    /^(answer_timeout|answer_incomplete)$/,
    "the back end's queue, its model or database, and the time it gave up itself",
  ],
  [/^server_error$/, "the back end's log at that question"],
  [
    /^(connection_lost|write_failed|closed_1006|heartbeat_timeout)$/,
    'restarts of the server, idle time-outs of proxies, the network between',
  ],
  [/^closed_/, "the back end's log at the close code"],
];

/** A handshake's status says more than its class. */
export function whereToLook({ reason, status }: Pick<FailureSummary, 'reason' | 'status'>): string {
  const name = status === undefined ? reason : `http_${status}`;
  return PLACES.find(([pattern]) => pattern.test(name))?.[1] ?? 'the log of k6 for the text';
}
