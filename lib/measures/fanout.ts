/**
 * What scripts with deliveries of one message to many clients count, and their part of the report reads.
 *
 * Clients are in different VUs, which share nothing. So the delay of a message to its first, its median and its last client
 * is the least, the median and the greatest value of a sub-metric that k6 keeps for this message alone; a few messages
 * are watched like this. Pure.
 */
import { LEAST_HELD } from '../words/limits.ts';

/** Deliveries that came once more, and those that came after a later one of the same publisher. */
export const DOUBLED = 'deliveries_doubled';
export const REORDERED = 'deliveries_reordered';
/** Clients who were not there when the first message was due, and messages that could not be published. */
export const LATE_CLIENTS = 'clients_late';
export const UNPUBLISHED = 'messages_unpublished';
/** The delay of each delivery of a watched message. */
export const FANOUT = 'fanout_latency';
/** The tag that says which message it is. */
export const MESSAGE_TAG = 'message';

/** 200,000 deliveries with so many sub-metrics cost k6 half a second of CPU and 10 MB. */
const MOST_WATCHED = 200;

/** How many publishers there are, and messages of each. */
export interface Sizes {
  publishers: number;
  messages: number;
}

/** What is sent to many in a run: that of one channel, or of several that are alike. */
export interface Fanout extends Sizes {
  channel: string;
  /** So many of the publishers are heard by each client. */
  heard: number;
}

/** What stands for message `number` (from 0) of a publisher (from 1). */
export function messageName(publisher: number, number: number): string {
  return `${publisher}.${number}`;
}

/** Whether a message is watched: all are, or else so many, evenly spread over time and publishers. */
export function isWatched({ publishers, messages }: Sizes, publisher: number, number: number): boolean {
  const total = publishers * messages;
  if (total <= MOST_WATCHED) return true;
  const index = number * publishers + remainder(publisher - 1 - number, publishers);
  const nearest = Math.ceil((index * MOST_WATCHED) / total);
  return Math.floor((nearest * total) / MOST_WATCHED) === index;
}

/** All that are watched. */
export function watchedMessages({ publishers, messages }: Sizes): string[] {
  const total = publishers * messages;
  const many = Math.min(total, MOST_WATCHED);
  return Array.from({ length: many }, (_, place) => {
    const index = Math.floor((place * total) / many);
    const number = Math.floor(index / publishers);
    // Each round of messages begins with another publisher, or a regular step would meet the same few of them.
    return messageName(1 + ((index + number) % publishers), number);
  });
}

/** That of a division rounded down. */
function remainder(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** The sub-metric of a watched message. */
export function fanoutOf(message: string): string {
  return `${FANOUT}{${MESSAGE_TAG}:${message}}`;
}

/** Deliveries of a whole run: every client is there all the time, and every message is published. */
export function plannedDeliveries(clients: number, { heard, messages }: Fanout): number {
  return clients * heard * messages;
}

/** So many of them must have been expected: fewer are not the load that was planned. */
export function leastExpected(clients: number, fanout: Fanout): number {
  return Math.ceil(LEAST_HELD * plannedDeliveries(clients, fanout));
}

/** What k6 must keep for the report, and what must hold of it; `began`: the Counter of expected deliveries. */
export function observedFanout(began: string, clients: number, fanout: Fanout) {
  return [
    [began, 'counter', `count>=${leastExpected(clients, fanout)}`] as const,
    ...watchedMessages(fanout).map((message) => [fanoutOf(message), 'trend'] as const),
  ];
}
