/** Which stage is it now: the stage tags, and how long sessions were held in each stage's judged part. Pure. */
import type { Plan, Stage } from './load.ts';

/** Tags of a session-level sample: the stage, settled or not. */
export interface StageTags {
  readonly [tag: string]: string;
  readonly stage: string;
}

/** Follows the plan in one VU; times must not go back by more than clock steps do. */
export class StageClock {
  private readonly plan: Plan;
  private readonly startTime: number;
  private stage: Stage;
  private tags: StageTags;
  private settleTag: string;

  /** `startTime`: epoch milliseconds at which the scenario started. */
  constructor(plan: Plan, startTime: number) {
    const [first] = plan.stages;
    if (!first) throw new RangeError('A plan needs at least one stage.');
    this.plan = plan;
    this.startTime = startTime;
    this.stage = first;
    this.tags = { stage: String(first.number) };
    this.settleTag = `settle-${first.number}`;
  }

  /** Tags of sessions and sockets that start at `now`. */
  sessionTags(now: number): StageTags {
    this.advance(now - this.startTime);
    return this.tags;
  }

  /** Stage tag of a question sent at `now`: `3`, or `settle-3` before the judged part of stage 3. */
  questionTag(now: number): string {
    const elapsed = now - this.startTime;
    this.advance(elapsed);
    return elapsed < this.stage.hold ? this.settleTag : this.tags.stage;
  }

  /** When the tag of a question sent at `now` changes, at the earliest. */
  tagEnds(now: number): number {
    const elapsed = now - this.startTime;
    this.advance(elapsed);
    return this.startTime + (elapsed < this.stage.hold ? this.stage.hold : this.stage.end);
  }

  /** Milliseconds until the plan ends: Infinity for a plan without an end, 0 or less after it. */
  remaining(now: number): number {
    return this.plan.end === null ? Infinity : this.startTime + this.plan.end - now;
  }

  /** Calls `add` with the milliseconds of [from, to] that lie in each stage's judged part. */
  eachHold(from: number, to: number, add: (milliseconds: number, tags: StageTags) => void): void {
    const [start, end] = [from - this.startTime, to - this.startTime];
    for (const stage of this.plan.stages) {
      if (stage.start >= end) break;
      const overlap = Math.min(end, stage.end) - Math.max(start, stage.hold);
      if (overlap > 0) add(overlap, { stage: String(stage.number) });
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
