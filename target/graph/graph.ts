/** The graph service: what this part gives the target. */
import type { CommonSettings } from '../commonSettings.ts';
import type { Broadcaster } from '../listener.ts';
import type { House, RunningPart } from '../part.ts';
import { addDropRoute } from './dropHttp.ts';
import { Drops } from './drops.ts';
import { FanOut } from './fanOut.ts';
import { createGraphContext } from './graphContext.ts';
import { GRAPH_FAULTS } from './graphFaults.ts';
import { addGraphRoutes } from './graphHttp.ts';
import { checkGraph, GRAPH_DEFAULTS, GRAPH_FIELDS, type GraphSettings } from './graphSettings.ts';
import { graphStats, type GraphPartStats } from './graphStats.ts';

/** A graph at work. */
export interface RunningGraph extends RunningPart<GraphPartStats> {
  /** Hands on what clients publish. */
  broadcaster: Broadcaster;
}

/** The graph service. */
export const graph = {
  faults: GRAPH_FAULTS,
  fields: GRAPH_FIELDS,
  defaults: GRAPH_DEFAULTS,
  check: checkGraph,
  /** Adds routes to a target that is about to listen; it has no sockets of its own. */
  start({ app, outages }: House, settings: CommonSettings & GraphSettings): RunningGraph {
    const context = createGraphContext(settings, outages);
    const drops = new Drops(context.counters.drops);
    const broadcaster = new FanOut(context, drops);
    outages.join(broadcaster);
    addGraphRoutes(app, context);
    addDropRoute(app, drops, settings.graphRefusals);
    return { broadcaster, sockets: () => [], stats: () => graphStats(context.counters, outages.begun()) };
  },
};
