/** How to run a test again: one command. Pure. */
import type { Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { RunRecord } from '../derive/evidence.ts';
import { plain } from '../../lib/words/plain.ts';

/** The command line for a POSIX shell; the key, which no file holds, must be set besides. */
export function repeatCommand({ script, settings, k6Arguments }: RunRecord): string {
  const given = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const forK6 = k6Arguments.length === 0 ? [] : ['--', ...k6Arguments];
  return ['crescendo', 'run', script, ...given, ...forK6].map(quoted).join(' ');
}

/** What must be set besides, because no file holds it; empty: nothing. */
export function secretsNote(run: RunRecord | undefined, vocabulary: Vocabulary | undefined): string {
  const secrets = vocabulary?.secrets ?? [];
  if (secrets.length === 0 || run?.target.isReference === true) return '';
  const are = secrets.length === 1 ? 'is' : 'are';
  return `${secrets.join(', ')} ${are} not in any report: set what this run had.`;
}

function quoted(word: string): string {
  const text = plain(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
