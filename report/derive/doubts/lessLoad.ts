/** What helps a load generator that has too much to do; the load of plans of rates is set by other settings. Pure. */
import type { Plan } from '../../../lib/plans/load.ts';

const LOWER_RATES = 'lower RATE_FACTOR or the rates of PHASES';

/** Less load; `many`: what there are too many of. */
export function lessLoad({ isRate }: Plan, many: string): string {
  return isRate ? LOWER_RATES : `use fewer ${many} per machine`;
}

/** Less load, or a better machine. */
export function lessLoadOrLarger(plan: Plan, many: string): string {
  return `${lessLoad(plan, many)}${plan.isRate ? ', or use a larger machine' : ' or a larger one'}`;
}
