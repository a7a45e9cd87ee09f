/** Reads the file of a suite: everything that is wrong with it at once. */
import { dirname, resolve } from 'node:path';
import { isPlainObject } from '../../lib/words/jsonFields.ts';
import { parseJson, type JsonText } from '../../lib/words/jsonText.ts';
import { closest, InputError } from '../../lib/words/settings.ts';
import { unknownSetting } from '../../lib/before/settings/unknownNames.ts';
import type { SuiteFile, SuiteFileTest, SuiteNeeds } from '../../report/suite/suiteFile.ts';
import { findScript, type ScriptFile } from '../setup/scriptFile.ts';
import { SECTIONS, SETTING_NAMES, SETTINGS } from '../setup/knownSettings.ts';
import type { Values } from './scale.ts';

/** A test, with everything that the file leaves out. */
export interface SuiteTestOrder {
  name: string;
  /** A name or an absolute path. */
  script: string;
  values: Values;
  needs: SuiteNeeds;
  coolDownSeconds: number;
}

/** A suite, likewise. */
export interface SuiteOrder {
  name: string;
  about: string | undefined;
  stopsAtFailure: boolean;
  tests: readonly SuiteTestOrder[];
}

const SHAPE = 'A suite is {"tests": [{"script": "ramp", "env": {"RAMP_MAX_SESSIONS": 100}}, …]}.';
const COOL_DOWN_SECONDS = 30;
const MOST_SECONDS = 86_400;
const MOST_TESTS = 99;

type Names<T> = readonly (keyof T & string)[];
const OF_SUITE: Names<SuiteFile> = [
  '$schema',
  'name',
  'about',
  'env',
  'coolDownSeconds',
  'afterFailure',
  'tests',
];
const OF_TEST: Names<SuiteFileTest> = ['script', 'name', 'env', 'needs', 'coolDownSeconds'];
const OF_NEEDS: Names<SuiteNeeds> = ['openFiles', 'memoryMegabytes', 'programs', 'settings'];

type Path = readonly (string | number)[];

/** Reads a suite; `file` is its path, `name` what it is called where it does not say that. Throws an InputError. */
export function parseSuite(text: string, file: string, name: string): SuiteOrder {
  const reader = new SuiteReader(parseJson(text, file, SHAPE), dirname(file));
  const suite = reader.read(name);
  if (reader.problems.length > 0) throw new InputError(reader.problems);
  return suite;
}

const NO_SCRIPT: ScriptFile = { name: '', path: '', isOwn: false };

const isKnown = (name: string): boolean => SETTING_NAMES.includes(name);
/** A script of somebody's own may read any variable. */
const isAny = (): boolean => true;

class SuiteReader {
  readonly problems: string[];
  private readonly json: JsonText;
  private readonly folder: string;

  constructor(json: JsonText, folder: string) {
    this.json = json;
    this.folder = folder;
    this.problems = [...json.repeated];
  }

  read(name: string): SuiteOrder {
    const value = this.object([], this.json.value, OF_SUITE);
    const values = this.settings(['env'], value['env'], isKnown);
    const coolDownSeconds = this.seconds(['coolDownSeconds'], value['coolDownSeconds'], COOL_DOWN_SECONDS);
    const suite = {
      name: this.name(['name'], value['name'], name),
      about: this.text(['about'], value['about']),
      stopsAtFailure: this.afterFailure(value['afterFailure']) === 'stop',
    };
    return { ...suite, tests: this.tests(value['tests'], { values, coolDownSeconds }) };
  }

  private tests(list: unknown, common: Pick<SuiteTestOrder, 'values' | 'coolDownSeconds'>): SuiteTestOrder[] {
    if (!Array.isArray(list) || list.length === 0 || list.length > MOST_TESTS) {
      this.problem(['tests'], `"tests" must be a list of 1 to ${MOST_TESTS} tests. ${SHAPE}`);
      return [];
    }
    const tests = list.map((item: unknown, index) => this.test(['tests', index], item, common));
    tests.forEach(({ name }, index) => {
      if (name !== '' && tests.findIndex((other) => other.name === name) < index)
        this.problem(['tests', index], `a second test is called "${name}": give one of them another "name".`);
    });
    return tests;
  }

  private test(
    path: Path,
    item: unknown,
    { values, coolDownSeconds }: Pick<SuiteTestOrder, 'values' | 'coolDownSeconds'>,
  ): SuiteTestOrder {
    const value = this.object(path, item, OF_TEST);
    const script = isPlainObject(item) ? this.script([...path, 'script'], value['script']) : NO_SCRIPT;
    return {
      name: this.name([...path, 'name'], value['name'], script.name),
      script: script.path,
      values: { ...values, ...this.settings([...path, 'env'], value['env'], script.isOwn ? isAny : isKnown) },
      needs: this.needs([...path, 'needs'], value['needs']),
      coolDownSeconds: this.seconds([...path, 'coolDownSeconds'], value['coolDownSeconds'], coolDownSeconds),
    };
  }

