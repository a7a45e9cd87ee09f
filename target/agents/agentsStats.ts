/** What the agents count. */
import type { Counts } from '../counts.ts';

/** What outages have done to the agents; see ../outage.ts. */
export interface AgentsOutageCounts {
  /** Outages begun. */
  count: number;
  /** Upgrades refused with 503; they are in `refused` of the stats too. */
  upgradesRefused: number;
  /** Open sockets reset; they are in `closes` too. */
  socketsReset: number;
  /** Messages whose response says "failed". */
  messagesRefused: number;
  /** Messages whose response was stopped or never due. One that a fault takes anyway is only in `faults`. */
  messagesLost: number;
  /** Messages whose response came later. */
  messagesDelayed: number;
}

/**
 * What the agents have seen since the target started.
 *
 *     attempts = upgrades + refused + fault connection-silent        upgrades = open + closes
 *     received = pings + subscribes + unsubscribes + messages + published + disconnects + malformed
 *     pings = pongs + fault pong-lost, and so on for the other acks
 *     messages = answered + pending + unsent + outages.messagesLost + faults response-dropped, -reset, -close-…, -malformed
 *     responses = answered + doubled
 */
export interface AgentsStats {
  /** Requests to turn a connection to `/ws` into a WebSocket. */
  attempts: number;
  /** Upgrades accepted. */
  upgrades: number;
  /** Upgrades refused, by HTTP status. One that is never answered is only in `faults`. */
  refused: Counts;
  /** Sockets open now. */
  open: number;
  /** Most sockets open at a time. */
  peak: number;
  /** Frames received. */
  received: number;
  pings: number;
  pongs: number;
  subscribes: number;
  /** Acks of subscribes. */
  subscribed: number;
  unsubscribes: number;
  /** Acks of unsubscribes. */
  unsubscribed: number;
  /** Agents' messages that are well formed. */
  messages: number;
  /** Messages whose response was handed to the socket, be it wrong, late or twice. */
  answered: number;
  /** Frames of type agent_response handed to sockets. */
  responses: number;
  /** Responses that were handed over a second time. */
  doubled: number;
  /** Pairs of responses that changed places. */
  swapped: number;
  /** Messages whose response is due, but not yet. */
  pending: number;
  /** Messages whose socket closed before their response was due. */
  unsent: number;
  /** Messages for the subscribers of a channel; the stats of the graph say what became of them. */
  published: number;
  disconnects: number;
  /** Acks of disconnects. */
  acks: number;
  /** Frames that are no message of the protocol; they get no answer. */
  malformed: number;
  /** Broadcasts asked for by POST /agents/broadcast. */
  broadcasts: number;
  /** Frames of these handed to sockets. */
  deliveries: number;
  /** Pings of WebSocket itself; each gets its pong. */
  pingFrames: number;
  /** Closed sockets, by close code; 1006 is a connection lost without a close frame. */
  closes: Counts;
  /** Payload bytes of the frames received. */
  bytesReceived: number;
  /** Payload bytes of the frames handed to sockets. */
  bytesSent: number;
  /** Faults fired, by name. */
  faults: Counts;
  /** What outages have done. */
  outages: AgentsOutageCounts;
}

/** The part of the stats that the agents count themselves. */
export interface AgentsCounters extends Omit<AgentsStats, 'outages'> {
  outages: Omit<AgentsOutageCounts, 'count'>;
}

/** Returns counters at zero. */
export function startCounters(): AgentsCounters {
  return {
    attempts: 0,
    upgrades: 0,
    refused: {},
    open: 0,
    peak: 0,
    received: 0,
    pings: 0,
    pongs: 0,
    subscribes: 0,
    subscribed: 0,
    unsubscribes: 0,
    unsubscribed: 0,
    messages: 0,
    answered: 0,
    responses: 0,
    doubled: 0,
    swapped: 0,
    pending: 0,
    unsent: 0,
    published: 0,
    disconnects: 0,
    acks: 0,
    malformed: 0,
    broadcasts: 0,
    deliveries: 0,
    pingFrames: 0,
    closes: {},
    bytesReceived: 0,
    bytesSent: 0,
    faults: {},
    outages: { upgradesRefused: 0, socketsReset: 0, messagesRefused: 0, messagesLost: 0, messagesDelayed: 0 },
  };
}

/** Returns the stats of this moment; later counting does not change them. `outages` is how many have begun. */
export function agentsStats(counters: AgentsCounters, outages: number): AgentsStats {
  const copy = structuredClone(counters);
  return { ...copy, outages: { count: outages, ...copy.outages } };
}
