/** Sessions that arrive by themselves: a Poisson process, drawn before the run so that a seed repeats it. Pure. */
import type { Plan, Stage } from '../plans/load.ts';
import type { Random } from '../words/random.ts';

/** A stage of arrivals; seconds. */
export interface ArrivalStep {
  perSecond: number;
  hold: number;
}

/** A plan of arrivals, and when each comes: milliseconds since the start, ascending. */
interface ArrivalPlan {
  plan: Plan;
  arrivals: number[];
}

/** More arrivals than this would only fill memory. */
export const MAX_ARRIVALS = 200_000;

/** Draws the arrivals of each step; at most `vus` sessions can be open at a time. The last stage takes what is left. */
export function poisson(steps: readonly ArrivalStep[], vus: number, random: Random): ArrivalPlan {
  const arrivals: number[] = [];
  let start = 0;
  const stages = steps.map(({ perSecond, hold }, index): Stage => {
    const end = start + hold * 1000;
    const drawn = drawBetween(start, end, perSecond / 1000, random);
    arrivals.push(...drawn);
    const stage = { number: index + 1, level: drawn.length, start, transition: 0, hold: start, end };
    start = end;
    return index === steps.length - 1 ? { ...stage, end: Number.MAX_SAFE_INTEGER } : stage;
  });
  return { plan: { stages, end: null, arrivals: { vus } }, arrivals };
}

/** Gaps between arrivals of a Poisson process are exponentially distributed. */
function drawBetween(start: number, end: number, rate: number, random: Random): number[] {
  const times: number[] = [];
  for (let at = start + gap(rate, random); at < end; at += gap(rate, random)) times.push(at);
  return times;
}

function gap(rate: number, random: Random): number {
  return -Math.log(1 - random()) / rate;
}
