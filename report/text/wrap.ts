/** Texts in lines, as wide as a terminal shows them. Pure. */
import { eastAsianWidth } from 'get-east-asian-width';
import { plain } from '../../lib/words/plain.ts';
import { withUnitsTied } from './words.ts';

/** How wide a terminal is taken to be, in columns. */
export const WIDTH = 80;

/**
 * Breaks a text into lines of at most `width` columns, between words but not between a number and its unit; nothing in
 * it steers the terminal. A longer word is a line of its own.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of withUnitsTied(plain(text)).split(' ')) {
    const last = lines.at(-1);
    const isFitting = last !== undefined && columnsOf(last) + columnsOf(word) < width;
    if (isFitting) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => line.replaceAll('\u00a0', ' '));
}

/**
 * Character by character, for k6 has neither the Intl nor the `\p{…}` that string-width needs: an accent that stands alone
 * and a joined emoji count for more than they take.
 */
function columnsOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + eastAsianWidth(character.codePointAt(0) ?? 0), 0);
}
