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
  scaled: readonly Scaled[];
}

/** `suite.json`. */
export interface SuiteRecord {
  version: typeof SUITE_VERSION;
  crescendo: string;
  suite: string;
  /** Of `--scale`; 1: full size. */
  scale: number;
  startedAt: string;
  endedAt: string;
  result: Outcome;
  exitCode: number;
  tests: readonly SuiteTest[];
}
