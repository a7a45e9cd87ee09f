/** What becomes of a request before its endpoint serves it: it is counted, may be refused, and waits for its turn. */
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { codeOf, type PlaceOf } from '../faultName.ts';
import { refuseForFault } from '../refusals.ts';
import { follow } from '../requests/endpointCounts.ts';
import { arrive, arriveSpared, waitOut } from '../requests/gate.ts';
import { refuseUnreadable } from '../requests/unreadable.ts';
import type { AssistantContext } from './assistantContext.ts';
import type { AssistantEndpoint } from './assistantEndpoints.ts';
import type { AssistantFault } from './assistantFaults.ts';
import { assistantCosts } from './assistantSettings.ts';

/** A request that is let in. */
export interface Admitted {
  request: FastifyRequest;
  reply: FastifyReply;
  /** The fault of its endpoint that is left to whoever serves it. */
  fault: AssistantFault | undefined;
}

/** Serves a request: sends the reply. */
export type Serve = (admitted: Admitted) => FastifyReply | Promise<FastifyReply>;

const PLACES: Record<AssistantEndpoint, PlaceOf<AssistantFault>> = {
  chat: 'chat',
  files_write: 'file-write',
  files_read: 'file-read',
  files_delete: 'file-delete',
  health: 'api-health',
};

/** Faults that whoever serves the request sees to. */
const LATER = new Set<AssistantFault>(['chat-empty', 'file-read-changed']);

const WANTED_JSON =
  'The body must be a JSON object of at most 1 MiB (6 MiB for a file), with Content-Type: application/json.';

/**
 * Returns the hook and the handler of an endpoint's route: `serve` gets what is let in. Outages spare `/api/health`, which
 * says how the server does whatever happens.
 */
export function admission(
  context: AssistantContext,
  endpoint: AssistantEndpoint,
  serve: Serve,
): Pick<RouteOptions, 'onRequest' | 'handler' | 'errorHandler'> {
  const { settings, counters } = context;
  const place = PLACES[endpoint];
  return {
    onRequest: (_request, { raw }, done) => {
      follow(counters.endpoints[endpoint], raw);
      done();
    },
    handler: async (request, reply) => {
      const arrived = endpoint === 'health' ? arriveSpared(context, place) : arrive(context, place, reply);
      if (arrived === undefined) return reply;
      const { fault, slow } = arrived;
      if (fault !== undefined && !LATER.has(fault)) {
        refuseForFault(reply, fault, codeOf(fault), settings.retryAfter);
        return reply;
      }
      if (slow !== undefined) await waitOut(counters.outages, slow);
      await takeTurn(context, endpoint);
      return serve({ request, reply, fault });
    },
    errorHandler: refuseUnreadable(WANTED_JSON),
  };
}

/** A look at the server's health waits for nobody. */
async function takeTurn({ settings, service }: AssistantContext, endpoint: AssistantEndpoint): Promise<void> {
  if (endpoint !== 'health') await service.serve(assistantCosts(settings)[endpoint]);
}
