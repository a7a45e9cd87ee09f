/** The route that begins an outage. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { describeOutage, readOutage, WANTED_BODY, type Outage, type Outages } from './outage.ts';

/**
 * `POST /outage` begins an outage at once and answers 202 with what it does. A body that can't be used gets 400 with a
 * sentence, and the outage under way, if any, goes on.
 */
export function addOutageRoute(app: FastifyInstance, outages: Outages): void {
  // What Fastify itself can't read: no JSON, or another Content-Type.
  const errorHandler = (_error: unknown, _request: unknown, reply: FastifyReply): void => {
    void refuse(reply, WANTED_BODY);
  };
  app.post('/outage', { errorHandler }, (request, reply) => {
    const outage = tryRead(request.body);
    if (outage instanceof Error) return refuse(reply, outage.message);
    outages.begin(outage);
    return reply.code(202).send(shown(outage));
  });
}

function tryRead(body: unknown): Outage | Error {
  try {
    return readOutage(body);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function refuse(reply: FastifyReply, error: string): FastifyReply {
  return reply.code(400).send({ error });
}

function shown({ mode, seconds, delayMs }: Outage): Record<string, string | number> {
  const does = describeOutage({ mode, seconds, delayMs });
  return mode === 'slow' ? { mode, seconds, delayMs, does } : { mode, seconds, does };
}
