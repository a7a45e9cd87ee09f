/** The `.env` file of a folder: what it sets, in which line, and what is wrong with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { InputError } from '../../lib/words/settings.ts';
import { SETTING_NAMES } from './knownSettings.ts';
import { messageOf } from '../process/terminal.ts';

/** What a `.env` file sets. */
export interface DotEnv {
  variables: Record<string, string>;
  /** The line of each variable, from 1. */
  lines: ReadonlyMap<string, number>;
}

/**
 * Reads `.env` in a folder; it is empty when there is no such file. Throws an InputError when it can't be read, is no
 * UTF-8 text, or has an unquoted # that would cut the value of a setting.
 */
export function readDotEnv(folder: string): DotEnv {
  const text = textOf(readBytes(join(folder, '.env')));
  const file = { variables: parse(text), lines: linesOf(text) };
  refuseCutValues(text, file);
  return file;
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw new InputError([`.env can't be read (${messageOf(error)}). Correct or remove it.`]);
  }
}

const SAVE_AS_UTF8 =
  'Save it as UTF-8: in an editor, or in PowerShell with (Get-Content .env) | Set-Content -Encoding utf8 .env';

/** A byte order mark of UTF-8 is left out. */
function textOf(bytes: Buffer): string {
  const problem = hasNoUtf8(bytes);
  if (problem !== undefined) throw new InputError([`.env is no UTF-8 text: ${problem}. ${SAVE_AS_UTF8}.`]);
  return new TextDecoder().decode(bytes);
}

const LINE_FEED = 10;

function hasNoUtf8(bytes: Buffer): string | undefined {
  const [first = 0, second = 0] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return 'it is UTF-16, as > of Windows PowerShell writes it';
  if (bytes.includes(0)) return 'it has NUL bytes, as UTF-16 has';
  let [line, start] = [1, 0];
  for (let end = 0; end <= bytes.length; end++) {
    if (end < bytes.length && bytes[end] !== LINE_FEED) continue;
    if (!isUtf8(bytes.subarray(start, end))) return `line ${line} has bytes of another encoding`;
    [line, start] = [line + 1, end + 1];
  }
  return undefined;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The last line that sets a variable is the one that counts. */
function linesOf(text: string): Map<string, number> {
  const lines = text.split(/\r\n?|\n/);
  return new Map(
    lines.flatMap((line, index) =>
      Object.keys(parse(line)).map((name): [string, number] => [name, index + 1]),
    ),
  );
}

/** Stands for a # that is not behind white space, so that `parse` takes it for a part of the value. */
const NO_COMMENT = '\u0001';

function refuseCutValues(text: string, { variables, lines }: DotEnv): void {
  const whole = parse(text.replace(/(?<=\S)#/g, NO_COMMENT));
  const cut = SETTING_NAMES.filter((name) => whole[name]?.replaceAll(NO_COMMENT, '#') !== variables[name]);
  const problems = cut.map(
    (name) =>
      `.env line ${lines.get(name) ?? '?'} has an unquoted # in ${name}, which cuts the value there. ` +
      `Put the value in quotes (${name}="…"), or a blank before the # if a comment begins there.`,
  );
  if (problems.length > 0) throw new InputError(problems);
}
