/** Lines of the session log (`SESSION_LOG`), read from k6's log as it grows. */
import { closeSync, openSync, readSync } from 'node:fs';
import { parseConsoleLine } from './k6Log.ts';

const BLOCK_BYTES = 256 * 1024;

/** Follows a log file from its start. */
export class SessionLogReader {
  private readonly file: number;
  private readonly block = Buffer.alloc(BLOCK_BYTES);
  private rest = Buffer.alloc(0);

  constructor(path: string) {
    this.file = openSync(path, 'r');
  }

  /** The session log's lines since the last call. */
  next(): string[] {
    const lines: string[] = [];
    for (let size = this.read(); size > 0; size = this.read()) {
      const text = Buffer.concat([this.rest, this.block.subarray(0, size)]);
      const end = text.lastIndexOf('\n') + 1;
      this.rest = text.subarray(end);
      lines.push(...text.subarray(0, end).toString().split('\n'));
    }
    return lines.flatMap((line) => {
      const message = parseConsoleLine(line);
      return message !== undefined && /^[┌│└]/.test(message) ? [message] : [];
    });
  }

  close(): void {
    closeSync(this.file);
  }

  private read(): number {
    return readSync(this.file, this.block, 0, BLOCK_BYTES, null);
  }
}
