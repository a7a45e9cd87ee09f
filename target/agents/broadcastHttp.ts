/** The route that sends something to all subscribers of a channel. */
import type { FastifyInstance } from 'fastify';
import type { AgentsContext } from './agentsContext.ts';

const WANTED_BODY =
  'The body must be a JSON object like {"channel": "agents", "payload": {}}, with Content-Type: application/json.';

/**
 * `POST /agents/broadcast` sends `{"type":"broadcast","channel":…,"payload":…}` to each subscriber of a channel, and
 * answers with the number of deliveries. A body that can't be used gets 400 with a sentence.
 */
export function addBroadcastRoute(app: FastifyInstance, context: AgentsContext): void {
  app.post('/agents/broadcast', (request, reply) => {
    const asked = readBroadcast(request.body);
    if (asked === undefined) return reply.code(400).send({ error: WANTED_BODY });
    return reply.send({ channel: asked.channel, deliveries: broadcast(context, asked) });
  });
}

interface Broadcast {
  channel: string;
  payload: unknown;
}

function readBroadcast(body: unknown): Broadcast | undefined {
  if (typeof body !== 'object' || body === null || !('channel' in body)) return undefined;
  const { channel } = body;
  if (typeof channel !== 'string') return undefined;
  return { channel, payload: 'payload' in body ? body.payload : {} };
}

function broadcast({ channels, counters }: AgentsContext, { channel, payload }: Broadcast): number {
  const frame = JSON.stringify({ type: 'broadcast', channel, payload });
  const delivered = [...channels.of(channel)].filter((listener) => listener.deliver(frame)).length;
  counters.broadcasts += 1;
  counters.deliveries += delivered;
  return delivered;
}
