/** What can go wrong with the graph. */

/**
 * Every fault of the graph, by name. The first word is the place where it is decided: `delivery` is one message for one
 * subscriber, `broadcast` the arrival of a message; the others are the requests of that endpoint. Deliveries are numbered
 * over the whole server, those of one message in the order in which its subscribers subscribed. What an outage refuses or
 * loses is numbered too, and the delivery that is cut (see `graphCutSubscriber`), but no fault falls on them.
 */
export const GRAPH_FAULTS = [
  // The request is refused with 500.
  'stats-500',
  'search-500',
  'traverse-500',
  'health-500',
  // Nothing is sent to this subscriber.
  'delivery-dropped',
  // The message is sent to this subscriber twice.
  'delivery-doubled',
  // The message waits for the next one to this subscriber and follows it; it waits two seconds at most.
  'delivery-swapped',
  // Every socket of /ws is reset (TCP RST), and the message reaches nobody; see drops.ts.
  'broadcast-reset',
] as const;

/** The name of one fault. */
export type GraphFault = (typeof GRAPH_FAULTS)[number];
