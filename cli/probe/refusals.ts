/** Why no socket was opened, and what to do about it, in a sentence. Pure. */
import { plain } from '../../lib/words/plain.ts';
import { shownLocation } from '../../lib/words/query.ts';
import type { Ending } from './frames.ts';
import type { Order } from './order.ts';

type Refused = Extract<Ending, { how: 'refused' }>;

const REMEDIES: Readonly<Record<number, string>> = {
  200: 'An ordinary page answers there, and no socket: the path is another one.',
  401: "It wants a log-in: --header 'Authorization: Bearer …', --header 'Cookie: …', or what its own page puts into the query.",
  403: 'It does not let this client in: give --origin with the address of its own page, or a log-in or cookie with --header.',
  404: "There is nothing at this path: see which one its own page dials (in a browser's tools, Network, WS).",
  405: 'There is no socket at this path: see which one its own page dials.',
  407: "A proxy wants a log-in: --header 'Proxy-Authorization: …'.",
  426: 'It saw no WebSocket handshake, or wants another version: a proxy before it may take the Upgrade header away.',
  429: 'There were too many handshakes: wait, or raise its limit.',
};

/** What a refused handshake means. */
export function refusalText(refused: Refused, order: Order): string {
  return `The handshake was refused with ${refused.status}. ${remedyOf(refused, order)}`;
}

function remedyOf({ status, body, location }: Refused, { subprotocols, address }: Order): string {
  if (location !== undefined && status >= 300 && status < 400)
    return `It leads to ${plain(shownLocation(location))}: give that address with ws:// or wss://, or the log-in that it leads to, with --header.`;
  if (status === 400 && /sub-?protocol/i.test(body))
    return subprotocols.length === 0
      ? 'It wants a subprotocol: give --subprotocol.'
      : 'It does not know this subprotocol: give another --subprotocol.';
  if (status === 400 && /transport unknown|"code":\s*[05]\b/i.test(body) && !address.searchParams.has('EIO'))
    return 'It seems to be Socket.IO: add ?EIO=4&transport=websocket to the address.';
  if (status === 400)
    return 'It did not like the handshake: a query, a header or a --subprotocol may be lacking.';
  if (status >= 500) return 'It, or the proxy before it, is not well: see its log.';
  return REMEDIES[status] ?? 'See its log for the reason.';
}

const CERTIFICATES: readonly (readonly [codes: RegExp, text: string])[] = [
  [/^CERT_HAS_EXPIRED$/, 'has expired: renew it, or give --insecure'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'is for another name: give that name in the address, or --insecure'],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|^CERT_/,
    'is signed by nobody whom Node trusts: give --insecure, or NODE_EXTRA_CA_CERTS=<file>',
  ],
];

/** What an error before the opening means. */
export function failureText(error: Error, { address, subprotocols }: Order): string {
  const { host, hostname, protocol } = address;
  const code = 'code' in error ? String(error.code) : '';
  const [, certificate] = CERTIFICATES.find(([codes]) => codes.test(code)) ?? [];
  if (certificate !== undefined) return `The certificate of ${host} ${certificate}.`;
  if (code === 'ECONNREFUSED')
    return `Nobody listens at ${host}: is the back end running, and is the port right?`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `No address is known for the name ${hostname}: is it spelt right, and does DNS answer?`;
  if (/^E(HOST|NET)UNREACH$|TIMEDOUT/.test(code) || /timed out/.test(error.message))
    return `${host} does not answer: is it reachable from here, or is a firewall between?`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return `${host} speaks no TLS, or another version of it: does ws:// fit?`;
  if (code.startsWith('HPE_')) return `What answers at ${host} is no HTTP: is the port right?`;
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return `${host} hung up without an answer: ${protocol === 'ws:' ? 'does wss:// fit?' : 'see its log for the reason.'}`;
  if (/subprotocol/.test(error.message)) return subprotocolText(error.message, subprotocols);
  return `There was no handshake with ${host}: ${plain(error.message)}.`;
}

function subprotocolText(message: string, asked: readonly string[]): string {
  if (asked.length === 0)
    return 'The server chose a subprotocol that was not asked for: give it with --subprotocol.';
  return /no subprotocol/.test(message)
    ? 'The server knows none of the subprotocols: leave --subprotocol out, or give another one.'
    : 'The server chose a subprotocol that was not asked for: give another --subprotocol.';
}
