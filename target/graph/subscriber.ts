/** One subscriber, and the messages on their way to it. */
import { Due } from '../due.ts';
import type { Listener } from '../listener.ts';
import { Swap } from '../swap.ts';
import type { GraphContext } from './graphContext.ts';
import type { GraphFault } from './graphFaults.ts';

/** Gets messages, each as faults and settings have it. */
export class Subscriber {
  private readonly context: GraphContext;
  private readonly listener: Listener;
  private readonly number: number;
  private readonly due: Due;
  private readonly swap: Swap;
  private taken = 0;

  /** `number` is its place among those that have subscribed, from 1. */
  constructor(context: GraphContext, listener: Listener, number: number) {
    this.context = context;
    this.listener = listener;
    this.number = number;
    this.due = new Due((by) => (context.counters.pending += by));
    this.swap = new Swap(this.due);
  }

  /** Takes a message; `index` is that of the delivery, from 0, over the whole server. */
  take(frame: string, index: number): void {
    const { arrivals, outages, counters } = this.context;
    this.taken += 1;
    if (outages.current()?.mode === 'silent') {
      arrivals.count('delivery');
      counters.outages.deliveriesLost += 1;
    } else if (this.isToBeCut()) {
      arrivals.count('delivery');
      this.cut();
    } else this.deliver(frame, index, arrivals.meet('delivery'));
  }

  /** Drops what is on its way, and returns how much that is. */
  drop(): number {
    this.swap.forget();
    return this.due.drop();
  }

  private isToBeCut(): boolean {
    const { graphCutSubscriber, graphCutDelivery } = this.context.settings;
    return this.number === graphCutSubscriber && this.taken === graphCutDelivery;
  }

  private cut(): void {
    const { counters } = this.context;
    counters.cut += 1;
    counters.unsent += 1;
    this.listener.socket.reset();
  }

  private deliver(frame: string, index: number, fault: GraphFault | undefined): void {
    const { counters } = this.context;
    if (fault === 'delivery-dropped') {
      counters.dropped += 1;
      return;
    }
    const delay = this.ownDelay(index) + this.outageDelay();
    if (delay === 0) return this.perform(frame, fault);
    counters.delayed += 1;
    this.due.add(delay, true, () => this.perform(frame, fault));
  }

  private ownDelay(index: number): number {
    const { graphDeliveryDelays, graphSlowSubscriber, graphSlowMs } = this.context.settings;
    const planned = graphDeliveryDelays[index % graphDeliveryDelays.length] ?? 0;
    return planned + (this.number === graphSlowSubscriber ? graphSlowMs : 0);
  }

  private outageDelay(): number {
    const outage = this.context.outages.current();
    if (outage?.mode !== 'slow') return 0;
    this.context.counters.outages.deliveriesDelayed += 1;
    return outage.delayMs;
  }

  private perform(frame: string, fault: GraphFault | undefined): void {
    if (fault === 'delivery-doubled') this.handTwice(frame);
    else if (fault === 'delivery-swapped' && !this.swap.isOn()) this.swap.hold(() => this.hand(frame));
    else this.hand(frame);
  }

  private hand(frame: string): void {
    const { counters } = this.context;
    if (!this.listener.deliver(frame)) {
      counters.unsent += 1;
      return;
    }
    counters.deliveries += 1;
    if (!this.swap.isOn()) return;
    counters.swapped += 1;
    this.swap.follow();
  }

  private handTwice(frame: string): void {
    const { counters } = this.context;
    this.hand(frame);
    if (!this.listener.deliver(frame)) return;
    counters.deliveries += 1;
    counters.doubled += 1;
  }
}
