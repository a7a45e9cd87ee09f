/** Heartbeats that are messages of a protocol: said again and again while a socket is open. */
import { Deadline, now } from '../k6/clock.ts';

/** Those of one socket. */
export interface MessageHeartbeat {
  /** One was answered. */
  answered(): void;
  stop(): void;
}

/** How often they are said, and whether each must be answered before the next. */
export interface Beat {
  seconds: number;
  awaitsPong?: boolean;
}

/** Calls `say` again and again from now on; `frozen`, once, when one was not answered until the next was due. */
export function messageHeartbeat(
  { seconds, awaitsPong }: Beat,
  say: () => void,
  frozen: () => void,
): MessageHeartbeat {
  const everyMs = seconds * 1000;
  let isAnswered = true;
  const next = new Deadline(() => {
    if (awaitsPong === true && !isAnswered) return frozen();
    isAnswered = false;
    say();
    next.set(now() + everyMs);
  });
  next.set(now() + everyMs);
  return { answered: () => (isAnswered = true), stop: () => next.dispose() };
}
