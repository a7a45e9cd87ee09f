/** Which field of a question its answers give back. Pure. */
import { isIdName, pathsOf, valuesAt } from '../../probe/fields/leaves.ts';
import type { Message } from './messages.ts';

/** A question and what the server said until the next one. */
export interface Exchange {
  question: Message;
  said: readonly Message[];
}

/** Where the id is. `uuid`: a text that no one must know before; `count`: 1, 2, 3 …; `number`: another number. */
export interface QuestionId {
  ours: string;
  theirs: string;
  form: 'uuid' | 'text' | 'count' | 'number';
  isNumber: boolean;
}

const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;
/** Of the answered questions. */
const MOST = 0.6;

/** Cuts a talk at its questions. */
export function exchangesOf(messages: readonly Message[], questions: readonly Message[]): Exchange[] {
  const starts = questions.map((question) => messages.indexOf(question));
  return questions.map((question, index) => ({
    question,
    said: messages.slice((starts[index] ?? 0) + 1, starts[index + 1]).filter(({ by }) => by === 'server'),
  }));
}

/** The field whose value was new in each question, and came back in what followed; `undefined`: none did. */
export function questionIdOf(exchanges: readonly Exchange[], textPath: string): QuestionId | undefined {
  const answered = exchanges.filter(({ said }) => said.length > 0);
  const questions = answered.map(({ question }) => question.leaves);
  const found = pathsOf(questions)
    .filter((path) => path !== textPath)
    .flatMap((ours) => {
      const values = valuesAt(questions, ours);
      const isNew = new Set(values).size === values.length && values.every(isIdValue);
      const isOne = values.length > 1 || isIdName(ours) || UUID.test(String(values[0]));
      return isNew && isOne ? givenBack(answered, ours) : [];
    });
  found.sort((one, other) => other.weight - one.weight);
  const [best] = found;
  if (best === undefined || best.count < answered.length * MOST) return undefined;
  const { ours, theirs } = best;
  return { ours, theirs, ...formOf(valuesAt(questions, ours)) };
}

function givenBack(exchanges: readonly Exchange[], ours: string) {
  const paths = new Map<string, number>();
  for (const { question, said } of exchanges) {
    const value = String(question.leaves.get(ours));
    const here = said.flatMap(({ leaves }) =>
      [...leaves].filter(([, leaf]) => String(leaf) === value).map(([path]) => path),
    );
    for (const path of new Set(here)) paths.set(path, (paths.get(path) ?? 0) + 1);
  }
  return [...paths].map(([theirs, count]) => ({
    ...{ ours, theirs, count },
    weight:
      count + (isIdName(theirs) ? 0.5 : 0) + (isIdName(ours) ? 0.25 : 0) - theirs.split('.').length / 100,
  }));
}

function isIdValue(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\S{1,128}$/.test(value));
}

function formOf(values: readonly unknown[]): Pick<QuestionId, 'form' | 'isNumber'> {
  const isNumber = values.every((value) => typeof value === 'number');
  if (values.every((value) => UUID.test(String(value)))) return { form: 'uuid', isNumber };
  const isCount = values.every((value) => /^\d{1,9}$/.test(String(value)) && Number(value) < 1e6);
  if (isCount) return { form: 'count', isNumber };
  return { form: isNumber ? 'number' : 'text', isNumber };
}
