/** What a run may have besides operations: how it came through an outage, for one. */
import type { SubMetric } from '../../lib/before/thresholds.ts';
import type { Unit } from '../../lib/vocabulary/vocabulary.ts';
import type { Content } from '../html/escape.ts';
import type { Observed } from '../derive/evidence.ts';
import type { K6Metrics } from '../derive/k6Data.ts';
import type { LimitResult, RunSummary, StageSummary, TestInfo } from '../derive/summary.ts';
import type { NamedLine } from '../text/books.ts';

/** A summary, with what was seen from outside where somebody looked. */
export type Seen = RunSummary & { observed?: Observed };

/** A figure of the whole run that runs are compared by. */
export interface PartFigure {
  metric: string;
  name: string;
  unit: Unit;
  /** Whether more is better. */
  more: boolean;
  /** The tolerance that it has by default: a share of the base's value, and an amount in its own unit. */
  relative: number;
  absolute: number;
  value: (summary: RunSummary) => number | null;
}

/** What broke in the stage that decides a run. */
export interface Break {
  stage: StageSummary;
  worst: LimitResult;
}

/** A list made of the field of such a part; empty where a run has none. */
export function ifAny<Field, Item>(field: Field | undefined, list: (field: Field) => Item[]): Item[] {
  return field === undefined ? [] : list(field);
}

/** One such part. All but `summarize` is asked only of runs that have it. */
export interface Part {
  /** Its anchor in the page. */
  name: string;
  title: string;
  /** The name of its field in the summary, which only runs that have it have. */
  field: keyof RunSummary;
  /** That field, from k6's values; an empty object where the run has none. `durationMs`: how long the run was. */
  summarize: (metrics: K6Metrics, test: TestInfo, durationMs: number) => Partial<RunSummary>;
  /** What its system let k6 keep for it, where that is not all in the vocabulary. */
  observed?: (summary: RunSummary) => readonly SubMetric[];
  /** Its lines in the text. */
  lines: (summary: Seen) => NamedLine[];
  /** What stands below its title in the page. */
  section: (summary: Seen) => Content;
  /** What a comment on the run must say of it, a sentence each. */
  remarks?: (summary: Seen) => string[];
  /** The verdict's sentence, where it is the part that such a run is about. */
  sentence?: (summary: RunSummary, broken: Break | undefined) => string;
  /** Why its figures can't be used, a sentence each. */
  doubts?: (summary: RunSummary) => string[];
  figures?: readonly PartFigure[];
}
