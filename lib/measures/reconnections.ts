/** What scripts with dropped connections count, and their part of the report reads. Pure. */
import { cyclesIn, timeIn } from '../plans/cycles.ts';
import { inStage } from '../words/limits.ts';
import type { Plan, Stage } from '../plans/load.ts';

/** Where in a cycle connections are dropped, where all of them are dropped together: what went before has ended by then. */
export const DROP_SHARE = 0.1;

/** Seconds of a stage for which dials are kept apart. */
const MOST_SECONDS = 600;

/** Dials of reconnections. */
export const ATTEMPTS = 'reconnection_attempts';
/** Connections that were dropped as planned. */
export const DROPPED = 'connections_dropped';

/** The second in which a dial was made: of a time, since the first drop of its stage, both in milliseconds. */
export function secondOf(time: number, firstDropAt: number): number {
  return Math.floor((time - firstDropAt) / 1000);
}

/** When the connections of a stage are dropped first, in milliseconds since the start of the plan. */
export function firstDrop(stage: Stage, plan: Plan): number {
  return timeIn(cyclesIn(stage, plan), 0, DROP_SHARE);
}

/** Connections that are to be dropped in a stage. */
export function plannedDrops({ level }: Stage, { cycles = 0 }: Plan): number {
  return level * cycles;
}

/** The dials of a stage second by second, as sub-metrics; `reconnectSeconds`: how long one goes on behind the stage. */
export function attemptsBySecond(stage: Stage, plan: Plan, reconnectSeconds: number): string[] {
  const seconds = secondOf(stage.end, firstDrop(stage, plan)) + Math.ceil(reconnectSeconds) + 1;
  const attempts = (second: number) => `${ATTEMPTS}{second:${second},stage:${stage.number}}`;
  return Array.from({ length: Math.min(MOST_SECONDS, seconds) }, (_, second) => attempts(second));
}

/** What k6 must keep for the report, and what must hold of it: a stage needs all drops that were planned. */
export function observedDrops(plan: Plan, reconnectSeconds: number) {
  return plan.stages.flatMap((stage) => [
    [inStage(DROPPED, stage), 'counter', `count>=${plannedDrops(stage, plan)}`] as const,
    ...attemptsBySecond(stage, plan, reconnectSeconds).map((key) => [key, 'counter'] as const),
  ]);
}
