/** Messages of clients for the subscribers of a channel, on their way from one to all. */
import type { Broadcaster, Listener } from '../listener.ts';
import type { OutageMode, Sufferer } from '../outage.ts';
import type { Drops } from './drops.ts';
import type { GraphContext } from './graphContext.ts';
import { Subscriber } from './subscriber.ts';

/** Hands each message to every subscriber of its channel, byte for byte; its sender gets it as a subscriber only. */
export class FanOut implements Broadcaster, Sufferer {
  private readonly context: GraphContext;
  private readonly drops: Drops;
  private readonly subscribers = new Map<Listener, Subscriber>();
  private readonly leaked: Buffer[] = [];
  private subscribedSoFar = 0;

  constructor(context: GraphContext, drops: Drops) {
    this.context = context;
    this.drops = drops;
  }

  refusal(): number | undefined {
    return this.drops.refusal();
  }

  opened({ socket }: Listener): void {
    this.drops.join(socket);
    this.leak(this.context.settings.graphLeakBytes);
  }

  subscribed(listener: Listener): void {
    if (this.subscribers.has(listener)) return;
    this.subscribedSoFar += 1;
    this.subscribers.set(listener, new Subscriber(this.context, listener, this.subscribedSoFar));
  }

  published(frame: string, subscribers: ReadonlySet<Listener>): void {
    const { counters, arrivals, settings } = this.context;
    const first = counters.due;
    counters.published += 1;
    counters.due += subscribers.size;
    if (arrivals.meet('broadcast') !== undefined)
      this.drops.drop({ mode: 'reset', code: 1006, refusals: settings.graphRefusals });
    [...subscribers].forEach((listener, place) => this.subscribers.get(listener)?.take(frame, first + place));
  }

  closed(listener: Listener): void {
    this.drops.leave(listener.socket);
    this.context.counters.unsent += this.subscribers.get(listener)?.drop() ?? 0;
    this.subscribers.delete(listener);
  }

  suffer(mode: OutageMode): void {
    if (mode !== 'down' && mode !== 'silent') return;
    const { outages } = this.context.counters;
    for (const subscriber of this.subscribers.values()) outages.deliveriesLost += subscriber.drop();
  }

  /** Filled, so that the memory is really taken. */
  private leak(bytes: number): void {
    if (bytes === 0) return;
    this.leaked.push(Buffer.alloc(bytes, 1));
    this.context.counters.leakedBytes += bytes;
  }
}
