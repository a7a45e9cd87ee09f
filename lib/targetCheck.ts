/** The check before any load: does anything answer at the target? Reaches scripts as text, because only `setup` runs it. */
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
  const origin = /^(?:ws|http)(s?:\/\/[^/]+)/.exec(address)?.[1] ?? '';
  try {
    const params = { timeout: '10s', redirects: 0, throw: true, tags: { name: 'target check' } };
    http.get(`http${origin}/health`, params);
    return undefined;
  } catch (error) {
    const reason = reasonOfText(String(error)).replaceAll('_', ' ');
    return `Nothing answers at ${address} (${reason}). Start your back end there, or set ${setting} to where it is.`;
  }
}

/** Ends `setup`, and so the run, with a sentence and without a stack trace: thrown by native code, in a timer. */
function endWith(sentence: string): void {
  const thrower = (function* (): Generator {
    /* never runs: `throw` ends it at its start */
  })();
  setTimeout(thrower.throw.bind(thrower, sentence), 0);
}
