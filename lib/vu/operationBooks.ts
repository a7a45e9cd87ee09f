/**
 * The books of one operation of the vocabulary: every one that begins ends in exactly one bucket, and belongs to the stage
 * in which it began. Any number may be under way in a VU; the books remember none, so whoever began one keeps the time.
 */
import type { OperationNames, VuWords } from '../vocabulary/vuWords.ts';
import { metric, type Add } from './metrics.ts';
import { tagOperation, tagsOfWholeStage, tagsSince } from './stageTag.ts';

/** All times are epoch milliseconds. */
export interface OperationBooks {
  began: (at: number) => void;
  /** One that began at `beganAt` ended well. */
  good: (beganAt: number, at: number) => void;
  /** It ended badly. */
  bad: (beganAt: number, at: number, reason: string) => void;
}

/** The books of the operation of this name. Throws a RangeError when the vocabulary has none. */
export function booksOf(words: Operations, name: string): OperationBooks {
  const names = namesOf(words, name);
  return names.setUp ? setUpBooks(addsOf(names)) : operationBooks(names);
}

/**
 * The books of those of them that all have these tags, of which a vocabulary has sub-metrics. Throws a RangeError when the
 * vocabulary has no such operation.
 */
export function taggedBooksOf(words: Operations, name: string, own: Tags): OperationBooks {
  return taggedBooks(addsOf(namesOf(words, name)), own);
}

type Operations = Pick<VuWords, 'operations'>;
type Tags = Record<string, string>;

function namesOf({ operations }: Operations, name: string): OperationNames {
  const names = operations[name];
  if (names === undefined) throw new RangeError(`The vocabulary has no operation "${name}".`);
  return names;
}

/** Where operations of one kind are counted. */
type Adds = ReturnType<typeof addsOf>;

function addsOf(names: OperationNames) {
  return {
    begun: optional(names.began),
    ended: metric(names.good),
    failed: metric(names.bad),
    open: optional(names.open),
    success: metric(names.success),
    latency: optional(names.latency),
    badTime: optional(names.badTime),
  };
}

const nowhere: Add = () => undefined;

function optional(name: string | undefined): Add {
  return name === undefined ? nowhere : metric(name);
}

/**
 * Made once per VU, while it is initialised; captured variables, because it runs for every operation. A visit that has
 * these operations must have begun.
 */
export function operationBooks(names: OperationNames): OperationBooks {
  const adds = addsOf(names);
  const { begun, ended, open, success, latency } = adds;

  function began(at: number): void {
    tagOperation(at);
    begun(1);
    open(1);
  }

  /** Samples with and without tags are apart, because an argument that says nothing costs as much as one that does. */
  function good(beganAt: number, at: number): void {
    const tags = tagsSince(beganAt);
    if (tags !== undefined) return addGood(adds, tags, at - beganAt);
    ended(1);
    open(-1);
    success(1);
    latency(at - beganAt);
  }

  function bad(beganAt: number, at: number, reason: string): void {
    addBad(adds, tagsSince(beganAt) ?? {}, at - beganAt, reason);
  }

  return { began, good, bad };
}

/** Of what visits begin with: a stage has it from its start on. */
function setUpBooks(adds: Adds): OperationBooks {
  return {
    began: (at) => {
      const tags = tagsOfWholeStage(at) ?? {};
      adds.begun(1, tags);
      adds.open(1, tags);
    },
    good: (beganAt, at) => addGood(adds, tagsOfWholeStage(beganAt) ?? {}, at - beganAt),
    bad: (beganAt, at, reason) => addBad(adds, tagsOfWholeStage(beganAt) ?? {}, at - beganAt, reason),
  };
}

function taggedBooks(adds: Adds, own: Tags): OperationBooks {
  let elsewhere: { stage: string; tags: Tags } | undefined;

  /** Made anew only when the stage is another one. */
  function tagsFor(beganAt: number): Tags {
    const tags = tagsSince(beganAt);
    if (tags === undefined) return own;
    if (elsewhere?.stage !== tags.stage) elsewhere = { stage: tags.stage, tags: { ...tags, ...own } };
    return elsewhere.tags;
  }

  return {
    began: (at) => {
      tagOperation(at);
      adds.begun(1, own);
      adds.open(1, own);
    },
    good: (beganAt, at) => addGood(adds, tagsFor(beganAt), at - beganAt),
    bad: (beganAt, at, reason) => addBad(adds, tagsFor(beganAt), at - beganAt, reason),
  };
}

function addGood({ ended, open, success, latency }: Adds, tags: Tags, milliseconds: number): void {
  ended(1, tags);
  open(-1, tags);
  success(1, tags);
  latency(milliseconds, tags);
}

function addBad(
  { failed, open, badTime, success }: Adds,
  tags: Tags,
  milliseconds: number,
  reason: string,
): void {
  failed(1, { ...tags, reason });
  open(-1, tags);
  badTime(milliseconds, tags);
  success(0, tags);
}
