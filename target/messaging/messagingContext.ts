/** The state of the messaging platform of one running target. */
import { Arrivals } from '../arrivals.ts';
import { Channels } from '../channels.ts';
import type { CommonSettings } from '../commonSettings.ts';
import type { Outages } from '../outage.ts';
import { Service } from '../requests/service.ts';
import { Jwts } from './jwts.ts';
import { MESSAGING_FAULTS, type MessagingFault } from './messagingFaults.ts';
import { MessagingMetrics } from './messagingMetrics.ts';
import type { MessagingSettings } from './messagingSettings.ts';
import { startCounters, type MessagingCounters } from './messagingStats.ts';
import type { Subscriber } from './subscriber.ts';

/** What the platform's own pieces share. */
export interface MessagingContext {
  settings: CommonSettings & MessagingSettings;
  counters: MessagingCounters;
  arrivals: Arrivals<MessagingFault>;
  outages: Outages;
  jwts: Jwts;
  service: Service;
  metrics: MessagingMetrics;
  /** Who has subscribed to which conversation. */
  conversations: Channels<Subscriber>;
}

/** Returns the state of a platform that starts now. */
export function createMessagingContext(
  settings: CommonSettings & MessagingSettings,
  outages: Outages,
): MessagingContext {
  const counters = startCounters();
  const most = { capacity: settings.requestCapacity, collapse: 0, afterCollapse: 'recover' } as const;
  return {
    settings,
    counters,
    arrivals: new Arrivals(MESSAGING_FAULTS, settings.faults, counters.faults),
    outages,
    jwts: new Jwts(settings.tokenSeconds),
    service: new Service(most, () => undefined),
    metrics: new MessagingMetrics(counters),
    conversations: new Channels(),
  };
}
