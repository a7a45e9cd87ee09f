/** Whether a run has proved its verdict. */
import { plainLines } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import type { Evidence, Remains } from '../../report/derive/evidence.ts';
import { verifyEvidence } from '../../report/verify/verify.ts';
import { note } from '../process/terminal.ts';
import { readRun } from './runReader.ts';

/** So many problems of one check are told; the first ones say enough. */
export const MOST_PROBLEMS = 5;

/**
 * Whether the evidence that a run has just written into `folder` proves its verdict; says so when it does not. What is
 * INVALID or has no summary proves nothing, and says that itself.
 */
export async function isProven(folder: string, evidence: Evidence | Remains): Promise<boolean> {
  if (!('summary' in evidence) || evidence.verdict.result === 'INVALID') return true;
  const problems = await problemsIn(folder);
  for (const problem of problems.slice(0, MOST_PROBLEMS))
    note(`The evidence does not prove the verdict: ${plainLines(problem)}`);
  return problems.length === 0;
}

async function problemsIn(folder: string): Promise<readonly string[]> {
  try {
    return verifyEvidence(await readRun(folder, 'verify')).map((problem) => `${problem}.`);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}
