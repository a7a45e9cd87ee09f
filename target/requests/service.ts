/** How requests share a service: so many at a time, and with too many of them all take longer. */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';

/** What a service can carry. */
export interface Capacity {
  /** Requests served at a time; the others wait in line. 0 is unlimited. */
  capacity: number;
  /** With more requests than this at a time, those in line included, each costs twice as much. 0 is never. */
  collapse: number;
  /** Whether requests cost as before when there are no longer so many, or cost twice as much for ever. */
  afterCollapse: 'recover' | 'stay';
}

/**
 * Serves requests. With C at a time, of S milliseconds each, the throughput is what it can be at C requests, and from
 * there the latency grows with the line:
 *
 *     C / S        |      ___________             knee (capacity): requests wait in line
 *                  |    /            |
 *     C / (2 × S)  |  /              |_________   collapse: each takes twice as long
 *                  |/_______________________________
 *                  0    C           collapse        requests at a time
 */
export class Service {
  private readonly most: Capacity;
  private readonly limit: LimitFunction;
  private readonly slowed: () => void;
  private inside = 0;
  private hasCollapsed = false;

  /** `slowed` is called for each request that takes twice as long. */
  constructor(most: Capacity, slowed: () => void) {
    this.most = most;
    this.limit = pLimit(most.capacity === 0 ? Infinity : most.capacity);
    this.slowed = slowed;
  }

  /** Resolves when a request has been served that costs so many milliseconds. */
  async serve(costMs: number): Promise<void> {
    this.come();
    await this.limit(async () => {
      await this.work(costMs);
      this.go();
    });
  }

  private come(): void {
    const { collapse } = this.most;
    this.inside += 1;
    if (collapse > 0 && this.inside > collapse) this.hasCollapsed = true;
  }

  private go(): void {
    const { collapse, afterCollapse } = this.most;
    this.inside -= 1;
    if (afterCollapse === 'recover' && this.inside <= collapse) this.hasCollapsed = false;
  }

  private async work(costMs: number): Promise<void> {
    const times = this.hasCollapsed ? 2 : 1;
    if (this.hasCollapsed) this.slowed();
    // What is served when the target stops must not keep its process alive.
    if (costMs > 0) await sleep(times * costMs, undefined, { ref: false });
  }
}
