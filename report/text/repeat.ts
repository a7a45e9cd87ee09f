/** How to run a test again: one command. Pure. */
import type { RunRecord } from '../derive/evidence.ts';
import { plain } from '../../lib/words/plain.ts';

/** The command line for a POSIX shell; the key, which no file holds, must be set besides. */
export function repeatCommand({ script, settings, k6Arguments }: RunRecord): string {
  const given = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const forK6 = k6Arguments.length === 0 ? [] : ['--', ...k6Arguments];
  return ['crescendo', 'run', script, ...given, ...forK6].map(quoted).join(' ');
}

function quoted(word: string): string {
  const text = plain(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
