/**
 * The books of one operation of the vocabulary: every one that begins ends in exactly one bucket, and belongs to the stage
 * in which it began. Any number may be under way in a VU; the books remember none, so whoever began one keeps the time.
 */
import type { OperationNames, VuWords } from '../words/vuWords.ts';
import { metric, type Add } from './metrics.ts';
import type { StageTags } from './stages.ts';
import { tagOperation, tagsSince } from './stageTag.ts';

/** All times are epoch milliseconds. */
export interface OperationBooks {
  began: (at: number) => void;
  /** One that began at `beganAt` ended well. */
  good: (beganAt: number, at: number) => void;
  /** It ended badly. */
  bad: (beganAt: number, at: number, reason: string) => void;
}

/** The books of the operation of this name. Throws a RangeError when the vocabulary has none. */
export function booksOf({ operations }: Pick<VuWords, 'operations'>, name: string): OperationBooks {
  const names = operations[name];
  if (names === undefined) throw new RangeError(`The vocabulary has no operation "${name}".`);
  return operationBooks(names);
}

const nowhere: Add = () => undefined;

/**
 * Made once per VU, while it is initialised; captured variables, because it runs for every operation. A visit that has
 * these operations must have begun.
 */
export function operationBooks(names: OperationNames): OperationBooks {
  const begun = optional(names.began);
  const ended = metric(names.good);
  const failed = metric(names.bad);
  const open = optional(names.open);
  const success = metric(names.success);
  const latency = optional(names.latency);
  const badTime = optional(names.badTime);

  function began(at: number): void {
    tagOperation(at);
    begun(1);
    open(1);
  }

  /** Samples with and without tags are apart, because an argument that says nothing costs as much as one that does. */
  function good(beganAt: number, at: number): void {
    const tags = tagsSince(beganAt);
    if (tags !== undefined) return goodIn(tags, at - beganAt);
    ended(1);
    open(-1);
    success(1);
    latency(at - beganAt);
  }

  function goodIn(tags: StageTags, milliseconds: number): void {
    ended(1, tags);
    open(-1, tags);
    success(1, tags);
    latency(milliseconds, tags);
  }

  function bad(beganAt: number, at: number, reason: string): void {
    const tags = tagsSince(beganAt) ?? {};
    failed(1, { ...tags, reason });
    open(-1, tags);
    badTime(at - beganAt, tags);
    success(0, tags);
  }

  return { began, good, bad };
}

function optional(name: string | undefined): Add {
  return name === undefined ? nowhere : metric(name);
}
