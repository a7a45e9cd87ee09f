/** What becomes of a request before anybody reads it: it is counted, and an outage or a fault may fall on it. */
import type { onRequestHookHandler } from 'fastify';
import { codeOf } from '../faultName.ts';
import { refuseForFault } from '../refusals.ts';
import { follow } from '../requests/endpointCounts.ts';
import { arrive, arriveSpared, waitOut } from '../requests/gate.ts';
import type { Endpoint } from './endpoints.ts';
import type { GraphContext } from './graphContext.ts';

/** Returns the hook for the requests of an endpoint. Outages spare `/health`, which says only that the server runs. */
export function gate(context: GraphContext, endpoint: Endpoint): onRequestHookHandler {
  const { settings, counters } = context;
  return (_request, reply, done) => {
    follow(counters.endpoints[endpoint], reply.raw);
    const arrived =
      endpoint === 'health' ? arriveSpared(context, endpoint) : arrive(context, endpoint, reply);
    if (arrived === undefined) return;
    const { fault, slow } = arrived;
    if (fault !== undefined) return refuseForFault(reply, fault, codeOf(fault), settings.retryAfter);
    if (slow === undefined) return done();
    void waitOut(counters.outages, slow).then(() => done());
  };
}
