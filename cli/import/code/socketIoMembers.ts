/** The code of a chat over Socket.IO, in the words of the dialect that ships. Pure. */
import { isRecord } from '../../../lib/words/jsonFields.ts';
import { Terms } from '../chain/terms.ts';
import type { Call, RecordedSocket } from '../recording/recording.ts';
import type { Found } from '../talk/found.ts';
import type { Heard, Kind } from '../talk/kinds.ts';
import { ACK, joinedNamespace } from '../talk/socketIoPackets.ts';
import { ofData } from './access.ts';
import { helloTerm, questionTerm, replyTerm } from './questionCode.ts';
import { readLines } from './readCode.ts';
import { pathCode } from './requests.ts';
import { idsParameter, readsOf, socketMember, type Known, type Member } from './steps.ts';
import { questionParameters, termsOfLater, withBegin, idMembers } from './talkMembers.ts';
import { quoted, termCode, type Term } from './term.ts';

/** What the dialect says by itself, or what a socket has from the polling before it. */
const OF_DIALECT = ['EIO', 'transport', 'sid', 't', 'b64'];

/** The dialect's words as code, and the members beside them and the handshake. */
export function socketIoMembers(
  found: Found,
  socket: RecordedSocket,
  calls: readonly Call[],
  known: Known,
): { spread: string; members: Member[]; session: string[] } {
  const { sent, heard } = found;
  const later = termsOfLater(known);
  const question = questionTerm(sent.questions, sent.textPath, heard.id, later, known.notes);
  const event = sent.questions[0]?.leaves.get('event') ?? '';
  const acks = heard.kinds.filter(({ group, role }) => group.type === ACK && role === 'part');
  const words = [
    ...connectionWords(socket, calls, known),
    `event: ${quoted(String(event))}`,
    `data: ${questionParameters(question)} => (${termCode(isRecord(question) ? (question as { data: Term }).data : '')})`,
    ...heardWord(found, later),
    ...(acks.length === 0 ? [] : [`answer: (data) => ${ofData.text(heard.fields.textPath ?? 'data')}`]),
  ];
  const session = ['token', 'sessionId', 'connectionId'].filter((name) => later.used.has(`session.${name}`));
  const nameless = idMembers(withoutAcks(heard), known).filter(({ name }) => name === 'withoutIds');
  return { spread: `socketIo({ ${words.join(', ')} })`, members: withBegin(nameless, session), session };
}

/** The dialect knows the acknowledgements. */
function withoutAcks(heard: Heard): Heard {
  return { ...heard, kinds: heard.kinds.filter(({ group }) => group.type !== ACK) };
}

function connectionWords(socket: RecordedSocket, calls: readonly Call[], known: Known): string[] {
  const { pathname, search } = ownUrl(socket.url);
  const path = `${pathname}${search}`;
  const texts = [
    ...socket.frames
      .filter(({ by, kind }) => by === 'us' && kind === 'text')
      .map(({ bytes }) => bytes.toString()),
    ...calls.filter(({ url }) => url.pathname === socket.url.pathname).map(({ body }) => body),
  ];
  const { namespace, auth } = joinedNamespace(texts);
  const terms = new Terms(known.secrets, known.settings, readsOf(known.chain));
  const said = helloTerm(auth ?? {}, socket.at, terms);
  return [
    ...(path === '/socket.io/' || hasGiven(socket, known) ? [] : [`path: ${quoted(path)}`]),
    ...(namespace === '/' ? [] : [`namespace: ${quoted(namespace)}`]),
    ...(auth === undefined ? [] : [`auth: ${idsParameter(terms)} => (${termCode(said)})`]),
  ];
}

/** An address without what the dialect puts into its query. */
function ownUrl(recorded: URL): URL {
  const url = new URL(recorded);
  url.search = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !OF_DIALECT.includes(pair.replace(/=.*$/s, '')))
    .join('&');
  return url;
}

/** The handshake; none where it is the dialect's own, which has neither headers nor what replies gave. */
export function handshakeMembers(socket: RecordedSocket, known: Known): Member[] {
  const url = ownUrl(socket.url);
  url.search = `${url.search === '' ? '?' : `${url.search}&`}EIO=4&transport=websocket`;
  const member = socketMember({ ...socket, url }, known);
  return member.code.includes('headers: {}') && !hasGiven(socket, known) ? [] : [member];
}

function hasGiven(socket: RecordedSocket, known: Known): boolean {
  const terms = new Terms(known.secrets, known.settings, readsOf(known.chain));
  return !/^'/.test(pathCode(ownUrl(socket.url), terms, 'the socket', socket.at));
}

/** Outside of comments and texts. */
function usesName(line: string, name: string): boolean {
  return !line.startsWith('//') && new RegExp(`\\b${name}\\b`).test(line.replace(/'[^']*'/g, ''));
}

function heardWord({ sent, heard }: Found, terms: Terms): string[] {
  const events = withoutAcks(heard);
  if (events.kinds.length === 0) return [];
  const reply = ({ group }: Kind) => {
    const asked = sent.replies.find(({ to }) => to === group.type);
    const term = asked === undefined ? null : replyTerm(asked, terms, ofData);
    const list = isRecord(term) ? [(term as { event: Term }).event, (term as { data: Term }).data] : [];
    return `\`42\${JSON.stringify(${termCode(list)})}\``;
  };
  const type = events.typePath === undefined ? 'event' : ofData.value(events.typePath);
  const lines = readLines(events, ofData, type, reply);
  const uses = (name: string) => (lines.some((line) => usesName(line, name)) ? name : `_${name}`);
  return [`heard: (${uses('event')}, ${uses('data')}): ServerMessage => {\n${lines.join('\n')}\n}`];
}
