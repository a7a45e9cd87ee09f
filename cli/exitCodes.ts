/** How the command ends. */
import type { Result } from '../report/verdict.ts';

/** Wrong usage or bad input: nothing was run. */
export const USAGE = 2;

/** A problem inside the command itself: nothing it said can be relied on, as with INVALID. */
export const BROKEN = 3;

/** Exit code of a verdict; 99 is what k6 itself says when a limit is crossed. */
export const EXIT_CODES: Record<Result, number> = { PASS: 0, FAIL: 99, INVALID: 3, ABORTED: 4 };
