/**
 * Plans of rounds: all of a stage's level begin at the same moment, and again with each further round. Before the first
 * round of a stage everybody comes, opens what connections it needs, and waits. Pure.
 */
import { planOf, type Plan, type Shift, type Stage, type Step } from './load.ts';
import type { Parts } from './mix.ts';

/** What all plans of rounds need. */
export interface Rounds {
  /** In each stage. */
  count: number;
  /** From the start of one to the start of the next. */
  seconds: number;
  /** Time in which a stage's level come and wait; not judged. */
  gatherSeconds: number;
}

function inRounds({ count, seconds, gatherSeconds }: Rounds): Pick<Step, 'transition' | 'settle' | 'hold'> {
  return { transition: 0, settle: gatherSeconds, hold: count * seconds };
}

/** A stage for each level. */
export function rounds(levels: readonly number[], settings: Rounds): Plan {
  const step = inRounds(settings);
  const plan = planOf(levels.map((level) => ({ level, ...step })));
  return { ...plan, perVu: 1, apart: true, cycles: settings.count };
}

/** What is done, as the values of a tag, and how many do each. */
export interface Kinds extends Parts {
  sizes: readonly number[];
}

/**
 * A stage for each kind alone, then one of all together. Each kind has one VU of its own, so that kinds don't wait for each
 * other in the load generator, and the VU of a kind knows all of its times.
 */
export function kinds({ tag, values, sizes }: Kinds, settings: Rounds): Plan {
  const step = inRounds(settings);
  const alone = values.map((value, index) => ({
    ...step,
    ...{ name: `${value} alone`, kind: value, level: sizes[index] ?? 0, only: { [tag]: [value] } },
  }));
  const level = sizes.reduce((sum, size) => sum + size, 0);
  const together = { ...step, name: 'together', kind: 'together', level, only: { [tag]: values } };
  return {
    ...planOf([...alone, together]),
    perVu: Math.max(...sizes),
    cycles: settings.count,
    lanes: { tag, values, sizes },
  };
}

/** When the place number `rank` (from 1) has work: places go by turns to the kinds, and each kind has so many. */
export function laneShifts(stages: readonly Stage[], { tag, values, sizes }: Kinds, rank: number): Shift[] {
  const { kind, place } = laneOf({ values }, rank);
  if (place > (sizes[values.indexOf(kind)] ?? 0)) return [];
  return stages
    .filter(({ only }) => only?.[tag]?.includes(kind) === true)
    .map(({ start, end }) => ({ from: start, to: end }));
}

/** The kind of a place, and the place's number among its own kind. */
export function laneOf({ values }: Pick<Kinds, 'values'>, rank: number): { kind: string; place: number } {
  const lane = (rank - 1) % values.length;
  return { kind: values[lane] ?? '', place: Math.floor((rank - 1) / values.length) + 1 };
}
