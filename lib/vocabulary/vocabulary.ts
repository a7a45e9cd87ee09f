/**
 * What a system says of itself, as data: its operations, metrics, phases and columns. Limits, thresholds, ledger, checks,
 * summary, verdict, texts, tables, live view, comparison and history are functions of it. Pure.
 */
import { HOUSE_METRICS } from './houseMetrics.ts';

/** A word for things that are counted. */
export interface Noun {
  one: string;
  many: string;
}

/** k6's kinds of metrics. */
export type Kind = 'trend' | 'rate' | 'counter' | 'gauge';

/**
 * What a value is: milliseconds, a share of 1, a number, bytes, a multiple, bytes or a number per second, a number per hour
 * of a session.
 */
export type Unit =
  'ms' | 'share' | 'count' | 'bytes' | 'factor' | 'bytes per second' | 'per second' | 'per session-hour';

/** One metric. */
export interface Metric {
  kind: Kind;
  unit: Unit;
  /** When it is recorded, or of what: half a sentence for people. */
  is: string;
  /** Limits may bind it, and then need samples: in every judged stage, or in the run. */
  limit?: 'every stage' | 'run';
  /** The Counter that counts its samples; guards its limits, because k6 passes a threshold that got no samples. */
  samples?: string;
  /** The setting without which there is none of it. */
  setting?: string;
  /** Compares with stage 1, so limits bind only later stages with as many sessions. */
  drift?: true;
  /** The Counter that it is per hour; k6 has no such metric itself. */
  perHourOf?: string;
  /** The least value that it can have, where that is not 0. */
  least?: number;
  /** A time that nothing took, such as one by what was sent: it may be longer than a run. */
  scaled?: true;
  /** Kept apart for each stage, whatever limits there are. */
  stages?: true;
  /** A stage has one value of it at most, so chance has no part in it. */
  once?: true;
  /** Made by k6, not by us. */
  ofK6?: true;
  /** Made only by scripts that need it, under this name. */
  only?: string;
  /** A sub-metric: the samples of that metric with these tags. */
  of?: { metric: string; tags: Readonly<Record<string, string>> };
}

/** A Counter, and the word for what it counts in sentences: `questions_sent`, "sent". */
export interface Count {
  metric: string;
  word: string;
  /** The word for a single one, where it is another. */
  one?: string;
  /** Told only where there are any. */
  ifAny?: true;
}

/** How operations are told apart. */
export interface Division {
  tag: string;
  values: readonly string[];
  /** What failed with each value is told by class, too. */
  reasons?: true;
}

/** Anything that begins, and ends well, ends badly, or is still open: began = good + bad + stopped + open. */
export interface Operation {
  noun: Noun;
  began: Count;
  good: Count;
  bad: Count;
  /** Ended in health by the plan. */
  stopped?: Count;
  /** +1 when it begins, −1 when it ends; left out where k6 counts what began only at its end. */
  open?: Count;
  /** A Counter, where a good one opens what lasts: +1 then, −1 when that ends. Whoever watches a run counts these. */
  lasts?: string;
  /** A Rate: good or bad. */
  success: string;
  /** The phase whose retries are further attempts at it; the Rate judges only the first of each. */
  retriedIn?: string;
  /** A Trend: how long good ones took. */
  latency?: string;
  /** A Counter of milliseconds: how long bad ones took, together. */
  badTime?: string;
  /** A Counter: good and bad ones, which the Rate judges. A visit needs it. */
  ended?: string;
  /** A Trend: how long all took, however they ended. A visit needs it. */
  duration?: string;
  /**
   * How it compares with stage 1: a Trend of multiples, one of differences of shares, a Counter of what was compared.
   * Where latencies are so short that chance and pauses of this machine make multiples of them, `leastMs` is what shorter
   * ones count as.
   */
  drift?: { latency: string; failure: string; compared: string; leastMs?: number };
  /** The phase whose failures are its bad ones, one each. */
  phase?: string;
  /** What visits begin with: it counts in the whole of its stage, not only in the judged part. */
  setUp?: true;
  /** Its line in Locust's columns. */
  row?: { type: string; name: string };
  /** The tag whose values it is told apart by; its metrics have sub-metrics of each. */
  by?: Division;
}

/** Families of failure classes; `lib/words/failures.ts` says which classes are in each. */
export type Family =
  | 'rest'
  | 'sum'
  | 'handshake'
  | 'transport'
  | 'frame'
  | 'message'
  | 'answer'
  | 'reply'
  | 'stray'
  | 'delivery'
  | 'lost'
  | 'redis'
  | 'changed'
  | 'error';

/** Where something failed. */
export interface PhaseWords {
  /** For people: "log-in". */
  title: string;
  /** In a line of failures, before the class; empty where the class says it all. */
  prefix: string;
  families: readonly Family[];
  /** A class can happen several times in one visit, even when nothing is tried again. */
  repeats?: true;
  /** Counted, but does not make its visit a failed one. */
  harmless?: true;
  /** Tried again with `RETRIES`: a second attempt does nothing twice. */
  retried?: true;
}

/** What a class of failures is called, why it probably happened, and where to look first. */
export interface ReasonWords {
  title: string;
  why: string;
  look: string;
}

/** A column of the table of stages. */
export interface Column {
  /** At most nine characters, unless it is wide. */
  head: string;
  /** What it is, in a few words more. */
  title: string;
  metric: string;
  aggregate: string;
  /** Only where there is room: in the page and in Markdown. */
  wide?: true;
}

/**
 * A line of the text at the end: the distribution of a Trend (`all`: with average and p99), counts, or counts a second
 * over the whole run; none where all of these are left out.
 */
export type Line =
  | { title: string; trend: string; about: string; without: string; all?: true }
  | { title: string; counts: readonly Count[] }
  | { title: string; rates: readonly Count[] };

