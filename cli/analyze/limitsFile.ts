/** The file of `crescendo analyze --limits`. */
import { readFileSync } from 'node:fs';
import { plain } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import { parseLocustLimits, type LocustLimits } from '../../report/analyze/locustLimits.ts';
import { messageOf } from '../process/terminal.ts';

/** Reads it. Throws an InputError that lists everything wrong. */
export function readLimitsFile(path: string): LocustLimits {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError([
      `--limits is "${plain(path)}": it can't be read (${plain(messageOf(error))}). Check the path.`,
    ]);
  }
  return parseLocustLimits(text, plain(path));
}
