/** A browser's recording as it lies in a file. */
import { readFileSync, statSync } from 'node:fs';
import { withoutMark } from '../../../lib/words/jsonFields.ts';
import { InputError } from '../../../lib/words/settings.ts';
import { messageOf } from '../../process/terminal.ts';

const MEGABYTE = 2 ** 20;
/** The file is read whole and parsed whole, which takes about five times its size in memory. */
const MOST_MEGABYTES = 256;

/** Reads the file as JSON. Throws an InputError when it can't be read, is too large or is none; `file`: its name in sentences. */
export function readHar(path: string, file: string): unknown {
  const text = withoutMark(textOf(path, file));
  if (text.trim() === '') throw new InputError([`${file} is empty: export the recording again.`]);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError([sentenceFor(messageOf(error), text, file)]);
  }
}

function textOf(path: string, file: string): string {
  refuseSize(path, file);
  const bytes = tried(() => readFileSync(path), file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError([`${file} is no UTF-8 text, so no HAR: export the recording again.`]);
  }
}

function refuseSize(path: string, file: string): void {
  const found = tried(() => statSync(path), file);
  if (!found.isFile()) throw new InputError([`${file} is no file: give the .har file itself.`]);
  const megabytes = Math.ceil(found.size / MEGABYTE);
  if (megabytes > MOST_MEGABYTES)
    throw new InputError([
      `${file} has ${megabytes} MB, and ${MOST_MEGABYTES} MB are the most that is read: record again, clear the log before the visit and export right after it.`,
    ]);
}

function tried<Value>(read: () => Value, file: string): Value {
  try {
    return read();
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new InputError([
      isMissing
        ? `There is no file ${file}: check the path.`
        : `${file} can't be read (${messageOf(error)}).`,
    ]);
  }
}

/** The parser's own sentence may quote the file, and with it a secret. */
function sentenceFor(message: string, text: string, file: string): string {
  const [, position] = /position (\d+)/.exec(message) ?? [];
  const isCut = /end of JSON|unterminated/i.test(message) || Number(position) >= text.trimEnd().length;
  if (isCut) return `${file} ends too early, as a file that was cut off does: export the recording again.`;
  const where = position === undefined ? '' : ` at character ${Number(position) + 1}`;
  return `${file} is no JSON${where}, so no HAR: give the file that the browser's "Export HAR" wrote.`;
}
