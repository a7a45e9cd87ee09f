/** Runs the built `crescendo` command on a terminal, whose screen a test can read. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import { testEnvironment } from './command.ts';
import { folder } from './files.ts';

const command = fileURLToPath(new URL('../../dist/cli/crescendo.js', import.meta.url));
const TIMEOUT_MS = 60_000;
const ROWS = 30;

/** Why there is no terminal on this machine; false when there is. */
export function noTerminal(): string | false {
  const { status, stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('util-linux') ? false : 'there is no "script" of util-linux here';
}

/** What a terminal starts with. */
export interface TerminalOptions {
  folder: string;
  env?: Record<string, string | undefined>;
  columns?: number;
}

/** A terminal with the command in it; it ends with the test. */
export class TestTerminal {
  /** Resolves to the command's exit code. */
  readonly ended: Promise<number | null>;
  /** Everything that was written to the terminal. */
  raw = '';
  private readonly child: ChildProcess;
  private readonly terminal: InstanceType<typeof xterm.Terminal>;
  private readonly ttyFile: string;

  constructor(t: TestContext, args: readonly string[], { folder: cwd, env, columns = 80 }: TerminalOptions) {
    this.ttyFile = join(folder(t), 'tty');
    this.terminal = new xterm.Terminal({
      cols: columns,
      rows: ROWS,
      scrollback: 5000,
      allowProposedApi: true,
    });
    const words = [process.execPath, command, ...args].map((word) => `'${word}'`).join(' ');
    const line = `stty cols ${columns} rows ${ROWS}; tty > '${this.ttyFile}'; exec ${words}`;
    this.child = spawn('script', ['-qfec', line, '/dev/null'], {
      cwd,
      env: { ...testEnvironment(process.env), TERM: 'xterm-256color', CI: '', NO_COLOR: undefined, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout?.on('data', (part: Buffer) => {
      this.raw += part.toString();
      this.terminal.write(part);
    });
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
    t.after(() => this.child.kill('SIGKILL'));
  }

  /** The lines on the screen and in the scroll-back, without empty ones. */
  async lines(): Promise<string[]> {
    await new Promise<void>((resolve) => this.terminal.write('', resolve));
    const buffer = this.terminal.buffer.active;
    const lines = Array.from({ length: buffer.length }, (_, row) =>
      buffer.getLine(row)?.translateToString(true),
    );
    return lines.flatMap((line) => (line ? [line] : []));
  }

  /** Resolves to the lines when they are as wished; rejects with them when they are not after a minute. */
  async until(wished: (lines: string[]) => boolean): Promise<string[]> {
    const last = Date.now() + TIMEOUT_MS;
    for (;;) {
      const lines = await this.lines();
      if (wished(lines)) return lines;
      if (Date.now() > last || this.child.exitCode !== null)
        throw new Error(`The screen never came to that:\n${lines.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Types. */
  press(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** Makes the window narrower or wider, as a user does. */
  resize(columns: number): void {
    this.terminal.resize(columns, ROWS);
    spawnSync('stty', ['-F', readFileSync(this.ttyFile, 'utf8').trim(), 'cols', String(columns)]);
  }
}
