/** Text that others wrote, made safe to show: nothing in it steers a terminal or hides what stands there. Pure. */

/** Controls but the line feed, line separators, marks of direction and of nothing, halves of characters, tags. */
const hiddenCharacters = (): (readonly [number, number])[] => [
  [0x00, 0x09],
  [0x0b, 0x1f],
  [0x7f, 0xa0],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xfff0, 0xfffb],
  [0xfffe, 0xffff],
  [0xe0000, 0xe0fff],
];

/** Puts a space where a character steers or hides; lines stay lines. By number: in k6, `\p{C}` matches no escape. */
export function plainLines(text: string): string {
  const hidden = hiddenCharacters();
  const isHidden = (code: number): boolean => hidden.some(([first, last]) => code >= first && code <= last);
  const withoutColours = text.replace(/\u001b\[[\d;?]*[@-~]/g, ' ');
  return Array.from(withoutColours, (character) =>
    isHidden(character.codePointAt(0) ?? 0) ? ' ' : character,
  ).join('');
}

/** The same on one line. */
export function plain(text: string): string {
  return plainLines(text).replaceAll('\n', ' ');
}
