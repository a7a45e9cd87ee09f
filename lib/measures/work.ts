/** What visits that each do the same are to do in all, and how much of it must be done for a verdict. Pure. */
import { plannedSessions, type Plan } from '../plans/load.ts';
import { plannedArrivals } from '../plans/rate.ts';
import { LEAST_HELD, type Limit } from '../words/limits.ts';
import { operationOf, type Vocabulary } from '../vocabulary/vocabulary.ts';

/** How many visits run to their own end, at least; 0: they last as long as the plan. */
export function leastVisits(plan: Plan): number {
  // Of arrivals by a rate, k6 may leave out the last one.
  return plan.isRate ? plannedArrivals(plan) - 1 : (plannedSessions(plan) ?? 0);
}

/** How many of the headline's operations so many visits are to begin; undefined: nobody knows. */
export function workOf({ perVisit }: Plan, visits: number): number | undefined {
  return perVisit === undefined ? undefined : visits * perVisit;
}

/**
 * How many must have begun: as with sessions that are held, almost all, or the share that the limits ask of visits, or of
 * what they begin with, where that is less. Undefined: nobody knows.
 */
export function leastWork(
  plan: Plan,
  visits: number,
  vocabulary: Vocabulary,
  limits: readonly Pick<Limit, 'metric' | 'operator' | 'bound'>[],
): number | undefined {
  const work = workOf(plan, visits);
  if (work === undefined) return undefined;
  const allowing = lossesOf(vocabulary);
  const borne = limits.filter(
    ({ metric, operator }) => allowing.includes(metric) && operator.startsWith('>'),
  );
  return Math.ceil(work * Math.min(LEAST_HELD, ...borne.map(({ bound }) => bound)));
}

/** The Rates whose limits say how much of the load may be lost: of visits, and of what they begin with. */
export function lossesOf(vocabulary: Vocabulary): string[] {
  const first = Object.values(vocabulary.operations).filter(
    ({ setUp, retriedIn }) => setUp === true || retriedIn !== undefined,
  );
  return [operationOf(vocabulary, vocabulary.visit), ...first].map(({ success }) => success);
}
