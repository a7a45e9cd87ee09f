/** What the graph counts. */
import type { Counts } from '../counts.ts';
import { startEndpoint, type EndpointCounts } from '../requests/endpointCounts.ts';
import type { RequestOutages } from '../requests/gate.ts';
import type { Endpoint } from './endpoints.ts';

/** Drops of all sockets of `/ws`; see drops.ts. */
export interface DropCounts {
  count: number;
  /** Open sockets that were dropped. */
  sockets: number;
  /** Handshakes of `/ws` since the first drop, but for those that an outage refused. */
  handshakes: number;
  /** Those refused because of a drop. */
  refused: number;
}

/** What outages have done to the graph; see ../outage.ts. */
export interface GraphOutageCounts extends RequestOutages {
  /** Outages begun. */
  count: number;
  /** Deliveries stopped or never begun. */
  deliveriesLost: number;
  /** Deliveries that came later. */
  deliveriesDelayed: number;
}

/**
 * What the graph has seen since the target started. A delivery is one message for one subscriber.
 *
 *     due + doubled = deliveries + dropped + unsent + pending + outages.deliveriesLost
 */
export interface GraphStats {
  /** Messages received for the subscribers of a channel. */
  published: number;
  /** Deliveries asked for: for each message, the subscribers of its channel at that moment. */
  due: number;
  /** Frames of messages handed to sockets. */
  deliveries: number;
  /** Deliveries left out by a fault. */
  dropped: number;
  /** Deliveries that were handed over a second time. */
  doubled: number;
  /** Pairs of deliveries that changed places. */
  swapped: number;
  /** Deliveries that waited: for the table, as the slow subscriber's or for an outage. */
  delayed: number;
  /** Deliveries whose socket closed before, the one that was cut and those of a `broadcast-reset` included. */
  unsent: number;
  /** Deliveries that wait now. */
  pending: number;
  /** Sockets reset because of `graphCutSubscriber`. */
  cut: number;
  drops: DropCounts;
  /** Memory taken for ever. */
  leakedBytes: number;
  /** Requests that cost twice as much; see ../requests/service.ts. */
  slowed: number;
  endpoints: Record<Exclude<Endpoint, 'health'>, EndpointCounts>;
  /** Faults fired, by name. */
  faults: Counts;
  /** What outages have done. */
  outages: GraphOutageCounts;
}

/** The part of the stats that the graph counts itself. */
export interface GraphCounters extends Omit<GraphStats, 'outages' | 'endpoints'> {
  endpoints: Record<Endpoint, EndpointCounts>;
  outages: Omit<GraphOutageCounts, 'count'>;
}

/** Returns counters at zero. */
export function startCounters(): GraphCounters {
  return {
    published: 0,
    due: 0,
    deliveries: 0,
    dropped: 0,
    doubled: 0,
    swapped: 0,
    delayed: 0,
    unsent: 0,
    pending: 0,
    cut: 0,
    drops: { count: 0, sockets: 0, handshakes: 0, refused: 0 },
    leakedBytes: 0,
    slowed: 0,
    endpoints: {
      stats: startEndpoint(),
      search: startEndpoint(),
      traverse: startEndpoint(),
      health: startEndpoint(),
    },
    faults: {},
    outages: {
      requestsRefused: 0,
      requestsLost: 0,
      requestsDelayed: 0,
      deliveriesLost: 0,
      deliveriesDelayed: 0,
    },
  };
}

/** What this part counts. `/health` is everybody's: whoever checks a target asks for it, so it has a key of its own. */
export interface GraphPartStats {
  graph: GraphStats;
  health: EndpointCounts;
}

/** Returns the stats of this moment; later counting does not change them. `outages` is how many have begun. */
export function graphStats(counters: GraphCounters, outages: number): GraphPartStats {
  const { endpoints, ...copy } = structuredClone(counters);
  const { health, ...own } = endpoints;
  return { graph: { ...copy, endpoints: own, outages: { count: outages, ...copy.outages } }, health };
}
