/** How much room k6's garbage collector gets: memory saves CPU time, and CPU time is what a load generator lacks. Pure. */

/** What k6's heap may grow to, in MB; k6 takes 60 MB besides. */
const BUDGET_MB = 405;
/** What is live while sessions talk, measured with k6 2.2 and `dist/ramp.js` (README, "What it costs"). */
const BASE_MB = 7;
const SESSION_MB = 0.53;

/** Go's own. */
const DEFAULT = 100;
const LEAST = 45;
const MOST = 400;

/**
 * GOGC for a number of sessions: as much as keeps the heap within the budget, at most 400, which saves 10 to 20 % of
 * the CPU time of small runs. Go lets the heap grow by GOGC % over what is live. Under 45 the collector would cost more
 * than the memory is worth, so plans that are too large for the budget get Go's default.
 */
export function gogcFor(sessions: number): number {
  const percent = Math.round((BUDGET_MB / (BASE_MB + SESSION_MB * sessions) - 1) * 100);
  return percent < LEAST ? DEFAULT : Math.min(MOST, percent);
}
