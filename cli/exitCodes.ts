/** How the command ends, besides the exit codes of verdicts (report/derive/verdict.ts). */

/** Wrong usage or bad input: nothing was run. */
export const USAGE = 2;

/** A problem inside the command itself: nothing it said can be relied on, as with INVALID. */
export const BROKEN = 3;
