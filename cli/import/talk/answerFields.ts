/** Where an answer's parts have their text and number, and what marks its end. Pure. */
import { endMarksOf, sequenceFieldsOf, textFieldsOf } from '../../probe/fields/fieldRoles.ts';
import { isIdName, pathsOf, valuesAt, type Leaf, type Leaves } from '../../probe/fields/leaves.ts';
import type { Group, Groups } from './groups.ts';
import type { Exchange, QuestionId } from './ids.ts';
import type { Message } from './messages.ts';

/**
 * What ends an answer. `kind`: a message of its own; `field`: a value in the last part; `each`: every part is an answer;
 * `unknown`: no mark was found.
 */
export type End =
  | { is: 'kind'; group: Group }
  | { is: 'field'; path: string; value: Leaf }
  | { is: 'each' }
  | { is: 'unknown' };

/** The fields of answers. */
export interface AnswerFields {
  /** The kinds that hold text; none where no text was found. */
  parts: readonly Group[];
  textPath: string | undefined;
  seqPath: string | undefined;
  end: End;
  /** Whether a message ends an answer. */
  isLast: (message: Message) => boolean;
}

/** Finds them among the kinds that answer; `groups`: all of the server's. */
export function answerFieldsOf(
  { path }: Groups,
  answers: readonly Group[],
  exchanges: readonly Exchange[],
  id: QuestionId | undefined,
): AnswerFields {
  const type = path === undefined ? undefined : { path, counts: countsOf(answers) };
  const leaves = answers.flatMap(({ messages }) => messages.map((message) => message.leaves));
  const textPath = textFieldsOf(leaves, type).find((one) => one !== id?.theirs) ?? wordiest(leaves, path, id);
  const hasText = ({ messages }: Group) =>
    textPath !== undefined && messages.some(({ leaves: one }) => isText(one.get(textPath)));
  const parts = answers.filter(hasText);
  const answered = exchanges
    .map(({ said }) => said.filter((message) => answers.some(({ messages }) => messages.includes(message))))
    .filter((said) => said.some((message) => parts.some(({ messages }) => messages.includes(message))));
  const end = endOf(answered, parts, answers, type);
  return { parts, textPath, seqPath: seqPathOf(answered, parts), end, isLast: lastOf(end, parts) };
}

/** The field whose texts differ most: tokens of an answer are single words. */
function wordiest(
  leaves: readonly Leaves[],
  typePath: string | undefined,
  id: QuestionId | undefined,
): string | undefined {
  const counted = pathsOf(leaves)
    .filter((path) => path !== typePath && path !== id?.theirs && !isIdName(path))
    .map((path) => ({ path, count: new Set(valuesAt(leaves, path).filter(isText)).size }))
    .sort((one, other) => other.count - one.count);
  return counted[0] !== undefined && counted[0].count > 0 ? counted[0].path : undefined;
}

function isText(leaf: Leaf | undefined): boolean {
  return typeof leaf === 'string' && leaf !== '';
}

function countsOf(groups: readonly Group[]): Map<string, number> {
  return new Map(groups.map(({ type, messages }) => [type, messages.length]));
}

type Answered = readonly (readonly Message[])[];

function partsIn(said: readonly Message[], parts: readonly Group[]): Message[] {
  return said.filter((message) => parts.some(({ messages }) => messages.includes(message)));
}

/** What is called a mark comes first; what stands last in each answer, and only there, is one, too. */
function endOf(
  answered: Answered,
  parts: readonly Group[],
  answers: readonly Group[],
  type: { path: string; counts: Map<string, number> } | undefined,
): End {
  const marks = endMarksOf(
    answered.flat().map(({ leaves }) => leaves),
    type,
  );
  const kinds = answers.filter((group) => !parts.includes(group)).reverse();
  const isNamed = ({ type: name }: Group) =>
    marks.some(({ path, value }) => path === type?.path && value === name);
  const named = marks.flatMap(({ path }) => (path === type?.path ? [] : [path]));
  const all = pathsOf(partsIn(answered.flat(), parts).map(({ leaves }) => leaves));
  return (
    fieldEnd(answered, parts, named) ??
    kindEnd(answered, kinds.filter(isNamed)) ??
    kindEnd(answered, kinds) ??
    fieldEnd(answered, parts, all) ??
    (isOneEach(answered, parts) ? { is: 'each' } : { is: 'unknown' })
  );
}

function isOneEach(answered: Answered, parts: readonly Group[]): boolean {
  return answered.length > 0 && answered.every((said) => partsIn(said, parts).length === 1);
}

/** A field that has, in the last part of each answer and in no other, true, or a text where the others have nothing. */
function fieldEnd(answered: Answered, parts: readonly Group[], paths: readonly string[]): End | undefined {
  for (const path of paths) {
    const values = answered.map((said) => partsIn(said, parts).map(({ leaves }) => leaves.get(path)));
    const lasts = new Set(values.map((list) => list.at(-1)));
    const before = values.flatMap((list) => list.slice(0, -1));
    const [last] = lasts;
    const isMark = last === true ? before.every((one) => one !== true) : isReason(last, before);
    if (lasts.size === 1 && last !== undefined && isMark) return { is: 'field', path, value: last };
  }
  return undefined;
}

/** A text such as `stop`, where the parts before had none. */
function isReason(last: Leaf | undefined, before: readonly (Leaf | undefined)[]): boolean {
  return (
    typeof last === 'string' &&
    /^[\w[\].-]{1,30}$/.test(last) &&
    before.length > 0 &&
    before.every((one) => one === undefined || one === null || one === '')
  );
}

/** A kind that came once in each answer, after its last part. */
function kindEnd(answered: Answered, kinds: readonly Group[]): End | undefined {
  const group = kinds.find(
    ({ messages }) =>
      answered.length > 0 &&
      answered.every((said) => {
        const ends = said.filter((message) => messages.includes(message));
        const [end] = ends;
        return ends.length === 1 && end !== undefined && isAfterParts(end, said, kinds);
      }),
  );
  return group === undefined ? undefined : { is: 'kind', group };
}

function isAfterParts(end: Message, said: readonly Message[], kinds: readonly Group[]): boolean {
  const after = said.slice(said.indexOf(end) + 1);
  return after.every((message) => kinds.some(({ messages }) => messages.includes(message)));
}

/** A field that counts the parts of each answer, one by one. */
function seqPathOf(answered: Answered, parts: readonly Group[]): string | undefined {
  const leaves = partsIn(answered.flat(), parts).map((message) => message.leaves);
  return sequenceFieldsOf(leaves).find((path) =>
    answered.every((said) => {
      const numbers = partsIn(said, parts).flatMap((message) => {
        const number = message.leaves.get(path);
        return typeof number === 'number' ? [number] : [];
      });
      return numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? NaN) + 1);
    }),
  );
}

function lastOf(end: End, parts: readonly Group[]): (message: Message) => boolean {
  const isPart = (message: Message) => parts.some(({ messages }) => messages.includes(message));
  if (end.is === 'kind') return (message) => end.group.messages.includes(message);
  if (end.is === 'field') return (message) => isPart(message) && message.leaves.get(end.path) === end.value;
  return isPart;
}
