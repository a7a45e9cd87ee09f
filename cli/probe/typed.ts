/** Lines that somebody types, or a pipe holds, as frames. */
import { createInterface } from 'node:readline';
import { note } from '../process/terminal.ts';
import { bytesOfHex, type Outgoing } from './order.ts';

/** The frame of a line: `\x` and hexadecimal digits make a binary one; none of an empty line or of other digits. */
export function frameOfLine(line: string): Outgoing | undefined {
  if (line === '') return undefined;
  return line.startsWith('\\x') ? bytesOfHex(line.slice(2)) : line;
}

/** Calls `send` for each line of stdin, until the returned function is called. On a terminal Ctrl-C stays what it is. */
export function onTyped(send: (frame: Outgoing) => void): () => void {
  const lines = createInterface({ input: process.stdin, terminal: false });
  lines.on('line', (line) => {
    const frame = frameOfLine(line);
    if (frame !== undefined) send(frame);
    else if (line !== '')
      note('A line that begins with \\x must hold pairs of hexadecimal digits; it was not sent.');
  });
  return () => lines.close();
}
