/** The settings that say where the back end is, and how long it may take to be reached. Pure data. */
import { section, setting, type Setting } from '../../words/sections.ts';
import { OF_SESSIONS, SOME_SECONDS } from './ranges.ts';

const websocketBaseUrl = setting({
  kind: 'url',
  env: 'WEBSOCKET_BASE_URL',
  default: 'ws://127.0.0.1:8000',
  schemes: ['ws', 'wss'],
  meaning: 'address of the sockets',
  shapes: 'nothing',
  vu: true,
  ofTarget: { by: 'ws' },
});

const apiBaseUrl = setting({
  kind: 'url',
  env: 'API_BASE_URL',
  default: { from: websocketBaseUrl, by: sameHostByHttp, is: 'host of `WEBSOCKET_BASE_URL`' },
  schemes: ['http', 'https'],
  meaning: 'address of the REST calls',
  shapes: 'nothing',
  vu: true,
  ofTarget: { by: 'http' },
});

/** The `Origin` header of a handshake; by default that of the address in `from`, called `name`. */
export function originSetting(from: Setting, name: string) {
  return setting({
    kind: 'custom',
    env: 'WEBSOCKET_ORIGIN',
    default: { from, by: originOf, is: `origin of \`${name}\`` },
    parse: parseOrigin,
    hidesText: true,
    meaning: "`Origin` header of the handshake, also an app's: `capacitor://localhost`, `null`",
    shapes: 'nothing',
    vu: true,
  });
}

/** How long the back end may take to be reached. */
export const TIME_LIMITS = {
  connectTimeoutSeconds: {
    ...SOME_SECONDS,
    env: 'CONNECT_TIMEOUT_SECONDS',
    default: 10,
    meaning: 'until the socket is open, and the server ready where the protocol awaits that',
    ...OF_SESSIONS,
  },
  httpTimeoutSeconds: {
    ...SOME_SECONDS,
    env: 'HTTP_TIMEOUT_SECONDS',
    default: 10,
    meaning: 'of each REST call',
    ...OF_SESSIONS,
  },
} as const;

/** The address of systems whose visits only call an API. */
export function apiSetting(meaning: string) {
  return setting({
    kind: 'url',
    env: 'API_BASE_URL',
    default: 'http://127.0.0.1:8000',
    schemes: ['http', 'https'],
    meaning,
    shapes: 'nothing',
    vu: true,
    ofTarget: { by: 'http' },
  });
}

/** Of systems whose visits only call an API; `meaning`: of its address. */
export function restSection(meaning: string) {
  return section({ title: 'Target', settings: { apiBaseUrl: apiSetting(meaning), ...TIME_LIMITS } });
}

/** Of systems whose visits use one socket at an address with its path, and nothing else. */
export function socketSection(meaning: string) {
  const socketUrl = setting({
    kind: 'url',
    env: 'WS_URL',
    default: 'ws://127.0.0.1:8000/ws',
    schemes: ['ws', 'wss'],
    meaning,
    shapes: 'nothing',
    vu: true,
    ofTarget: { by: 'ws', path: '/ws' },
  });
  return section({
    title: 'Target',
    settings: { websocketBaseUrl: socketUrl, origin: originSetting(socketUrl, 'WS_URL'), ...TIME_LIMITS },
  });
}

export const TARGET = section({
  title: 'Target',
  families: ['WEBSOCKET'],
  settings: {
    apiBaseUrl,
    websocketBaseUrl,
    origin: originSetting(apiBaseUrl, 'API_BASE_URL'),
    ...TIME_LIMITS,
  },
  check: (_, refusal) => {
    if (refusal.isSet(apiBaseUrl) && !refusal.isSet(websocketBaseUrl))
      refusal.reject(websocketBaseUrl, 'API_BASE_URL is set, so set the address of the sockets too');
  },
});

/** Most back ends take REST calls and sockets at one host; some have no REST calls. */
function sameHostByHttp(websocketUrl: string): string {
  return websocketUrl.replace(/^ws/, 'http').replace(/^(https?:\/\/[^/]+).*$/, '$1');
}

function originOf(url: string): string {
  return (/^https?:\/\/[^/]+/.exec(url.replace(/^ws/, 'http'))?.[0] ?? '').toLowerCase();
}

/** The header of a browser or an app: a scheme and a host, without the slash that an address may end with. */
function parseOrigin(text: string, reject: (remedy: string) => void): string | undefined {
  if (text === 'null') return text;
  const [, origin] = /^((?!wss?:)[a-z][a-z\d+.-]*:\/\/[^\s/?#@]*)\/*$/i.exec(text) ?? [];
  if (origin !== undefined && !/^https?:\/\/$/i.test(origin)) return origin;
  reject(
    'it must be a scheme, host and port only, for example https://chat.example.com or capacitor://localhost',
  );
  return undefined;
}
