/** What an import found, for people: a line for each step. Pure. */
import { plural } from '../../lib/words/plural.ts';
import type { Chain } from './chain/chain.ts';
import type { Parts } from './code/parts.ts';
import type { Known } from './code/steps.ts';
import type { ChosenSocket } from './recording/chosenSocket.ts';
import type { Recording } from './recording/recording.ts';
import type { Found } from './talk/found.ts';
import type { Heard } from './talk/kinds.ts';
import type { Talk } from './talk/messages.ts';

/** What, and where it comes from. */
export type Line = readonly [what: string, text: string];

/** What they are about. */
interface Findings {
  parts: Parts;
  talk: Talk;
  found: Found | undefined;
  /** How many. */
  questions: number;
  known: Known;
}

/** All of them, without secrets. */
export function derivedLines(
  { calls, sockets }: Recording,
  chosen: ChosenSocket,
  findings: Findings,
): Line[] {
  const { parts, talk, found, questions, known } = findings;
  const { chain, secrets } = known;
  const isDeleted = parts.members.some(({ name }) => name === 'deleteSession');
  const lines: Line[] = [
    ['recording', `${plural(calls.length, 'call')}, ${plural(sockets.length, 'socket')}`],
    ['socket', socketText(chosen)],
    ['log-in', stepText(chain.token)],
    ['session', `${stepText(chain.session)}${isDeleted ? ', and is deleted at the end' : ''}`],
    ['frames', framesText(talk)],
    ['questions', questions === 0 ? 'none can be known' : `${questions}${questionText(found)}`],
    ...(found === undefined ? [] : [['answers', answerText(found.heard)] as const]),
  ];
  return lines.map(([what, text]) => [what, secrets.hide(text)]);
}

function socketText({ socket: { url }, why }: ChosenSocket): string {
  return `${url.protocol}//${url.host}${url.pathname}, ${why}`;
}

function stepText(step: Chain['token']): string {
  if (step === undefined) return 'none';
  const gives = step.reads.map(({ path }) => path).join(', ');
  return `${step.call.method} ${step.call.url.pathname}${gives === '' ? '' : `, which gives ${gives}`}`;
}

function questionText(found: Found | undefined): string {
  if (found === undefined) return '';
  const { heard, sent } = found;
  return `, with the text in ${sent.textPath}${heard.id === undefined ? ' and no id' : ` and the id in ${heard.id.ours}`}`;
}

function answerText({ kinds, fields: { textPath, end } }: Heard): string {
  if (textPath === undefined) return 'with no text that was found';
  const parts = kinds
    .filter(({ role, group }) => role === 'part' && group.type !== '')
    .map(({ group }) => group.type);
  const where = `${parts.length === 0 ? '' : `${parts.join(', ')}, with `}text in ${textPath}`;
  if (end.is === 'each') return `${where}, whole each time`;
  if (end.is === 'unknown') return `${where}; nothing marks the end`;
  return `${where}; the end is ${end.is === 'kind' ? end.group.type || 'another message' : `${end.path} = ${String(end.value)}`}`;
}

function framesText({ form, dialect }: Talk): string {
  const name = dialect === undefined ? '' : `, ${dialect.name}`;
  if (form === 'json') return `JSON${name === '' ? ' of its own' : name}`;
  if (form === 'socket.io') return 'Socket.IO';
  if (form === 'sealed') return 'encrypted';
  return form === 'text' ? 'plain text' : `of another kind${name}`;
}
