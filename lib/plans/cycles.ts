/** Plans in which the same is done again and again: one stage for each way to do it, with so many cycles in it. Pure. */
import { planOf, type Plan, type Stage } from './load.ts';
import type { Parts } from './mix.ts';

/** What `cycles` needs; seconds as in the settings. */
export interface CyclesSettings {
  level: number;
  /** The ways to do it. */
  parts: Parts;
  /** How many there are in each stage. */
  count: number;
  /** Length of each. */
  seconds: number;
}

/** Before the first cycle of each stage one more is for coming, which is not judged. */
export function cycles({ level, parts: { tag, values }, count, seconds }: CyclesSettings): Plan {
  const step = { level, transition: 0, settle: seconds, hold: count * seconds };
  const plan = planOf(values.map((value) => ({ ...step, name: value, only: { [tag]: [value] } })));
  return { ...plan, cycles: count };
}

/** The cycles of one stage. Times are milliseconds, since the start of the plan or the epoch. */
export interface Cycles {
  from: number;
  length: number;
  count: number;
}

/** Those of a stage of a plan; none where its plan has none. */
export function cyclesIn({ hold, end }: Stage, { cycles: count = 0 }: Plan): Cycles {
  return { from: hold, length: count === 0 ? 0 : (end - hold) / count, count };
}

/** The cycle of that time, from 0; before the first and behind the last it is none of theirs. */
export function cycleAt({ from, length }: Cycles, time: number): number {
  return Math.floor((time - from) / length);
}

/** When a share of a cycle is over. */
export function timeIn({ from, length }: Cycles, cycle: number, share: number): number {
  return from + (cycle + share) * length;
}
