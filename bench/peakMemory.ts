/** The most memory that k6 takes for a script. For Linux. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Runs k6 and resolves to its greatest resident memory in MB, as the kernel knows it. Rejects unless k6 ends with 0.
 */
export async function peakMegabytes(k6: string, script: string, own: NodeJS.ProcessEnv): Promise<number> {
  const env = { ...process.env, SUMMARY_FILE: '', REPORT_FILE: '', ...own };
  const child = spawn(k6, ['run', '--quiet', '--no-usage-report', script], { env, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, highWater(child.pid))), 25);
  const code = await ended;
  clearInterval(timer);
  if (code !== 0) throw new Error(`k6 ended with exit code ${String(code)} in ${script}.`);
  return peak;
}

/** `VmHWM` of a process in MB; 0 when it has gone. */
function highWater(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}

/** `96 MB`. */
export function megabytesText(megabytes = NaN): string {
  return `${megabytes.toFixed(0)} MB`;
}
