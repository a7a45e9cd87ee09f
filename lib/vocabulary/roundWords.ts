/** Rounds in words: what systems have in common whose operations all begin at the same moment. Pure. */
import { count, time } from './metricWords.ts';
import { DONE_AFTER, OPERATIONS_DONE, ROUNDS_BEGUN } from '../measures/rounds.ts';
import type { Line, Metric, Rule, Vocabulary } from './vocabulary.ts';

/** Their metrics. */
export const ROUND_METRICS: Readonly<Record<string, Metric>> = {
  [DONE_AFTER]: time(
    'from the start of a round to the end of each of its operations, answered or failed; the maximum is the time until all were done',
    { limit: 'every stage', samples: OPERATIONS_DONE, stages: true },
  ),
  [OPERATIONS_DONE]: count('operations of rounds that ended, answered or failed', { stages: true }),
  [ROUNDS_BEGUN]: count('rounds that were begun, each client counted; what is missing was left out', {
    stages: true,
  }),
};

/** How long all of a round took. */
export const ROUND_LINE: Line = {
  title: 'all done',
  trend: DONE_AFTER,
  about: 'from the start of a round to the end of each',
  without: 'none',
};

/** What must hold; `ended`: the Counters of operations that ended. */
export function roundRules(...ended: string[]): Rule[] {
  return [
    { left: [DONE_AFTER], is: '=', right: [OPERATIONS_DONE], stages: true },
    { left: [OPERATIONS_DONE], is: '=', right: ended },
  ];
}

/** Where to look when it takes too long until all are done. */
export const ROUND_LOOKS: Vocabulary['looks'] = {
  [DONE_AFTER]: 'what serves one at a time: a lock, a pool of one, a call that blocks the event loop',
};
