/** When the connections of a stage are dropped, and by whom. Pure. */
import { cycleAt, timeIn, type Cycles } from '../../../lib/plans/cycles.ts';
import { DROP_SHARE } from '../../../lib/measures/reconnections.ts';

/** Each client its own, at its own time; all clients theirs, at the same time; the server all, when it is asked to. */
export const DROPS = ['client', 'together', 'server'] as const;

/** One of them. */
export type DropsBy = (typeof DROPS)[number];

/** The rest of a cycle is left for coming back. */
const LATEST_SHARE = 0.5;

/** When all connections are dropped together in a cycle. */
export function dropTime(cycles: Cycles, cycle: number): number {
  return timeIn(cycles, cycle, DROP_SHARE);
}

/** The drops of one client in its stage; times are epoch milliseconds. */
export class Drops {
  private readonly by: DropsBy;
  private readonly cycles: Cycles;
  private readonly random: (cycle: number) => number;
  /** The first cycle whose drop has not been yet. */
  private cycle = 0;

  /** `random`: draws a client's own time in a cycle. For a client who comes at `now`; what was due before is not. */
  constructor(by: DropsBy, cycles: Cycles, random: (cycle: number) => number, now: number) {
    this.by = by;
    this.cycles = cycles;
    this.random = random;
    this.skipTo(now);
  }

  /** When the client is to drop its connection next, at `now` or later; Infinity: never. */
  next(now: number): number {
    if (this.by === 'server') return Infinity;
    this.skipTo(now);
    return this.cycle < this.cycles.count ? this.timeOf(this.cycle) : Infinity;
  }

  /** The client has done so. */
  done(): void {
    this.cycle++;
  }

  /** Whether the server was asked for the drop that ended the connection at `at`: for one in each cycle. */
  takesAsAsked(at: number): boolean {
    const cycle = cycleAt(this.cycles, at);
    if (this.by !== 'server' || cycle < this.cycle || cycle >= this.cycles.count) return false;
    this.cycle = cycle + 1;
    return true;
  }

  private skipTo(now: number): void {
    while (this.cycle < this.cycles.count && this.timeOf(this.cycle) < now) this.cycle++;
  }

  private timeOf(cycle: number): number {
    if (this.by !== 'client') return dropTime(this.cycles, cycle);
    const share = DROP_SHARE + (LATEST_SHARE - DROP_SHARE) * this.random(cycle);
    return timeIn(this.cycles, cycle, share);
  }
}
