/** The endpoints of the graph. */

/** What stands for each in settings, faults and counts. */
export type Endpoint = 'stats' | 'search' | 'traverse' | 'health';
