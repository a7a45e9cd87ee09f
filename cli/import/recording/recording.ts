/** What a browser recorded: the calls and the sockets of a HAR 1.2, with the messages that Chromium adds. Pure. */
import { isRecord, jsonIn, textField, valueAt } from '../../../lib/words/jsonFields.ts';
import { InputError } from '../../../lib/words/settings.ts';
import type { Frame } from '../../probe/frames.ts';

/** Name in small letters, and value. */
export type Header = readonly [name: string, value: string];

/** A REST call that was answered. Times are epoch milliseconds. */
export interface Call {
  at: number;
  method: string;
  url: URL;
  headers: readonly Header[];
  /** Empty: there was none. */
  body: string;
  status: number;
  /** Parsed JSON of the reply; `undefined`: it was none. */
  reply: unknown;
  /** The cookies that the reply set, by name. */
  cookies: ReadonlyMap<string, string>;
}

/** A socket and what went over it, in order. */
export interface RecordedSocket {
  at: number;
  url: URL;
  headers: readonly Header[];
  /** Those that were offered, and the one that the server chose; empty: none. */
  subprotocols: readonly string[];
  subprotocol: string;
  frames: readonly Frame[];
}

/** Both are in the order of time. */
export interface Recording {
  calls: readonly Call[];
  sockets: readonly RecordedSocket[];
}

/** A larger reply is no log-in. */
const LONGEST_REPLY = 4 * 2 ** 20;

/** Reads parsed JSON; what is no use in it is passed over. Throws an InputError when it is no HAR; `file`: its name in sentences. */
export function recordingOf(har: unknown, file: string): Recording {
  const entries = valueAt(har, 'log.entries');
  if (!Array.isArray(entries))
    throw new InputError([
      `${file} is JSON and no HAR, for it has no list log.entries: give the file that the browser's "Export HAR" wrote.`,
    ]);
  let at = 0;
  const timed = entries.map((entry: unknown) => {
    at = timeOf(entry) ?? at;
    return { entry, at };
  });
  timed.sort((one, other) => one.at - other.at);
  return {
    calls: timed.flatMap(({ entry, at: time }) => callOf(entry, time)),
    sockets: timed.flatMap(({ entry, at: time }) => socketOf(entry, time)),
  };
}

function timeOf(entry: unknown): number | undefined {
  const time = Date.parse(textField(entry, 'startedDateTime') ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function urlOf(entry: unknown): URL | undefined {
  const text = textField(entry, 'request.url') ?? '';
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isSocket(entry: unknown, url: URL): boolean {
  return valueAt(entry, '_resourceType') === 'websocket' || /^wss?:$/.test(url.protocol);
}

function callOf(entry: unknown, at: number): Call[] {
  const url = urlOf(entry);
  const method = textField(entry, 'request.method')?.toUpperCase() ?? 'GET';
  const status = Number(valueAt(entry, 'response.status') ?? 0);
  if (url === undefined || isSocket(entry, url) || !/^https?:$/.test(url.protocol)) return [];
  if (method === 'OPTIONS' || !(status >= 200 && status < 400)) return [];
  const replyHeaders = headersOf(valueAt(entry, 'response.headers'));
  return [
    {
      ...{ at, method, url, status },
      headers: headersOf(valueAt(entry, 'request.headers')),
      body: textField(entry, 'request.postData.text') ?? '',
      reply: replyOf(entry),
      cookies: cookiesIn(replyHeaders, valueAt(entry, 'response.cookies')),
    },
  ];
}

function replyOf(entry: unknown): unknown {
  const text = textField(entry, 'response.content.text') ?? '';
  if (text.length > LONGEST_REPLY) return undefined;
  const isEncoded = valueAt(entry, 'response.content.encoding') === 'base64';
  const reply = jsonIn(isEncoded ? Buffer.from(text, 'base64').toString() : text);
  return isRecord(reply) ? reply : undefined;
}

/** Fields of HTTP/2 such as `:path` are none. */
function headersOf(list: unknown): Header[] {
  return pairsIn(list)
    .map(([name, value]): Header => [name.toLowerCase(), value])
    .filter(([name]) => !name.startsWith(':'));
}

function pairsIn(list: unknown): Header[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown): Header[] => {
    const [name, value] = [valueAt(item, 'name'), valueAt(item, 'value')];
    return typeof name === 'string' && typeof value === 'string' ? [[name, value]] : [];
  });
}

function cookiesIn(headers: readonly Header[], list: unknown): Map<string, string> {
  const set = headers
    .filter(([name]) => name === 'set-cookie')
    .flatMap(([, value]) => value.split('\n'))
    .map((line): Header => {
      const [, name = '', value = ''] = /^\s*([^=;]*)=([^;]*)/.exec(line) ?? [];
      return [name.trim(), value.trim()];
    });
  return new Map([...pairsIn(list), ...set].filter(([name, value]) => name !== '' && value !== ''));
}

function socketOf(entry: unknown, at: number): RecordedSocket[] {
  const url = urlOf(entry);
  if (url === undefined || !isSocket(entry, url)) return [];
  const headers = headersOf(valueAt(entry, 'request.headers'));
  const offered = valueIn(headers, 'sec-websocket-protocol');
  return [
    {
      at,
      url: new URL(url.href.replace(/^http/, 'ws')),
      headers,
      subprotocols: offered.split(/\s*,\s*/).filter((name) => name !== ''),
      subprotocol: valueIn(headersOf(valueAt(entry, 'response.headers')), 'sec-websocket-protocol'),
      frames: framesOf(valueAt(entry, '_webSocketMessages'), at),
    },
  ];
}

/** The value of a header; empty: there is none. */
export function valueIn(headers: readonly Header[], name: string): string {
  return headers.find(([known]) => known === name)?.[1] ?? '';
}

function framesOf(list: unknown, openedAt: number): Frame[] {
  if (!Array.isArray(list)) return [];
  let at = openedAt;
  const frames = list.flatMap((message: unknown): Frame[] => {
    const time = valueAt(message, 'time');
    if (typeof time === 'number' && time > 0) at = time * 1000;
    return frameOf(message, at);
  });
  return frames.sort((one, other) => one.at - other.at);
}

const SIDES: Readonly<Record<string, Frame['by']>> = { send: 'us', receive: 'server' };

/** A frame of text, or a binary one, which is base64 there; halves of characters become U+FFFD. */
function frameOf(message: unknown, at: number): Frame[] {
  const by = SIDES[textField(message, 'type') ?? ''];
  const opcode = valueAt(message, 'opcode') ?? 1;
  const data = valueAt(message, 'data');
  if (by === undefined || typeof data !== 'string' || (opcode !== 1 && opcode !== 2)) return [];
  if (opcode === 2) return [{ at, by, kind: 'binary', bytes: Buffer.from(data, 'base64') }];
  return [{ at, by, kind: 'text', bytes: Buffer.from(data) }];
}
