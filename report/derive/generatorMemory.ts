/** What levels of connections cost the load generator itself in memory, by readings of it once a second. Pure. */
import { allDialledAt } from '../../lib/plans/apart.ts';
import { valueAt } from '../../lib/words/jsonFields.ts';
import type { Stage } from '../../lib/plans/load.ts';
import type { RunSummary } from './summary.ts';

/** k6's memory at one level; bytes. */
export interface GeneratorLevel {
  stage: number;
  /** The most that was seen. */
  most: number;
  /** How much more it was when all connections had just opened than before, by connection; null: nobody looked. */
  perConnection: number | null;
}

/** One look at k6. */
interface Look {
  /** Since the start of the load. */
  second: number;
  memoryBytes: number;
}

/**
 * The levels of a run that watches the memory of its target; `undefined` for any other. Later in a level than when all had
 * just opened, k6's memory says more of the garbage that pings leave than of connections.
 */
export function generatorLevels(
  { memory, plan, settings }: RunSummary,
  looks: readonly Look[],
): GeneratorLevel[] | undefined {
  if (memory === undefined) return undefined;
  const staggerSeconds = Number(valueAt(settings, 'levels.staggerSeconds') ?? 0);
  return plan.stages.flatMap((stage) => {
    const inside = between(looks, stage.start, stage.end);
    if (inside.length === 0) return [];
    const most = Math.max(...inside.map(({ memoryBytes }) => memoryBytes));
    return [{ stage: stage.number, most, perConnection: perConnection(stage, staggerSeconds, inside) }];
  });
}

/** The last that was dialled is open so long after that. */
const OPENING_MS = 500;

function perConnection(stage: Stage, staggerSeconds: number, looks: readonly Look[]): number | null {
  const before = between(looks, stage.start, stage.hold).map(({ memoryBytes }) => memoryBytes);
  const [open] = between(looks, allDialledAt(stage, staggerSeconds) + OPENING_MS, stage.end);
  if (before.length === 0 || open === undefined) return null;
  return Math.max(0, open.memoryBytes - Math.min(...before)) / stage.level;
}

function between(looks: readonly Look[], from: number, to: number): Look[] {
  return looks.filter(({ second }) => second * 1000 >= from && second * 1000 < to);
}
