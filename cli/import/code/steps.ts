/** The code of a session's steps before and after its questions: log-in, session, socket, clean-up. Pure. */
import { plain } from '../../../lib/words/plain.ts';
import type { Chain, Read, Step } from '../chain/chain.ts';
import { cookiesOf } from '../chain/headers.ts';
import { segmentsOf } from '../chain/needs.ts';
import type { OwnSettings } from '../chain/ownSettings.ts';
import { Terms } from '../chain/terms.ts';
import type { Call, Header, RecordedSocket } from '../recording/recording.ts';
import type { RecordedSecrets } from '../recording/recordedSecrets.ts';
import type { Notes } from './notes.ts';
import { callCode, hasSecret, headerTerms, pathCode } from './requests.ts';
import { quoted, termCode, type Term } from './term.ts';

/** What all of them need. */
export interface Known {
  chain: Chain;
  secrets: RecordedSecrets;
  settings: OwnSettings;
  notes: Notes;
}

/** A member of the protocol: `requestToken`, and the code behind its colon. */
export interface Member {
  name: string;
  code: string;
}

const IDS = ['token', 'sessionId', 'connectionId'];

/** Everything that is read from replies before the socket. */
export function readsOf({ token, session }: Chain): Read[] {
  return [...(token?.reads ?? []), ...(session?.reads ?? [])];
}

/** Values that no member of `ChatIds` has room for: variables of the protocol. */
export function keptReads(chain: Chain): Read[] {
  return readsOf(chain).filter(({ name }) => !IDS.includes(name));
}

/** `({ token, sessionId })` of what a member uses, or `()`. */
export function idsParameter(terms: Terms): string {
  const used = IDS.filter((name) => terms.used.has(name));
  return used.length === 0 ? '()' : `({ ${used.join(', ')} })`;
}

/** The log-in and the session. */
export function callMembers(known: Known): Member[] {
  const { token, session } = known.chain;
  return [
    ...(token === undefined ? [] : tokenMembers(token, known)),
    ...(session === undefined ? [] : sessionMembers(session, known)),
  ];
}

function tokenMembers(step: Step, known: Known): Member[] {
  const terms = termsOf([], known);
  const code = callCode(step.call, terms, true, cookieTerms(step.call, terms, known, 'requestToken', true));
  const usesUser = terms.used.has('user');
  sayWho(step.call, usesUser, known.notes);
  const request = { name: 'requestToken', code: `(${usesUser ? 'user' : ''}) => ${code}` };
  if (step.reads.length > 0) return [request, { name: 'readToken', code: tokenReader(step.reads) }];
  known.notes.comment(
    'requestToken',
    'Its cookie is what counts: k6 keeps it for the session, and sends it.',
  );
  return [request];
}

function sayWho({ body }: Call, usesUser: boolean, notes: Notes): void {
  if (usesUser)
    notes.open(
      'requestToken',
      'Each session logs in under a name of its own (crescendo-1-0), not under the recorded one.',
    );
  else if (hasSecret(body)) notes.comment('requestToken', 'All sessions use the account of the settings.');
}

function tokenReader([first, ...kept]: readonly Read[]): string {
  if (first === undefined) return '() => undefined';
  const token = `${readCode(first)} ?? { lacks: ${quoted(first.path)} }`;
  if (kept.length === 0) return `(reply) => ${token}`;
  return ['(reply) => {', ...kept.map(keepCode), `return ${token};`, '}'].join('\n');
}

function keepCode(read: Read): string {
  return `${read.name} = ${readCode(read)} ?? '';`;
}

function readCode({ path, isNumber }: Read): string {
  return `${isNumber ? 'idField' : 'textField'}(reply, ${quoted(path)})`;
}

