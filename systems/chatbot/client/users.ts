/** Reads `USERS_FILE`: who logs in, a user for each VU. Pure. */
import { parse } from 'csv-parse/browser/esm/sync';
import { isPlainObject } from '../../../lib/words/jsonFields.ts';
import { parseJson } from '../../../lib/words/jsonText.ts';
import { InputError } from '../../../lib/words/settings.ts';

/** What is known of one user, by the names of the columns, such as `user` and `password`. */
export type Credentials = Readonly<Record<string, string>>;

const SHAPE =
  'It must hold a line of names and a line for each user (CSV), or JSON such as [{"user": "ann", "password": "…"}].';

/** Reads a file. Throws an InputError that names the file, the place and what is wrong there, but shows no value. */
export function parseUsers(text: string, file: string): Credentials[] {
  const users = /^\uFEFF?\s*\[/.test(text) ? usersOfJson(text, file) : usersOfCsv(text, file);
  if (users.length === 0) throw new InputError([`${file}: there are no users. ${SHAPE}`]);
  return users;
}

function usersOfJson(text: string, file: string): Credentials[] {
  const { value, place } = parseJson(text, file, SHAPE);
  const problems = (value as unknown[]).flatMap((user, index) => {
    if (isCredentials(user)) return [];
    return [`${place(index)}: user ${index + 1} must be an object of texts. ${SHAPE}`];
  });
  if (problems.length > 0) throw new InputError(problems);
  return value as Credentials[];
}

function isCredentials(user: unknown): user is Credentials {
  return isPlainObject(user) && Object.values(user).every((field) => typeof field === 'string');
}

function usersOfCsv(text: string, file: string): Credentials[] {
  try {
    return parse<Credentials>(text, { bom: true, columns: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    const { lines, code } = error as { lines?: number; code?: string };
    throw new InputError([
      `${file}${lines === undefined ? '' : `, line ${lines}`}: ${wrong(code)}. ${SHAPE}`,
    ]);
  }
}

/** Without the text of the error, which may hold what stands in the file. */
function wrong(code = ''): string {
  if (/COLUMNS/.test(code)) return 'it has another number of fields than the line of names';
  return 'it is no CSV, for its quotes do not match';
}
