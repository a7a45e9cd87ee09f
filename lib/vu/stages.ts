/** Which stage is it now: the stage tags, when a VU has work, and how long sessions were held. Pure. */
import type { Plan, Shift, Stage } from '../plans/load.ts';
import { laneShifts } from '../plans/rounds.ts';

/** Tags of a sample: its stage. */
export interface StageTags {
  readonly [tag: string]: string;
  readonly stage: string;
}

/** Follows time in one VU. All times are epoch milliseconds, which must not go back by more than clock steps do. */
export interface StageClock {
  /** Tags of visits and sockets that start at `time`, which may be past; never made anew for the stage of now. */
  stageTags(time: number): StageTags;
  /** Tags of an operation that begins at `time`, likewise: `3`, or `settle-3` before the judged part of stage 3. */
  operationTags(time: number): StageTags;
  /** When the visit was due to start, in a plan of arrivals per second. */
  readonly dueAt?: number | undefined;
  /** When the tag of an operation that begins at `now` changes, at the earliest. */
  tagEnds(now: number): number;
  /** When the plan began. */
  readonly startTime: number;
  /** When the stage of `now` ends; Infinity: with the visit. */
  stageEnds(now: number): number;
  /** When the judged part of the stage of `now` begins. */
  judgedFrom(now: number): number;
  /** What is done in the stage of `now`, as values of this tag; `undefined`: everything. */
  only(now: number, tag: string): readonly string[] | undefined;
  /** Milliseconds that this VU may go on: Infinity in a plan without an end, 0 or less when it must stop. */
  remaining(now: number): number;
  /** Milliseconds until the plan needs this VU: 0 while it does, Infinity when never again. */
  idle(now: number): number;
  /** Calls `add` with the milliseconds of [from, to] that lie in each stage's judged part. */
  eachHold(from: number, to: number, add: (milliseconds: number, tags: StageTags) => void): void;
}

/** A stage of the plan with its tags. */
interface Tagged {
  stage: Stage;
  tags: StageTags;
  settleTags: StageTags;
}

/** The clock of the seat number `rank` (from 1) in a plan whose scenario started at `startTime`. */
export class PlanClock implements StageClock {
  readonly dueAt: number | undefined;
  private readonly plan: Plan;
  readonly startTime: number;
  private readonly end: number;
  /** When the VU has work, where that is not always. */
  private readonly shifts: Shift[] | undefined;
  /** The stage of now, and the one of before that was asked for last. */
  private here: Tagged;
  private past: Tagged;

  constructor(plan: Plan, startTime: number, rank: number, dueAt?: number) {
    const [first] = plan.stages;
    if (!first) throw new RangeError('A plan needs at least one stage.');
    this.plan = plan;
    this.startTime = startTime;
    this.dueAt = dueAt;
    // Visits that arrive run to their own end.
    this.end = plan.end === null || plan.isRate ? Infinity : startTime + plan.end;
    this.shifts = workOf(plan, rank);
    this.here = this.past = tagged(first);
  }

  stageTags(time: number): StageTags {
    return this.at(time - this.startTime).tags;
  }

  operationTags(time: number): StageTags {
    const elapsed = time - this.startTime;
    const { stage, tags, settleTags } = this.at(elapsed);
    return elapsed < stage.hold ? settleTags : tags;
  }

  tagEnds(now: number): number {
    const elapsed = now - this.startTime;
    const { hold, end, number } = this.at(elapsed).stage;
    if (elapsed < hold) return this.startTime + hold;
    return number === this.plan.stages.length ? Infinity : this.startTime + end;
  }

  stageEnds(now: number): number {
    return this.startTime + this.at(now - this.startTime).stage.end;
  }

  judgedFrom(now: number): number {
    return this.startTime + this.at(now - this.startTime).stage.hold;
  }

  only(now: number, tag: string): readonly string[] | undefined {
    return this.at(now - this.startTime).stage.only?.[tag];
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
    let { stage } = this.at(end);
    while (stage.end > start) {
      const overlap = Math.min(end, stage.end) - Math.max(start, stage.hold);
      if (overlap > 0) add(overlap, tagged(stage).tags);
      const before = this.plan.stages[stage.number - 2];
      if (before === undefined) return;
      stage = before;
    }
  }

  /** Moves on to the stage of that time, or looks back for it. */
  private at(elapsed: number): Tagged {
    while (elapsed >= this.here.stage.end) {
      const next = this.plan.stages[this.here.stage.number];
      if (!next) return this.here;
      this.here = tagged(next);
    }
    return elapsed < this.here.stage.start ? this.before(elapsed) : this.here;
  }

  private before(elapsed: number): Tagged {
    const { start, end } = this.past.stage;
    if (elapsed >= start && elapsed < end) return this.past;
    const stage = this.plan.stages.findLast((earlier) => earlier.start <= elapsed) ?? this.plan.stages[0];
    if (stage !== undefined) this.past = tagged(stage);
    return this.past;
  }
}

function tagged(stage: Stage): Tagged {
  return { stage, tags: { stage: String(stage.number) }, settleTags: { stage: `settle-${stage.number}` } };
}

/** When a place has work; `undefined`: always. */
function workOf(plan: Plan, rank: number): Shift[] | undefined {
  if (plan.lanes !== undefined) return laneShifts(plan.stages, plan.lanes, rank);
  return plan.falls || plan.perVu !== undefined ? shiftsOf(plan, rank) : undefined;
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
