/** The live part at the bottom of a terminal; what is printed meanwhile goes above it and stays. */
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import type { Line } from './liveLines.ts';
import { paint } from '../process/terminal.ts';

/** Whether there is a terminal on which lines can be redrawn, and somebody before it. */
export function canShowLive(): boolean {
  const { CI: ci = '', TERM: term } = process.env;
  return process.stdout.isTTY && term !== 'dumb' && ['', '0', 'false'].includes(ci.trim());
}

/** Draws on stdout until `end`; the cursor is hidden meanwhile and comes back however the process ends. */
export class LiveScreen {
  private update = createLogUpdate(process.stdout);
  private lines: readonly Line[] = [];
  private columns = process.stdout.columns;
  private readonly resized = () => this.redraw();

  constructor() {
    process.stdout.on('resize', this.resized);
  }

  /** Replaces the live part. */
  show(lines: readonly Line[]): void {
    this.lines = lines;
    this.update(lines.map(painted).join('\n'));
  }

  /** Prints a line that stays. */
  above(line: Line | string, stream: NodeJS.WriteStream = process.stdout): void {
    const text = `${painted(typeof line === 'string' ? { text: line } : line)}\n`;
    if (this.lines.length === 0 || !stream.isTTY) {
      stream.write(text);
      return;
    }
    process.stdout.cork();
    this.update.clear();
    if (stream === process.stdout) stream.write(text);
    else this.aside(stream, text);
    this.show(this.lines);
    process.stdout.uncork();
  }

  /** Removes the live part. */
  end(): void {
    process.stdout.off('resize', this.resized);
    if (this.lines.length > 0) this.update.clear();
    this.update.done();
    this.lines = [];
  }

  private aside(stream: NodeJS.WriteStream, text: string): void {
    process.stdout.uncork();
    stream.write(text);
    process.stdout.cork();
  }

  /** A terminal that has become narrower has wrapped the lines that it showed. */
  private redraw(): void {
    const { columns } = process.stdout;
    if (columns >= this.columns || this.lines.length === 0) {
      this.columns = columns;
      return;
    }
    this.columns = columns;
    const rows = this.lines.reduce(
      (sum, { text }) => sum + Math.max(1, Math.ceil(stringWidth(text) / columns)),
      0,
    );
    process.stdout.write(`\u001b[${rows}A\r\u001b[J`);
    this.update = createLogUpdate(process.stdout);
    this.show(this.lines);
  }
}

function painted({ text, style }: Line): string {
  return style === undefined ? text : paint(text, style);
}
