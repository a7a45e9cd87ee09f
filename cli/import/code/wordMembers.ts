/** The code of plain words between messages of JSON. Pure. */
import type { PlainWords } from '../talk/plainWords.ts';
import type { Member } from './steps.ts';
import { quoted } from './term.ts';

/** Members that know the words, too, and the reader of JSON as a variable that they need. */
export function withWords(
  members: readonly Member[],
  { replies, heartbeat, ignored }: PlainWords,
): { members: Member[]; state: string[] } {
  const read = members.find(({ name }) => name === 'read')?.code ?? '';
  const answer = heartbeat?.answer;
  const known = [...replies.map(([theirs]) => theirs), answer];
  const rules = [
    ...replies.map(([theirs, ours]) => [theirs, `{ type: 'reply', text: ${quoted(ours)} }`] as const),
    ...(answer === undefined ? [] : [[answer, "{ type: 'pong' }"] as const]),
    ...ignored.filter((word) => !known.includes(word)).map((word) => [word, "{ type: 'ignored' }"] as const),
  ];
  const lines = rules.map(([word, message]) => `if (frame === ${quoted(word)}) return hear(${message});`);
  const beat = heartbeat === undefined ? [] : [beatMember(heartbeat)];
  return {
    members: [
      ...members.filter(({ name }) => name !== 'read' && (name !== 'heartbeat' || beat.length === 0)),
      ...beat,
      {
        name: 'readFrame',
        code: `(frame, hear) => {\n${lines.join('\n')}\nhear(read(jsonIn(String(frame))));\n}`,
      },
    ],
    state: [`const read = ${read.replace('(message) =>', '(message: unknown): ServerMessage =>')};`],
  };
}

function beatMember({ text, seconds, answer }: NonNullable<PlainWords['heartbeat']>): Member {
  const awaits = answer === undefined ? '' : ', awaitsPong: true';
  return { name: 'heartbeat', code: `{ seconds: ${seconds}, frames: () => ${quoted(text)}${awaits} }` };
}
