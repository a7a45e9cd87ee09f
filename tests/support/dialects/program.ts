/** Servers that are programs of their own, ended with the test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** A program at work. */
export interface Program {
  /** Ends it at once; resolves when it is gone. */
  kill: () => Promise<void>;
  /** Throws, with what it printed, when it has ended. */
  requireRunning: () => void;
}

/** Starts a program; it is killed when the test ends. */
export function startProgram(
  t: TestContext,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Program {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const keep = (text: string) => (printed = (printed + text).slice(-4000));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => keep(error.message));
  const kill = () => end(child);
  t.after(kill);
  return {
    kill,
    requireRunning: () => {
      if (child.pid === undefined || hasEnded(child)) throw new Error(`${command} has ended: ${printed}`);
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
