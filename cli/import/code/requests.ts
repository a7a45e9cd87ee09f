/** The code of requests: paths, headers and bodies as they were recorded, with what replies gave put in. Pure. */
import { isPlainObject, isRecord, jsonIn } from '../../../lib/words/jsonFields.ts';
import { lastName } from '../../probe/fields/leaves.ts';
import { isSecretName } from '../../probe/secretNames.ts';
import { USER_NAME } from '../chain/chain.ts';
import { headerName, neededHeaders } from '../chain/headers.ts';
import { segmentsOf } from '../chain/needs.ts';
import type { Terms } from '../chain/terms.ts';
import { isForm, pairsOfForm } from '../recording/forms.ts';
import type { Call, Header } from '../recording/recording.ts';
import { freshTerm } from './fresh.ts';
import { joined, made, Made, termCode, termOf, textCode, type Leaf, type Term } from './term.ts';

/** What a call is named by, in metrics and for its settings: `DELETE /sessions/{id}`. */
export function placeOf({ method, url, at }: Call, terms: Terms): string {
  const segments = segmentsOf(url).map((segment) => {
    const term = leafTerm(segment, 'path', terms, method, at);
    return term instanceof Made ? '{id}' : segment;
  });
  return `${method} /${segments.join('/')}`;
}

/** The term of a leaf of JSON: what a reply gave, a secret, what is made anew, or itself. */
export function leafTerm(leaf: Leaf, name: string, terms: Terms, place: string, at: number): Term {
  if (typeof leaf === 'number' && terms.isRead(String(leaf))) {
    const term = terms.of(String(leaf), name, place);
    return term instanceof Made ? made(`Number(${textCode(term)})`) : leaf;
  }
  if (typeof leaf === 'string' && leaf !== '') {
    const term = terms.of(leaf, lastName(name), place);
    if (term instanceof Made) return term;
  }
  return freshTerm(leaf, at) ?? leaf;
}

/** The code of a path with its query. */
export function pathCode(url: URL, terms: Terms, place: string, at: number): string {
  const raw = url.pathname.split('/').slice(1);
  const segments = segmentsOf(url).flatMap((text, index) => ['/', part(text, raw[index] ?? '', 'path')]);
  const rawPairs = url.search.slice(1).split('&');
  const pairs = pairsOfForm(url.search).flatMap(([name, text], index) => {
    const [rawName = '', ...rawValue] = (rawPairs[index] ?? '').split('=');
    const value = part(text, rawValue.join('='), name);
    return [index === 0 ? '?' : '&', rawValue.length === 0 ? rawName : `${rawName}=`, value];
  });
  return textCode(joined(...segments, ...pairs), 'encodeURIComponent');

  function part(text: string, asRecorded: string, name: string): string | Made {
    const term = text === '' ? '' : leafTerm(text, name, terms, place, at);
    return term instanceof Made ? term : asRecorded;
  }
}

/** The headers that a replay needs, as an object. */
export function headerTerms(headers: readonly Header[], terms: Terms, place: string): Record<string, Term> {
  return Object.fromEntries(
    neededHeaders(headers).map(([name, value]) => [headerName(name), terms.of(value, name, place)]),
  );
}

/** The code of a body; `user`: the name of each session stands for the recorded one. Empty: there is none. */
export function bodyCode({ body, at }: Call, terms: Terms, place: string, user: boolean): string {
  const json = jsonIn(body);
  if (isRecord(json)) {
    const replace = (leaf: Leaf, path: string) =>
      userTerm(leaf, path) ?? leafTerm(leaf, path, terms, place, at);
    return `JSON.stringify(${termCode(termOf(json, replace))})`;
  }
  if (!isForm(body)) return body === '' ? '' : textCode(terms.of(body, 'body', place));
  const pairs = pairsOfForm(body).flatMap(([name, text], index) => {
    const term = userTerm(text, name) ?? (text === '' ? '' : leafTerm(text, name, terms, place, at));
    const value = term instanceof Made ? term : encodeURIComponent(text);
    return [`${index === 0 ? '' : '&'}${encodeURIComponent(name)}=`, value];
  });
  return textCode(joined(...pairs), 'encodeURIComponent');

  function userTerm(leaf: Leaf, path: string): Made | undefined {
    if (!user || typeof leaf !== 'string' || leaf === '' || !USER_NAME.test(lastName(path))) return undefined;
    if (hasSecret(body)) return terms.setting(leaf, 'user', place);
    terms.used.add('user');
    return made('user');
  }
}

/** Whether a body has a field that is called a secret. */
export function hasSecret(body: string): boolean {
  if (isForm(body)) return pairsOfForm(body).some(([name]) => isSecretName(name));
  const json = jsonIn(body);
  return (
    isPlainObject(json) &&
    JSON.stringify(json)
      .match(/"([^"]+)":/g)
      ?.some((name) => isSecretName(name)) === true
  );
}

/** The code of a call. */
export function callCode(call: Call, terms: Terms, user: boolean, more: Record<string, Term> = {}): string {
  const place = placeOf(call, terms);
  const body = bodyCode(call, terms, place, user);
  const headers = { ...headerTerms(call.headers, terms, place), ...more };
  if (body === '') delete headers['Content-Type'];
  return [
    '({',
    `name: ${textCode(place)},`,
    `method: ${textCode(call.method)},`,
    `path: ${pathCode(call.url, terms, place, call.at)},`,
    ...(body === '' ? [] : [`body: ${body},`]),
    `headers: ${termCode(headers)},`,
    '})',
  ].join('\n');
}
