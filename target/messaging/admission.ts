/** What becomes of a request before its endpoint serves it: it is counted, may be refused, and waits for its turn. */
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { tally } from '../counts.ts';
import { codeOf } from '../faultName.ts';
import { refuseForFault } from '../refusals.ts';
import { follow } from '../requests/endpointCounts.ts';
import { arrive, waitOut } from '../requests/gate.ts';
import { refuseUnreadable } from '../requests/unreadable.ts';
import { hasTokenInUrl, type TokenProblem } from './jwts.ts';
import type { MessagingContext } from './messagingContext.ts';
import type { MessagingEndpoint } from './messagingEndpoints.ts';
import type { MessagingFault } from './messagingFaults.ts';
import { messagingCosts } from './messagingSettings.ts';

/** A request that is let in. */
export interface Admitted {
  request: FastifyRequest;
  reply: FastifyReply;
  /** Who asks: the `sub` of the token; empty for a log-in. */
  user: string;
  /** The fault of its endpoint that is left to whoever serves it. */
  fault: MessagingFault | undefined;
}

/** Serves a request: sends the reply. */
export type Serve = (admitted: Admitted) => FastifyReply | Promise<FastifyReply>;

type Admission = Pick<RouteOptions, 'onRequest' | 'handler' | 'errorHandler'>;

/** Faults that whoever serves the request sees to. */
const LATER = new Set<MessagingFault>(['chunk-cut', 'chunk-wrong-sum', 'chunk-slow', 'complete-500']);

/** Returns the hook and the handler of an endpoint's route: `serve` gets what is let in. */
export function admission(context: MessagingContext, endpoint: MessagingEndpoint, serve: Serve): Admission {
  const { counters, metrics } = context;
  return {
    onRequest: (_request, { raw }, done) => {
      const began = performance.now();
      follow(counters.endpoints[endpoint], raw);
      raw.once('finish', () => metrics.observe(endpoint, performance.now() - began));
      done();
    },
    handler: admit(context, endpoint, serve),
    errorHandler: refuseUnreadable(WANTED_JSON),
  };
}

function admit(
  context: MessagingContext,
  endpoint: MessagingEndpoint,
  serve: Serve,
): (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply> {
  const { settings, counters, service } = context;
  const costMs = messagingCosts(settings)[endpoint];
  return (request, reply) => {
    const arrived = arrive(context, endpoint, reply);
    if (arrived === undefined) return reply;
    const { fault, slow } = arrived;
    if (fault !== undefined && !LATER.has(fault)) return refuseFor(context, fault, reply);
    const who = identify(context, endpoint, request);
    if ('problem' in who) return refuseToken(context, who.problem, reply);
    const admitted: Admitted = { request, reply, user: who.user, fault };
    if (slow === undefined && costMs === 0) return serve(admitted);
    const waited = slow === undefined ? Promise.resolve() : waitOut(counters.outages, slow);
    return waited.then(() => service.serve(costMs)).then(() => serve(admitted));
  };
}

function refuseFor({ settings }: MessagingContext, fault: MessagingFault, reply: FastifyReply): FastifyReply {
  if (fault === 'chunk-507') return reply.code(507).send({ error: 'disk_full' });
  refuseForFault(reply, fault, codeOf(fault), settings.retryAfter);
  return reply;
}

function identify(
  { jwts, arrivals }: MessagingContext,
  endpoint: MessagingEndpoint,
  { url, headers }: FastifyRequest,
): { user: string } | { problem: TokenProblem } {
  if (hasTokenInUrl(url)) return { problem: 'token_in_url' };
  if (endpoint === 'login') return { user: '' };
  const who = jwts.userOf(headers.authorization);
  if ('problem' in who) return who;
  return arrivals.meet('bearer') === undefined ? who : { problem: 'token_expired' };
}

function refuseToken({ counters }: MessagingContext, error: TokenProblem, reply: FastifyReply): FastifyReply {
  tally(counters.tokens.refused, error);
  return reply.code(401).send({ error });
}

/** The sentence that refuses a body which can't be read. */
const WANTED_JSON = 'The body must be a JSON object of at most 1 MiB, with Content-Type: application/json.';
