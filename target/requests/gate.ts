/** What falls on a request before anybody serves it: an outage or a fault. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Arrivals } from '../arrivals.ts';
import type { PlaceOf } from '../faultName.ts';
import type { Outage, Outages } from '../outage.ts';
import { refuseForOutage } from '../refusals.ts';

/** What outages have done to the requests of a part. */
export interface RequestOutages {
  /** Requests refused with 503 or 500; they are answered. */
  requestsRefused: number;
  /** Requests that get no answer. */
  requestsLost: number;
  /** Requests that were served later. */
  requestsDelayed: number;
}

/** What the gate knows of a part. */
export interface Gate<Fault extends string> {
  settings: { retryAfter: number };
  counters: { outages: RequestOutages };
  arrivals: Arrivals<Fault>;
  outages: Outages;
}

/** A request that no outage has refused. */
export interface Arrived<Fault extends string> {
  /** What it meets. */
  fault: Fault | undefined;
  /** The outage that lets it wait; see `waitOut`. */
  slow: Outage | undefined;
}

/** Numbers a request at its place. Returns undefined where an outage has refused it, or lets it never be answered. */
export function arrive<Fault extends string>(
  gate: Gate<Fault>,
  place: PlaceOf<Fault>,
  reply: FastifyReply,
): Arrived<Fault> | undefined {
  const outage = gate.outages.current();
  if (outage === undefined || outage.mode === 'slow')
    return { fault: gate.arrivals.meet(place), slow: outage };
  gate.arrivals.count(place);
  suffer(gate, outage, reply);
  return undefined;
}

/** The same of a request that outages spare. */
export function arriveSpared<Fault extends string>(
  { arrivals }: Pick<Gate<Fault>, 'arrivals'>,
  place: PlaceOf<Fault>,
): Arrived<Fault> {
  return { fault: arrivals.meet(place), slow: undefined };
}

function suffer(
  { settings, counters }: Pick<Gate<string>, 'settings' | 'counters'>,
  { mode }: Outage,
  reply: FastifyReply,
): void {
  if (mode === 'silent') {
    counters.outages.requestsLost += 1;
    reply.hijack();
    return;
  }
  counters.outages.requestsRefused += 1;
  refuseForOutage(reply, mode === 'down' ? 503 : 500, settings.retryAfter);
}

/** Resolves when a request has waited as long as an outage has it, and counts it. */
export async function waitOut(counts: RequestOutages, { delayMs }: Outage): Promise<void> {
  counts.requestsDelayed += 1;
  // What waits when the target stops must not keep its process alive.
  await sleep(delayMs, undefined, { ref: false });
}
