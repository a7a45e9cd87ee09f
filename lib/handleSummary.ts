/** handleSummary: the report's code is text that is evaluated only here, so that VUs pay nothing for it. */
import reportSource from '../report/k6Files.ts?text';
import type * as Report from '../report/k6Files.ts';
import type { K6Data } from '../report/derive/k6Data.ts';
import type { Prepared } from './before/prepare.ts';
import { evaluate } from './evaluate.ts';

/** k6's handleSummary: file name → content. */
export type Summarize = (data: K6Data) => Record<string, string>;

/** Only the first evaluation of a script has what was prepared. */
export function summarize(script: string, prepared: Prepared | undefined): Summarize {
  return (data) =>
    prepared === undefined ? {} : (evaluate(reportSource) as typeof Report).k6Files(script, prepared, data);
}
