/** The HTTP routes of the chatbot. */
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { codeOf } from '../faultName.ts';
import { refuseForFault, refuseForOutage } from '../refusals.ts';
import type { Attempts } from './chatbotStats.ts';
import type { Context } from './context.ts';

/** The HTTP part of the chatbot protocol: tokens, and sessions created and deleted. */
export function addChatRoutes(app: FastifyInstance, context: Context): void {
  app.post('/auth/token', gate(context, 'token'), (request, reply) => issueToken(context, request, reply));
  app.post('/chat/sessions', gate(context, 'session'), (request, reply) =>
    createSession(context, request, reply),
  );
  app.delete<{ Params: { id: string } }>('/chat/sessions/:id', gate(context, 'delete'), (request, reply) =>
    deleteSession(context, request.params.id, request, reply),
  );
}

/** Counts the requests of a route, and refuses those that an outage or a fault falls on before their bodies are read. */
function gate(
  context: Context,
  place: Exclude<keyof Attempts, 'upgrade'>,
): { onRequest: onRequestHookHandler } {
  const { settings, counters, arrivals, outages } = context;
  const onRequest: onRequestHookHandler = (_request, reply, done) => {
    counters.attempts[place] += 1;
    if (outages.isDown()) {
      arrivals.count(place);
      counters.outages.requestsRefused += 1;
      return refuseForOutage(reply, 503, settings.retryAfter);
    }
    const fault = arrivals.meet(place);
    if (fault === undefined) done();
    else refuseForFault(reply, fault, codeOf(fault), settings.retryAfter);
  };
  return { onRequest };
}

function issueToken(context: Context, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!namesUser(request.body))
    return reply.code(400).send({ error: 'The body must be {"user": "a name"}.' });
  context.counters.tokens += 1;
  return reply.send({ token: context.tokens.issue() });
}

function createSession(context: Context, request: FastifyRequest, reply: FastifyReply): FastifyReply {
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
