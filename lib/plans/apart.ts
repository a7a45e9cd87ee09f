/** Plans whose levels stand apart: each stage begins and ends with nothing open, so that what is open in it is its own. Pure. */
import { planOf, type Plan, type Stage } from './load.ts';

/** What `apart` needs; seconds as in the settings. */
export interface ApartSettings {
  levels: readonly number[];
  /** Length of each stage. */
  seconds: number;
  /** At its start, in which nothing is open. */
  quietSeconds: number;
  /** From one that opens to the next. */
  staggerSeconds: number;
}

/** All of a level are closed so long before the end of their stage, in milliseconds. */
export const LEAVE_MS = 250;

/** No more of a stage may go by until all of its level are to be open, as a share of what is behind its quiet time. */
const OPENING_SHARE = 0.5;

/**
 * One stage for each level: it is quiet, then all of the level open one by one, and stay. Judged is what is behind the
 * quiet time. Places are numbered by `perVu`, for other scenarios may run beside, whose VUs take numbers of their own.
 * Throws a RangeError with a full sentence when the settings make no plan.
 */
export function apart(settings: ApartSettings): Plan {
  checkApart(settings);
  const { levels, seconds, quietSeconds } = settings;
  const step = { transition: 0, settle: quietSeconds, hold: seconds - quietSeconds };
  return { ...planOf(levels.map((level) => ({ level, ...step }))), perVu: 1, apart: true };
}

/** When the last of a stage is dialled, in milliseconds since the start of the plan. */
export function allDialledAt({ hold, level }: Stage, staggerSeconds: number): number {
  return hold + (level - 1) * staggerSeconds * 1000;
}

function checkApart({ levels, seconds, quietSeconds, staggerSeconds }: ApartSettings): void {
  const open = seconds - quietSeconds - LEAVE_MS / 1000;
  if (open <= 0)
    throw new RangeError(
      `LEVEL_SECONDS is ${seconds}, which leaves no time for connections after ${quietSeconds} s of quiet: make it longer, or QUIET_SECONDS shorter.`,
    );
  const most = Math.max(...levels);
  const opening = most * staggerSeconds;
  if (opening > OPENING_SHARE * open)
    throw new RangeError(
      `STAGGER_SECONDS is ${staggerSeconds}, with which ${most} connections take ${Number(opening.toPrecision(3))} s to open, more than half of the ${Number(open.toPrecision(3))} s that a stage has for them: make LEVEL_SECONDS longer, or STAGGER_SECONDS shorter.`,
    );
}
