/** The exit codes of tests. */
import type { Outcome } from '../../report/analyze/analysis.ts';
import { EXIT_CODES } from '../../report/derive/verdict.ts';

/** A test that was not run was stopped before it began. */
export function exitCodeOf(outcome: Outcome): number {
  return outcome === 'NOT RUN' ? EXIT_CODES.ABORTED : EXIT_CODES[outcome];
}
