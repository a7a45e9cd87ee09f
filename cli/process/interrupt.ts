/** Ctrl-C and other requests to stop. */
import type { ChildProcess } from 'node:child_process';

const SIGNALS =
  process.platform === 'win32'
    ? (['SIGINT', 'SIGBREAK'] as const)
    : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const);

/** Calls `handler` for each request to stop, instead of ending this process, until the returned function is called. */
export function onStop(handler: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, handler);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handler);
  };
}

/**
 * From now on a request to stop calls `handler` and ends this process no more: one that comes late must not cost files or
 * an exit code. Node
 * gives up its handlers while it cleans up at its end, which process.exit leaves out.
 */
export function surviveStops(handler: () => void): void {
  onStop(handler);
  process.once('beforeExit', (code) => process.exit(code));
}

/** Ends a child at once, and on POSIX its whole process group, of which it must be the leader. */
export function stopTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') {
    child.kill();
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
