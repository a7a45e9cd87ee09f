/** Visits that did not start when they were due, and what helps then: reasons not to trust a run. Pure. */
import { MOST_VUS } from '../../../lib/before/scenarios.ts';
import { valueAt } from '../../../lib/words/jsonFields.ts';
import { countedAs } from '../../../lib/words/plural.ts';
import { highestRate } from '../../../lib/plans/rate.ts';
import { visitNoun } from '../../../lib/vocabulary/vocabulary.ts';
import { counted, duration } from '../../text/words.ts';
import { lessLoad, lessLoadOrLarger } from './lessLoad.ts';
import type { RunSummary } from '../summary.ts';

/** A sentence each for visits that k6 dropped, and for those that started late. */
export function lateStarts(summary: RunSummary): string[] {
  const { droppedIterations, lateArrivals } = summary.generator;
  const dropped = droppedIterations > 0 ? [droppedText(summary)] : [];
  // k6 gives what it drops no number, so in a plan of rates all that come after it seem late.
  if (lateArrivals === 0 || (summary.plan.isRate && droppedIterations > 0)) return dropped;
  return [...dropped, lateText(summary)];
}

function droppedText(summary: RunSummary): string {
  const { plan, generator } = summary;
  const what = `dropped ${counted(generator.droppedIterations, 'iteration')}`;
  return plan.isRate ? `${what}: ${noFreeVu(summary)}` : `${what}: the load generator had no free VU`;
}

/** VUs are made before the run for visits of the usual length: longer ones keep them busy. */
function noFreeVu({ plan, settings, metrics, vocabulary }: RunSummary): string {
  const { many } = visitNoun(vocabulary);
  const usual = Number(valueAt(settings, 'phases.visitSeconds'));
  const longest = metrics['iteration_duration']?.['max'] ?? 0;
  if (longest <= usual * 1000) return `the load generator was too slow; ${lessLoadOrLarger(plan, many)}`;
  const busy = `no VU was free, for ${many} took up to ${duration(longest)}`;
  if (highestRate(plan) * usual >= MOST_VUS)
    return `${busy}, and there are no more than ${MOST_VUS} VUs; ${lessLoad(plan, many)}`;
  return `${busy}; raise VISIT_SECONDS, which is ${usual}, so that more VUs are made before the run, or ${lessLoad(plan, many)}`;
}

function lateText({ generator, plan, stages, vocabulary }: RunSummary): string {
  const noun = visitNoun(vocabulary);
  const what = `${countedAs(generator.lateArrivals, noun)} started late`;
  if (plan.isRate) return `${what}: the load generator was too slow; ${lessLoadOrLarger(plan, noun.many)}`;
  const less = lessLoad(plan, noun.many);
  const arrivals = stages.reduce((sum, { level }) => sum + level, 0);
  // Where every arrival has a VU of its own, none can have waited for a free one.
  return (plan.arrivals?.vus ?? 0) >= arrivals
    ? `${what}: the load generator was too slow; ${less}`
    : `${what}: all VUs were busy, so raise "atMost" in the plan file, or ${less}`;
}
