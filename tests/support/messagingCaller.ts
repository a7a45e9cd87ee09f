/** A plain client of a messaging platform, for messagingWire.ts: fetch and ws. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import { until } from './until.ts';

/** A body of JSON, as far as it is an object. */
export type Body = Record<string, unknown>;

/** What a request was answered with; the body is empty where it is no object of JSON. */
export interface Answer {
  status: number;
  body: Body;
}

/** What a request brings to be let in: nothing, a token that holds, or one with something wrong. */
export type Pass =
  'fresh' | 'none' | 'nonsense' | 'tampered' | 'unsigned' | 'foreign' | 'expired' | 'in the URL';

/** A request like `POST /v1/messages`. */
export interface Call {
  call: string;
  /** Of bytes or JSON. */
  body?: Body | Buffer;
  headers?: Record<string, string>;
  /** `fresh` without. */
  pass?: Pass;
}

/** A socket that was opened, with what it heard; or the answer that refused it. */
export interface Listener extends Answer {
  say(message: Body): void;
  /** Messages of a type so far. */
  heard(type: string): Body[];
  /** Resolves to them as soon as there are so many. */
  wait(type: string, count: number): Promise<Body[]>;
  /** Resolves when it is closed. */
  close(): Promise<void>;
}

/** Times in seconds. */
export interface Login {
  token: string;
  seconds: number;
  head: Body;
  claims: Body;
}

// Whatever is not an object is as good as empty.
const parse = (text: string): Body => {
  try {
    return Object(JSON.parse(text)) as Body;
  } catch {
    return {};
  }
};

const part = (value: Body): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Talks to one platform. */
export class Caller {
  private readonly sockets: WebSocket[] = [];
  /** Brought by those who ask with an expired one. */
  expired = '';
  private readonly url: string;
  private readonly websocketUrl: string;
  private readonly patience: number;

  /** A message of a socket is waited for so many seconds. */
  constructor(url: string, websocketUrl: string, patience = 10) {
    this.url = url;
    this.websocketUrl = websocketUrl;
    this.patience = patience;
  }

  async logIn(username = 'ann'): Promise<Login> {
    const body = { username, password: 'secret' };
    const { status, body: got } = await this.ask({ call: 'POST /v1/auth/login', body, pass: 'none' });
    assert.equal(status, 200, `a login is answered ${status}`);
    const [head = '', claims = ''] = String(got['token'])
      .split('.')
      .map((text) => Buffer.from(text, 'base64url').toString());
    const seconds = Number(got['expires_in']);
    return { token: String(got['token']), seconds, head: parse(head), claims: parse(claims) };
  }

  /** Rejects without an answer in 20 s. */
  async ask({ call, body, headers = {}, pass = 'fresh' }: Call): Promise<Answer> {
    const [method = '', path = ''] = call.split(' ');
    const { query, authorization } = await this.passOf(pass);
    const type = Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json';
    const response = await fetch(`${this.url}${path}${query}`, {
      method,
      headers: { ...headers, ...authorization, ...(body === undefined ? {} : { 'content-type': type }) },
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined
        ? {}
        : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    return { status: response.status, body: parse(await response.text()) };
  }

  async listen(pass: Pass = 'fresh'): Promise<Listener> {
    const { query, authorization } = await this.passOf(pass);
    const socket = new WebSocket(`${this.websocketUrl}/ws/notifications${query}`, { headers: authorization });
    this.sockets.push(socket);
    const got: Body[] = [];
    socket.on('message', (data: RawData) => got.push(parse((data as Buffer).toString())));
    const heard = (type: string): Body[] => got.filter((message) => message['type'] === type);
    const wait = async (type: string, count: number): Promise<Body[]> => {
      await until(() => heard(type).length >= count, this.patience).catch(() => undefined);
      assert.ok(heard(type).length >= count, `${heard(type).length} of ${count} messages "${type}" came`);
      return heard(type);
    };
    const say = (message: Body): void => socket.send(JSON.stringify(message));
    const close = async (): Promise<void> => {
      const isClosed = once(socket, 'close');
      socket.close(1000);
      await isClosed;
    };
    return { ...(await opened(socket)), say, heard, wait, close };
  }

  /** Ends all sockets. */
  hangUp(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  private async passOf(pass: Pass): Promise<{ query: string; authorization: Record<string, string> }> {
    if (pass === 'none') return { query: '', authorization: {} };
    if (pass === 'expired') return { query: '', authorization: bearer(this.expired) };
    const { token, head, claims } = await this.logIn();
    const query = pass === 'in the URL' ? `?token=${token}` : '';
    return { query, authorization: bearer(spoilt(token, head, claims, pass)) };
  }
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

function spoilt(token: string, head: Body, claims: Body, pass: Pass): string {
  const longer = { ...claims, exp: Number(claims['exp']) + 1 };
  if (pass === 'nonsense') return 'nonsense';
  if (pass === 'tampered') return [part(head), part(longer), token.split('.')[2]].join('.');
  if (pass === 'unsigned') return `${part({ ...head, alg: 'none' })}.${part(claims)}.`;
  if (pass !== 'foreign') return token;
  const text = `${part(head)}.${part(claims)}`;
  return `${text}.${createHmac('sha256', 'a secret of others').update(text).digest('base64url')}`;
}

/** Resolves when the upgrade is answered: 101 when it was accepted. */
function opened(socket: WebSocket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => resolve({ status: 101, body: {} }));
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (data: Buffer) => (text += data.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(text) }));
    });
  });
}
