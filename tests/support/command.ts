/** Runs the built `crescendo` command as a user would. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SETTING_NAMES } from '../../cli/setup/knownSettings.ts';

const command = fileURLToPath(new URL('../../dist/cli/crescendo.js', import.meta.url));

/** How a run of the command ended, and everything it printed. */
export interface CommandEnd {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** What a run of the command gets. */
export interface CommandOptions {
  /** The current folder; a `.env` in it counts. */
  folder: string;
  env?: Record<string, string | undefined>;
  /** A text in stdout upon which SIGINT is sent, once. */
  interruptAt?: string;
  /** It is killed after so many seconds, and the test fails. Default 60. */
  seconds?: number;
  /** Called with all of stdout so far whenever there is more. */
  onOutput?: (stdout: string) => void;
}

/** Runs `crescendo` with arguments. None of our own settings is inherited. Rejects when it takes too long. */
export function crescendo(args: readonly string[], options: CommandOptions): Promise<CommandEnd> {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: options.folder,
    env: { ...testEnvironment(process.env), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { seconds = 60 } = options;
  let [stdout, stderr] = ['', ''];
  let interrupted = false;
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString();
    options.onOutput?.(stdout);
    if (interrupted || options.interruptAt === undefined || !stdout.includes(options.interruptAt)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`crescendo ${args.join(' ')} took over ${seconds} s:\n${stdout}\n${stderr}`));
    }, seconds * 1000);
    child.on('close', (exitCode) => {
      clearTimeout(late);
      resolve({ exitCode, stdout, stderr });
    });
  });
}

/**
 * The environment without our own settings, but with one: a busy machine must not turn runs INVALID that are about
 * something else.
 */
export function testEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = new Set([...SETTING_NAMES, 'NODE_TEST_CONTEXT']);
  const others = Object.entries(env).filter(([name]) => !ours.has(name));
  return { ...Object.fromEntries(others), GENERATOR_LAG_LIMIT_MS: '100000' };
}
