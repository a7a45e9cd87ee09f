/** How the command ends, besides the exit codes of verdicts (report/derive/verdict.ts). */
import { EXIT_CODES } from '../report/derive/verdict.ts';

/** Wrong usage or bad input: nothing was run. */
export const USAGE = 2;

/** A problem inside the command itself: nothing it said can be relied on, as with INVALID. */
export const BROKEN = 3;

/**
 * The gravest first: what can't be trusted; what could not be run at all; a target that broke a limit, whatever was
 * stopped later; what was stopped.
 */
const GRAVITY: readonly number[] = [BROKEN, USAGE, EXIT_CODES.FAIL, EXIT_CODES.ABORTED, EXIT_CODES.PASS];

/** The gravest of several exit codes; of none, 0. */
export function gravest(codes: readonly number[]): number {
  return GRAVITY.find((code) => codes.includes(code)) ?? 0;
}
