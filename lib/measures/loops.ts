/** What an observer of event loops measures, and its part of the report reads. */

/** A loop that lets a timer of 1 ms wait for longer than that is blocked. */
export const BLOCKED_MS = 10;

/** The worst delay of the target's loop since the look before. */
export const TARGET_DELAY = 'target_loop_delay';
/** How late timers of 1 ms are in a VU beside the others: the worst of each tenth of a second. */
export const GENERATOR_DELAY = 'generator_loop_delay';
/** Milliseconds by which timers were late, where it was the limit of the generator's lag or more. */
export const GENERATOR_BLOCKED = 'generator_loop_blocked';

/** The largest share of the judged part of a stage in which the load generator may be blocked. */
export const MOST_BLOCKED = 0.05;

/** The name of a look at the target's health among operations. */
export const LOOK = 'look';
