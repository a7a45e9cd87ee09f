/** How much memory a process of this machine has. */
import { readFile } from 'node:fs/promises';
import { capture } from './capture.ts';

/** Bytes, under the names by which an address tells the memory of a target. */
export interface ProcessMemory {
  memory_rss_bytes: number;
  /** The most of it since the process started, where the system keeps that. */
  memory_peak_bytes?: number;
}

/** Resolves to the memory of a process; to `undefined` where there is none with this number, or nobody may see it. */
export function memoryOf(pid: number): Promise<ProcessMemory | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

async function fromProc(pid: number): Promise<ProcessMemory | undefined> {
  try {
    return parseStatus(await readFile(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Reads `/proc/<pid>/status` of proc(5); a process that has ended but is still listed has no memory. */
export function parseStatus(text: string): ProcessMemory | undefined {
  const bytes = (name: string) =>
    1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1] ?? NaN);
  const [resident, peak] = [bytes('VmRSS'), bytes('VmHWM')];
  if (!(resident > 0)) return undefined;
  return { memory_rss_bytes: resident, ...(peak > 0 ? { memory_peak_bytes: Math.max(peak, resident) } : {}) };
}

/** POSIX does not know the option, but macOS and the BSDs do. */
async function fromPs(pid: number): Promise<ProcessMemory | undefined> {
  const { stdout } = await capture('ps', ['-o', 'rss=', '-p', String(pid)], { timeoutMs: 2000 });
  return parsePs(stdout);
}

/** Reads what `ps -o rss=` prints: kibibytes. */
export function parsePs(text: string): ProcessMemory | undefined {
  const [, kibibytes] = /^\s*(\d+)\s*$/.exec(text) ?? [];
  return Number(kibibytes) > 0 ? { memory_rss_bytes: 1024 * Number(kibibytes) } : undefined;
}
