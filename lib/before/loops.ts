/** What a script needs whose event loops are watched: a scenario beside the visits, and what must hold of it. Pure. */
import type { Plan } from '../plans/load.ts';
import { GENERATOR_BLOCKED, MOST_BLOCKED } from '../measures/loops.ts';
import { inStage } from '../words/limits.ts';
import { onceBeside, type Scenario } from './scenarios.ts';
import type { SubMetric } from './thresholds.ts';

/** The last look may end so long after the end of the plan. */
const LAST_LOOK_MS = 10_000;

/** In no stage may the load generator be blocked for long: then plain k6, too, says that the run can't be trusted. */
export function observedLoops({ stages }: Plan): SubMetric[] {
  return stages.map((stage) => [
    inStage(GENERATOR_BLOCKED, stage),
    'counter',
    `count<${MOST_BLOCKED * (stage.end - stage.hold)}`,
  ]);
}

/** What a system adds for it: one VU that watches loops while the plan lasts. */
export const WATCHED_LOOPS = {
  beside: (_config: unknown, { end }: Plan): Record<string, Scenario> => ({
    loops: onceBeside('observeLoops', (end ?? 0) + LAST_LOOK_MS),
  }),
  observed: (_config: unknown, plan: Plan): SubMetric[] => observedLoops(plan),
};
