/** How late the load generator was at its worst: over the whole run, or in a stage that decides it. Pure. */
import { aggregateOf } from './measures.ts';
import type { RunSummary } from './summary.ts';

/** A p99 in milliseconds; `stage`: its number, null for the whole run. */
interface WorstLag {
  p99: number;
  stage: number | null;
}

/** The worst p99 of the run and of its binding stages; `undefined`: nothing was measured. */
export function worstLag({
  generator,
  stages,
}: Pick<RunSummary, 'generator' | 'stages'>): WorstLag | undefined {
  const binding = stages.filter((stage) => stage.binding);
  const all = [
    { p99: generator.lag['p(99)'], stage: null },
    ...binding.map(({ measures, number }) => ({
      p99: aggregateOf(measures['generator_lag'], 'p(99)'),
      stage: number,
    })),
  ];
  const measured = all.flatMap(({ p99, stage }) => (p99 === undefined ? [] : [{ p99, stage }]));
  return measured.reduce<WorstLag | undefined>(
    (worst, lag) => (worst === undefined || lag.p99 > worst.p99 ? lag : worst),
    undefined,
  );
}
