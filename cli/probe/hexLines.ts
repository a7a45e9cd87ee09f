/** Bytes as people read them. Pure. */
import type { Secrets } from './secrets.ts';

const IN_LINE = 12;
const MOST_LINES = 8;
/** The head of an MQTT CONNECT, behind which stand client id, user and password. */
const MQTT_CONNECT = /^\x10[^]{1,4}\0\x04MQTT[^]{4}/;

/** A byte, or several that are not shown. */
type Cell = number | 'hidden';

/** Lines of hexadecimal and printable characters, without secrets: `20 02 00 00  " ..."`. */
export function hexLines(bytes: Buffer, secrets: Secrets): string[] {
  const most = IN_LINE * MOST_LINES;
  const cells = cellsOf(bytes, secrets);
  const lines: string[] = [];
  for (let from = 0; from < Math.min(cells.length, most); from += IN_LINE)
    lines.push(lineOf(cells.slice(from, from + IN_LINE), cells.length <= IN_LINE));
  return cells.length > most ? [...lines, '…'] : lines;
}

function lineOf(cells: readonly Cell[], alone: boolean): string {
  const hex = cells.map((cell) => (cell === 'hidden' ? '… ' : cell.toString(16).padStart(2, '0'))).join(' ');
  const characters = cells.map((cell) => (cell === 'hidden' ? '…' : printable(cell))).join('');
  return `${alone ? hex : hex.padEnd(IN_LINE * 3 - 1)}  ${characters}`;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

/** What differs between the text of the bytes and what may be shown of it is hidden. */
function cellsOf(bytes: Buffer, secrets: Secrets): Cell[] {
  const [connect] = MQTT_CONNECT.exec(bytes.subarray(0, 32).toString('latin1')) ?? [];
  if (connect !== undefined && bytes.length > connect.length)
    return [...bytes.subarray(0, connect.length), 'hidden'];
  const text = bytes.subarray(0, 65_536).toString('latin1');
  return Array.from(secrets.hide(text), (character) =>
    character === '…' ? 'hidden' : character.charCodeAt(0),
  );
}
