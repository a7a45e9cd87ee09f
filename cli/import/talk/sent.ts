/** What the page said over the socket, and why: its questions, its first words, its answers to pings, its heartbeat. Pure. */
import { textFieldsOf } from '../../probe/fields/fieldRoles.ts';
import { lastName, pathsOf, valuesAt, type Leaf } from '../../probe/fields/leaves.ts';
import { isSecretName } from '../../probe/secretNames.ts';
import { groupsOf, type Group } from './groups.ts';
import type { Message } from './messages.ts';
import { heartbeatIn, type Heartbeat } from './heartbeat.ts';
import { repliesIn, type Reply } from './replies.ts';

/** The page's messages by what they are for. */
export interface Sent {
  hello: readonly Message[];
  questions: readonly Message[];
  /** Where a question has the text that the user typed. */
  textPath: string;
  replies: readonly Reply[];
  heartbeat: Heartbeat | undefined;
  goodbye: readonly Message[];
  /** Of the field that tells the type of what the page says, where there is one. */
  typePath: string | undefined;
  /** What is none of these. */
  others: readonly Message[];
}

/** Sorts them; `undefined`: none looks like a question. */
export function sentIn(messages: readonly Message[]): Sent | undefined {
  const { path, groups } = groupsOf(messages.filter(({ by }) => by === 'us'));
  const replies = repliesIn(messages, groups, path);
  const free = groups.filter((group) => replies.every((reply) => reply.group !== group));
  const asked = questionIn(messages, free, path);
  if (asked === undefined) return undefined;
  const rest = free.filter((group) => group !== asked.group);
  const heartbeat = heartbeatIn(messages, rest, path);
  const left = rest.filter((group) => group !== heartbeat?.group);
  const { questions, textPath } = asked;
  return { questions, textPath, replies, heartbeat, typePath: path, ...partsOf(left, questions, messages) };
}

interface Asked {
  group: Group;
  questions: readonly Message[];
  textPath: string;
}

/** The kind whose texts were answered most often; among equals the one whose texts look most like sentences. */
function questionIn(
  messages: readonly Message[],
  groups: readonly Group[],
  path: string | undefined,
): Asked | undefined {
  const found = groups.flatMap((group) => {
    const textPath = textPathOf(group, path);
    if (textPath === undefined) return [];
    const questions = group.messages.filter(({ leaves }) => typeof leaves.get(textPath) === 'string');
    const answered = questions.filter((_, index) => isAnswered(index, questions, messages)).length;
    const sentences = questions.filter(({ leaves }) => /\S\s+\S/.test(String(leaves.get(textPath)))).length;
    return answered === 0 ? [] : [{ group, questions, textPath, weight: answered + sentences * 1.5 }];
  });
  return found.sort((one, other) => other.weight - one.weight)[0];
}

/** Names that fields of questions have besides those of any text. */
const QUESTION_NAME = /(^|_)(prompt|question|query|input|utterance|q|msg|ask|words)$/;

function textPathOf({ messages }: Group, typePath: string | undefined): string | undefined {
  const type = typePath === undefined ? undefined : { path: typePath, counts: new Map<string, number>() };
  const leaves = messages.map((message) => message.leaves);
  const isFree = (path: string) =>
    path !== typePath && !isSecretName(lastName(path)) && !isFixed(valuesAt(leaves, path));
  const texts = pathsOf(leaves).filter(
    (path) => isFree(path) && valuesAt(leaves, path).some((value) => typeof value === 'string'),
  );
  return (
    texts.find((path) => QUESTION_NAME.test(lastName(path))) ??
    textFieldsOf(leaves, type).find(isFree) ??
    texts.find((path) => valuesAt(leaves, path).some((value) => /\S\s+\S/.test(String(value))))
  );
}

/** The same each time, or a document of GraphQL: nobody types that. */
function isFixed(values: readonly Leaf[]): boolean {
  const isSame = values.length > 1 && new Set(values).size === 1;
  return isSame || values.some((value) => /^\s*(query|mutation|subscription)\b[^]*\{/.test(String(value)));
}

/** The server said something before the next question. */
function isAnswered(index: number, questions: readonly Message[], messages: readonly Message[]): boolean {
  const [start, next] = [questions[index], questions[index + 1]].map((question) =>
    question === undefined ? messages.length : messages.indexOf(question),
  );
  return messages.slice(start, next).some(({ by }) => by === 'server');
}

/** First words are kinds that came before the first question only, last words those that came once, after all else. */
function partsOf(
  left: readonly Group[],
  questions: readonly Message[],
  messages: readonly Message[],
): Pick<Sent, 'hello' | 'goodbye' | 'others'> {
  const place = (message: Message | undefined) => (message === undefined ? -1 : messages.indexOf(message));
  const [first, last] = [place(questions[0]), place(questions.at(-1))];
  const end = Math.max(
    last,
    messages.findLastIndex(({ by }) => by === 'server'),
  );
  const isHello = (group: Group) => group.messages.every((message) => place(message) < first);
  const isGoodbye = (group: Group) => group.messages.length === 1 && place(group.messages[0]) > end;
  const inOrder = (groups: readonly Group[]) =>
    groups.flatMap((group) => group.messages).sort((one, other) => place(one) - place(other));
  return {
    hello: inOrder(left.filter(isHello)),
    goodbye: inOrder(left.filter((group) => !isHello(group) && isGoodbye(group))),
    others: inOrder(left.filter((group) => !isHello(group) && !isGoodbye(group))),
  };
}
