/**
 * The books of visits: every one that starts ends in exactly one bucket. Their samples belong to the stage of their start,
 * outcomes to that in which they were decided: the one of the operation that failed first, else of the latest.
 */
import { now } from '../k6/clock.ts';
import type { Detail, Phase, Reason } from '../words/failures.ts';
import type { VisitNames, VuWords } from '../vocabulary/vuWords.ts';
import { showFirst } from './examples.ts';
import { metric, type Add } from './metrics.ts';
import type { StageClock, StageTags } from './stages.ts';
import { tagsSince, tagsUnlessCurrent, tagVisit } from './stageTag.ts';

/** Where a VU counts its visits. */
type Adds = Readonly<Record<keyof VisitNames | 'failures' | 'affected', Add>>;

/** Makes the function that begins the visits of a VU; while it is initialised. */
export function visitBooks({
  visit: names,
  harmless,
}: Pick<VuWords, 'visit' | 'harmless'>): (clock: StageClock) => VisitBooks {
  const adds: Adds = {
    began: metric(names.began),
    good: metric(names.good),
    bad: metric(names.bad),
    stopped: metric(names.stopped),
    open: metric(names.open),
    success: metric(names.success),
    ended: metric(names.ended),
    duration: metric(names.duration),
    held: metric(names.held),
    failures: metric('failures'),
    affected: metric('sessions_affected'),
  };
  return (clock) => new VisitBooks(clock, adds, harmless);
}

/** The books of a visit that has started; `end` must be called once. Times are epoch milliseconds. */
export class VisitBooks {
  readonly startedAt = now();
  private readonly clock: StageClock;
  private readonly adds: Adds;
  private readonly harmless: readonly Phase[];
  /** Stage of the visit's start, then of its latest operation; and what that one's samples have. */
  private stage: StageTags;
  private tags: StageTags;
  private tagEnds = 0;
  private failure: { reason: Reason; stage: StageTags } | undefined;
  private affectedBy: Set<string> | undefined;

  constructor(clock: StageClock, adds: Adds, harmless: readonly Phase[]) {
    this.clock = clock;
    this.adds = adds;
    this.harmless = harmless;
    this.stage = this.tags = clock.stageTags(this.startedAt);
    tagVisit(clock, this.stage);
    adds.began(1);
    adds.open(1);
  }

  /** One of its operations begins. */
  operationBegins(at: number): void {
    if (at >= this.tagEnds) this.enterStage(at);
  }

  /** A sample of the visit, in the stage of its start or of its latest operation. */
  add(to: Add, value: number, more?: Record<string, string>): void {
    const tags = tagsUnlessCurrent(this.tags);
    if (tags !== undefined) to(value, { ...tags, ...more });
    else if (more !== undefined) to(value, more);
    else to(value);
  }

  /**
   * Something failed: an operation that began at `beganAt`, or else the visit itself. A failure of a harmless phase
   * is counted, but does not make the visit a failed one.
   */
  fail(phase: Phase, reason: Reason, detail?: Detail, beganAt?: number): void {
    this.failForNow(phase, reason, detail, beganAt);
    if (this.failure !== undefined || this.harmless.includes(phase)) return;
    this.failure = { reason, stage: beganAt === undefined ? this.stage : this.clock.stageTags(beganAt) };
  }

  /** The same of what is tried again: counted, but the visit is no failed one for that. */
  failForNow(phase: Phase, reason: Reason, detail: Detail = '', beganAt?: number): void {
    showFirst(phase, reason, detail);
    const other = beganAt === undefined ? tagsUnlessCurrent(this.tags) : tagsSince(beganAt);
    const tags = { ...other, phase, reason };
    this.adds.failures(1, tags);
    this.affect(phase + reason, tags);
  }

  /** It was at its level so long. */
  held(from: number, to: number): void {
    this.clock.eachHold(from, to, this.adds.held);
  }

  /** It is over; `finished`: it did everything that it had to do. */
  end(finished: boolean): void {
    const { adds, stage, failure } = this;
    const at = now();
    tagVisit(this.clock, stage);
    adds.open(-1);
    adds.duration(at - this.startedAt);
    if (failure !== undefined) this.endFailed(failure.reason, failure.stage);
    else if (finished) this.endCompleted();
    else adds.stopped(1);
  }

  private enterStage(at: number): void {
    this.tagEnds = this.clock.tagEnds(at);
    this.stage = this.clock.stageTags(at);
    this.tags = this.clock.operationTags(at);
  }

  private affect(what: string, tags: Record<string, string>): void {
    this.affectedBy ??= new Set();
    if (this.affectedBy.has(what)) return;
    this.affectedBy.add(what);
    this.adds.affected(1, tags);
  }

  private endCompleted(): void {
    this.adds.good(1);
    this.adds.ended(1);
    this.adds.success(1);
  }

  private endFailed(reason: Reason, failedIn: StageTags): void {
    this.adds.bad(1, { ...failedIn, reason });
    this.adds.ended(1, failedIn);
    this.adds.success(0, failedIn);
  }
}
