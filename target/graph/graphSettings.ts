/** The settings of the graph. */
import type { FaultPlan } from '../arrivals.ts';
import { choiceField, countField, timeField, timesField, type Fields } from '../settingFields.ts';
import type { Capacity } from '../requests/service.ts';
import type { Endpoint } from './endpoints.ts';
import type { GraphFault } from './graphFaults.ts';

const AFTER_COLLAPSE = ['recover', 'stay'] as const;

/** How the graph serves requests and hands on messages. Every time is in milliseconds. */
export interface GraphOwnSettings {
  /** What nodes, names and edges are made of. */
  graphSeed: number;
  /** What a request of each endpoint costs: how long it is served. */
  graphStatsMs: number;
  graphSearchMs: number;
  graphTraverseMs: number;
  graphHealthMs: number;
  /** Requests served at a time; the others wait in line. 0 is unlimited. */
  graphCapacity: number;
  /** With more requests than this at a time, those in line included, each costs twice as much. 0 is never. */
  graphCollapse: number;
  /** Whether requests cost as before when there are no longer so many, or cost twice as much for ever. */
  graphAfterCollapse: (typeof AFTER_COLLAPSE)[number];
  /** When not empty, delivery n (from 0, over the whole server) waits `graphDeliveryDelays[n % length]`. */
  graphDeliveryDelays: number[];
  /** The subscriber whose deliveries come later: 1 is the socket that subscribed first. 0 is none. */
  graphSlowSubscriber: number;
  /** How much later. */
  graphSlowMs: number;
  /** The subscriber whose socket is reset instead of a delivery, numbered as above. 0 is none. */
  graphCutSubscriber: number;
  /** Which of its deliveries that is, from 1. */
  graphCutDelivery: number;
  /** Handshakes of `/ws` refused with 503 after each drop of all sockets; see drops.ts. */
  graphRefusals: number;
  /** Bytes of memory that each socket of `/ws` takes for ever. */
  graphLeakBytes: number;
}

/** The same, with what goes wrong. */
export interface GraphSettings extends GraphOwnSettings {
  /** What goes wrong at every n-th request; see graphFaults.ts. */
  faults: FaultPlan<GraphFault>;
}

/** The settings of a graph that is told nothing. */
export const GRAPH_DEFAULTS: GraphOwnSettings = {
  graphSeed: 1,
  graphStatsMs: 0,
  graphSearchMs: 0,
  graphTraverseMs: 0,
  graphHealthMs: 0,
  graphCapacity: 0,
  graphCollapse: 0,
  graphAfterCollapse: 'recover',
  graphDeliveryDelays: [],
  graphSlowSubscriber: 0,
  graphSlowMs: 1000,
  graphCutSubscriber: 0,
  graphCutDelivery: 1,
  graphRefusals: 0,
  graphLeakBytes: 0,
};

const MOST_LEAK_BYTES = 1024 ** 3;

/** What is known of each setting of the graph. */
export const GRAPH_FIELDS: Fields<GraphOwnSettings> = {
  graphSeed: countField(0, '<seed>', `seed of the graph (default: ${GRAPH_DEFAULTS.graphSeed})`, 2 ** 31 - 1),
  graphStatsMs: timeField('what a request of graph statistics takes (default: none)'),
  graphSearchMs: timeField('what a search of nodes takes (default: none)'),
  graphTraverseMs: timeField('what a traversal takes (default: none)'),
  graphHealthMs: timeField('what a request of /health takes (default: none)'),
  graphCapacity: countField(0, '<requests>', 'served at a time, the others wait (default: no limit)'),
  graphCollapse: countField(0, '<requests>', 'above so many at a time they take twice as long'),
  graphAfterCollapse: choiceField(AFTER_COLLAPSE, {
    value: '<word>',
    words: `with fewer again: ${AFTER_COLLAPSE.join(', ')} (default: ${GRAPH_DEFAULTS.graphAfterCollapse})`,
  }),
  graphDeliveryDelays: timesField('ms, or a JSON file of ms: delivery 0, 1, … in turn'),
  graphSlowSubscriber: countField(0, '<number>', 'which socket that subscribed gets all later'),
  graphSlowMs: timeField(`how much later (default: ${GRAPH_DEFAULTS.graphSlowMs})`),
  graphCutSubscriber: countField(0, '<number>', 'which socket that subscribed is reset, once'),
  graphCutDelivery: countField(
    1,
    '<number>',
    `instead of its n-th delivery (default: ${GRAPH_DEFAULTS.graphCutDelivery})`,
  ),
  graphRefusals: countField(0, '<sockets>', 'refused with 503 after a drop of all (default: none)'),
  graphLeakBytes: countField(0, '<bytes>', 'lost for ever with each socket of /ws', MOST_LEAK_BYTES),
};

/** Returns what a request of each endpoint costs, in milliseconds. */
export function costsOf(settings: GraphOwnSettings): Record<Endpoint, number> {
  return {
    stats: settings.graphStatsMs,
    search: settings.graphSearchMs,
    traverse: settings.graphTraverseMs,
    health: settings.graphHealthMs,
  };
}

/** Returns how many requests the graph can carry. */
export function capacityOf(settings: GraphOwnSettings): Capacity {
  return {
    capacity: settings.graphCapacity,
    collapse: settings.graphCollapse,
    afterCollapse: settings.graphAfterCollapse,
  };
}

/** Throws an Error that says which of these settings do not fit each other. */
export function checkGraph(settings: GraphOwnSettings): void {
  const name = settings.graphCapacity > 0 ? 'graphCapacity' : 'graphCollapse';
  if (settings[name] === 0 || Object.values(costsOf(settings)).some((cost) => cost > 0)) return;
  throw new Error(
    `The target's ${name} is ${settings[name]}, but no request of the graph takes time; ` +
      'give graphStatsMs, graphSearchMs, graphTraverseMs or graphHealthMs, too.',
  );
}
