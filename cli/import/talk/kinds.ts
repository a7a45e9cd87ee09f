/** What each kind of the server's messages means to somebody who asks questions. Pure. */
import { isPlainObject } from '../../../lib/words/jsonFields.ts';
import { isIdName } from '../../probe/fields/leaves.ts';
import { groupsOf, typeOf, type Group } from './groups.ts';
import { answerFieldsOf, type AnswerFields } from './answerFields.ts';
import { questionIdOf, type Exchange, type QuestionId } from './ids.ts';
import type { Message } from './messages.ts';
import { PING_TYPE } from './replies.ts';
import type { Sent } from './sent.ts';

/** What a kind is. `reply`: it wants to be answered. */
export type Role = 'part' | 'end' | 'error' | 'ready' | 'reply' | 'pong' | 'ignored' | 'push';

/** A kind and its role; `idPath`: where it gives back the question's id, if it does. */
export interface Kind {
  group: Group;
  role: Role;
  idPath: string | undefined;
}

/** What the server said. */
export interface Heard {
  /** Of the field that tells the type, where there is one. */
  typePath: string | undefined;
  kinds: readonly Kind[];
  id: QuestionId | undefined;
  fields: AnswerFields;
}

const ERROR_TYPE = /(^|[._:/-])(error|err|failed|failure|exception|refused|rejected|denied)$/i;
const READY_TYPE =
  /(ready|welcome|hello|connect(ed|ion)?(_?ack)?|established|accepted|auth(enticated|orized|_?ok)?|joined|subscribed|session|open(ed)?|init(ialized)?|ok|ack)$/i;

/** Finds the roles of all kinds. */
export function heardIn(messages: readonly Message[], exchanges: readonly Exchange[], sent: Sent): Heard {
  const theirs = groupsOf(messages.filter(({ by }) => by === 'server'));
  const id = questionIdOf(exchanges, sent.textPath);
  const taken = [...sent.replies.map(({ to }) => to), sent.heartbeat?.answer];
  const isTaken = ({ type }: Group) => type !== '' && (taken.includes(type) || PING_TYPE.test(type));
  const answers = theirs.groups.filter(
    (group) => !isTaken(group) && answersIn(group, exchanges, id).length > 0,
  );
  const fields = answerFieldsOf(theirs, answers, exchanges, id);
  const ready = readyIn(messages, theirs.groups, sent);
  const kinds = theirs.groups.map((group) => ({
    group,
    role: roleOf(group, sent, fields, ready, exchanges),
    idPath: id === undefined ? undefined : idPathOf(group, exchanges, id),
  }));
  return { typePath: theirs.path, kinds, id, fields };
}

/** The messages of a kind that belong to a question: by its id, or where there is none, by coming after it only. */
function answersIn(
  { messages }: Group,
  exchanges: readonly Exchange[],
  id: QuestionId | undefined,
): Message[] {
  if (id === undefined) {
    const after = new Set(exchanges.flatMap(({ said }) => said));
    const often = exchanges.filter(({ said }) => said.some((message) => messages.includes(message)));
    const isAnswer = messages.every((message) => after.has(message)) && often.length * 2 >= exchanges.length;
    return isAnswer ? [...messages] : [];
  }
  return exchanges.flatMap(({ question, said }) => {
    const value = String(question.leaves.get(id.ours));
    return said.filter((message) => messages.includes(message) && hasValue(message, value));
  });
}

function hasValue({ leaves }: Message, value: string): boolean {
  return [...leaves.values()].some((leaf) => String(leaf) === value);
}

function idPathOf({ messages }: Group, exchanges: readonly Exchange[], id: QuestionId): string | undefined {
  for (const { question, said } of exchanges) {
    const value = String(question.leaves.get(id.ours));
    for (const { leaves } of said.filter((message) => messages.includes(message))) {
      if (String(leaves.get(id.theirs)) === value) return id.theirs;
      const other = [...leaves].find(([path, leaf]) => isIdName(path) && String(leaf) === value);
      if (other !== undefined) return other[0];
    }
  }
  return undefined;
}

/** The kind that tells that questions may be asked: said before the first of them, and never later. */
function readyIn(messages: readonly Message[], groups: readonly Group[], sent: Sent): Group | undefined {
  const place = (message: Message | undefined) => (message === undefined ? -1 : messages.indexOf(message));
  const first = place(sent.questions[0]);
  const greeted = place(sent.hello.at(-1));
  const before = groups.filter(
    ({ type, messages: list }) => list.every((one) => place(one) < first) && !PING_TYPE.test(type),
  );
  const after = before.filter(({ messages: [one] }) => place(one) > greeted);
  const named = (after.length > 0 ? after : before).filter((group) =>
    namesOf(group).some((name) => READY_TYPE.test(name)),
  );
  return named.at(-1) ?? (sent.hello.length > 0 ? after[0] : undefined);
}

/** What a kind may be called by: its type, or where there is none, its fields. */
function namesOf({ type, messages: [first] }: Group): string[] {
  return type === '' && isPlainObject(first?.value) ? Object.keys(first.value) : [type];
}

function roleOf(
  group: Group,
  sent: Sent,
  fields: AnswerFields,
  ready: Group | undefined,
  exchanges: readonly Exchange[],
): Role {
  const { type, messages } = group;
  if (type !== '' && sent.replies.some(({ to }) => to === type)) return 'reply';
  if (type !== '' && sent.heartbeat?.answer === type) return 'pong';
  if (fields.parts.includes(group)) return 'part';
  if (fields.end.is === 'kind' && fields.end.group === group) return 'end';
  if (ERROR_TYPE.test(type)) return 'error';
  if (group === ready) return 'ready';
  return PING_TYPE.test(type) || !cameByItself(messages, fields, exchanges) ? 'ignored' : 'push';
}

/** Some of them came while no question was open, and after the first had been asked. */
function cameByItself(
  messages: readonly Message[],
  fields: AnswerFields,
  exchanges: readonly Exchange[],
): boolean {
  return exchanges.some(({ said }) => {
    const over = said.findIndex((message) => fields.isLast(message));
    return over >= 0 && said.slice(over + 1).some((message) => messages.includes(message));
  });
}

/** Its value of the type field. */
export function kindOf(message: Message, { typePath }: Heard): string {
  return typeOf(message, typePath);
}
