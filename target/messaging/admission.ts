/** What becomes of a request before its endpoint serves it: it is counted, may be refused, and waits for its turn. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyError, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { tally } from '../counts.ts';
import { codeOf } from '../faultName.ts';
import type { Outage } from '../outage.ts';
import { refuseForFault, refuseForOutage } from '../refusals.ts';
import { follow } from '../requests/endpointCounts.ts';
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
    errorHandler,
  };
}

function admit(
  context: MessagingContext,
  endpoint: MessagingEndpoint,
  serve: Serve,
): (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply> {
  const { settings, counters, arrivals, outages, service } = context;
  const costMs = messagingCosts(settings)[endpoint];
  return (request, reply) => {
    const outage = outages.current();
    if (outage !== undefined && outage.mode !== 'slow') {
      arrivals.count(endpoint);
      return suffer(context, outage, reply);
    }
    const fault = arrivals.meet(endpoint);
    if (fault !== undefined && !LATER.has(fault)) return refuseFor(context, fault, reply);
    const who = identify(context, endpoint, request);
    if ('problem' in who) return refuseToken(context, who.problem, reply);
    const admitted: Admitted = { request, reply, user: who.user, fault };
    if (outage === undefined && costMs === 0) return serve(admitted);
    if (outage !== undefined) counters.outages.requestsDelayed += 1;
    return wait(outage?.delayMs ?? 0)
      .then(() => service.serve(costMs))
      .then(() => serve(admitted));
  };
}

/** What waits when the target stops must not keep its process alive. */
async function wait(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { ref: false });
}

/** Refuses, or never answers. */
function suffer(
  { settings, counters }: MessagingContext,
  { mode }: Outage,
  reply: FastifyReply,
): FastifyReply {
  if (mode === 'silent') {
    counters.outages.requestsLost += 1;
    return reply.hijack();
  }
  counters.outages.requestsRefused += 1;
  refuseForOutage(reply, mode === 'down' ? 503 : 500, settings.retryAfter);
  return reply;
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

/** What Fastify itself can't read (too long, or another Content-Type) is malformed; all else goes its usual way. */
function errorHandler(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  if (error.statusCode === undefined || error.statusCode >= 500) void reply.send(error);
  else void reply.code(error.statusCode === 413 ? 413 : 400).send({ error: WANTED_JSON });
}

/** The sentence that refuses a body which can't be read. */
const WANTED_JSON = 'The body must be a JSON object of at most 1 MiB, with Content-Type: application/json.';
