/** Runs a program to its end and keeps what it prints. */
import { execFile } from 'node:child_process';

/** How a program ended. `exitCode` is null when it did not start or a signal ended it; then `problem` says why. */
interface Captured {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  problem?: string;
}

/** Resolves when the program has ended, at the latest `timeoutMs` after its start; never rejects. */
export function capture(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number } = {},
): Promise<Captured> {
  const { timeoutMs = 30_000, ...rest } = options;
  return new Promise((resolve) => {
    const limits = { timeout: timeoutMs, maxBuffer: 64 * 2 ** 20, windowsHide: true };
    execFile(command, args, { ...rest, ...limits, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
      else resolve({ exitCode: null, stdout, stderr, problem: problemOf(error, timeoutMs) });
    });
  });
}

function problemOf(error: { code?: unknown; killed?: boolean; message: string }, timeoutMs: number): string {
  if (error.code === 'ENOENT') return 'there is no such program';
  if (error.code === 'EACCES') return 'it may not be executed';
  if (error.killed === true) return `it did not end within ${timeoutMs / 1000} s`;
  return error.message;
}
