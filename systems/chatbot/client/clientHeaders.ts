/** Reads `HTTP_HEADERS` and `BASIC_AUTH`: what every request and handshake carries beside the protocol's own. Pure. */
import { base64Of } from '../../../lib/words/base64.ts';
import { isPlainObject, jsonIn } from '../../../lib/words/jsonFields.ts';

/** Headers by their names. */
export type Headers = Readonly<Record<string, string>>;

const FORM = 'a line "Name: value" for each header, or JSON such as {"X-Api-Key": "…"}';
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** What the client itself sends, and a handshake is made of. */
const OURS = /^(Host|Connection|Upgrade|Content-Length|Origin|Sec-Websocket-.*)$/;

/** The headers, with their names in the usual capitals; `reject` gets what is wrong. No sentence shows a value. */
export function parseHeaders(text: string, reject: (remedy: string) => void): Headers | undefined {
  if (text === '') return {};
  const entries = text.startsWith('{') ? entriesOfJson(text) : entriesOfLines(text);
  const problem = problemOf(entries);
  if (entries === undefined || problem !== undefined) {
    reject(problem ?? `it must be ${FORM}`);
    return undefined;
  }
  return Object.fromEntries(entries.map(([name, value]) => [inCapitals(name), value]));
}

function entriesOfJson(text: string): [string, string][] | undefined {
  const json = jsonIn(text);
  if (!isPlainObject(json)) return undefined;
  const entries = Object.entries(json);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? entries
    : undefined;
}

function entriesOfLines(text: string): [string, string][] | undefined {
  const lines = text.split(/\r?\n|\\n/).filter((line) => line.trim() !== '');
  const entries = lines.map((line): [string, string] => {
    const [, name = '', value = ''] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    return [name, value];
  });
  return entries.some(([name]) => name === '') ? undefined : entries;
}

function problemOf(entries: readonly [string, string][] | undefined): string | undefined {
  for (const [name, value] of entries ?? []) {
    if (!NAME.test(name)) return `"${name}" is no name of a header: it must be ${FORM}`;
    if (OURS.test(inCapitals(name))) return `${name} can't be set here, for the client sends its own`;
    if (/[\r\n\0]/.test(value)) return `the value of ${name} must stand in one line`;
  }
  return undefined;
}

/** `X-Api-Key` of `x-api-key`, as Go writes it: one name has one form, so that the protocol's own goes before. */
function inCapitals(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** The header of `user:password`. */
export function parseBasicAuth(text: string, reject: (remedy: string) => void): string | undefined {
  if (/^[^:]+:/.test(text)) return `Basic ${base64Of(text)}`;
  reject('it must be a user, a colon and a password, such as BASIC_AUTH=tester:secret');
  return undefined;
}
