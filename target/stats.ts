/** What the target has seen: the counts of its parts, and its process. */
import { takeMemory, type Memory } from './memory.ts';
import type { RunningPart } from './part.ts';
import type { PartStats } from './parts.ts';

/** What the target has seen since it started. */
export type Stats = PartStats &
  Memory & {
    /** Sockets open now, of all parts. */
    sockets_open: number;
    /** Seconds since the target started. */
    uptimeSeconds: number;
  };

/** Returns the stats of this moment, with the counts of the parts. `startedAt` is of performance.now(). */
export function takeStats(parts: RunningPart<PartStats>, startedAt: number): Stats {
  return {
    ...parts.stats(),
    ...takeMemory(),
    sockets_open: parts.sockets().length,
    uptimeSeconds: (performance.now() - startedAt) / 1000,
  };
}
