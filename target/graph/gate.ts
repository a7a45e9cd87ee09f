/** What becomes of a request before anybody reads it: it is counted, and an outage or a fault may fall on it. */
import type { FastifyReply, onRequestHookHandler } from 'fastify';
import { codeOf } from '../faultName.ts';
import type { Outage } from '../outage.ts';
import { refuseForFault, refuseForOutage } from '../refusals.ts';
import { follow } from '../requests/endpointCounts.ts';
import type { Endpoint } from './endpoints.ts';
import type { GraphContext } from './graphContext.ts';

/** Returns the hook for the requests of an endpoint. Outages spare `/health`, which says only that the server runs. */
export function gate(context: GraphContext, endpoint: Endpoint): onRequestHookHandler {
  const { settings, counters, arrivals, outages } = context;
  return (_request, reply, done) => {
    follow(counters.endpoints[endpoint], reply.raw);
    const outage = endpoint === 'health' ? undefined : outages.current();
    if (outage !== undefined && outage.mode !== 'slow') {
      arrivals.count(endpoint);
      return suffer(context, outage, reply);
    }
    const fault = arrivals.meet(endpoint);
    if (fault !== undefined) return refuseForFault(reply, fault, codeOf(fault), settings.retryAfter);
    if (outage === undefined) return done();
    counters.outages.requestsDelayed += 1;
    setTimeout(done, outage.delayMs).unref();
  };
}

/** Refuses, or never answers. */
function suffer({ settings, counters }: GraphContext, { mode }: Outage, reply: FastifyReply): void {
  if (mode === 'silent') {
    counters.outages.requestsLost += 1;
    reply.hijack();
    return;
  }
  counters.outages.requestsRefused += 1;
  refuseForOutage(reply, mode === 'down' ? 503 : 500, settings.retryAfter);
}
