/** The state of the graph of one running target. */
import { Arrivals } from '../arrivals.ts';
import type { CommonSettings } from '../commonSettings.ts';
import type { Outages } from '../outage.ts';
import { GRAPH_FAULTS, type GraphFault } from './graphFaults.ts';
import type { GraphSettings } from './graphSettings.ts';
import { startCounters, type GraphCounters } from './graphStats.ts';

/** What the graph's own pieces share. */
export interface GraphContext {
  settings: CommonSettings & GraphSettings;
  counters: GraphCounters;
  arrivals: Arrivals<GraphFault>;
  outages: Outages;
}

/** Returns the state of a graph that starts now. */
export function createGraphContext(settings: CommonSettings & GraphSettings, outages: Outages): GraphContext {
  const counters = startCounters();
  return {
    settings,
    counters,
    arrivals: new Arrivals(GRAPH_FAULTS, settings.faults, counters.faults),
    outages,
  };
}
