/** The dialects that a new protocol file can begin with: those that have a page. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { plain } from '../../lib/words/plain.ts';
import { closest, InputError } from '../../lib/words/settings.ts';
import { packageRoot } from '../process/packageRoot.ts';
import { readDialectPage, type DialectPage } from './dialectPage.ts';

/** Within Crescendo's folder. */
const PAGES = 'docs/dialects';

/** The names of the dialects, such as `socket-io`. */
export function shippedDialects(): string[] {
  const folder = join(packageRoot, PAGES);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.md')) : [];
  return files.map((file) => basename(file, '.md')).sort();
}

/** The page of a dialect, and where it is within Crescendo's folder. Throws an InputError that lists the dialects. */
export function findDialect(name: string): { page: DialectPage; path: string } {
  const names = shippedDialects();
  if (!names.includes(name)) {
    const meant = closest(name.toLowerCase(), names);
    throw new InputError([
      `There is no dialect "${plain(name)}". ${meant === undefined ? '' : `Did you mean ${meant}? `}Those that ship are ${names.join(', ')}.`,
    ]);
  }
  const path = `${PAGES}/${name}.md`;
  return { page: readDialectPage(readFileSync(join(packageRoot, path), 'utf8')), path };
}
