/** What can go wrong with the agents. */

/**
 * Every fault of the agents, by name. The first word is the place where it is decided: `connection` is an upgrade of
 * `/ws`, `response` the arrival of an agent's message; the others are the arrival of what asks for that reply. When
 * several faults of one place fall on the same number, the one that stands first in this list wins. What is malformed is
 * not numbered; what an outage refuses or loses is, but no fault falls on it, and so are upgrades that are refused after
 * a drop (see ../graph/drops.ts).
 */
export const AGENTS_FAULTS = [
  // The upgrade is refused with this status.
  'connection-401',
  'connection-403',
  'connection-429',
  'connection-500',
  'connection-502',
  'connection-503',
  'connection-504',
  // The upgrade is never answered; the connection stays.
  'connection-silent',
  // Nothing is sent.
  'response-dropped',
  // The connection is reset (TCP RST) instead of the response; what else is due on it is never sent.
  'response-reset',
  // The socket is closed with this code instead of the response.
  'response-close-1001',
  'response-close-1011',
  // The first half of the response is sent, which is no JSON.
  'response-malformed',
  // The response carries the timestamp of the message before it on the same socket; where there is none, it carries -1.
  'response-wrong-timestamp',
  // The response is sent twice.
  'response-doubled',
  // The response waits for the next one of its socket and follows it; it waits two seconds at most.
  'response-swapped',
  // The response is sent 3 s late.
  'response-late',
  // A subscribe gets no ack; the subscription holds.
  'subscribed-lost',
  // An unsubscribe gets no ack; the subscription ends.
  'unsubscribed-lost',
  // A ping gets no pong.
  'pong-lost',
  // A disconnect gets no ack.
  'farewell-lost',
] as const;

/** The name of one fault. */
export type AgentsFault = (typeof AGENTS_FAULTS)[number];
