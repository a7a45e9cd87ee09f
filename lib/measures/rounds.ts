/** The metrics that every plan of rounds has. Pure. */
import type { Plan, Stage } from '../plans/load.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';

/** The Counter of rounds that clients began, one for each client of a round. */
export const ROUNDS_BEGUN = 'rounds_begun';

/** The Trend of when each operation had ended, since its round began; its maximum is the time until all were done. */
export const DONE_AFTER = 'done_after';

/** The Counter of its samples. */
export const OPERATIONS_DONE = 'operations_done';

/** Rounds that are to be begun in a stage, one for each client of each; undefined: its system has none. */
export function plannedRounds(
  { level }: Pick<Stage, 'level'>,
  { cycles }: Plan,
  { allDone }: Vocabulary,
): number | undefined {
  return allDone === undefined || cycles === undefined ? undefined : level * cycles;
}
