/** What the target has seen: the counts of its parts, and its process. */
import type { PartStats } from './parts.ts';

/** What the target has seen since it started. */
export type Stats = PartStats & {
  /** Resident memory of the process. */
  memoryBytes: number;
  /** Seconds since the target started. */
  uptimeSeconds: number;
};

/** Returns the stats of this moment, with the counts of the parts. `startedAt` is of performance.now(). */
export function takeStats(parts: PartStats, startedAt: number): Stats {
  return {
    ...parts,
    memoryBytes: process.memoryUsage.rss(),
    uptimeSeconds: (performance.now() - startedAt) / 1000,
  };
}
