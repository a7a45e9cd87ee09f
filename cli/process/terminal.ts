/** Writing for people: progress and problems go to stderr, what was asked for goes to stdout. */
import { painter, type Paint } from '../../report/text/paint.ts';

/** Whether `stream` shows colours: a terminal that can, and nobody said NO_COLOR. */
export function hasColours(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

/** Paints a text for stdout, where that shows colours. */
export const paint: Paint = (text, style) => painter(hasColours(process.stdout))(text, style);

/** Prints a line on stdout. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a line on stderr. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

const noted = new Set<string>();

/** The same, of what need not be said again while this process lasts. */
export function noteOnce(line: string): void {
  if (!noted.has(line)) note(line);
  noted.add(line);
}

/** A reader that goes away (`| head`) must not end a run. Any other trouble with the terminal is no reason either. */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
