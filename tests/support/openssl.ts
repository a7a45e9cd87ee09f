/** The openssl command line, as a judge that shares no code with ours. */
import { spawnSync } from 'node:child_process';

/** Why the command can't be used here; false when it can. */
export function opensslUnavailable(): string | false {
  return spawnSync('openssl', ['version']).status === 0
    ? false
    : 'there is no openssl command on this machine';
}

/** Runs `openssl` with `input` and returns what it printed; throws with its own words when it fails. */
export function openssl(args: string[], input: Buffer | string = ''): Buffer {
  const { status, stdout, stderr } = spawnSync('openssl', args, { input, maxBuffer: 16 * 1024 * 1024 });
  if (status === 0) return stdout;
  throw new Error(`openssl ${args[0] ?? ''} failed: ${stderr.toString()}`);
}
