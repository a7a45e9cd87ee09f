/**
 * The check before any load: does anything answer at the target? HTTP must answer where REST calls go; where only sockets
 * go, whatever listens may be all right. Reaches scripts as text, because only `setup` runs it.
 *
 * It asks by HTTP in both cases: a socket of k6's that is silent while it connects could not be given up, and would be in
 * the run's counts.
 */
import { endWith } from './endWith.ts';
import { reasonOfText } from '../words/failures.ts';
import type { Uses } from '../system.ts';

interface Target {
  apiBaseUrl?: string;
  websocketBaseUrl?: string;
}

/** What it needs of `k6/http`. */
interface Http {
  get: (url: string, params: Record<string, unknown>) => unknown;
}

/** Ends the run before any load when nothing answers at the target; any HTTP status is an answer. False then. */
export function requireTarget(
  { apiBaseUrl, websocketBaseUrl }: Target,
  http: Http,
  { calls, socketPath, socketSetting = 'WEBSOCKET_BASE_URL' }: Uses,
): boolean {
  const missing =
    (calls && apiBaseUrl !== undefined ? noApi(apiBaseUrl, http) : undefined) ??
    (socketPath === undefined || websocketBaseUrl === undefined
      ? undefined
      : noSockets(websocketBaseUrl, { path: socketPath, setting: socketSetting }, http));
  if (missing !== undefined) endWith(missing);
  return missing === undefined;
}

/** The sentence for an address of REST calls where nothing answers; `undefined` when something does. */
function noApi(address: string, http: Http): string | undefined {
  const error = errorOf(http, `${originOf(address)}/health`);
  if (error === undefined) return undefined;
  return isSilent(error) && address.startsWith('http:')
    ? `What listens at ${address} does not answer HTTP requests. Set API_BASE_URL to an address with https:// if it speaks TLS.`
    : sentenceFor(error, 'API_BASE_URL', address);
}

/** The same for an address of sockets. A server that speaks nothing else need not answer an HTTP request. */
function noSockets(
  address: string,
  { path, setting }: { path: string; setting: string },
  http: Http,
): string | undefined {
  const error = errorOf(http, `${originOf(address.replace(/^ws/, 'http'))}/health`);
  if (error === undefined) return undefined;
  if (isSilent(error))
    return address.startsWith('ws:') && wantsTls(address, http)
      ? `What listens at ${address} speaks TLS. Set ${setting} to an address with wss://.`
      : undefined;
  const isSlow = reasonOfText(error) === 'request_timeout';
  return isSlow && upgrades(address + path, http) ? undefined : sentenceFor(error, setting, address);
}

/** Something broke off a plain request: it may want TLS. */
function wantsTls(address: string, http: Http): boolean {
  const error = errorOf(http, `${originOf(address.replace(/^ws:/, 'https:'))}/health`);
  return (
    error === undefined || reasonOfText(error) === 'tls_certificate' || error.includes('remote error: tls')
  );
}

/** Whether a server that leaves a plain request waiting answers a handshake. */
function upgrades(address: string, http: Http): boolean {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  const error = errorOf(http, address.replace(/^ws/, 'http'), headers);
  // k6 takes the status of an accepted handshake for an error, and hangs up.
  return error === undefined || error.includes('101 Switching Protocols');
}

/** What k6 says when it gets no reply; `undefined`: it got one. */
function errorOf(http: Http, url: string, headers: Record<string, string> = {}): string | undefined {
  try {
    http.get(url, { headers, timeout: '10s', redirects: 0, throw: true, tags: { name: 'target check' } });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function originOf(address: string): string {
  return /^https?:\/\/[^/]+/.exec(address)?.[0] ?? address;
}

/** Something accepted the connection, and answered in no way that is HTTP. */
function isSilent(error: string): boolean {
  const reason = reasonOfText(error);
  return reason === 'no_reply' || reason === 'reset' || error.includes('malformed');
}

function sentenceFor(error: string, setting: string, address: string): string {
  const reason = reasonOfText(error);
  const [scheme = ''] = /^(ws|http)/.exec(address) ?? [];
  if (reason === 'tls_certificate') return `k6 does not trust the certificate of ${address}. ${TRUST}`;
  if (reason === 'tls')
    return `There is no TLS at ${address}, or none that k6 can agree on. Set ${setting} to an address with ${scheme}:// if your back end has none.`;
  return `Nothing answers at ${address} (${reason.replaceAll('_', ' ')}). Start your back end there, or set ${setting} to where it is.`;
}

/** SSL_CERT_FILE is Go's, the other an option of k6. */
const TRUST =
  'Make this machine trust whoever signed it (on Linux, SSL_CERT_FILE names the file of that certificate), ' +
  'or set K6_INSECURE_SKIP_TLS_VERIFY=true to trust any.';
