/** What is due on one socket, but not yet. */

/** One thing that is due. */
export interface DueItem {
  /** Does it before its time; nothing if it is done or dropped. */
  now(): void;
}

/** Does things later, each with a timer of its own. */
export class Due {
  private readonly timers = new Map<NodeJS.Timeout, boolean>();
  private readonly changed: (by: number) => void;

  /** `changed` is called with 1 when something that counts becomes due, and with -1 when it is done or dropped. */
  constructor(changed: (by: number) => void) {
    this.changed = changed;
  }

  /** Calls `perform` in `delayMs`; `counts` says whether it is among those that `drop` returns. */
  add(delayMs: number, counts: boolean, perform: () => void): DueItem {
    const now = (): void => {
      if (this.remove(timer)) perform();
    };
    const timer = setTimeout(now, delayMs);
    this.timers.set(timer, counts);
    if (counts) this.changed(1);
    return { now };
  }

  /** Drops everything that is due, and returns how much of it counts. */
  drop(): number {
    const counting = [...this.timers.values()].filter((counts) => counts).length;
    for (const timer of [...this.timers.keys()]) this.remove(timer);
    return counting;
  }

  private remove(timer: NodeJS.Timeout): boolean {
    const counts = this.timers.get(timer);
    if (counts === undefined) return false;
    clearTimeout(timer);
    this.timers.delete(timer);
    if (counts) this.changed(-1);
    return true;
  }
}
