/** The metrics that every plan of rounds has. */

/** The Trend of when each operation had ended, since its round began; its maximum is the time until all were done. */
export const DONE_AFTER = 'done_after';

/** The Counter of its samples. */
export const OPERATIONS_DONE = 'operations_done';
