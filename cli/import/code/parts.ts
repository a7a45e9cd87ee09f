/** The members of a protocol, of everything that was found. Pure. */
import { cookiesOf } from '../chain/headers.ts';
import { valueIn, type Recording, type RecordedSocket } from '../recording/recording.ts';
import type { Found } from '../talk/found.ts';
import type { Talk } from '../talk/messages.ts';
import type { Frame } from './protocolFile.ts';
import { socketIoMembers } from './socketIoMembers.ts';
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
  const parts = partsFor(talk, found, socket, recording, known);
  tellSanitized(recording, known);
  return parts;
}

function partsFor(
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
  const all = [...steps, ...own, ...members];
  const worded = talk.form === 'json' && talk.words !== undefined ? withWords(all, talk.words) : undefined;
  return {
    members: worded?.members ?? all,
    frame: { state: [...state, ...(worded?.state ?? [])], spread, takesSettings: false },
  };
}

function unreadableParts(talk: Talk, steps: Member[], kept: string[], known: Known): Parts {
  const why =
    talk.form === 'sealed'
      ? `Recorded frames are encrypted (it seems ${talk.mode}) and can't be read, so what a question and an answer look like is not known: these are the chatbot's own.`
      : `In recorded frames no question was found${talk.form === 'unknown' ? `, for ${talk.why}` : ''}: these are the chatbot's own, change them.`;
  known.notes.open('question', why);
  tellDialect(talk, known);
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
