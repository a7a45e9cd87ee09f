/** The secrets of a recording: what is called like one, what looks like one. Pure. */
import { isRecord, jsonIn } from '../../../lib/words/jsonFields.ts';
import { isSecretName } from '../../probe/secretNames.ts';
import { secretsOfAddress, secretsOfHeader } from '../../probe/secrets.ts';
import { isForm, pairsOfForm } from './forms.ts';
import type { Call, Recording, RecordedSocket } from './recording.ts';

const DEEPEST = 50;
const SHORTEST = 3;
/** A shorter one is hidden where it stands alone only. */
const LONG = 6;
/** Under such names a word may be a secret; under others that promise one, such as `key`, it is none. */
const CERTAIN = /pass|pwd|secret|token|credential|jwt|cookie|bearer|authorization/i;
/** What is written under such names and tells no one anything: `"token_type": "bearer"`. */
const NO_SECRET = /^(bearer|basic|digest|password|cookie|token|jwt|oauth2?|none|null|true|false|undefined)$/i;
const JWT = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;
/** As long as keys and tokens are, with letters and digits mixed as no word and no version is: `gpt-4o-mini-2024-07-18`. */
const LIKE_A_KEY = /^(?=.{20})[\w+/=.~-]*(?<![a-z\d])(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{12,}[\w+/=.~-]*$/i;

/** Whether a text looks like a key or a token, whatever its name is. */
export function looksSecret(text: string): boolean {
  return !UUID.test(text) && (LIKE_A_KEY.test(text) || new RegExp(`^${JWT.source}$`).test(text));
}

/** Knows the secrets of a recording. */
export class RecordedSecrets {
  private readonly known: ReadonlySet<string>;
  /** The longest first, for one may hold another. */
  private readonly values: readonly string[];

  constructor(values: Iterable<string>) {
    this.known = new Set([...values].filter((value) => value.length >= SHORTEST && !NO_SECRET.test(value)));
    this.values = [...this.known].sort((one, other) => other.length - one.length);
  }

  /** Whether all of a text is a secret. */
  has(text: string): boolean {
    return this.known.has(text);
  }

  /** A long one within a text; `undefined`: there is none. */
  within(text: string): string | undefined {
    return this.values.find((value) => value.length >= LONG && text.includes(value));
  }

  /** The text with `…` for each. */
  hide(text: string): string {
    return this.values.reduce(
      (shown, value) =>
        value.length >= LONG ? shown.replaceAll(value, '…') : shown.replace(alone(value), '…'),
      text.replace(JWT, '…'),
    );
  }
}

function alone(value: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\d])${value.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}(?![\\p{L}\\d])`, 'gu');
}

/** All of them. */
export function secretsIn({ calls, sockets }: Recording): RecordedSecrets {
  return new RecordedSecrets([...calls.flatMap(secretsOfCall), ...sockets.flatMap(secretsOfSocket)]);
}

function secretsOfCall({ url, headers, body, reply, cookies }: Call): string[] {
  const fields = isForm(body) ? pairsOfForm(body).filter(([name]) => isSecretName(name)) : [];
  return [
    ...secretsOfAddress(url),
    ...partsOf(url).filter(looksSecret),
    ...headers.flatMap(([name, value]) => secretsOfHeader(name, value)),
    ...fields.map(([, value]) => value),
    ...secretFields(jsonIn(body), isOurs),
    ...secretFields(reply, isTheirs),
    ...cookies.values(),
    ...jwtsIn(`${url.href} ${body}`),
  ];
}

function secretsOfSocket({ url, headers, subprotocols, frames }: RecordedSocket): string[] {
  const texts = frames.filter(({ kind }) => kind === 'text');
  return [
    ...secretsOfAddress(url),
    ...partsOf(url).filter(looksSecret),
    ...headers.flatMap(([name, value]) => secretsOfHeader(name, value)),
    ...subprotocols.filter(looksSecret),
    ...texts.flatMap(({ by, bytes }) => {
      const text = bytes.toString();
      const value = jsonIn(text.replace(/^[^[{]*/, ''));
      return [...secretFields(value, by === 'us' ? isOurs : isRandom), ...jwtsIn(text)];
    }),
  ];
}

function partsOf({ pathname, searchParams }: URL): string[] {
  return [...pathname.split('/'), ...searchParams.values()];
}

type IsSecret = (value: string, name: string) => boolean;

const isRandom: IsSecret = (value) => /^\S{16,}$/.test(value);
const isTheirs: IsSecret = (value, name) => isRandom(value, name) || (value.length > 3 && /\d/.test(value));
const isOurs: IsSecret = (value, name) => CERTAIN.test(name) || isTheirs(value, name);

/** The texts under secret names, at any depth, that `counts` takes for secrets. */
function secretFields(value: unknown, counts: IsSecret, secretName = '', depth = 0): string[] {
  if (typeof value === 'string') return secretName !== '' && counts(value, secretName) ? [value] : [];
  if (!isRecord(value) || depth > DEEPEST) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const isNamed = !Array.isArray(value) && isSecretName(name);
    return secretFields(inner, counts, isNamed ? name : secretName, depth + 1);
  });
}

function jwtsIn(text: string): string[] {
  return text.match(JWT) ?? [];
}
