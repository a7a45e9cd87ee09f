/** What a probe must not print: what the user gave as a secret, what is called like one, what looks like one. */
import { hideFields } from './secretFields.ts';
import { isSecretName } from './secretNames.ts';
import { isRecord } from '../../lib/words/jsonFields.ts';

/** A shorter one is hidden where it stands alone only: `abc` not within `abcd`. */
const LONG = 6;
/** A shorter one is none, and would hide every other number. */
const SHORTEST = 3;
const DEEPEST = 50;
/** What a server calls a secret, and would be found by its value, too, is no word. */
const RANDOM = /^\S{16,}$/;
/** Here and below no match begins within a word: what a server sends must not cost the square of its length. */
const JWT = /(?<![\w-])(?:eyJ[\w-]+(?:\.[\w-]*){2,4}|[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,})/g;
const SCHEME = /\b([Bb]earer +)[^\s"',;…]{6,}|\b([Bb]asic +)(?=\S*[A-Z\d=])[A-Za-z\d+/]{8,}={0,2}/g;

/** Replaces secrets by `…`; knows more of them as the conversation goes on. */
export class Secrets {
  private values: string[] = [];

  constructor(given: readonly string[]) {
    for (const value of given) this.add(value);
  }

  /** Takes the values of fields with secret names from parsed JSON of ours. */
  learnFromUs(value: unknown): void {
    for (const secret of secretValues(value)) if (secret.length >= LONG) this.add(secret);
  }

  /** The same of the server's, whose `token` may be a word of an answer. */
  learnFromServer(value: unknown): void {
    for (const secret of secretValues(value)) if (RANDOM.test(secret)) this.add(secret);
  }

  /** The text without secrets. */
  hide(text: string): string {
    return this.hideValues(hideNamed(hideFields(text, (part) => this.hide(part))));
  }

  private add(value: string): void {
    if (value.length < SHORTEST || this.values.includes(value)) return;
    this.values.push(value);
    this.values.sort((one, other) => other.length - one.length);
  }

  private hideValues(text: string): string {
    return this.values.reduce(
      (shown, value) =>
        value.length >= LONG
          ? shown.replaceAll(value, '…')
          : shown.replace(new RegExp(`(?<![\\p{L}\\d])${literal(value)}(?![\\p{L}\\d])`, 'gu'), '…'),
      text.replace(JWT, '…'),
    );
  }
}

/** Outside of JSON: lines as headers have them, parameters of a query, names and values of JSON cut apart, SASL of XMPP. */
function hideNamed(text: string): string {
  const unless = (all: string, name: string, before: string) => (isSecretName(name) ? `${before}…` : all);
  return text
    .replace(SCHEME, '$1$2…')
    .replace(/\/\/[^/\s:@]*:[^/\s@]+@/g, '//…@')
    .replace(/^([\w-]+)(:[ \t]*)[^\r\n\0]+/gm, (all: string, name: string, colon: string) =>
      unless(all, name, name + colon),
    )
    .replace(/(?<![\w.-])([\w.-]+)=[^\s&;,"'<>}]+/g, (all: string, name: string) =>
      unless(all, name, `${name}=`),
    )
    .replace(
      /(?<![\w.-])([\w.-]+)("\s*:\s*")(?:[^"\\]|\\.)+/g,
      (all: string, name: string, between: string) => unless(all, name, name + between),
    )
    .replace(/(<(auth|response|challenge)\b[^<>]*>)[^<]+/g, '$1…');
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** The texts under secret names, down to where no protocol goes. */
function secretValues(value: unknown, isSecret = false, depth = 0): string[] {
  if (typeof value === 'string') return isSecret ? [value] : [];
  if (!isRecord(value) || depth > DEEPEST) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    secretValues(inner, isSecret || (!Array.isArray(value) && isSecretName(name)), depth + 1),
  );
}

/** The secrets within the value of a header: all of it, what follows its scheme, and what each cookie holds. */
export function secretsOfHeader(name: string, value: string): string[] {
  if (!isSecretName(name)) return [];
  const [, scheme = '', credentials = ''] = /^(\w+)\s+(.+)$/.exec(value) ?? [];
  const basic = /^basic$/i.test(scheme) ? Buffer.from(credentials, 'base64').toString() : '';
  const password = basic.slice(basic.indexOf(':') + 1);
  const cookies = /cookie/i.test(name)
    ? value.split(';').map((pair) => pair.replace(/^[^=]*=/, '').trim())
    : [];
  return [value, credentials, basic, password, ...cookies];
}

/** The secrets within an address: its password, and parameters with secret names, as they stand there and decoded. */
export function secretsOfAddress({ password, search }: URL): string[] {
  const pairs = search
    .slice(1)
    .split('&')
    .map((pair) => pair.split('='));
  const values = pairs.filter(([name = '']) => isSecretName(name)).map(([, ...value]) => value.join('='));
  return [password, ...values].flatMap((value) => [value, decoded(value)]);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** An address without its user, and without the values of parameters with secret names. */
export function shownAddress({ protocol, host, pathname, search, username }: URL): string {
  const query = search.replace(/([?&])([^=&]*)=([^&]*)/g, (all: string, mark: string, name: string) =>
    isSecretName(decoded(name)) ? `${mark}${name}=…` : all,
  );
  return `${protocol}//${username === '' ? '' : '…@'}${host}${pathname}${query}`;
}
