/** Bodies that Fastify itself can't read. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

type ErrorHandler = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Returns the error handler of a route that takes JSON: a body that is too long gets 413, one with another Content-Type
 * 400, both with the sentence `wanted`; all else goes its usual way.
 */
export function refuseUnreadable(wanted: string): ErrorHandler {
  return (error, _request, reply) => {
    if (error.statusCode === undefined || error.statusCode >= 500) void reply.send(error);
    else void reply.code(error.statusCode === 413 ? 413 : 400).send({ error: wanted });
  };
}
