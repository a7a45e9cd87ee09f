/** The state of the agents of one running target. */
import { Arrivals } from '../arrivals.ts';
import { Channels } from '../channels.ts';
import type { CommonSettings } from '../commonSettings.ts';
import type { Broadcaster, Listener } from '../listener.ts';
import type { Outages } from '../outage.ts';
import { AGENTS_FAULTS, type AgentsFault } from './agentsFaults.ts';
import type { AgentsSettings } from './agentsSettings.ts';
import { startCounters, type AgentsCounters } from './agentsStats.ts';

/** What the agents' own pieces share. */
export interface AgentsContext {
  settings: CommonSettings & AgentsSettings;
  counters: AgentsCounters;
  arrivals: Arrivals<AgentsFault>;
  outages: Outages;
  channels: Channels<Listener>;
  broadcaster: Broadcaster;
  /** Returns the milliseconds since it was called first. */
  sinceFirstMs: () => number;
}

/** Returns the state of agents that start now. */
export function createAgentsContext(
  settings: CommonSettings & AgentsSettings,
  outages: Outages,
  broadcaster: Broadcaster,
): AgentsContext {
  const counters = startCounters();
  let first: number | undefined;
  return {
    settings,
    counters,
    arrivals: new Arrivals(AGENTS_FAULTS, settings.faults, counters.faults),
    outages,
    channels: new Channels(),
    broadcaster,
    sinceFirstMs: () => performance.now() - (first ??= performance.now()),
  };
}
