/** Recordings as the developer tools of a Chromium export them, written by hand. */

/** An entry of a call; times are milliseconds since the recording began. */
export interface HarCall {
  at: number;
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  status?: number;
  reply?: unknown;
  replyHeaders?: Record<string, string>;
}

/** An entry of a socket; messages are `[at, 'send' or 'receive', text or bytes]`. */
export interface HarSocket {
  at: number;
  url: string;
  headers?: Record<string, string>;
  replyHeaders?: Record<string, string>;
  messages: [at: number, type: 'send' | 'receive', data: string | Buffer][];
}

/** When recordings begin: epoch milliseconds. */
export const BEGAN = Date.parse('2026-11-20T09:00:00.000Z');

const list = (pairs: Record<string, string> = {}) =>
  Object.entries(pairs).map(([name, value]) => ({ name, value }));

const time = (at: number) => new Date(BEGAN + at).toISOString();

const NO_TIMES = { blocked: 0, dns: -1, connect: -1, send: 0, wait: 1, receive: 0, ssl: -1 };

/** The entry of a call. */
export function callEntry({ at, method, url, headers, body, status = 200, reply, replyHeaders }: HarCall) {
  return {
    _resourceType: 'fetch',
    cache: {},
    request: {
      ...{ method, url, httpVersion: 'http/2.0', cookies: [], queryString: [], headersSize: -1, bodySize: 0 },
      headers: [
        { name: ':method', value: method },
        { name: 'user-agent', value: 'Mozilla/5.0' },
        { name: 'sec-fetch-mode', value: 'cors' },
        ...list(headers),
      ],
      ...(body === undefined ? {} : { postData: { mimeType: 'application/json', text: body } }),
    },
    response: {
      ...{ status, statusText: '', httpVersion: 'http/2.0', cookies: [], redirectURL: '' },
      headers: list({ 'content-type': 'application/json', ...replyHeaders }),
      content: {
        ...{ size: 0, mimeType: 'application/json' },
        ...(reply === undefined ? {} : { text: typeof reply === 'string' ? reply : JSON.stringify(reply) }),
      },
    },
    ...{ serverIPAddress: '127.0.0.1', startedDateTime: time(at), time: 3, timings: NO_TIMES },
  };
}

/** The entry of a socket. */
export function socketEntry({ at, url, headers, replyHeaders, messages }: HarSocket) {
  return {
    _resourceType: 'websocket',
    _webSocketMessages: messages.map(([when, type, data]) => ({
      ...{ type, time: (BEGAN + when) / 1000, opcode: typeof data === 'string' ? 1 : 2 },
      data: typeof data === 'string' ? data : data.toString('base64'),
    })),
    cache: {},
    request: {
      ...{ method: 'GET', url, httpVersion: 'HTTP/1.1', cookies: [], queryString: [], bodySize: 0 },
      headers: list({
        ...{
          Host: new URL(url).host,
          Upgrade: 'websocket',
          Connection: 'Upgrade',
          'User-Agent': 'Mozilla/5.0',
        },
        ...{ 'Sec-WebSocket-Key': 'bm90IGEgc2VjcmV0IQ==', 'Sec-WebSocket-Version': '13' },
        ...headers,
      }),
    },
    response: {
      ...{ status: 101, statusText: 'Switching Protocols', httpVersion: 'HTTP/1.1', cookies: [] },
      headers: list({ Upgrade: 'websocket', ...replyHeaders }),
      content: { size: 0, mimeType: 'x-unknown' },
    },
    ...{ startedDateTime: time(at), time: 3, timings: NO_TIMES },
  };
}

/** A recording of these entries. */
export function har<E extends object>(entries: readonly E[]) {
  return {
    log: { version: '1.2', creator: { name: 'WebInspector', version: '537.36' }, pages: [], entries },
  };
}

const origin = 'http://127.0.0.1:8000';
const uuid = (digit: number) => `${String(digit).repeat(8)}-1111-4111-8111-${String(digit).repeat(12)}`;

/** The tokens and ids of the recordings below. */
export const REFERENCE = {
  token: 'tok-7f3a9c51d2e84b60a1c4',
  session: '0d9e4c1a-5b7f-4f63-9a5e-3a1b2c3d4e5f',
  connection: '6c1f7e2b-9d3a-4b8c-8e1f-0a9b8c7d6e5f',
};

/** A visit of the reference target: log-in, session, socket, three questions, clean-up. */
export function referenceHar(address = origin) {
  const { token, session, connection } = REFERENCE;
  const authorization = { authorization: `Bearer ${token}` };
  const json = { 'content-type': 'application/json' };
  const asked = ['Where do I find my grades?', 'Who teaches the course?', 'What is "k6"? It\'s new to me.'];
  const messages = asked.flatMap((text, index): HarSocket['messages'] => {
    const id = uuid(index + 1);
    const start = 1000 + index * 3000;
    const part = (seq: number, last: boolean) =>
      JSON.stringify({ type: 'chunk', id, seq, text: `part ${seq} of it `, complete_response: last });
    return [
      [start, 'send', JSON.stringify({ type: 'question', id, course: 'MED1060', text })],
      ...[0, 1, 2].map((seq): HarSocket['messages'][number] => [
        start + 300 + seq * 50,
        'receive',
        part(seq, seq === 2),
      ]),
    ];
  });
  return har([
    callEntry({ at: 0, method: 'GET', url: `${address}/index.html`, reply: '<html></html>' }),
    callEntry({
      ...{ at: 100, method: 'POST', url: `${address}/auth/token`, headers: json },
      ...{ body: '{"user":"anna"}', reply: { token } },
    }),
    callEntry({
      ...{ at: 200, method: 'POST', url: `${address}/chat/sessions`, headers: { ...json, ...authorization } },
      ...{ body: '{}', status: 201, reply: { session_id: session, connection_id: connection } },
    }),
    socketEntry({
      at: 300,
      url: `${address.replace('http', 'ws')}/ws/chat?session_id=${session}&connection_id=${connection}`,
      headers: { ...authorization, Origin: address },
      messages,
    }),
    callEntry({
      ...{ at: 9000, method: 'DELETE', url: `${address}/chat/sessions/${session}`, headers: authorization },
      status: 204,
    }),
  ]);
}
