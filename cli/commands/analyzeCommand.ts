/** `crescendo analyze <folder>`: each requirement with its figure, its limit, and where to look next. */
import { analysesIn } from '../analyze/analysesIn.ts';
import { exitCodeOf } from '../analyze/outcomes.ts';
import { gravest } from '../exitCodes.ts';
import { hasColours } from '../process/terminal.ts';
import { wrap } from '../../report/text/wrap.ts';
import { renderAnalyses } from '../../report/analyze/analysisText.ts';

/** What the command line says besides the folder. */
export interface AnalyzeOptions {
  /** A file of limits on the rows of Locust's files. */
  limits?: string;
}

/**
 * Prints what became of the requirements of a suite, a run or a test of Locust's, and resolves to the exit code: that of
 * the gravest. Throws an InputError where there is nothing to analyze.
 */
export async function analyze(folder: string, { limits }: AnalyzeOptions): Promise<number> {
  const { analyses, note: remark } = await analysesIn(folder, limits);
  process.stdout.write(renderAnalyses(analyses, hasColours(process.stdout)));
  if (remark !== undefined)
    process.stdout.write(
      `${wrap(remark, 78)
        .map((line) => ` ${line}\n`)
        .join('')}\n`,
    );
  return gravest(analyses.map(({ result }) => exitCodeOf(result)));
}
