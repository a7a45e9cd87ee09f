/** Texts in columns: a terminal gives some characters two, and some none. Pure. */
import stringWidth from 'string-width';
import { plain } from '../../lib/words/plain.ts';

/** A text on one line that steers no terminal, cut to a width. */
export function cut(text: string, width: number): string {
  const line = plain(text);
  if (stringWidth(line) <= width) return line;
  let kept = '';
  for (const character of line) {
    if (stringWidth(kept + character) >= width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A text with as many spaces behind it as make it so wide. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
