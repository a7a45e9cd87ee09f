/**
 * The stage tag of a VU: what k6 and we record without tags of its own carries it. It is that of the operation that
 * began last, or of a visit's start or end; what began in another stage is given tags.
 */
import exec from 'k6/execution';
import type { Add } from './metrics.ts';
import type { StageClock, StageTags } from './stages.ts';

/** The VU's own tags. */
let vuTags: Record<string, string | number | boolean> | undefined;
let clock: StageClock | undefined;
let current = '';
/** Operations that begin between these have this very tag. */
let from = Infinity;
let to = 0;

/** Sets the tag to that of a visit that starts or ends, by the VU's clock. */
export function tagVisit(theClock: StageClock, { stage }: StageTags): void {
  clock = theClock;
  if (stage === current) return;
  setTag(stage);
  from = Infinity;
  to = 0;
}

/** An operation begins at `at` (epoch ms): the tag is its stage's from now on. */
export function tagOperation(at: number): void {
  if (at < from || at >= to) enter(at);
}

/** Tags for a sample of an operation that began at `beganAt`; undefined: the VU's say it. */
export function tagsSince(beganAt: number): StageTags | undefined {
  return beganAt >= from && beganAt < to ? undefined : clock?.operationTags(beganAt);
}

/** Tags for a sample of what counts in the whole of the stage of `at`; undefined: the VU's say it. */
export function tagsOfWholeStage(at: number): StageTags | undefined {
  return clock && tagsUnlessCurrent(clock.stageTags(at));
}

/** Adds a sample of an operation that began at `beganAt`. */
export function addSince(beganAt: number, add: Add, value: number): void {
  const tags = tagsSince(beganAt);
  if (tags === undefined) add(value);
  else add(value, tags);
}

/** The stage tag of an operation that began at `beganAt`, settled or not. */
export function stageSince(beganAt: number): string {
  return tagsSince(beganAt)?.stage ?? current;
}

/** Tags for a sample of these; undefined: the VU's say it. */
export function tagsUnlessCurrent(tags: StageTags): StageTags | undefined {
  return tags.stage === current ? undefined : tags;
}

function enter(at: number): void {
  if (clock === undefined) return;
  from = at;
  to = clock.tagEnds(at);
  const { stage } = clock.operationTags(at);
  if (stage !== current) setTag(stage);
}

function setTag(stage: string): void {
  vuTags ??= exec.vu.metrics.tags;
  vuTags['stage'] = current = stage;
}
