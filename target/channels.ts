/** Who has subscribed to which channel. */

/** The subscribers of every channel. */
export class Channels<Subscriber> {
  private readonly channels = new Map<string, Set<Subscriber>>();

  /** Subscribes; a second time changes nothing. */
  join(channel: string, subscriber: Subscriber): void {
    const subscribers = this.channels.get(channel) ?? new Set();
    this.channels.set(channel, subscribers.add(subscriber));
  }

  /** Undoes `join`; nothing if there was none. */
  leave(channel: string, subscriber: Subscriber): void {
    const subscribers = this.channels.get(channel);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.channels.delete(channel);
  }

  /** Returns the subscribers of a channel. */
  of(channel: string): ReadonlySet<Subscriber> {
    return this.channels.get(channel) ?? new Set();
  }
}
