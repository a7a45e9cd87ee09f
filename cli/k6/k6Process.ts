/** Runs k6 so that it always ends: a polite stop, a hard one, and a deadline. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { messageOf } from '../process/terminal.ts';
import { onStop, stopTree } from '../process/interrupt.ts';
import { guard } from './k6Guard.ts';

/** How k6 ended. */
export interface K6End {
  /** Its exit code; 128 + the signal's number when a signal ended it, as a shell says it. */
  exitCode: number;
  /** How often a stop was asked for. */
  stops: number;
  /** It was ended because it was still there at its deadline. */
  overdue: boolean;
  /** Why it could not be started. */
  problem?: string;
}

/** How k6 is started and watched over. */
interface K6Start {
  path: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** File descriptor for all its output. */
  output: number;
  /** Called at the first request to stop. */
  onStopping: () => void;
}

/** `npm start` passes on the signal that the terminal has sent already: both are one Ctrl-C. */
const ONE_STOP_MS = 500;

/** A k6 at work. It has a process group of its own on POSIX, so that a Ctrl-C in the terminal reaches it once: through us. */
export class K6Process {
  readonly ended: Promise<K6End>;
  private readonly child: ChildProcess;
  private readonly onStopping: () => void;
  private readonly release: () => void;
  private deadline: NodeJS.Timeout | undefined;
  private stops = 0;
  private stoppedAt = 0;
  private overdue = false;

  constructor({ path, args, env, output, onStopping }: K6Start) {
    this.onStopping = onStopping;
    const detached = process.platform !== 'win32';
    // Before k6 starts, so that no signal ends us and leaves k6 behind.
    const stopListening = onStop(() => this.stop());
    this.child = spawn(path, args, { env, detached, stdio: ['ignore', output, output] });
    const kill = () => stopTree(this.child);
    process.on('exit', kill);
    const endGuard = this.child.pid === undefined ? () => undefined : guard(this.child.pid);
    this.release = () => {
      endGuard();
      clearTimeout(this.deadline);
      process.off('exit', kill);
      stopListening();
    };
    this.ended = this.waitForEnd();
  }

  /** Ends k6 when it is still there after so many milliseconds; replaces an earlier deadline. */
  endAfter(milliseconds: number): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(
      () => {
        this.overdue = true;
        stopTree(this.child);
      },
      Math.min(milliseconds, 2 ** 31 - 1),
    );
  }

  /** First call: k6 stops its sessions and writes its report. A later one: k6 ends at once. */
  stop(): void {
    const now = performance.now();
    if (this.stops > 0) {
      if (now - this.stoppedAt > ONE_STOP_MS) this.stopAtOnce();
      return;
    }
    this.stops = 1;
    this.stoppedAt = now;
    this.onStopping();
    // On Windows the console has told k6 already, and a signal would end it without a report.
    if (process.platform !== 'win32') this.child.kill('SIGINT');
  }

  private stopAtOnce(): void {
    this.stops += 1;
    stopTree(this.child);
  }

  private async waitForEnd(): Promise<K6End> {
    try {
      const exitCode = await new Promise<number>((resolve, reject) => {
        this.child.on('error', reject);
        this.child.on('exit', (code, signal) =>
          resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']),
        );
      });
      return { exitCode, stops: this.stops, overdue: this.overdue };
    } catch (error) {
      return { exitCode: 127, stops: this.stops, overdue: false, problem: messageOf(error) };
    } finally {
      this.release();
    }
  }
}
