/** The state of the assistant of one running target. */
import { Arrivals } from '../arrivals.ts';
import type { CommonSettings } from '../commonSettings.ts';
import type { Outages } from '../outage.ts';
import { Service } from '../requests/service.ts';
import { ASSISTANT_FAULTS, type AssistantFault } from './assistantFaults.ts';
import { assistantCapacityOf, type AssistantSettings } from './assistantSettings.ts';
import { startCounters, type AssistantCounters } from './assistantStats.ts';

/** What the assistant's own pieces share. */
export interface AssistantContext {
  settings: CommonSettings & AssistantSettings;
  counters: AssistantCounters;
  arrivals: Arrivals<AssistantFault>;
  outages: Outages;
  /** Serves chats and file operations. */
  service: Service;
}

/** Returns the state of an assistant that starts now. */
export function createAssistantContext(
  settings: CommonSettings & AssistantSettings,
  outages: Outages,
): AssistantContext {
  const counters = startCounters();
  return {
    settings,
    counters,
    arrivals: new Arrivals(ASSISTANT_FAULTS, settings.faults, counters.faults),
    outages,
    service: new Service(assistantCapacityOf(settings), () => undefined),
  };
}
