/** The code of a chat whose frames are plain text: each of ours is a question, each of the server's a whole answer. Pure. */
import { exchangesOf } from '../talk/ids.ts';
import type { Message } from '../talk/messages.ts';
import type { Known, Member } from './steps.ts';

/** Its members. */
export function textMembers(messages: readonly Message[], { notes }: Known): Member[] {
  const exchanges = exchangesOf(
    messages,
    messages.filter(({ by }) => by === 'us'),
  );
  if (exchanges.some(({ said }) => said.length !== 1))
    notes.open(
      'readFrame',
      'Not every text was answered by one text; here each text of the server is a whole answer.',
    );
  const chunk = "{ type: 'chunk', id: null, seq: null, text: String(frame), complete: true }";
  return [
    { name: 'withoutIds', code: 'true' },
    { name: 'question', code: '(_id, _course, text) => text' },
    { name: 'readFrame', code: `(frame, hear) => hear(${chunk})` },
  ];
}
