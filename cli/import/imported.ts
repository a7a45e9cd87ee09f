/** Everything that an import makes of a recording: the files' texts, and what is to be said about them. */
import { plural } from '../../lib/words/plural.ts';
import { shownAddress } from '../probe/secrets.ts';
import { chainOf, type Chain } from './chain/chain.ts';
import { cookiesOf } from './chain/headers.ts';
import { needsOfJson, needsOfSocket } from './chain/needs.ts';
import { OwnSettings } from './chain/ownSettings.ts';
import { Notes } from './code/notes.ts';
import { protocolText, type Frame } from './code/protocolFile.ts';
import { socketIoMembers } from './code/socketIoMembers.ts';
import {
  callMembers,
  deleteMembers,
  keptReads,
  socketMember,
  type Known,
  type Member,
} from './code/steps.ts';
import { talkMembers, tellOthers, type Found } from './code/talkMembers.ts';
import { textMembers } from './code/textMembers.ts';
import { envText } from './envFile.ts';
import type { ChosenSocket } from './recording/chosenSocket.ts';
import { valueIn, type Recording, type RecordedSocket } from './recording/recording.ts';
import { secretsIn } from './recording/recordedSecrets.ts';
import { exchangesOf } from './talk/ids.ts';
import { heardIn } from './talk/kinds.ts';
import { talkOf, type Talk } from './talk/messages.ts';
import { thinkSeconds } from './talk/pauses.ts';
import { sentIn } from './talk/sent.ts';
import { joinedNamespace } from './talk/socketIoPackets.ts';
import { jsonIn } from '../../lib/words/jsonFields.ts';

/** What it made. */
export interface Imported {
  /** Not laid out yet. */
  protocol: string;
  /** Empty: questions can't be known. */
  questions: string;
  env: string;
  /** Lines of a table: what, and where it comes from. */
  derived: readonly (readonly [string, string])[];
  /** What somebody must look at. */
  open: readonly string[];
}

