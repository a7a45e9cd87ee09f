/** What a suite leaves behind besides the evidence of its runs. Pure. */
import type { Outcome } from '../analyze/analysis.ts';

/** Raised when a field changes its meaning or goes away; new fields do not raise it. */
export const SUITE_VERSION = 1;

/** A setting that was made smaller or larger for this machine. */
export interface Scaled {
  name: string;
  from: string;
  to: string;
}

/** The limit that decides a run, as people read it. */
export interface Figure {
  /** `answer p95`. */
  name: string;
  /** `1.02 s`. */
  value: string;
  /** `5 s`. */
  limit: string;
  /** As a share of the limit; below 0 when it is broken; null where nothing tells how far it is. */
  margin: number | null;
}

/** Whose event loop was blocked for so long that times are too long. */
export type Blocked = 'target' | 'generator' | 'both' | 'no';

/**
 * What a test came to, over its whole run: the headline operation of its system, whose times are those of good ones.
 * Times are in seconds; null where nothing was measured.
 */
export interface TestFigures {
  /** What began. */
  requests: number | null;
  /** What ended well. */
  successes: number | null;
  minSeconds: number | null;
  averageSeconds: number | null;
  p50Seconds: number | null;
  p95Seconds: number | null;
  p99Seconds: number | null;
  maxSeconds: number | null;
  /** What began, by the length of the run. */
  requestsPerSecond: number | null;
  /** Until all operations of a round were done, of the slowest one, where its system tells that; else the length of the run. */
  totalSeconds: number | null;
  /** null: nobody looked. */
  blocked: Blocked | null;
  /** What ended badly, as a share of what ended. */
  errorRate: number | null;
  /** Whether it kept the limits that decide it; null of a run that can't be trusted or was stopped. */
  met: boolean | null;
}

/** One test of a suite. */
export interface SuiteTest {
  name: string;
  script: string;
  /** `NOT RUN`: the suite was stopped before it, or it could not be run; `sentence` says which. */
  result: Outcome;
  /** null: it was not its turn yet when the suite ended. */
  exitCode: number | null;
  sentence: string;
  /** The name of its folder beside this file; null where there is none. */
  folder: string | null;
  /** From its start to its verdict, in seconds. */
  seconds: number;
  figure: Figure | null;
  /** null where there are none: no summary, or evidence that does not prove its verdict. Absent in earlier suites. */
  figures?: TestFigures | null;
  scaled: readonly Scaled[];
}

/** `suite.json`. */
export interface SuiteRecord {
  version: typeof SUITE_VERSION;
  crescendo: string;
  suite: string;
  /** Of `--scale`; 1: full size. */
  scale: number;
  /** With `--quick`: small loads, whatever the suite says. */
  quick?: true;
  startedAt: string;
  endedAt: string;
  result: Outcome;
  exitCode: number;
  tests: readonly SuiteTest[];
}
