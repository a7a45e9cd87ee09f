/** The check before any load: does anything answer at the target? Reaches scripts as text, because only `setup` runs it. */
import { endWith } from './endWith.ts';
import { reasonOfText } from './failures.ts';

interface Target {
  apiBaseUrl: string;
  websocketBaseUrl: string;
}

/** What it needs of `k6/http`. */
interface Http {
  get: (url: string, params: Record<string, unknown>) => unknown;
}

/** Ends the run before any load when nothing answers at the target; any HTTP status is an answer. */
export function requireTarget({ apiBaseUrl, websocketBaseUrl }: Target, http: Http): void {
  const missing =
    unreachable('API_BASE_URL', apiBaseUrl, http) ??
    unreachable('WEBSOCKET_BASE_URL', websocketBaseUrl, http);
  if (missing !== undefined) endWith(missing);
}

/** The sentence for an address where nothing answers; `undefined` when something does. */
function unreachable(setting: string, address: string, http: Http): string | undefined {
  const [, scheme = '', origin = ''] = /^(ws|http)(s?:\/\/[^/]+)/.exec(address) ?? [];
  try {
    const params = { timeout: '10s', redirects: 0, throw: true, tags: { name: 'target check' } };
    http.get(`http${origin}/health`, params);
    return undefined;
  } catch (error) {
    return sentenceFor(String(error), setting, address, scheme);
  }
}

function sentenceFor(error: string, setting: string, address: string, scheme: string): string {
  const reason = reasonOfText(error);
  if (reason === 'tls_certificate') return `k6 does not trust the certificate of ${address}. ${TRUST}`;
  if (reason === 'tls')
    return `There is no TLS at ${address}, or none that k6 can agree on. Set ${setting} to an address with ${scheme}:// if your back end has none.`;
  const isSilent = reason === 'no_reply' || reason === 'reset' || error.includes('malformed HTTP');
  if (isSilent && address.startsWith(`${scheme}:`))
    return `What listens at ${address} does not answer HTTP requests. Set ${setting} to an address with ${scheme}s:// if it speaks TLS.`;
  return `Nothing answers at ${address} (${reason.replaceAll('_', ' ')}). Start your back end there, or set ${setting} to where it is.`;
}

/** SSL_CERT_FILE is Go's, the other an option of k6. */
const TRUST =
  'Make this machine trust whoever signed it (on Linux, SSL_CERT_FILE names the file of that certificate), ' +
  'or set K6_INSECURE_SKIP_TLS_VERIFY=true to trust any.';
