/** What visits that each do the same are to do in all, and how much of it must be done for a verdict. Pure. */
import { plannedSessions, type Plan } from '../plans/load.ts';
import { LEAST_HELD, type Limit } from '../words/limits.ts';
import { operationOf, type Vocabulary } from '../vocabulary/vocabulary.ts';

/** How many of the headline's operations a plan begins; undefined: it has no such number. */
export function plannedWork(plan: Plan): number | undefined {
  const { perVisit } = plan;
  const visits = plannedSessions(plan);
  return perVisit === undefined || visits === null ? undefined : visits * perVisit;
}

/**
 * How many must have begun: as with sessions that are held, almost all, or the share that the limits ask of visits, or of
 * what a level counts, where that is less. Undefined: the plan has no number of them.
 */
export function leastWork(
  plan: Plan,
  vocabulary: Vocabulary,
  limits: readonly Pick<Limit, 'metric' | 'operator' | 'bound'>[],
): number | undefined {
  const work = plannedWork(plan);
  if (work === undefined) return undefined;
  const allowing = lossesOf(vocabulary);
  const borne = limits.filter(
    ({ metric, operator }) => allowing.includes(metric) && operator.startsWith('>'),
  );
  return Math.ceil(work * Math.min(LEAST_HELD, ...borne.map(({ bound }) => bound)));
}

/** The Rates whose limits say how much of the load may be lost. */
export function lossesOf(vocabulary: Vocabulary): string[] {
  const counted = Object.values(vocabulary.operations).filter(
    ({ noun }) => noun.one === vocabulary.level.one,
  );
  return [operationOf(vocabulary, vocabulary.visit), ...counted].map(({ success }) => success);
}
