/** Which fields of messages look like ids, numbers of a sequence, text, and the mark of an end. Pure. */
import { isIdName, lastName, pathsOf, valuesAt, type Leaf, type Leaves } from './leaves.ts';
import type { TypeField } from './typeField.ts';

/** An id; `ofOurs`: the path at which the same value stood in a message of ours. */
export interface IdField {
  path: string;
  ofOurs?: string;
}

/** A place where an end is marked, and by what: `done` by true, `event` by end. */
export interface EndMark {
  path: string;
  value: string;
}

const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;
const SEQUENCE_NAME = /(^|_)(seq|sequence|index|idx|offset|position|order|number|no|part)$/;
const TEXT_NAME =
  /(^|_)(text|content|delta|message|chunk|body|answer|response|reply|token|output|value|data)$/;
const DONE_NAME =
  /(^|_)(done|complete|completed|complete_response|final|is_final|finished|end|last|is_last|eos|stop)$/;
const REASON_NAME = /(^|_)(finish|stop|end)_reason$/;
const END_VALUE = /(^|[._:/-])(end|ended|done|complete|completed|finish|finished|final|stop|eos)$/i;
const MOST = 3;

/** Ids: what gives back a value of ours first, then what is called or looks like one. */
export function idFieldsOf(messages: readonly Leaves[], ours: readonly Leaves[]): IdField[] {
  const given = givenBy(ours);
  const fields = pathsOf(messages).flatMap((path): IdField[] => {
    const values = valuesAt(messages, path).filter((value) => value !== null);
    const ofOurs = values.map((value) => given.get(String(value))).find((found) => found !== undefined);
    const isSame = ofOurs !== undefined && (lastName(ofOurs) === lastName(path) || isIdName(ofOurs));
    if (isSame && isIdName(path) && values.every(isIdValue)) return [{ path, ofOurs }];
    return values.length > 0 && values.every(isIdValue) && (isIdName(path) || values.every(isUuid))
      ? [{ path }]
      : [];
  });
  return [...fields.filter(isAnswer), ...fields.filter((field) => !isAnswer(field))].slice(0, MOST);
}

const isAnswer = ({ ofOurs }: IdField): boolean => ofOurs !== undefined;
const isUuid = (value: Leaf): boolean => typeof value === 'string' && UUID.test(value);
const isIdValue = (value: Leaf): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^\S+$/.test(value));

/** Where each value stood in what we sent. */
function givenBy(ours: readonly Leaves[]): Map<string, string> {
  return new Map(
    ours.flatMap((leaves) => [...leaves].map(([path, value]) => [String(value), path] as const)),
  );
}

/** Fields that count messages: whole numbers that grow by one, or that are called so and do not fall but to their start. */
export function sequenceFieldsOf(messages: readonly Leaves[]): string[] {
  return pathsOf(messages)
    .filter((path) => {
      const values = valuesAt(messages, path);
      const numbers = values.filter((value) => typeof value === 'number' && Number.isInteger(value));
      if (numbers.length < values.length || numbers.length < 2 || isIdName(path)) return false;
      return SEQUENCE_NAME.test(lastName(path))
        ? climbs(numbers, 0)
        : numbers.length > 2 && climbs(numbers, 1);
    })
    .slice(0, MOST);
}

/** `step` 1: by one each time; 0: by anything. It may begin again. */
function climbs(numbers: readonly Leaf[], step: 0 | 1): boolean {
  const [first] = numbers;
  const pairs = numbers.slice(1).map((value, index) => [Number(numbers[index]), Number(value)] as const);
  const isHigher = ([before, after]: readonly [number, number]) =>
    step === 1 ? after === before + 1 : after >= before;
  return pairs.some(isHigher) && pairs.every((pair) => isHigher(pair) || pair[1] === first);
}

/** Fields with text for people: called so, or with words and blanks in them. The one that came most often first. */
export function textFieldsOf(messages: readonly Leaves[], type: TypeField | undefined): string[] {
  const fields = pathsOf(messages).flatMap((path) => {
    const values = valuesAt(messages, path).filter((value) => typeof value === 'string' && value !== '');
    const isNamed = TEXT_NAME.test(lastName(path));
    const isProse = values.some((value) => /\p{L}+\s+\p{L}+/u.test(String(value)));
    if (path === type?.path || isIdName(path) || values.length === 0 || values.every(isNoText)) return [];
    return isNamed || isProse ? [{ path, weight: values.length * (isNamed ? 2 : 1) }] : [];
  });
  return fields
    .sort((one, other) => other.weight - one.weight)
    .slice(0, MOST - 1)
    .map(({ path }) => path);
}

/** A time, or a long word such as a token. */
const isNoText = (value: Leaf): boolean => /^(\d{4}-\d\d-\d\d[T ]\d\d:.*|\S{24,})$/.test(String(value));

/** What may mark the end of an answer: a field that is true in the end, a reason for it, a type, `[DONE]`. */
export function endMarksOf(messages: readonly Leaves[], type: TypeField | undefined): EndMark[] {
  const ofFields = pathsOf(messages).flatMap((path): EndMark[] => {
    const values = valuesAt(messages, path);
    if (DONE_NAME.test(lastName(path)) && values.includes(true)) return [{ path, value: 'true' }];
    const reason = values.find((value) => typeof value === 'string' && value !== '');
    if (REASON_NAME.test(lastName(path)) && reason !== undefined) return [{ path, value: String(reason) }];
    return values.includes('[DONE]') ? [{ path, value: '[DONE]' }] : [];
  });
  const ofType = [...(type?.counts.keys() ?? [])]
    .filter((value) => END_VALUE.test(value))
    .map((value) => ({ path: type?.path ?? '', value }));
  return [...ofType, ...ofFields].slice(0, MOST);
}
