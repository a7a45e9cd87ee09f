/** What a command line asks of a probe. Pure. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { InputError } from '../../lib/words/settings.ts';
import { jsonIn } from '../../lib/words/jsonFields.ts';
import { Secrets, secretsOfAddress, secretsOfHeader } from './secrets.ts';

/** What is sent: a text frame, or the bytes of a binary one. */
export type Outgoing = string | Buffer;

/** What the command line says; `sends` in the order in which it stands there. */
export interface ProbeOptions {
  header?: readonly string[];
  subprotocol?: readonly string[];
  origin?: string;
  /** Default 10. */
  seconds?: string;
  insecure?: boolean;
}

/** A send of the command line. */
export interface Send {
  kind: 'text' | 'hex';
  value: string;
}

/** The same, checked. `seconds` 0: until somebody stops it. */
export interface Order {
  address: URL;
  headers: Readonly<Record<string, readonly string[]>>;
  subprotocols: readonly string[];
  origin: string | undefined;
  seconds: number;
  insecure: boolean;
  sends: readonly Outgoing[];
}

/** What a timer of Node can wait. */
const MOST_SECONDS = 2_000_000;
const OF_HANDSHAKE = /^(connection|upgrade|sec-websocket-.*)$/i;
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

/** Checks a command line. Throws an InputError with a sentence for each thing that is wrong; none shows a secret. */
export function orderOf(address: string, options: ProbeOptions, sends: readonly Send[]): Order {
  const problems: string[] = [];
  const tried = <Value>(make: () => Value, otherwise: Value): Value => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return otherwise;
    }
  };
  const order = {
    address: tried(() => addressOf(address), new URL('ws://localhost')),
    headers: tried(() => headersOf(options.header ?? []), {}),
    subprotocols: tried(() => subprotocolsOf(options.subprotocol ?? []), []),
    origin: options.origin,
    seconds: tried(() => secondsOf(options.seconds ?? '10'), 0),
    insecure: options.insecure === true,
    sends: sends.flatMap((send) => tried<Outgoing[]>(() => [outgoingOf(send)], [])),
  };
  if (problems.length > 0) throw new InputError(problems);
  return order;
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:')
    throw new InputError([
      `A socket's address begins with ws:// or wss://: give ${url.protocol === 'http:' ? 'ws' : 'wss'}:// instead of ${url.protocol}//.`,
    ]);
  if (url === undefined || !/^wss?:$/.test(url.protocol) || url.hostname === '')
    throw new InputError(['The address must be one of a socket, such as wss://chat.example.com/live.']);
  if (url.hash !== '')
    throw new InputError(['The address of a socket has no # part: leave it out, or write %23 for a #.']);
  return url;
}

function headersOf(texts: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const text of texts) {
    const { name, value } = headerOf(text);
    (headers[name] ??= []).push(value);
  }
  return headers;
}

function headerOf(text: string): { name: string; value: string } {
  const [, name = '', value = ''] = /^([^:]*):\s*(.*)$/s.exec(text) ?? [];
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new InputError([
      "A --header must be a name, a colon and a value, such as --header 'Authorization: Bearer …'.",
    ]);
  }
  if (!OF_HANDSHAKE.test(name)) return { name, value };
  throw new InputError([
    `--header ${name} is the handshake's own: leave it out${/protocol/i.test(name) ? ', and give --subprotocol' : ''}.`,
  ]);
}

function subprotocolsOf(names: readonly string[]): readonly string[] {
  const wrong = names.find((name, index) => !TOKEN.test(name) || names.indexOf(name) !== index);
  if (wrong === undefined) return names;
  throw new InputError([
    'A --subprotocol must be one name without blanks and commas, and no name comes twice; for several give the option several times.',
  ]);
}

function secondsOf(text: string): number {
  const seconds = text.trim() === '' ? NaN : Number(text);
  if (seconds >= 0 && seconds <= MOST_SECONDS) return seconds;
  throw new InputError([
    `--seconds is "${text}" and must be a number from 0 (until Ctrl-C) to ${MOST_SECONDS}.`,
  ]);
}

function outgoingOf({ kind, value }: Send): Outgoing {
  if (kind === 'text') return value;
  const bytes = bytesOfHex(value);
  if (bytes !== undefined) return bytes;
  throw new InputError([`--binary-hex must be pairs of hexadecimal digits, such as "10 0c 00 04".`]);
}

/** The bytes of hexadecimal digits, with blanks anywhere between two; `undefined`: they are none. */
export function bytesOfHex(text: string): Buffer | undefined {
  const digits = text.replace(/\s/g, '');
  return /^([\da-f]{2})+$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined;
}

/** What of an order nobody else may see. */
export function secretsOf({ address, headers, sends }: Order): Secrets {
  const ofHeaders = Object.entries(headers).flatMap(([name, values]) =>
    values.flatMap((value) => secretsOfHeader(name, value)),
  );
  const secrets = new Secrets([...secretsOfAddress(address), ...ofHeaders]);
  for (const send of sends) if (typeof send === 'string') secrets.learnFromUs(jsonIn(send));
  return secrets;
}