  private script(path: Path, value: unknown): ScriptFile {
    if (typeof value !== 'string' || value === '') {
      this.problem(path, `"script" ${given(value)}: it must be the name of a script, such as "ramp".`);
      return NO_SCRIPT;
    }
    try {
      return findScript(/[/\\]|\.js$/.test(value) ? resolve(this.folder, value) : value);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const problem of error.problems) this.problem(path, problem);
      return { ...NO_SCRIPT, name: value };
    }
  }

  /** Files are meant as seen from the suite's own; `isMeant`: which names may stand there. */
  private settings(path: Path, value: unknown, isMeant: (name: string) => boolean): Values {
    if (value === undefined) return {};
    if (!isPlainObject(value)) {
      this.problem(path, `"env" must be an object of settings, such as {"RAMP_MAX_SESSIONS": 100}.`);
      return {};
    }
    const entries = Object.entries(value).map(([name, part]): [string, string] => {
      if (!isMeant(name)) this.problem([...path, name], unknownSetting(name, SECTIONS));
      else if (!['string', 'number', 'boolean'].includes(typeof part))
        this.problem([...path, name], `${name} ${given(part)}: it must be a text or a number.`);
      const text = String(part);
      const isFile = SETTINGS.some(({ env, kind }) => env === name && kind === 'file');
      return [name, isFile && text !== '' ? resolve(this.folder, text) : text];
    });
    return Object.fromEntries(entries);
  }

  private needs(path: Path, value: unknown): SuiteNeeds {
    if (value === undefined) return {};
    const { openFiles, memoryMegabytes, programs, settings } = this.object(path, value, OF_NEEDS);
    const numbers = { openFiles, memoryMegabytes };
    const lists = { programs, settings };
    return {
      ...this.each(numbers, (name, part) => this.number([...path, name], part, { least: 1, most: 1e9 })),
      ...this.each(lists, (name, part) => this.words([...path, name], part)),
    };
  }

  private each<T>(
    values: Readonly<Record<string, unknown>>,
    read: (name: string, value: unknown) => T,
  ): Record<string, T> {
    const there = Object.entries(values).filter(([, value]) => value !== undefined);
    return Object.fromEntries(there.map(([name, value]) => [name, read(name, value)]));
  }

  private words(path: Path, value: unknown): string[] {
    if (Array.isArray(value) && value.every((word) => typeof word === 'string' && /^[\w.-]+$/.test(word)))
      return value.map(String);
    this.problem(path, `"${String(path.at(-1))}" ${given(value)}: it must be a list of names.`);
    return [];
  }

  private afterFailure(value: unknown): 'continue' | 'stop' {
    if (value === undefined || value === 'continue' || value === 'stop') return value ?? 'continue';
    this.problem(['afterFailure'], `"afterFailure" ${given(value)}: it must be "continue" or "stop".`);
    return 'continue';
  }

  private name(path: Path, value: unknown, absent: string): string {
    if (value === undefined) return absent;
    if (typeof value === 'string' && /^\w[\w.-]{0,29}$/.test(value)) return value;
    this.problem(
      path,
      `"name" ${given(value)}: it must be 1 to 30 letters, digits, dots, hyphens or underscores.`,
    );
    return absent;
  }

  private text(path: Path, value: unknown): string | undefined {
    if (value === undefined || typeof value === 'string') return value;
    this.problem(path, `"${String(path.at(-1))}" ${given(value)}: it must be a text.`);
    return undefined;
  }

  private seconds(path: Path, value: unknown, absent: number): number {
    return value === undefined ? absent : this.number(path, value, { least: 0, most: MOST_SECONDS });
  }

  private number(path: Path, value: unknown, { least, most }: { least: number; most: number }): number {
    if (typeof value === 'number' && value >= least && value <= most) return value;
    this.problem(
      path,
      `"${String(path.at(-1))}" ${given(value)}: it must be a number from ${least} to ${most}.`,
    );
    return least;
  }

  private object(path: Path, value: unknown, names: readonly string[]): Record<string, unknown> {
    if (!isPlainObject(value)) {
      this.problem(path, `here must be an object with ${names.join(', ')}. ${SHAPE}`);
      return {};
    }
    for (const name of Object.keys(value).filter((key) => !names.includes(key))) {
      const meant = closest(name, names);
      const hint = meant === undefined ? `Possible are ${names.join(', ')}.` : `Did you mean ${meant}?`;
      this.problem([...path, name], `"${name}" is not known here. ${hint}`);
    }
    return value;
  }

  private problem(path: Path, sentence: string): void {
    this.problems.push(`${this.json.place(...path)}: ${sentence}`);
  }
}

function given(value: unknown): string {
  return value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
}
