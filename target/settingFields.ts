/** Settings as data: what each may be, how a text is read, and its line in the help. */
import { readFileSync } from 'node:fs';

/** What is known of one setting. */
export interface Field<Value> {
  /** Returns the value that a text stands for; throws an Error that names the setting and quotes the text. */
  read(name: string, text: string): Value;
  /** Throws an Error that names the setting if `value` can't be used. */
  check(name: string, value: Value): void;
  /** How a command line shows it. */
  help: Help;
}

/** The line of a setting in a command's help. */
export interface Help {
  /** What stands for the value, like `<ms>`. */
  value: string;
  /** What it is, with its default. */
  words: string;
  /** Its name as an option, where that is not the setting's. */
  option?: string;
  /** The environment variable that gives it too. */
  env?: string;
}

/** The fields of settings, by name. */
export type Fields<Settings> = { readonly [Name in keyof Settings]: Field<Settings[Name]> };

/** From what to what a number may go. */
export interface Range {
  least: number;
  most: number;
  whole: boolean;
}

/** Milliseconds, up to an hour. */
const TIMES: Range = { least: 0, most: 3_600_000, whole: false };

/** A number in a range. */
export function numberField(range: Range, help: Help): Field<number> {
  return {
    read: (name, text) => readNumber(name, text, range),
    check: (name, value) => void checkNumber(name, value, range),
    help,
  };
}

/** A time from 0 to an hour, in milliseconds. */
export function timeField(words: string): Field<number> {
  return numberField(TIMES, { value: '<ms>', words });
}

/** A whole number; `value` and `words` are for the help. */
export function countField(least: number, value: string, words: string, most = 1_000_000): Field<number> {
  return numberField({ least, most, whole: true }, { value, words });
}

/** Any text. */
export function textField(help: Help): Field<string> {
  return { read: (_name, text) => text, check: () => undefined, help };
}

/** Times in milliseconds, as a comma list or the path of a JSON file that holds an array. */
export function timesField(words: string): Field<number[]> {
  return {
    read: (name, text) => readTimes(name, text).map((each) => readNumber(name, each, TIMES)),
    check: (name, values) => values.forEach((value) => checkNumber(name, value, TIMES)),
    help: { value: '<list>', words },
  };
}

/** One of a few words. */
export function choiceField<Word extends string>(words: readonly Word[], help: Help): Field<Word> {
  const read = (name: string, text: string): Word => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new Error(`The target's ${name} is "${text}"; give one of ${words.join(', ')}.`);
  };
  return { read, check: (name, value) => void read(name, value), help };
}

/** Throws an Error that names the first setting that can't be used. */
export function checkFields<Settings>(fields: Fields<Settings>, settings: Settings): void {
  for (const name of namesOf(fields)) fields[name].check(name, settings[name]);
}

/** Turns texts into settings, one by one; throws for an unknown name and for a text that can't be read. */
export function readFields<Settings>(
  fields: Fields<Settings>,
  texts: Record<string, string | undefined>,
): Partial<Settings> {
  const names = new Map(namesOf(fields).map((name) => [optionOf(fields, name), name]));
  const settings: Partial<Settings> = {};
  for (const [option, text] of Object.entries(texts)) {
    const name = names.get(option);
    if (name === undefined) throw unknownOption(option, [...names.keys()]);
    if (text !== undefined) settings[name] = fields[name].read(name, text);
  }
  return settings;
}

/** Returns the settings' parts of a command line: a name as in `readFields`, and the help. */
export function optionsOf<Settings>(fields: Fields<Settings>): { option: string; help: Help }[] {
  return namesOf(fields).map((name) => ({ option: optionOf(fields, name), help: fields[name].help }));
}

type NameIn<Settings> = keyof Settings & string;

function namesOf<Settings>(fields: Fields<Settings>): NameIn<Settings>[] {
  return Object.keys(fields).filter((name): name is NameIn<Settings> => name in fields);
}

function optionOf<Settings>(fields: Fields<Settings>, name: NameIn<Settings>): string {
  return fields[name].help.option ?? name;
}

function unknownOption(name: string, names: readonly string[]): Error {
  return new Error(`The target has no option "${name}"; the options are ${names.join(', ')}.`);
}

function checkNumber(
  name: string,
  value: number,
  { least, most, whole }: Range,
  shown = String(value),
): number {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'whole number' : 'number';
  throw new Error(`The target's ${name} is "${shown}"; give a ${kind} from ${least} to ${most}.`);
}

function readNumber(name: string, text: string, range: Range): number {
  const value = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : NaN;
  return checkNumber(name, value, range, text);
}

/** Returns the parts of a comma list, without blanks around them; empty ones are left out. */
export function readList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readTimes(name: string, text: string): string[] {
  return /[^\d\s.,-]/.test(text) ? readJsonArray(name, text).map(String) : readList(text);
}

function readJsonArray(name: string, path: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unreadableTimes(name, path, error instanceof Error ? error.message : String(error));
  }
  if (Array.isArray(value)) return value;
  throw unreadableTimes(name, path, 'it holds no array');
}

function unreadableTimes(name: string, path: string, reason: string): Error {
  return new Error(
    `The target's ${name} are "${path}", which is not a readable JSON file of times (${reason}); ` +
      'give a comma list of milliseconds or the path of a JSON file with an array of them.',
  );
}
