/** Ends k6 when this process dies without a word, as by kill -9: k6 would load the target to the end of its plan. */
import { spawn } from 'node:child_process';

/**
 * What the guard does: it waits until its input ends, which is when this process is gone, and then asks k6 to stop as a
 * Ctrl-C would; a k6 that is still there after ten seconds is killed.
 */
const WATCH = `
const pid = Number(process.argv[1]);
const signal = (name) => { try { process.kill(pid, name); return true; } catch { return false; } };
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => undefined);
process.stdin.resume().on('error', () => undefined).on('close', () => {
  signal('SIGINT');
  setTimeout(() => signal('SIGKILL'), 10_000);
  setInterval(() => signal(0) || process.exit(), 200);
});`;

/** Guards the process `pid` until the returned function is called. */
export function guard(pid: number): () => void {
  const child = spawn(process.execPath, ['-e', WATCH, String(pid)], {
    // In a group of its own a Ctrl-C in the terminal does not reach it.
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
  child.on('error', () => undefined);
  child.unref();
  return () => void child.kill('SIGKILL');
}
