/** The memory of the target's process. */
import { readFileSync } from 'node:fs';

/** Bytes of memory. */
export interface Memory {
  /** Resident memory. */
  memory_rss_bytes: number;
  /** Most resident memory since the process started. */
  memory_peak_bytes: number;
  /** Memory that objects of JavaScript take. */
  memory_heap_bytes: number;
}

/** Returns the memory of this moment. */
export function takeMemory(): Memory {
  const rss = process.memoryUsage.rss();
  return {
    memory_rss_bytes: rss,
    memory_peak_bytes: Math.max(rss, peakBytes()),
    memory_heap_bytes: process.memoryUsage().heapUsed,
  };
}

/**
 * On Linux the kernel's mark of high water (VmHWM of proc(5)), for there getrusage(2) gives a process the peak of the one
 * that started it.
 */
function peakBytes(): number {
  const kibibytes = process.platform === 'linux' ? highWater() : undefined;
  return (kibibytes ?? process.resourceUsage().maxRSS) * 1024;
}

function highWater(): number | undefined {
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes);
}
