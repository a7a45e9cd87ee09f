/** The agents: what this part gives the target. */
import type { CommonSettings } from '../commonSettings.ts';
import type { Broadcaster } from '../listener.ts';
import type { House, RunningPart } from '../part.ts';
import { createAgentsContext } from './agentsContext.ts';
import { AGENTS_FAULTS } from './agentsFaults.ts';
import { AGENTS_DEFAULTS, AGENTS_FIELDS, type AgentsSettings } from './agentsSettings.ts';
import { addAgentsSockets } from './agentsSockets.ts';
import { agentsStats, type AgentsStats } from './agentsStats.ts';
import { addBroadcastRoute } from './broadcastHttp.ts';

/** The agent platform. */
export const agents = {
  faults: AGENTS_FAULTS,
  fields: AGENTS_FIELDS,
  defaults: AGENTS_DEFAULTS,
  /** Adds routes and sockets to a target that is about to listen; `broadcaster` hands on what clients publish. */
  start(
    house: House,
    settings: CommonSettings & AgentsSettings,
    broadcaster: Broadcaster,
  ): RunningPart<AgentsStats> {
    const context = createAgentsContext(settings, house.outages, broadcaster);
    addBroadcastRoute(house.app, context);
    const sockets = addAgentsSockets(house.upgrades, context);
    return { sockets: () => [...sockets], stats: () => agentsStats(context.counters, house.outages.begun()) };
  },
};
