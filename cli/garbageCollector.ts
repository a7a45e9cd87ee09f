/** How much room k6's garbage collector gets: memory saves CPU time, and CPU time is what a load generator lacks. Pure. */

/** Memory that k6 may take for it, in MB. */
const BUDGET_MB = 450;
/** Live memory of k6 2.2 with our scripts, measured after a collection with 500 open sessions. */
const BASE_MB = 45;
const SESSION_MB = 0.42;

/**
 * GOGC for a number of sessions: between Go's own 100 and 400, which saves 10 to 20 % of the CPU time of small runs;
 * in between as much as keeps within the budget. Go lets memory grow by GOGC % over what is live.
 */
export function gogcFor(sessions: number): number {
  const growth = BUDGET_MB / (BASE_MB + SESSION_MB * sessions) - 1;
  return Math.min(400, Math.max(100, Math.round(growth * 100)));
}
