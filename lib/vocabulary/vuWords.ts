/** What VUs get of a vocabulary: the names that they need, as plain data. Pure; evaluated before the load only. */
import {
  metricsOf,
  operationOf,
  retriedPhases,
  type Kind,
  type Operation,
  type Vocabulary,
} from './vocabulary.ts';

/** A metric to make: its name, its kind, whether its values are milliseconds. */
export type MadeMetric = readonly [name: string, kind: Kind, isTime: boolean];

/** Names of an operation's metrics; `began` is missing where k6 itself counts what began. */
export interface OperationNames {
  began?: string;
  good: string;
  bad: string;
  open?: string;
  success: string;
  latency?: string;
  badTime?: string;
  setUp?: true;
}

/** Names of a visit's metrics. */
export interface VisitNames extends Pick<OperationNames, 'good' | 'bad' | 'success'> {
  began: string;
  stopped: string;
  open: string;
  /** Counts those that `success` judges. */
  ended: string;
  duration: string;
  /** Counts the milliseconds in which it was at its level. */
  held: string;
}

/** Names of what is compared with stage 1. */
export type DriftNames = NonNullable<Operation['drift']>;

/** Those of one script. A VU has its own copy, so it keeps none of it. */
export interface VuWords {
  visit: VisitNames;
  operations: Readonly<Record<string, OperationNames>>;
  /** The phases whose failures don't make a visit a failed one. */
  harmless: readonly string[];
  /** The phases that are tried again, where the script has retries. */
  retried?: readonly string[];
  /** Of the headline, where the script compares it. */
  drift?: DriftNames;
}

/** `has`: what a metric's `only` names that the script has. Throws a RangeError where the visit lacks a metric. */
export function vuWords(words: Vocabulary, has: ReadonlySet<string>): VuWords {
  const { drift } = operationOf(words, words.headline);
  return {
    visit: visitNames(words),
    operations: operationNames(words),
    harmless: Object.entries(words.phases).flatMap(([name, { harmless }]) => (harmless ? [name] : [])),
    ...(has.has('retries') ? { retried: retriedPhases(words).map(([name]) => name) } : {}),
    ...(drift !== undefined && has.has('drift') ? { drift } : {}),
  };
}

/** The metrics that VUs make. */
export function madeMetrics(words: Pick<Vocabulary, 'metrics'>, has: ReadonlySet<string>): MadeMetric[] {
  return Object.entries(metricsOf(words))
    .filter(([, { of, ofK6, perHourOf }]) => (of ?? ofK6 ?? perHourOf) === undefined)
    .filter(([, { only }]) => only === undefined || has.has(only))
    .map(([name, { kind, unit }]) => [name, kind, unit === 'ms'] as const);
}

function operationNames(words: Vocabulary): Record<string, OperationNames> {
  const others = Object.entries(words.operations).filter(([name]) => name !== words.visit);
  return Object.fromEntries(others.map(([name, operation]) => [name, namesOf(words, operation)]));
}

function namesOf(words: Vocabulary, operation: Operation): OperationNames {
  const { began, good, bad, open, success, latency, badTime, setUp } = operation;
  return {
    ...(metricsOf(words)[began.metric]?.ofK6 ? {} : { began: began.metric }),
    good: good.metric,
    bad: bad.metric,
    ...(open === undefined ? {} : { open: open.metric }),
    success,
    ...(latency === undefined ? {} : { latency }),
    ...(badTime === undefined ? {} : { badTime }),
    ...(setUp === undefined ? {} : { setUp }),
  };
}

function visitNames(words: Vocabulary): VisitNames {
  const { began, good, bad, stopped, open, success, ended, duration } = operationOf(words, words.visit);
  if (stopped === undefined || open === undefined || ended === undefined || duration === undefined)
    throw new RangeError(
      `The operation "${words.visit}" of the system ${words.system} is its visit, so it needs "stopped", "open", "ended" and "duration".`,
    );
  return {
    began: began.metric,
    good: good.metric,
    bad: bad.metric,
    stopped: stopped.metric,
    open: open.metric,
    success,
    ended,
    duration,
    held: words.held.metric,
  };
}
