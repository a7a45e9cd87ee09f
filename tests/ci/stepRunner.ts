/** Runs the shell of an example, in a folder of its own, with stand-ins for programs of the CI machine. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ROOT } from '../support/bundle.ts';
import { folder } from '../support/files.ts';

/** Why the shell can't be run here; false when it can. */
export function shellUnavailable(...programs: string[]): string | false {
  const missing = ['bash', ...programs].filter((name) => spawnSync(name, ['--version']).status !== 0);
  return missing.length === 0 ? false : `this machine has no ${missing.join(', ')}`;
}

/** How it ended, and what it printed. */
export interface ShellEnd {
  exitCode: number | null;
  output: string;
}

/** A folder like a checkout of Crescendo, where `bash` is what GitHub and GitLab start: it ends at the first failure. */
export class CiMachine {
  readonly here: string;
  private readonly bin: string;

  constructor(t: TestContext) {
    this.here = folder(t);
    this.bin = join(this.here, 'bin');
    mkdirSync(this.bin);
    for (const name of ['deploy', 'dist', 'k6']) symlinkSync(join(ROOT, name), join(this.here, name));
  }

  /** Puts a program of bash there that goes before that of this machine. */
  program(name: string, text: string): void {
    const path = join(this.bin, name);
    writeFileSync(path, `#!/usr/bin/env bash\n${text}\n`);
    chmodSync(path, 0o755);
  }

  /** The text of a file there; '' when there is none. */
  read(name: string): string {
    const path = join(this.here, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  run(shell: string, env: Record<string, string>): Promise<ShellEnd> {
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', shell], {
      cwd: this.here,
      env: { PATH: `${this.bin}:${process.env.PATH ?? ''}`, HOME: this.here, ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => (output += part.toString()));
    return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, output })));
  }
}
