/** Routes that order something of the target. */
import type { FastifyInstance, FastifyReply } from 'fastify';

/** What can be ordered. */
export interface Order<Asked> {
  path: string;
  /** The sentence that refuses a body which is no JSON object. */
  wantedBody: string;
  /** Reads a body; throws an Error in a full sentence that names the part that can't be used. */
  read: (body: unknown) => Asked;
  /** Does it, and returns what the client is told. */
  obey: (asked: Asked) => Record<string, unknown>;
}

/** Adds a POST route: it obeys at once and answers 202. A body that can't be used gets 400 with a sentence. */
export function addOrderRoute<Asked>(
  app: FastifyInstance,
  { path, wantedBody, read, obey }: Order<Asked>,
): void {
  // What Fastify itself can't read: no JSON, or another Content-Type.
  const errorHandler = (_error: unknown, _request: unknown, reply: FastifyReply): void => {
    void refuse(reply, wantedBody);
  };
  app.post(path, { errorHandler }, (request, reply) => {
    const asked = tryRead(read, request.body);
    return asked instanceof Error ? refuse(reply, asked.message) : reply.code(202).send(obey(asked));
  });
}

function tryRead<Asked>(read: (body: unknown) => Asked, body: unknown): Asked | Error {
  try {
    return read(body);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function refuse(reply: FastifyReply, error: string): FastifyReply {
  return reply.code(400).send({ error });
}
