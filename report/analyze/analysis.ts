/** What came of the requirements of a test, whoever made it: the common shape of runs and of Locust's files. Pure. */
import type { Result } from '../derive/verdict.ts';

/** A test that was planned and did not begin has no verdict. */
export type Outcome = Result | 'NOT RUN';

/** One requirement. */
export interface Checked {
  /** `answer p95`. */
  name: string;
  measured: string;
  limit: string;
  /** null: nothing was measured. */
  kept: boolean | null;
  /** Of what the figure is: a stage, a row. */
  where: string;
  /** Where to look next; half a sentence, for what is not kept. */
  look?: string | undefined;
}

/** One test. */
export interface Analysis {
  /** What it is called. */
  title: string;
  result: Outcome;
  /** What it came to, in a sentence without its end. */
  sentence: string;
  rows: readonly Checked[];
}