function sessionMembers(step: Step, known: Known): Member[] {
  const terms = termsOf(known.chain.token?.reads ?? [], known);
  const cookies = cookieTerms(step.call, terms, known, 'createSession', false);
  const code = callCode(step.call, terms, false, cookies);
  const request = { name: 'createSession', code: `(${terms.used.has('token') ? 'token' : ''}) => ${code}` };
  if (step.reads.length > 0) return [request, { name: 'readSession', code: sessionReader(step.reads) }];
  known.notes.comment(
    'createSession',
    'Its cookie is what counts: k6 keeps it for the session, and sends it.',
  );
  return [request];
}

function sessionReader(reads: readonly Read[]): string {
  const ids = reads.filter(({ name }) => IDS.includes(name));
  const fields = ['sessionId', 'connectionId'].map((name) =>
    ids.some((read) => read.name === name) ? name : `${name}: ''`,
  );
  return [
    '(reply) => {',
    ...ids.flatMap((read) => [
      `const ${read.name} = ${readCode(read)};`,
      `if (${read.name} === undefined) return { lacks: ${quoted(read.path)} };`,
    ]),
    ...reads.filter((read) => !ids.includes(read)).map(keepCode),
    `return { ${fields.join(', ')} };`,
    '}',
  ].join('\n');
}

/** The handshake. */
export function socketMember(socket: RecordedSocket, known: Known): Member {
  const terms = termsOf(readsOf(known.chain), known);
  const place = 'the socket';
  const path = pathCode(socket.url, terms, place, socket.at);
  const subprotocols = socket.subprotocols.map((name) => terms.of(name, 'subprotocol', place));
  const headers: Record<string, Term> = {
    ...headerTerms(socket.headers, terms, place),
    ...cookieTerms(socket, terms, known, 'socket', false),
  };
  const fields = [
    `path: ${path}`,
    `headers: ${termCode(headers)}`,
    ...(subprotocols.length === 0 ? [] : [`subprotocols: ${termCode(subprotocols)}`]),
  ];
  return { name: 'socket', code: `${idsParameter(terms)} => ({ ${fields.join(', ')} })` };
}

/** The clean-up, where one was recorded: the call that deletes what a reply before the socket had given. */
export function deleteMembers(calls: readonly Call[], socket: RecordedSocket, known: Known): Member[] {
  const reads = readsOf(known.chain);
  const origin = known.chain.session?.call.url.origin ?? known.chain.token?.call.url.origin;
  const found = calls.findLast(
    ({ at, method, url }) =>
      method === 'DELETE' && at >= socket.at && url.origin === origin && isAbout(url, reads),
  );
  if (found === undefined) return [];
  const terms = termsOf(reads, known);
  const code = callCode(found, terms, false);
  return [{ name: 'deleteSession', code: `${idsParameter(terms)} => ${code}` }];
}

function isAbout(url: URL, reads: readonly Read[]): boolean {
  const parts = [...segmentsOf(url), ...url.searchParams.values()];
  return reads.some(({ value }) => parts.includes(value));
}

function termsOf(reads: readonly Read[], { secrets, settings }: Known): Terms {
  return new Terms(secrets, settings, reads);
}

/**
 * The cookies of a request. k6 keeps those that a reply set; those that were there before the recording are a setting
 * where nothing else says who asks, and left out otherwise.
 */
function cookieTerms(
  { headers }: { headers: readonly Header[] },
  terms: Terms,
  { chain, settings, notes }: Known,
  member: string,
  isLogIn: boolean,
): Record<string, Term> {
  const cookies = cookiesOf(headers);
  if (cookies.length === 0) return {};
  const set = [chain.token, chain.session].some((step) =>
    cookies.some(([name, value]) => step?.call.cookies.get(name) === value),
  );
  if (set) return {};
  const names = plain(cookies.map(([name]) => name).join(', '));
  if (isLogIn || terms.used.size > 0) {
    notes.comment(member, `The browser sent cookies, too, which seem to matter to nobody: ${names}.`);
    return {};
  }
  const [, whole = ''] = headers.find(([name]) => name === 'cookie') ?? [];
  notes.open(member, `The cookies were there before the recording: ${names}.`);
  return { Cookie: settings.use(whole, 'cookie', 'the browser') };
}
