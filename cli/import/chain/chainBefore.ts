/** The chain of calls before a recorded socket. Pure. */
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import type { Recording, RecordedSocket } from '../recording/recording.ts';
import type { Found } from '../talk/found.ts';
import { joinedNamespace } from '../talk/socketIoPackets.ts';
import { chainOf, type Chain } from './chain.ts';
import { needsOfJson, needsOfSocket } from './needs.ts';
import type { Need } from './sources.ts';

/** The calls that give what the handshake, the first words and the questions carry. */
export function chainBefore(recording: Recording, socket: RecordedSocket, found: Found | undefined): Chain {
  return chainOf(callsBefore(recording, socket, found), needsOf(socket, found, recording));
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

function needsOf(socket: RecordedSocket, found: Found | undefined, { calls }: Recording): Need[] {
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
