/** The HTTP routes of the graph. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Service } from '../requests/service.ts';
import type { Endpoint } from './endpoints.ts';
import { gate } from './gate.ts';
import type { GraphContext } from './graphContext.ts';
import { capacityOf, costsOf } from './graphSettings.ts';
import { makeNetwork, type Network } from './network.ts';
import { readSearch, readTraversal, WANTED_BODY } from './questions.ts';

type Answer = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Adds the endpoints: statistics, search and traversal of the graph, and `/health` of the whole target. */
export function addGraphRoutes(app: FastifyInstance, context: GraphContext): void {
  const { settings, counters } = context;
  // Made when it is first asked for: it costs time and memory that other loads than the graph's do not need.
  let made: Network | undefined;
  const network = (): Network => (made ??= makeNetwork(settings.graphSeed));
  const service = new Service(capacityOf(settings), () => (counters.slowed += 1));
  const costs = costsOf(settings);
  const route = (method: 'GET' | 'POST', url: string, endpoint: Endpoint, answer: Answer): void => {
    app.route({
      method,
      url,
      errorHandler,
      onRequest: gate(context, endpoint),
      handler: async (request, reply) => {
        await service.serve(costs[endpoint]);
        return answer(request, reply);
      },
    });
  };
  route('GET', '/api/graph/stats', 'stats', (_request, reply) => reply.send(network().stats()));
  route('GET', '/api/graph/nodes/search', 'search', (request, reply) => search(network, request, reply));
  route('POST', '/api/graph/traverse', 'traverse', (request, reply) => traverse(network, request, reply));
  route('GET', '/health', 'health', (_request, reply) => reply.send({ status: 'ok' }));
}

function search(network: () => Network, { query }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = readSearch(query);
  return 'error' in asked ? reply.code(400).send(asked) : reply.send(network().search(asked));
}

function traverse(network: () => Network, { body }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = readTraversal(body);
  if ('error' in asked) return reply.code(400).send(asked);
  const visited = network().traverse(asked);
  if (visited !== undefined) return reply.send(visited);
  return reply.code(404).send({ error: `No node has the id ${JSON.stringify(asked.start)}.` });
}

/** What Fastify itself can't read (no JSON, or another Content-Type) is malformed; all else goes its usual way. */
function errorHandler(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  if (error.statusCode === undefined || error.statusCode >= 500) void reply.send(error);
  else void reply.code(400).send({ error: WANTED_BODY });
}
