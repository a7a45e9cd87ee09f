/** Which stage is it now: the stage tags, when a VU has work, and how long sessions were held. Pure. */
import type { Plan, Stage } from '../words/load.ts';

/** Tags of a session-level sample: the stage, settled or not. */
export interface StageTags {
  readonly [tag: string]: string;
  readonly stage: string;
}

/** Follows time in one VU. All times are epoch milliseconds, which must not go back by more than clock steps do. */
export interface StageClock {
  /** Tags of sessions and sockets that start at `now`. */
  sessionTags(now: number): StageTags;
  /** Stage tag of a question sent at `now`: `3`, or `settle-3` before the judged part of stage 3. */
  questionTag(now: number): string;
  /** When the tag of a question sent at `now` changes, at the earliest. */
  tagEnds(now: number): number;
  /** Milliseconds that this VU may go on: Infinity in a plan without an end, 0 or less when it must stop. */
  remaining(now: number): number;
  /** Milliseconds until the plan needs this VU: 0 while it does, Infinity when never again. */
  idle(now: number): number;
  /** Calls `add` with the milliseconds of [from, to] that lie in each stage's judged part. */
  eachHold(from: number, to: number, add: (milliseconds: number, tags: StageTags) => void): void;
}

/** The clock of VU number `rank` (from 1) in a plan whose scenario started at `startTime`. */
export class PlanClock implements StageClock {
  private readonly plan: Plan;
  private readonly startTime: number;
  private readonly end: number;
  /** When the VU has work, where that is not always. */
  private readonly shifts: Shift[] | undefined;
  private stage: Stage;
  private tags: StageTags;
  private settleTag: string;

  constructor(plan: Plan, startTime: number, rank: number) {
    const [first] = plan.stages;
    if (!first) throw new RangeError('A plan needs at least one stage.');
    this.plan = plan;
    this.startTime = startTime;
    this.end = plan.end === null ? Infinity : startTime + plan.end;
    this.shifts = plan.falls ? shiftsOf(plan, rank) : undefined;
    this.stage = first;
    this.tags = { stage: String(first.number) };
    this.settleTag = `settle-${first.number}`;
  }

  sessionTags(now: number): StageTags {
    this.advance(now - this.startTime);
    return this.tags;
  }

  questionTag(now: number): string {
    const elapsed = now - this.startTime;
    this.advance(elapsed);
    return elapsed < this.stage.hold ? this.settleTag : this.tags.stage;
  }

  tagEnds(now: number): number {
    const elapsed = now - this.startTime;
    this.advance(elapsed);
    return this.startTime + (elapsed < this.stage.hold ? this.stage.hold : this.stage.end);
  }

  remaining(now: number): number {
    if (this.shifts === undefined) return this.end - now;
    const elapsed = now - this.startTime;
    const shift = this.shifts.find(({ from, to }) => elapsed >= from && elapsed < to);
    return shift === undefined ? Math.min(0, this.end - now) : shift.to - elapsed;
  }

  idle(now: number): number {
    if (this.shifts === undefined) return 0;
    const elapsed = now - this.startTime;
    const next = this.shifts.find(({ to }) => elapsed < to);
    return next === undefined ? Infinity : Math.max(0, next.from - elapsed);
  }

  eachHold(from: number, to: number, add: (milliseconds: number, tags: StageTags) => void): void {
    const start = from - this.startTime;
    const end = to - this.startTime;
    this.advance(end);
    let stage: Stage | undefined = this.stage;
    while (stage !== undefined && stage.end > start) {
      const overlap = Math.min(end, stage.end) - Math.max(start, stage.hold);
      if (overlap > 0) add(overlap, { stage: String(stage.number) });
      stage = this.plan.stages[stage.number - 2];
    }
  }

  private advance(elapsed: number): void {
    while (elapsed >= this.stage.end) {
      const next = this.plan.stages[this.stage.number];
      if (!next) return;
      this.stage = next;
      this.tags = { stage: String(next.number) };
      this.settleTag = `settle-${next.number}`;
    }
  }
}

/** A time in which a VU has work; milliseconds since the start of the scenario. */
interface Shift {
  from: number;
  to: number;
}

/**
 * When VU number `rank` has work: while the plan has at least so many sessions. Where the number changes evenly, the
 * VUs come and go one by one, the highest first to go.
 */
export function shiftsOf({ stages, end }: Plan, rank: number): Shift[] {
  const shifts: Shift[] = [];
  let from: number | undefined;
  let before = 0;
  for (const { level: sessions, start, transition } of stages) {
    const share = (rank - before) / (sessions - before);
    if (from === undefined && rank <= sessions) from = start + (before < sessions ? share * transition : 0);
    else if (from !== undefined && rank > sessions) {
      shifts.push({ from, to: start + ((before - rank) / (before - sessions)) * transition });
      from = undefined;
    }
    before = sessions;
  }
  return from === undefined ? shifts : [...shifts, { from, to: end ?? Infinity }];
}
