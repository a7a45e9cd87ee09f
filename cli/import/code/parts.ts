/** The members of a protocol, of everything that was found. Pure. */
import { cookiesOf } from '../chain/headers.ts';
import { valueIn, type Recording, type RecordedSocket } from '../recording/recording.ts';
import type { Found } from '../talk/found.ts';
import type { Talk } from '../talk/messages.ts';
import type { Frame } from './protocolFile.ts';
import { handshakeMembers, socketIoMembers } from './socketIoMembers.ts';
import { callMembers, deleteMembers, keptReads, socketMember, type Known, type Member } from './steps.ts';
import { talkMembers, tellOthers } from './talkMembers.ts';
import { textMembers } from './textMembers.ts';
import { withWords } from './wordMembers.ts';

/** Members, and what stands around them. */
export interface Parts {
  members: Member[];
  frame: Pick<Frame, 'state' | 'spread' | 'takesSettings'>;
}

/** Makes them, and notes what could not be derived. */
export function partsOf(
  talk: Talk,
  found: Found | undefined,
  socket: RecordedSocket,
  recording: Recording,
  known: Known,
): Parts {
  tellLeft(known);
  const { calls } = recording;
  const steps = [...callMembers(known), ...deleteMembers(calls, socket, known)];
  const kept = keptReads(known.chain).map(({ name }) => `let ${name} = '';`);
  const isSocketIo = talk.form === 'socket.io' && found !== undefined;
  const own = isSocketIo ? handshakeMembers(socket, known) : [socketMember(socket, known)];
  const { members, frame } = isSocketIo
    ? socketIoParts(found, socket, calls, known)
    : spokenParts(talk, found, known);
  tellSanitized(recording, known);
  return { members: [...steps, ...own, ...members], frame: { ...frame, state: [...kept, ...frame.state] } };
}

function socketIoParts(found: Found, socket: RecordedSocket, calls: Recording['calls'], known: Known): Parts {
  tellOthers(found.sent, known);
  const { members, session, spread } = socketIoMembers(found, socket, calls, known);
  return { members, frame: { state: stateOf(session), spread, takesSettings: false } };
}

/** What is said over a socket whose frames no dialect writes. */
function spokenParts(talk: Talk, found: Found | undefined, known: Known): Parts {
  const frame = { spread: '', takesSettings: false };
  if (talk.form === 'text')
    return { members: textMembers(talk.messages, known), frame: { ...frame, state: [] } };
  if (found === undefined) return unreadableParts(talk, known);
  tellOthers(found.sent, known);
  tellDialect(talk, known);
  const { members, session } = talkMembers(found, known);
  const worded =
    talk.form === 'json' && talk.words !== undefined ? withWords(members, talk.words) : undefined;
  const state = [...stateOf(session), ...(worded?.state ?? [])];
  return { members: worded?.members ?? members, frame: { ...frame, state } };
}

/** What keeps the ids of a session for what is said later. */
function stateOf(session: readonly string[]): string[] {
  if (session.length === 0) return [];
  return [`const session = { ${session.map((name) => `${name}: ''`).join(', ')} };`];
}

function unreadableParts(talk: Talk, known: Known): Parts {
  const why =
    talk.form === 'sealed'
      ? `Recorded frames are encrypted (it seems ${talk.mode}) and can't be read, so what a question and an answer look like is not known: these are the chatbot's own.`
      : `In recorded frames no question was found${talk.form === 'unknown' ? `, for ${talk.why}` : ''}: these are the chatbot's own, change them.`;
  known.notes.open('question', why);
  tellDialect(talk, known);
  const members = [
    { name: 'question', code: 'dialect.question' },
    { name: 'read', code: 'dialect.read' },
  ];
  const state = ['const dialect = chatbot(settings);'];
  return { members, frame: { state, spread: '', takesSettings: true } };
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
        ? `It seems ${dialect.name}: ${dialect.advice.replace(/; below,.*$/, '')}.`
        : `It seems ${dialect.name}: systems/chatbot/dialects/${file} fits it better than this file.`,
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
