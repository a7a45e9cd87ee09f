/** Finds the suite that a command line names. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { plain } from '../../lib/words/plain.ts';
import { closest, InputError } from '../../lib/words/settings.ts';
import { packageRoot } from '../process/packageRoot.ts';
import { shortPath } from '../process/shortPath.ts';
import { messageOf } from '../process/terminal.ts';
import { parseSuite, type SuiteOrder } from './suiteReader.ts';

const SHIPPED = join(packageRoot, 'suites');

/** The names of the suites that Crescendo ships. */
export function shippedSuites(): string[] {
  const files = existsSync(SHIPPED) ? readdirSync(SHIPPED).filter((file) => file.endsWith('.json')) : [];
  return files.map((file) => basename(file, '.json')).sort();
}

/** A suite and the path of its file, as people read it. */
export interface FoundSuite {
  suite: SuiteOrder;
  file: string;
}

/** The suite called `text`, or that in the file at this path. Throws an InputError that lists everything wrong. */
export function findSuite(text: string): FoundSuite {
  const path = pathOf(text);
  const name =
    basename(path, '.json')
      .replace(/[^\w.-]/g, '_')
      .slice(0, 30) || 'suite';
  const file = shortPath(path);
  return { suite: parseSuite(textOf(path), file, name), file };
}

function pathOf(text: string): string {
  if (/[/\\]|\.json$/.test(text)) return text;
  const names = shippedSuites();
  if (names.includes(text)) return join(SHIPPED, `${text}.json`);
  const meant = closest(text, names);
  throw new InputError([
    `There is no suite "${plain(text)}". ${meant === undefined ? '' : `Did you mean ${meant}? `}The suites are ${names.join(', ')}; or give the path of a file, such as ./mine.json.`,
  ]);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError([
      `The suite "${plain(path)}" can't be read (${plain(messageOf(error))}). Check the path.`,
    ]);
  }
}
