/** The code of what is said over the socket, where each frame is a JSON object. Pure. */
import type { Read } from '../chain/chain.ts';
import { Terms } from '../chain/terms.ts';
import type { Found } from '../talk/found.ts';
import type { Heard, Kind } from '../talk/kinds.ts';
import type { Message } from '../talk/messages.ts';
import type { Sent } from '../talk/sent.ts';
import { ofMessage } from './access.ts';
import type { Notes } from './notes.ts';
import { framesCode, helloTerm, messageTerm, questionTerm, replyTerm, seriesTerm } from './questionCode.ts';
import { readLines } from './readCode.ts';
import { idsParameter, readsOf, type Known, type Member } from './steps.ts';
import { codesIn, termCode, type Term } from './term.ts';

const IDS = ['token', 'sessionId', 'connectionId'];

/** All members; `session`: what the state of the protocol must keep of its ids. */
export function talkMembers(found: Found, known: Known): { members: Member[]; session: string[] } {
  const { sent, heard } = found;
  const later = termsOfLater(known);
  const question = questionTerm(sent.questions, sent.textPath, heard.id, later, known.notes);
  const members: Member[] = [
    ...helloMembers(found, known),
    ...idMembers(heard, known),
    ...heartbeatMembers(found, later, known.notes),
    { name: 'question', code: `${questionParameters(question)} => ${stringified(question)}` },
    { name: 'read', code: readMember(found, later) },
    ...goodbyeMembers(sent, later),
  ];
  const session = IDS.filter((name) => later.used.has(`session.${name}`));
  return { members: withBegin(members, session), session };
}

/** What is said later than the hello knows ids by what `begin` has kept. */
export function termsOfLater({ chain, secrets, settings }: Known): Terms {
  const reads = readsOf(chain).map((read): Read => {
    return IDS.includes(read.name) ? { ...read, name: `session.${read.name}` } : read;
  });
  return new Terms(secrets, settings, reads);
}

/** `begin`, where something is kept. */
export function withBegin(members: readonly Member[], session: readonly string[]): Member[] {
  if (session.length === 0) return [...members];
  const code = `({ ${session.join(', ')} }) => { ${session.map((name) => `session.${name} = ${name};`).join(' ')} }`;
  return [{ name: 'begin', code }, ...members];
}

/** `(id, _course, text)`: nobody uses the course, for what was recorded stands in its place. */
export function questionParameters(question: Term): string {
  const usesId = codesIn(question).some((code) => code === 'id' || code === 'Number(id)');
  return `(${usesId ? 'id' : '_id'}, _course, text)`;
}

function helloMembers({ sent, heard, messages }: Found, known: Known): Member[] {
  const terms = new Terms(known.secrets, known.settings, readsOf(known.chain));
  const hello = sent.hello.map(({ value, at }) => helloTerm(value, at, terms));
  const ready = heard.kinds.find(({ role }) => role === 'ready');
  const said: Member[] =
    hello.length === 0
      ? []
      : [{ name: 'hello', code: `${idsParameter(terms)} => ${framesCode(hello, stringified)}` }];
  if (hello.length > 1 && hasAnswersBetween(sent, messages))
    known.notes.open('hello', 'The page waited for the server between these; here they are said at once.');
  return ready === undefined ? said : [...said, { name: 'awaitsReady', code: 'true' }];
}

function hasAnswersBetween({ hello }: Sent, messages: readonly Message[]): boolean {
  const [first, last] = [hello[0], hello.at(-1)].map((one) =>
    one === undefined ? 0 : messages.indexOf(one),
  );
  return messages.slice(first, last).some(({ by }) => by === 'server');
}

function stringified(term: Term): string {
  return `JSON.stringify(${termCode(term)})`;
}

/** Whether answers have ids, and which. */
export function idMembers({ id, kinds, fields }: Heard, { notes }: Known): Member[] {
  const members: Member[] = [];
  if (id?.form === 'count' || id?.form === 'number') members.push({ name: 'countedIds', code: 'true' });
  if (id?.form === 'text')
    notes.comment('question', `Recorded values of ${id.ours} were no UUIDs; here they are.`);
  const isNameless = kinds.some(
    ({ role, idPath }) => (role === 'part' || role === 'end') && idPath === undefined,
  );
  if (isNameless) members.push({ name: 'withoutIds', code: 'true' });
  if (fields.textPath === undefined)
    notes.open('read', 'No text of an answer was found: say which messages are parts of one (type chunk).');
  else if (fields.end.is === 'unknown')
    notes.open('read', 'No mark of an answer’s end was found: here every part is a whole answer.');
  return members;
}

function heartbeatMembers({ sent: { heartbeat }, heard }: Found, terms: Terms, notes: Notes): Member[] {
  if (heartbeat === undefined) return [];
  const frames = stringified(
    seriesTerm(heartbeat.group.messages, terms, {
      place: 'heartbeats',
      replace: () => undefined,
      tell: (text) => notes.open('heartbeat', text),
      counts: false,
    }),
  );
  const awaits = heard.kinds.some(({ role }) => role === 'pong') ? ', awaitsPong: true' : '';
  return [{ name: 'heartbeat', code: `{ seconds: ${heartbeat.seconds}, frames: () => ${frames}${awaits} }` }];
}

function readMember({ sent, heard }: Found, terms: Terms): string {
  const reply = ({ group }: Kind) => {
    const asked = sent.replies.find(({ to }) => to === group.type);
    return asked === undefined ? "''" : stringified(replyTerm(asked, terms, ofMessage));
  };
  const type = heard.typePath === undefined ? undefined : ofMessage.value(heard.typePath);
  return [
    '(message) => {',
    "if (!isRecord(message)) return { type: 'bad' };",
    ...readLines(heard, ofMessage, type, reply),
    '}',
  ].join('\n');
}

function goodbyeMembers({ goodbye }: Sent, terms: Terms): Member[] {
  if (goodbye.length === 0) return [];
  const said = goodbye.map((message) => messageTerm(message, terms, 'the last words'));
  return [{ name: 'goodbye', code: `() => ${framesCode(said, stringified)}` }];
}

/** Says what is not said again. */
export function tellOthers({ others, typePath }: Sent, { notes, secrets }: Known): void {
  if (others.length === 0) return;
  const counts = new Map<string, number>();
  for (const { leaves } of others) {
    const type = String(leaves.get(typePath ?? '') ?? 'messages of no type');
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const list = [...counts].slice(0, 5).map(([type, count]) => `${type} ${count}×`);
  notes.open('question', `The page also sent what is not sent here: ${secrets.hide(list.join(', '))}.`);
}