/** Makes it. `identifier`: of the protocol; `up`: the way from the new folder to Crescendo's, with a slash at its end. */
export function imported(
  recording: Recording,
  chosen: ChosenSocket,
  { identifier, name, up }: { identifier: string; name: string; up: string },
): Imported {
  const { socket } = chosen;
  const secrets = secretsIn(recording);
  const settings = new OwnSettings();
  const notes = new Notes();
  const talk = talkOf(socket);
  const found = foundIn(talk);
  const chain = chainOf(callsBefore(recording, socket, found), needsOf(socket, found, recording));
  const known: Known = { chain, secrets, settings, notes };
  tellLeft(known);
  const { members, frame } = partsOf(talk, found, socket, recording, known);
  tellSanitized(recording, known);
  const texts = questionsOf(talk, found);
  const shown = texts.map((text) => secrets.hide(text));
  if (shown.some((text, index) => text !== texts[index]))
    notes.tell('A question held a secret of the recording: in questions.json … stands for it.');
  const api = (chain.session ?? chain.token)?.call.url.origin ?? socket.url.origin.replace(/^ws/, 'http');
  const origin = valueIn(socket.headers, 'origin');
  const state = [
    ...settings.all().map(({ name: own, variable }) => `const ${variable} = own('${own}');`),
    ...frame.state,
  ];
  const title = titleOf(name, shown.length);
  const protocol = protocolText({ ...frame, identifier, up, title, state }, members, notes);
  return {
    protocol,
    questions: shown.length === 0 ? '' : `${JSON.stringify({ recorded: shown }, null, 2)}\n`,
    env: envText({
      apiBaseUrl: api,
      websocketBaseUrl:
        socket.url.origin === 'null' ? `${socket.url.protocol}//${socket.url.host}` : socket.url.origin,
      origin: origin === api || !/^[a-z][a-z\d+.-]*:\/\/[^\s/?#@]+$/i.test(origin) ? '' : origin,
      encryption: talk.form === 'sealed' ? talk.mode : 'none',
      questions: shown.length,
      thinkSeconds: thinkOf(talk, found),
      own: settings.all(),
    }),
    derived: derivedLines(recording, chosen, members, talk, shown.length, known),
    open: [...notes.all(), ...emptyText(settings.all().map(({ name: own }) => own))].map((line) =>
      secrets.hide(line),
    ),
  };
}

function emptyText(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const are = names.length === 1 ? 'is empty in .env: fill it in' : 'are empty in .env: fill them in';
  return [`${names.join(', ')} ${are}, for no recorded reply gave what stood there.`];
}

function foundIn(talk: Talk): Found | undefined {
  if (!('messages' in talk) || talk.form === 'text') return undefined;
  const { messages } = talk;
  const sent = sentIn(messages);
  if (sent === undefined) return undefined;
  return { messages, sent, heard: heardIn(messages, exchangesOf(messages, sent.questions), sent) };
}

/** Those whose replies may matter: made before the first question. */
function callsBefore(
  { calls }: Recording,
  socket: RecordedSocket,
  found: Found | undefined,
): Recording['calls'] {
  const first = found?.sent.questions[0]?.at ?? socket.frames[0]?.at ?? socket.at;
  return calls.filter(({ at }) => at < first);
}

function needsOf(socket: RecordedSocket, found: Found | undefined, { calls }: Recording) {
  const texts = socket.frames.filter(({ by }) => by === 'us').map(({ bytes }) => bytes.toString());
  const polls = calls.filter(({ url }) => url.pathname === socket.url.pathname).map(({ body }) => body);
  const { auth } = joinedNamespace([...texts, ...polls]);
  const said = [...(found?.sent.hello ?? []), ...(found?.sent.questions.slice(0, 1) ?? [])];
  const unreadable = found === undefined ? texts.slice(0, 3).map((text) => jsonIn(text)) : [];
  return [
    ...needsOfSocket(socket),
    ...needsOfJson(auth, socket.at),
    ...said.flatMap(({ value, at }) => needsOfJson(value, at)),
    ...unreadable.flatMap((value) => needsOfJson(value, socket.at)),
  ];
}

function thinkOf(talk: Talk, found: Found | undefined): string {
  if (found !== undefined)
    return thinkSeconds(exchangesOf(found.messages, found.sent.questions), found.heard.fields.isLast);
  if (talk.form !== 'text') return '';
  const asked = talk.messages.filter(({ by }) => by === 'us');
  return thinkSeconds(exchangesOf(talk.messages, asked), () => true);
}

function questionsOf(talk: Talk, found: Found | undefined): string[] {
  const texts =
    talk.form === 'text'
      ? talk.messages.filter(({ by }) => by === 'us').map(({ text }) => text)
      : (found?.sent.questions.map(({ leaves }) => String(leaves.get(found.sent.textPath))) ?? []);
  return texts.filter((text) => text.trim() !== '');
}

type Parts = { members: Member[]; frame: Pick<Frame, 'state' | 'spread' | 'takesSettings'> };

function partsOf(
  talk: Talk,
  found: Found | undefined,
  socket: RecordedSocket,
  recording: Recording,
  known: Known,
): Parts {
  const steps = [...callMembers(known), ...deleteMembers(recording.calls, socket, known)];
  const kept = keptReads(known.chain).map(({ name }) => `let ${name} = '';`);
  const alone = [...steps, socketMember(socket, known)];
  if (talk.form === 'text')
    return {
      members: [...alone, ...textMembers(talk.messages, known)],
      frame: { state: kept, spread: '', takesSettings: false },
    };
  if (found === undefined) return unreadableParts(talk, alone, kept, known);
  tellOthers(found.sent, known);
  const isSocketIo = talk.form === 'socket.io';
  if (!isSocketIo) tellDialect(talk, known);
  const { members, session, spread } = isSocketIo
    ? socketIoMembers(found, socket, recording.calls, known)
    : { ...talkMembers(found, known), spread: '' };
  const fields = session.map((name) => `${name}: ''`).join(', ');
  const state = [...kept, ...(session.length === 0 ? [] : [`const session = { ${fields} };`])];
  const own = isSocketIo ? [] : [socketMember(socket, known)];
  return { members: [...steps, ...own, ...members], frame: { state, spread, takesSettings: false } };
}

function unreadableParts(talk: Talk, steps: Member[], kept: string[], { notes }: Known): Parts {
  const why =
    talk.form === 'sealed'
      ? `Recorded frames are encrypted (it seems ${talk.mode}) and can't be read, so what a question and an answer look like is not known: these are the chatbot's own.`
      : `In recorded frames no question was found${talk.form === 'unknown' ? `, for ${talk.why}` : ''}: these are the chatbot's own, change them.`;
  notes.open('question', why);
  if (talk.dialect !== undefined)
    notes.open('question', `It seems ${talk.dialect.name}: ${talk.dialect.advice}.`);
  const members = [
    ...steps,
    { name: 'question', code: 'dialect.question' },
    { name: 'read', code: 'dialect.read' },
  ];
  return {
    members,
    frame: { state: [...kept, 'const dialect = chatbot(settings);'], spread: '', takesSettings: true },
  };
}

/** Dialects that ship, by the beginning of their name. */
const SHIPS: readonly (readonly [RegExp, string])[] = [
  [/^graphql-transport-ws/, 'graphqlWs.ts'],
  [/^Phoenix/, 'phoenix.ts'],
  [/^JSON-RPC/, 'jsonRpc.ts'],
];

function tellDialect({ dialect }: Talk, { notes }: Known): void {
  const [, file] = SHIPS.find(([name]) => name.test(dialect?.name ?? '')) ?? [];
  if (dialect !== undefined)
    notes.open(
      'question',
      file === undefined
        ? `It seems ${dialect.name}: ${dialect.advice}.`
        : `It seems ${dialect.name}: systems/chatbot/dialects/${file} fits it better than what follows here.`,
    );
}

function tellLeft({ chain: { left }, notes }: Known): void {
  for (const { call, why } of left)
    notes.open(
      'socket',
      `${call.method} ${call.url.host}${call.url.pathname.replace(/[^/]{16,}/g, '…')} gave a value, too, and is not called: ${why}.`,
    );
}

/** Chromium leaves cookies and Authorization out unless it is told otherwise. */
function tellSanitized({ calls, sockets }: Recording, { chain, notes, settings }: Known): void {
  const headers = [...calls, ...sockets].map((one) => one.headers);
  const hasAny = headers.some((list) => valueIn(list, 'authorization') !== '' || cookiesOf(list).length > 0);
  if (!hasAny && chain.token === undefined && settings.all().length === 0)
    notes.open(
      'socket',
      'No request has an Authorization or a Cookie header. Browsers export these with "Export HAR (with sensitive data)" only.',
    );
}

function titleOf(name: string, questions: number): string[] {
  const count = questions === 0 ? '' : `, with ${plural(questions, 'question')}`;
  return [
    `What ${name} says on the wire, as "crescendo import" found it in a recording${count}. Look it through: what is not certain is said where it stands.`,
  ];
}

function derivedLines(
  { calls, sockets }: Recording,
  { socket, why }: ChosenSocket,
  members: readonly Member[],
  talk: Talk,
  questions: number,
  { chain, secrets }: Known,
): (readonly [string, string])[] {
  const has = (name: string) => members.some((member) => member.name === name);
  const of = (step: Chain['token']) =>
    step === undefined
      ? 'none'
      : `${step.call.method} ${pathOf(step.call.url)}${step.reads.length === 0 ? '' : `, which gives ${step.reads.map(({ path }) => path).join(', ')}`}`;
  const lines: (readonly [string, string])[] = [
    ['recording', `${plural(calls.length, 'call')}, ${plural(sockets.length, 'socket')}`],
    [
      'socket',
      `${shownAddress(new URL(`${socket.url.protocol}//${socket.url.host}${pathOf(socket.url)}`))}, ${why}`,
    ],
    ['log-in', of(chain.token)],
    ['session', `${of(chain.session)}${has('deleteSession') ? ', and is deleted at the end' : ''}`],
    ['frames', framesText(talk)],
    ['questions', questions === 0 ? 'none can be known' : String(questions)],
  ];
  return lines.map(([what, text]) => [what, secrets.hide(text)]);
}

function pathOf({ pathname }: URL): string {
  return pathname;
}

function framesText({ form, dialect }: Talk): string {
  const name = dialect === undefined ? '' : `, ${dialect.name}`;
  if (form === 'json') return `JSON${name === '' ? ' of its own' : name}`;
  if (form === 'socket.io') return 'Socket.IO';
  if (form === 'sealed') return 'encrypted';
  return form === 'text' ? 'plain text' : `of another kind${name}`;
}