/** What counts must hold besides the books of operations. Sides are sums of Counters or of samples of a Trend. */
export interface Rule {
  left: readonly string[];
  is: '=' | '<=';
  right: readonly string[];
  /** Only in runs that ended by themselves. */
  only?: 'whole';
  /** Holds in each stage, too. */
  stages?: true;
  /** Its line in the ledger, and what both sides are called there. */
  ledger?: { name: string; left: string; right: readonly string[] };
}

/**
 * A count of the reference target's `/stats`, by its path (`faults.*`: all below), or the sum of several, that must be
 * that of a run.
 */
export interface AtTarget {
  what: string;
  theirs: string | readonly string[];
  /** Counts that are not meant, by their paths, where there are any: they are taken off. */
  less?: readonly string[];
  /** Theirs, than ours; equal when left out. */
  is?: '=' | '<=' | '>=';
  /** Left out: 0, but for what failed. */
  ours?: string;
  /** Only in runs in which nothing failed. */
  only?: 'clean';
}

/** Failures before any good outcome that only a wrong setting explains; `reasons` is a regular expression. */
export interface Sign {
  phases: readonly string[];
  reasons: string;
  /** Only where these Counters have, or have not, counted anything. */
  some?: string;
  none?: string;
  /** What would have been right, and the settings that decide it. */
  expected: string;
  check: string;
}

/** What is made, as a Counter that is kept apart for stages, and the goal a minute: its setting, by both of its names. */
export interface Throughput {
  metric: string;
  noun: Noun;
  goal: string;
  setting: string;
}

/** All that a system says of itself; plain data. */
export interface Vocabulary {
  system: string;
  /** What a level counts, and the operation that is one of them. */
  level: Noun;
  visit: string;
  /** The operation that the verdict, the live view and the first chart speak of. */
  headline: string;
  /** The setting, by its name in a configuration, of how many of those a visit may have open; one when left out. */
  inFlight?: string;
  /** What a good outcome of it is to its visit: "an answer". */
  answer: string;
  /** How to make visits shorter: "QUESTIONS fewer". */
  shorter: string;
  /** The settings that spread what happens at the same time: "THINK_SECONDS". */
  spread: string;
  /** The Counter of messages that nobody understands. */
  unknown?: string;
  /** The Counter of milliseconds in which a visit was at its level, and what it did then: "had an open socket". */
  held: { metric: string; did: string };
  operations: Readonly<Record<string, Operation>>;
  metrics: Readonly<Record<string, Metric>>;
  phases: Readonly<Record<string, PhaseWords>>;
  columns: readonly Column[];
  lines: readonly Line[];
  /** The report says what share of a goal was made, and how many load generators the goal needs. */
  throughput?: Throughput;
  /** The Trend whose maximum is how long it took until all operations of a round were done. */
  allDone?: string;
  /** The text ends with a table of its requests, as Locust's does. */
  table?: true;
  rules: readonly Rule[];
  atTarget: readonly AtTarget[];
  /** What the target's own counts must be among themselves; sides are sums of paths, `closes.*` of all below. */
  targetRules: readonly Pick<Rule, 'left' | 'is' | 'right'>[];
  signs: readonly Sign[];
  /**
   * Where to look at the target when a limit on a metric breaks, by metric: half a sentence. That of a metric holds for its
   * sub-metrics, too, unless they have their own.
   */
  looks?: Readonly<Record<string, string>>;
  /** Its own words for classes of failures, by class. */
  reasons?: Readonly<Record<string, ReasonWords>>;
  /** Settings that no file of a run holds, so that whoever repeats it must set them. */
  secrets?: readonly string[];
}

/** Every metric that a script of this system may have: its own, the house's and k6's. */
export function metricsOf({ metrics }: Pick<Vocabulary, 'metrics'>): Readonly<Record<string, Metric>> {
  return { ...metrics, ...HOUSE_METRICS };
}

/** The operation of this name. Throws a RangeError when the vocabulary has none. */
export function operationOf({ system, operations }: Vocabulary, name: string): Operation {
  const operation = operations[name];
  if (operation === undefined) throw new RangeError(`The system ${system} has no operation "${name}".`);
  return operation;
}

/** The words for a plan: a level of arrivals by a rate counts visits a second, such as users/s. */
export function wordsFor({ isRate }: { isRate?: true }, vocabulary: Vocabulary): Vocabulary {
  if (!isRate) return vocabulary;
  const { one, many } = visitNoun(vocabulary);
  return { ...vocabulary, level: { one: `${one}/s`, many: `${many}/s` } };
}

/** What visits are called; a level may count something else, such as arrivals a second. */
export function visitNoun(vocabulary: Vocabulary): Noun {
  return operationOf(vocabulary, vocabulary.visit).noun;
}

/** The phases that are tried again, in their order; a phase's place among them decides its seeded waits. */
export function retriedPhases({ phases }: Pick<Vocabulary, 'phases'>): [string, PhaseWords][] {
  return Object.entries(phases).filter(([, { retried }]) => retried);
}

/** The Counters of what is open, which are 0 when everything that began has ended. */
export function openCounts({ operations }: Pick<Vocabulary, 'operations'>): string[] {
  return Object.values(operations).flatMap(({ open }) => open?.metric ?? []);
}

/** The operation that the verdict speaks of. */
export function headlineOf(vocabulary: Vocabulary): Operation {
  return operationOf(vocabulary, vocabulary.headline);
}

/** The operations in the order in which people are told of them: the visit, the headline, the others by name. */
export function operationsInOrder({ operations, visit, headline }: Vocabulary): [string, Operation][] {
  const place = (name: string) => (name === visit ? 0 : name === headline ? 1 : 2);
  return Object.entries(operations).sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
}
