/** How requests share the graph: so many at a time, and with too many of them all take longer. */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import type { GraphOwnSettings } from './graphSettings.ts';

/**
 * Serves requests. With C at a time, of S milliseconds each, the throughput is what it can be at C requests, and from
 * there the latency grows with the line:
 *
 *     C / S        |      ___________             knee (graphCapacity): requests wait in line
 *                  |    /            |
 *     C / (2 × S)  |  /              |_________   collapse (graphCollapse): each takes twice as long
 *                  |/_______________________________
 *                  0    C          graphCollapse    requests at a time
 */
export class Service {
  private readonly settings: GraphOwnSettings;
  private readonly limit: LimitFunction;
  private readonly slowed: () => void;
  private inside = 0;
  private hasCollapsed = false;

  /** `slowed` is called for each request that takes twice as long. */
  constructor(settings: GraphOwnSettings, slowed: () => void) {
    this.settings = settings;
    this.limit = pLimit(settings.graphCapacity === 0 ? Infinity : settings.graphCapacity);
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
    const { graphCollapse } = this.settings;
    this.inside += 1;
    if (graphCollapse > 0 && this.inside > graphCollapse) this.hasCollapsed = true;
  }

  private go(): void {
    const { graphCollapse, graphAfterCollapse } = this.settings;
    this.inside -= 1;
    if (graphAfterCollapse === 'recover' && this.inside <= graphCollapse) this.hasCollapsed = false;
  }

  private async work(costMs: number): Promise<void> {
    const times = this.hasCollapsed ? 2 : 1;
    if (this.hasCollapsed) this.slowed();
    // What is served when the target stops must not keep its process alive.
    if (costMs > 0) await sleep(times * costMs, undefined, { ref: false });
  }
}
