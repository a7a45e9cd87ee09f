import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from './context.ts';
import { codeOf, type FaultName } from './faults.ts';

/** The HTTP part of the chatbot protocol: tokens, and sessions created and deleted. */
export function addChatRoutes(app: FastifyInstance, context: Context): void {
  app.post('/auth/token', (request, reply) => issueToken(context, request, reply));
  app.post('/chat/sessions', (request, reply) => createSession(context, request, reply));
  app.delete<{ Params: { id: string } }>('/chat/sessions/:id', (request, reply) =>
    deleteSession(context, request.params.id, request, reply),
  );
}

function issueToken(context: Context, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault = context.arrivals.meet('token');
  if (fault !== undefined) return fail(reply, fault);
  if (!namesUser(request.body))
    return reply.code(400).send({ error: 'The body must be {"user": "a name"}.' });
  context.counters.tokens += 1;
  return reply.send({ token: context.tokens.issue() });
}

function createSession(context: Context, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault = context.arrivals.meet('session');
  if (fault !== undefined) return fail(reply, fault);
  if (!context.tokens.accepts(request.headers.authorization)) return refuseToken(reply);
  context.counters.sessions += 1;
  return reply.code(201).send(context.sessions.create());
}

function deleteSession(
  context: Context,
  id: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const fault = context.arrivals.meet('delete');
  if (fault !== undefined) return fail(reply, fault);
  if (!context.tokens.accepts(request.headers.authorization)) return refuseToken(reply);
  if (!context.sessions.delete(id)) return reply.code(404).send({ error: 'There is no such session.' });
  context.counters.deleted += 1;
  return reply.code(204).send();
}

function namesUser(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('user' in body)) return false;
  return typeof body.user === 'string' && body.user !== '';
}

function refuseToken(reply: FastifyReply): FastifyReply {
  return reply.code(401).send({ error: 'The Authorization header carries no token of this server.' });
}

function fail(reply: FastifyReply, fault: FaultName): FastifyReply {
  return reply.code(codeOf(fault)).send({ error: `This is the fault ${fault}, asked for at the start.` });
}
